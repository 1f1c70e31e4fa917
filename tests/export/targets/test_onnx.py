"""What the target `onnx` says of its files."""

from irrvit.export.facts import Platform
from irrvit.export.precision import Precision
from irrvit.export.target import (
    InspectsFiles,
    KnowsDelegation,
    MeasuresLosses,
    Target,
    TracesValues,
)
from irrvit.export.targets import onnx


def test_it_runs_everywhere_and_is_float32_unless_another_is_asked_for():
    assert set(onnx.FACTS.platforms) == set(Platform)
    assert onnx.FACTS.default_precision is Precision.FP32
    assert onnx.FACTS.calibrated == {Precision.INT8}


def test_its_files_can_be_looked_into_and_that_is_all():
    target: Target = onnx
    assert isinstance(target, TracesValues)
    for capability in (KnowsDelegation, MeasuresLosses, InspectsFiles):
        assert not isinstance(target, capability)
