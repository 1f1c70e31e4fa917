"""`.pt2` files: what is safe round trips, whatever it returns, and what is not is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint, BadProgram, ModelError


class Net(nn.Module):
    """The smallest thing that is a classifier."""

    def __init__(self, classes: int = 5):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8)
        self.head = nn.Linear(8, classes)

    def forward(self, x):
        return self.head(self.norm(self.conv(x)).relu().mean((2, 3)))


def save(network: nn.Module, path: Path, *, batch: int = 1, dynamic=None, size: int = 32) -> Path:
    example = (torch.randn(batch, 3, size, size),)
    torch.export.save(torch.export.export(network, example, dynamic_shapes=dynamic), path)
    return path


class Attention(Net):
    """Torch's attention draws random numbers if told to."""

    def __init__(self, dropout: float):
        super().__init__()
        self.dropout = dropout

    def forward(self, x):
        x = self.norm(self.conv(x)).flatten(2).transpose(1, 2)
        x = nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=self.dropout)
        return self.head(x.mean(1))


class TestNotAProgram:
    def test_missing_file(self, tmp_path):
        with pytest.raises(BadProgram, match="does not exist"):
            sources.load(str(tmp_path / "absent.pt2"))

    def test_folder(self, tmp_path):
        (tmp_path / "x.pt2").mkdir()
        with pytest.raises(BadProgram, match="is a folder"):
            sources.load(str(tmp_path / "x.pt2"))

    def test_checkpoint_on_top_is_refused(self, good, tmp_path):
        with pytest.raises(BadCheckpoint, match="carries its own weights"):
            sources.load(str(good), tmp_path / "more.pth")


class TestRefused:
    def refused(self, network: nn.Module, path: Path, match: str) -> None:
        save(network, path)
        with pytest.raises(BadProgram, match=match):
            sources.load(str(path))

    @pytest.mark.parametrize("shape", [(1, 2, 32, 32), (1, 5, 32, 32), (2, 3, 32, 32), (1, 3, 32)])
    def test_what_is_no_picture(self, tmp_path, shape):
        program = torch.export.export(nn.ReLU(), (torch.randn(shape),))
        torch.export.save(program, tmp_path / "x.pt2")
        said = re.escape(str(list(shape)))
        with pytest.raises(BadProgram, match=rf"takes float {said}: expected pictures of one chan"):
            sources.load(str(tmp_path / "x.pt2"))

    def test_pictures_of_any_height(self, tmp_path):
        path = tmp_path / "x.pt2"
        save(nn.Conv2d(3, 4, 1), path, dynamic=({2: torch.export.Dim("h", min=8, max=64)},))
        with pytest.raises(BadProgram, match=r"takes float \[1, 3, any, 32\]: .* are numbers"):
            sources.load(str(path))

    def test_other_numbers_than_float32(self, tmp_path):
        path = tmp_path / "x.pt2"
        x = torch.randn(1, 3, 32, 32).double()
        torch.export.save(torch.export.export(Net().double().eval(), (x,)), path)
        with pytest.raises(BadProgram, match="does not map float32 to float32"):
            sources.load(str(path))

    def test_a_graph_that_returns_something_else_than_it_says(self, good, edited, tmp_path):
        def change(data):
            module = data["graph_module"]
            output = module["signature"]["output_specs"][0]["user_output"]["arg"]["as_tensor"]
            module["graph"]["tensor_values"][output["name"]]["sizes"][1] = {"as_int": 6}

        path = edited(good, tmp_path / "x.pt2", "models/model.json", change)
        with pytest.raises(
            BadProgram, match=r"returns \[1, 5\] for one picture: expected \[1, 6\], as its graph"
        ):
            sources.load(str(path))

    @pytest.mark.parametrize(
        ("returned", "match"),
        [
            ((None,), "returns no tensor"),
            ((1.5,), "returns what is no tensor"),
        ],
    )
    def test_no_outputs(self, tmp_path, returned, match):
        class Nothing(Net):
            def forward(self, x):
                super().forward(x)
                return returned

        self.refused(Nothing().eval(), tmp_path / "x.pt2", match)

    def test_training_mode(self, tmp_path):
        self.refused(Net().train(), tmp_path / "x.pt2", "training mode")

    def test_attention_with_dropout(self, tmp_path):
        self.refused(Attention(0.5).eval(), tmp_path / "x.pt2", "training mode")

    def test_random_outputs(self, tmp_path):
        class Noisy(Net):
            def forward(self, x):
                return super().forward(x) + torch.rand(1, 5)

        self.refused(Noisy().eval(), tmp_path / "x.pt2", "draws random numbers")

    def test_nan_weights(self, tmp_path):
        network = Net().eval()
        nn.init.constant_(network.head.weight, float("nan"))
        self.refused(network, tmp_path / "x.pt2", "NaN or infinite weights in 1 tensors: .*head")

    def test_two_inputs(self, tmp_path):
        class Pair(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = Net()

            def forward(self, x, y):
                return self.net(x + y)

        x = torch.randn(1, 3, 32, 32)
        torch.export.save(torch.export.export(Pair().eval(), (x, x)), tmp_path / "x.pt2")
        with pytest.raises(
            BadProgram, match="takes 2 inputs: expected one, a picture; wrap the network"
        ):
            sources.load(str(tmp_path / "x.pt2"))


class TestRoundTrip:
    def test_fixed_batch_gives_the_original_logits_for_any_batch(self, tmp_path):
        network, x = Net(classes=7).eval(), torch.randn(3, 3, 48, 48)
        source = sources.load(str(save(network, tmp_path / "seven.pt2", size=48)))
        assert torch.equal(source.network(x), torch.cat([network(p) for p in x.split(1)]))
        assert (source.name, source.labels[-1]) == ("seven", "class 6")
        assert (source.input.height, source.input.width, source.input.resize) == (48, 48, 55)

    def test_dynamic_batch_gives_the_original_logits(self, tmp_path):
        network, x = Net().eval(), torch.randn(4, 3, 32, 32)
        dynamic = ({0: torch.export.Dim("batch", min=1, max=8)},)
        path = save(network, tmp_path / "x.pt2", batch=2, dynamic=dynamic)
        assert torch.equal(sources.load(str(path)).network(x), network(x))

    def test_attention_gives_the_original_logits(self, tmp_path):
        network, x = Attention(0.0).eval(), torch.randn(1, 3, 32, 32)
        source = sources.load(str(save(network, tmp_path / "x.pt2")))
        assert torch.equal(source.network(x), network(x))

    def test_infinite_mask_passes(self, tmp_path):
        class Masked(Net):
            def forward(self, x):
                return super().forward(x).masked_fill(torch.arange(5) > 3, float("-inf"))

        network, x = Masked().eval(), torch.randn(1, 3, 32, 32)
        source = sources.load(str(save(network, tmp_path / "x.pt2")))
        assert torch.equal(source.network(x), network(x))

    def test_can_be_exported_again(self, good):
        network, x = sources.load(str(good)).network, torch.randn(1, 3, 32, 32)
        again = torch.export.export(network.eval(), (x,)).module()
        torch.testing.assert_close(again(x), network(x))

    def test_says_what_it_assumed_about_colours(self, good):
        assert "ImageNet's mean and std assumed" in sources.load(str(good)).warnings[0]

    @pytest.mark.parametrize("given", [{"mean": [0.5] * 3}, {"std": [0.25] * 3}])
    def test_half_of_it_given_is_half_assumed(self, good, given):
        assert len(sources.load(str(good), **given).warnings) == 1

    def test_takes_what_is_given_about_colours_and_labels(self, good):
        source = sources.load(str(good), mean=[0.5] * 3, std=[0.25] * 3, labels=list("abcde"))
        assert source.warnings == ()
        assert (source.input.mean, source.input.std) == ((0.5,) * 3, (0.25,) * 3)
        assert source.labels == tuple("abcde")

    def test_wrong_number_of_labels_is_refused(self, good):
        with pytest.raises(ModelError, match=r"1 labels were given and .* has 5 classes"):
            sources.load(str(good), labels=["only"])

    def test_cannot_be_trained(self, good):
        with pytest.raises(BadProgram, match="cannot be trained"):
            sources.load(str(good)).network.train()


class TestInputs:
    @pytest.mark.parametrize(("channels", "color"), [(1, "gray"), (3, "RGB"), (4, "RGBA")])
    def test_pictures_of_one_channel_three_or_four(self, tmp_path, channels, color):
        network = nn.Sequential(nn.Conv2d(channels, 5, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        x = torch.randn(1, channels, 16, 24)
        torch.export.save(torch.export.export(network.eval(), (x,)), tmp_path / "x.pt2")
        spec = sources.load(str(tmp_path / "x.pt2")).input
        assert (spec.color, spec.height, spec.width) == (color, 16, 24)
        own = sources.load(str(tmp_path / "x.pt2"), mean=[0], std=[1]).input
        assert (own.mean, own.std) == ((0,) * channels, (1,) * channels)
        with pytest.raises(ModelError, match=f"mean has 2 numbers .* {color} pictures"):
            sources.load(str(tmp_path / "x.pt2"), mean=[0, 0])
