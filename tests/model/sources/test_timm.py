"""timm's classifiers come with their preprocessing and labels, and never with a surprise."""

from __future__ import annotations

import pytest
import torch

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint, ModelError, UnknownModel, WeightsUnavailable
from irrvit.model.sources.source import Source

pytestmark = pytest.mark.needs("timm")


@pytest.fixture(autouse=True, scope="module")
def _offline():
    """The hub's client reads its environment when it is imported, which may have been before."""
    constants = pytest.importorskip("huggingface_hub.constants")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        patch.setattr(constants, "HF_HUB_OFFLINE", True)
        yield


@pytest.fixture(scope="module")
def mobilenet() -> Source:
    return sources.load("timm:mobilenetv3_small_050")


class TestLoad:
    def test_without_a_tag_the_weights_are_random_and_say_so(self, mobilenet):
        assert mobilenet.weights == "random (seed 0)"
        assert not mobilenet.network.training

    def test_labels_are_imagenets(self, mobilenet):
        assert len(mobilenet.labels) == 1000
        assert mobilenet.labels[967] == "espresso"

    @pytest.mark.parametrize(
        ("name", "size", "resize", "interpolation", "mean"),
        [
            ("mobilenetv3_small_050", 224, 256, "bicubic", 0.485),
            ("mobileone_s0", 224, 256, "bilinear", 0.485),
            ("levit_128s", 224, 248, "bicubic", 0.485),
            ("mobilevit_xxs", 256, 284, "bicubic", 0.0),
            ("tf_efficientnet_lite1", 240, 272, "bicubic", 0.5),
        ],
    )
    def test_preprocessing_is_the_networks_own(self, name, size, resize, interpolation, mean):
        spec = sources.load(f"timm:{name}").input
        assert (spec.height, spec.width, spec.resize) == (size, size, resize)
        assert (spec.interpolation, spec.mean[0]) == (interpolation, mean)


class TestTag:
    def test_weights_that_cannot_be_downloaded_are_a_sentence(self):
        with pytest.raises(WeightsUnavailable) as caught:
            sources.load("timm:mobilenetv2_100.ra_in1k")
        text = str(caught.value)
        assert "'mobilenetv2_100.ra_in1k' could not be downloaded" in text
        assert "--checkpoint FILE, or name timm:mobilenetv2_100 without the tag" in text

    def test_with_a_checkpoint_nothing_is_downloaded(self, tmp_path):
        path = tmp_path / "w.pth"
        torch.save(sources.load("timm:mobilenetv2_100").network.state_dict(), path)
        source = sources.load("timm:mobilenetv2_100.ra_in1k", path)
        assert source.weights.startswith("checkpoint w.pth sha256 ")

    def test_unknown_tag_lists_those_there_are(self):
        with pytest.raises(UnknownModel, match=r"tagged 'nope': there are ra_in1k"):
            sources.load("timm:mobilenetv2_100.nope")


class TestCheckpoint:
    def test_classes_and_labels_come_from_it(self, mobilenet, tmp_path):
        state = mobilenet.network.state_dict()
        ten = {k: v[:10] if k.startswith("classifier") else v for k, v in state.items()}
        torch.save(ten, tmp_path / "ten.pth")
        source = sources.load("timm:mobilenetv3_small_050", tmp_path / "ten.pth")
        assert source.labels == tuple(f"class {i}" for i in range(10))
        with torch.no_grad():
            x = torch.randn(1, 3, 224, 224)
            torch.testing.assert_close(source.network(x), mobilenet.network(x)[:, :10])

    def test_of_another_network_is_refused(self, mobilenet, tmp_path):
        torch.save(mobilenet.network.state_dict(), tmp_path / "w.pth")
        with pytest.raises(BadCheckpoint, match="does not fit the network"):
            sources.load("timm:mobilenetv3_small_075", tmp_path / "w.pth")


class TestRefused:
    def test_unknown_network_suggests_the_nearest(self):
        with pytest.raises(UnknownModel, match=r"no network 'mobilnetv2_100'; did you mean timm:"):
            sources.load("timm:mobilnetv2_100")

    @pytest.mark.parametrize("name", ["timm:", "timm:.", "timm:hf_hub:timm/x", "timm:../x"])
    def test_odd_names(self, name):
        with pytest.raises(UnknownModel):
            sources.load(name)

    def test_network_without_classifier(self):
        with pytest.raises(ModelError, match="no classifier"):
            sources.load("timm:eva02_tiny_patch14_224")

    def test_other_pictures_than_rgb(self):
        from irrvit.model.sources.timm import input_spec

        grey = torch.nn.Module()
        grey.pretrained_cfg = {"input_size": (1, 28, 28)}  # pyright: ignore[reportArgumentType]
        with pytest.raises(ModelError, match="takes 1 channels: expected one for RGB"):
            input_spec(grey)

    @pytest.mark.parametrize(("mode", "resize"), [("squash", 28), ("border", 28), ("center", 28)])
    def test_crop_modes(self, mode, resize):
        from irrvit.model.sources.timm import input_spec

        network = torch.nn.Module()
        config = {"input_size": (3, 25, 25), "crop_mode": mode, "crop_pct": 0.88}
        network.pretrained_cfg = config  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
        spec = input_spec(network)
        assert (spec.crop, spec.resize) == (mode, resize)
