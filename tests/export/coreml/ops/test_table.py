"""The table keeps its promises: names of inputs are the language's, attributes are annotated."""

import inspect

import pytest

from irrvit.export.coreml.ops.table import OPERATIONS
from irrvit.export.coreml.tools import coremltools

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
