"""Core ML's estimate: whose each operation is, and what share of the whole it has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from irrvit.benchmark.profiling import attribution
from irrvit.benchmark.profiling.profilers import coreml

FASHION = Path(__file__).parents[4] / "ios_app/BuiltIn/models/2_irrvit_fashion"


def step(name, cost, unit="npu"):
    return {"name": name, "kind": "ios16.conv", "cost": cost, "unit": unit}


def test_an_estimate_is_one_call_of_shares_that_make_up_the_whole():
    trace = coreml.to_trace([step("a", 0.5), step("b", 0.25, "cpu"), step("c", None)])
    assert trace.operators == ("a", "b", "c")
    assert trace.us == ((pytest.approx(2 / 3), pytest.approx(1 / 3), 0.0),)
    assert trace.total_us == (1.0,)
    assert trace.accelerators == ("npu", "cpu", "npu")


def test_an_estimate_of_nothing_is_nothing():
    assert coreml.to_trace([step("a", None)]).us == ((0.0,),)


@pytest.mark.parametrize(
    ("places", "sure"),
    [
        ([], set()),
        ([None], set()),
        ([0, 1, 2], {0, 1, 2}),
        ([0, 9, 1, 2], {0, 2, 3}),
        ([5, None, 0, 1, 7, 2], {2, 3, 5}),
        ([1, 1], {1}),
    ],
)
def test_names_are_believed_as_long_as_their_order_is_the_networks(places, sure):
    assert coreml.longest_rising(places) == sure


@pytest.mark.needs("coremltools")
def test_the_operations_of_a_package_are_found_in_the_network_it_was_made_of():
    (package,) = FASHION.glob("*.mlpackage")
    operations = coreml.read_operations(package)
    assert len(operations) == 104
    paths = {operation.names[0]: operation.path for operation in operations}
    assert paths["conv2d_cast_fp16"] == "stem.0.0"
    assert paths["linear_9_cast_fp16"] == "blocks.1.attention.project"
    # The converter's own, in the first block, and called as PyTorch calls one of the second.
    assert paths["transpose_9"] is None
    names = [operation.names[0] for operation in operations]
    owners = coreml.to_owners(names, operations)
    assert owners == list(range(104))
    modules = attribution.modules(owners, operations, attribution.irrvit_module)
    assert modules[names.index("transpose_9")] == "blocks.0.attention"
    # What is nobody's: the types of the image and the logits, and a layout between two modules.
    nobodys = [name for name, module in zip(names, modules, strict=True) if module == "other"]
    assert nobodys == ["image_to_fp16", "transpose_0_cast_fp16", "logits"]


@pytest.mark.needs("coremltools")
def test_of_a_network_that_is_not_here_no_module_is_known(tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(FASHION, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"model": "gone.pt2"}))
    (package,) = folder.glob("*.mlpackage")
    assert {operation.path for operation in coreml.read_operations(package)} == {None}


def test_a_step_that_the_file_does_not_have_is_nobodys():
    assert coreml.to_owners(["made up"], []) == [None]
