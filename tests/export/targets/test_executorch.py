"""What the target `executorch` says of its files."""

from irrvit.export.precision import Precision
from irrvit.export.target import KnowsDelegation, RunsUnrounded, Target, TracesValues
from irrvit.export.targets import executorch


def test_it_is_float32_alone():
    assert executorch.FACTS.precisions == (Precision.FP32,)
    assert executorch.FACTS.calibrated == frozenset()


def test_who_wants_it_asks_for_it():
    assert not executorch.FACTS.is_in_all


def test_its_files_tell_their_delegation_and_no_value_between_input_and_output():
    chosen: Target = executorch
    assert executorch.FACTS.delegate == "XNNPACK"
    assert isinstance(chosen, KnowsDelegation)
    assert isinstance(chosen, RunsUnrounded)  # Its numbers are read.
    assert not isinstance(chosen, TracesValues)
