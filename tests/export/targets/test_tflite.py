"""What the target `tflite` says of its files."""

from irrvit.export import target
from irrvit.export.precision import Precision
from irrvit.export.target import (
    InspectsFiles,
    KnowsDelegation,
    MeasuresLosses,
    Target,
    TracesValues,
)
from irrvit.export.targets import tflite


def test_int8_is_calibrated_and_has_to_be_delegated_to_xnnpack():
    assert tflite.FACTS.calibrated == tflite.FACTS.delegated == {Precision.INT8}
    assert tflite.FACTS.delegate == "XNNPACK"


def test_only_its_half_precision_is_computed_in_half_precision():
    assert tflite.FACTS.fp16_arithmetic == {Precision.FP16}


def test_tensorflow_reads_it_too():
    assert tflite.FACTS.second_runners == ("tensorflow",)


def test_its_converter_is_the_slowest():
    seconds = {name: target.facts(name).export_seconds for name in target.names()}
    assert max(seconds, key=seconds.__getitem__) == "tflite"


def test_its_files_can_be_looked_into_and_tell_their_delegation_and_losses():
    chosen: Target = tflite
    for capability in (TracesValues, KnowsDelegation, MeasuresLosses):
        assert isinstance(chosen, capability)
    assert not isinstance(chosen, InspectsFiles)
