"""`.pt2` files: what is safe round trips, and every door to code that torch's loader has is shut.

Each crafted file is first given to torch itself, to see that it would have run the code.
"""

from __future__ import annotations

import io
import json
import pickle
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint, BadProgram, ModelError

GRAPH = "models/model.json"
WEIGHTS = "data/weights/model_weights_config.json"
CONSTANTS = "data/constants/model_constants_config.json"
SAMPLES = "data/sample_inputs/model.pt"


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


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    return save(Net().eval(), tmp_path_factory.mktemp("good") / "net.pt2")


@pytest.fixture
def marker(tmp_path) -> Path:
    return tmp_path / "marker"


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


def pickled(marker: Path) -> bytes:
    buffer = io.BytesIO()
    torch.save(Touch(marker), buffer)
    return buffer.getvalue()


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {n.partition("/")[2]: archive.read(n) for n in archive.namelist()}


def write(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"net/{name}", content)
    return path


def edited(good: Path, path: Path, entry: str, change) -> Path:
    """A copy of a good file with one JSON entry changed."""
    entries = contents(good)
    data = json.loads(entries[entry])
    change(data)
    return write(path, entries | {entry: json.dumps(data).encode()})


def run_by_torch(path: Path) -> None:
    """What anybody would do who trusts the file."""
    try:
        program = torch.export.load(path)
        program._example_inputs = ((torch.zeros(1, 3, 32, 32),), {})
        program.module()(torch.zeros(1, 3, 32, 32))
    except Exception:
        pass


def assert_refused(path: Path, marker: Path, entry: str) -> None:
    with pytest.raises(BadProgram) as caught:
        sources.load(str(path))
    assert entry in str(caught.value)
    assert not marker.exists()
    run_by_torch(path)
    assert marker.exists(), "torch does not run this either: the test proves nothing"


def payload(name: str) -> dict:
    return {"path_name": name, "is_param": False, "use_pickle": True, "tensor_meta": None}


@pytest.mark.filterwarnings("ignore")
class TestDoors:
    def test_pickled_sample_inputs_are_refused(self, good, tmp_path, marker):
        path = write(tmp_path / "x.pt2", contents(good) | {SAMPLES: pickled(marker)})
        assert_refused(path, marker, SAMPLES)

    def test_pickled_weight_is_refused(self, good, tmp_path, marker):
        path = edited(
            good, tmp_path / "a.pt2", WEIGHTS, lambda d: d["config"].update(x=payload("weight_99"))
        )
        entries = contents(path) | {"data/weights/weight_99": pickled(marker)}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, WEIGHTS)

    def test_pickled_constant_is_refused(self, good, tmp_path, marker):
        path = edited(
            good, tmp_path / "a.pt2", CONSTANTS, lambda d: d["config"].update(x=payload("tensor_0"))
        )
        entries = contents(path) | {"data/constants/tensor_0": pickled(marker)}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, CONSTANTS)

    def test_opaque_object_is_refused(self, good, tmp_path, marker):
        path = edited(
            good,
            tmp_path / "a.pt2",
            CONSTANTS,
            lambda d: d["config"].update(x=payload("opaque_obj_0")),
        )
        name = "data/constants/opaque_obj_0"
        entries = contents(path) | {name: pickle.dumps(Touch(marker))}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, name)

    @pytest.mark.parametrize("entry", ["data/weights/model.pt", "data/constants/model.pt"])
    def test_old_style_pickle_is_refused(self, good, tmp_path, marker, entry):
        path = write(tmp_path / "x.pt2", contents(good) | {entry: pickled(marker)})
        assert_refused(path, marker, entry)

    def test_symbolic_size_that_calls_is_refused(self, good, tmp_path, marker):
        def change(data):
            size = {"as_expr": {"expr_str": f"open({str(marker)!r}, 'w')", "hint": None}}
            next(iter(data["graph_module"]["graph"]["tensor_values"].values()))["sizes"][0] = size

        assert_refused(edited(good, tmp_path / "x.pt2", GRAPH, change), marker, GRAPH)

    def test_tree_specification_that_imports_is_refused(self, good, tmp_path, marker, monkeypatch):
        (tmp_path / "imported_by_spec.py").write_text(f"open({str(marker)!r}, 'w')\nclass E: x = 1")
        monkeypatch.syspath_prepend(tmp_path)

        def change(data):
            signature = data["graph_module"]["module_call_graph"][0]["signature"]
            version, tree = json.loads(signature["in_spec"])
            enum = {"__enum__": True, "fqn": "imported_by_spec:E", "name": "x"}
            tree["children_spec"][1]["context"] = json.dumps([enum])
            signature["in_spec"] = json.dumps([version, tree])

        assert_refused(edited(good, tmp_path / "x.pt2", GRAPH, change), marker, "in_spec")
        sys.modules.pop("imported_by_spec", None)

    def test_parameter_name_that_is_source_code_is_refused(self, good, tmp_path, marker):
        name = json.dumps(f'conv"), open("{marker}", "w"), ("').encode()
        entries = contents(good)
        for entry in (GRAPH, WEIGHTS):
            entries[entry] = entries[entry].replace(b'"head.weight"', name)
        assert_refused(write(tmp_path / "x.pt2", entries), marker, "parameter_name")

    def test_operator_that_opens_files_is_refused(self, good, tmp_path, marker):
        def change(data):
            arguments = {"filename": {"as_string": str(marker)}, "shared": {"as_bool": True}}
            arguments |= {"size": {"as_int": 5}}
            node = data["graph_module"]["graph"]["nodes"][-1]
            node["target"] = "torch.ops.aten.from_file.default"
            node["inputs"] = [{"name": k, "arg": v, "kind": 1} for k, v in arguments.items()]

        path = edited(good, tmp_path / "x.pt2", GRAPH, change)
        assert_refused(path, marker, "torch.ops.aten.from_file.default")

    def test_guards_are_not_run(self, good, tmp_path, marker):
        path = edited(
            good,
            tmp_path / "x.pt2",
            GRAPH,
            lambda d: d.update(guards_code=[f"open({str(marker)!r}, 'w')"]),
        )
        sources.load(str(path))
        assert not marker.exists()
        run_by_torch(path)
        assert marker.exists(), "torch does not run this either: the test proves nothing"


class TestOtherEntries:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ("data/aotinductor/model/model.wrapper.so", "compiled code"),
            ("data/constants/custom_obj_0", "pickled object"),
            ("models/other.json", "second program"),
            ("../../outside", "unknown"),
        ],
    )
    def test_is_refused_by_name(self, good, tmp_path, entry, reason):
        path = write(tmp_path / "x.pt2", contents(good) | {entry: b"x"})
        with pytest.raises(BadProgram, match=reason) as caught:
            sources.load(str(path))
        assert entry in str(caught.value)

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_two_entries_of_one_name_are_refused(self, good, tmp_path):
        path = write(tmp_path / "x.pt2", contents(good))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(f"net/{GRAPH}", b"{}")
        with pytest.raises(BadProgram, match="two entries"):
            sources.load(str(path))

    def test_zip_bomb_is_refused(self, good, tmp_path):
        path = tmp_path / "x.pt2"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents(good).items():
                archive.writestr(f"net/{name}", content)
            archive.writestr("net/extra/bomb", bytes(10_000_000))
        with pytest.raises(BadProgram, match="unpacks to more"):
            sources.load(str(path))

    @pytest.mark.parametrize(
        "target",
        [
            "torch.serialization.load",
            "torch.ops.higher_order.cond",
            "torch.ops.aten.set_.source_Tensor",
            "torch.ops.aten._unsafe_index.Tensor",
            "torch.ops.aten.__class__.default",
            "torch.ops.aten.no_such_operator.default",
            "_operator.methodcaller",
            "math.sqrt",
            "#aoti:op",
        ],
    )
    def test_target_other_than_arithmetic_is_refused(self, good, tmp_path, target):
        def change(data):
            data["graph_module"]["graph"]["nodes"][-1]["target"] = target

        with pytest.raises(BadProgram, match=f"target = '{target}'"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))

    def test_node_name_that_is_no_identifier_is_refused(self, good, tmp_path):
        def change(data):
            data["graph_module"]["graph"]["nodes"][0]["name"] = "x = 1; y"

        with pytest.raises(BadProgram, match=r"nodes.0.name = 'x = 1; y'"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))

    def test_subgraphs_are_refused(self, good, tmp_path):
        def change(data):
            graph = {"name": "g", "graph": data["graph_module"]["graph"] | {"nodes": []}}
            data["graph_module"]["graph"]["nodes"][0]["inputs"][0]["arg"] = {"as_graph": graph}

        with pytest.raises(BadProgram, match="as_graph"):
            sources.load(str(edited(good, tmp_path / "x.pt2", GRAPH, change)))


class TestNotAProgram:
    @pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 torn"])
    def test_other_file(self, tmp_path, content):
        path = tmp_path / "x.pt2"
        path.write_bytes(content)
        with pytest.raises(BadProgram, match=r"damaged or not a \.pt2"):
            sources.load(str(path))

    def test_truncated(self, good, tmp_path):
        path = tmp_path / "x.pt2"
        path.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        with pytest.raises(BadProgram, match=r"damaged or not a \.pt2"):
            sources.load(str(path))

    def test_flipped_byte_in_a_weight(self, good, tmp_path):
        content = bytearray(good.read_bytes())
        name = b"net/data/weights/weight_0"
        at = content.index(contents(good)["data/weights/weight_0"])
        assert name in content[:at]
        content[at] ^= 1
        path = tmp_path / "x.pt2"
        path.write_bytes(content)
        with pytest.raises(BadProgram, match="damaged"):
            sources.load(str(path))

    def test_another_zip(self, tmp_path):
        with pytest.raises(BadProgram, match="entry"):
            sources.load(str(write(tmp_path / "x.pt2", {"readme": b"hello"})))

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


class Attention(Net):
    """Torch's attention draws random numbers if told to."""

    def __init__(self, dropout: float):
        super().__init__()
        self.dropout = dropout

    def forward(self, x):
        x = self.norm(self.conv(x)).flatten(2).transpose(1, 2)
        x = nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=self.dropout)
        return self.head(x.mean(1))


class TestNotAClassifier:
    def refused(self, network: nn.Module, path: Path, match: str) -> None:
        save(network, path)
        with pytest.raises(BadProgram, match=match):
            sources.load(str(path))

    def test_feature_map(self, tmp_path):
        network = nn.Conv2d(3, 4, 1)
        self.refused(network, tmp_path / "x.pt2", r"\[1, 4, 32, 32\]: expected a classifier")

    def test_two_outputs(self, tmp_path):
        class Two(Net):
            def forward(self, x):
                return super().forward(x), x

        self.refused(Two().eval(), tmp_path / "x.pt2", "output_specs")

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
        with pytest.raises(BadProgram, match="takes 2 inputs"):
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
