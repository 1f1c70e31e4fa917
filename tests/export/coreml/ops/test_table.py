"""The table keeps its promises: names of inputs are the language's, attributes are annotated."""

import inspect
import re
from pathlib import Path

import pytest

from irrvit.export.coreml.ops.table import OPERATIONS
from irrvit.export.coreml.tools import coremltools

_AUDIT = Path(__file__).parents[4] / "docs" / "interpreter.md"
_REGISTRY = coremltools.converters.mil.mil.ops.registry.SSAOpRegistry.core_ops


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_function_takes_every_input_of_its_operation(kind):
    newest = max(_REGISTRY[kind])
    inputs = set(_REGISTRY[kind][newest].input_spec.input_types)
    older = set().union(*(set(op.input_spec.input_types) for op in _REGISTRY[kind].values()))
    parameters = inspect.signature(OPERATIONS[kind]).parameters
    assert set(parameters) - older == set()
    # A new input of a later iOS may be missing: then it is refused by name, not overlooked.
    missing = inputs - set(parameters)
    assert missing <= {"output_dtype", "output_indices_dtype", "validate_indices"}, missing


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_parameter_says_whether_it_is_a_tensor(kind):
    for parameter in inspect.signature(OPERATIONS[kind]).parameters.values():
        assert isinstance(parameter.annotation, str)
        assert parameter.annotation


def test_the_audit_names_every_operation_and_counts_them():
    text = _AUDIT.read_text()
    named = set(re.findall(r"`(\w+)`", text))
    assert sorted(set(OPERATIONS) - named) == []
    assert f"Each of the {len(OPERATIONS) + 1} operations" in text  # With `mod`, which is refused.
