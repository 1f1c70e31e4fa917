"""The table, and what it comes to in a graph."""

import pytest

from irrvit.export.errors import BadOption
from irrvit.export.quantization.rules import (
    RULES,
    TABLE,
    Kind,
    QuantizableOperation,
    Rule,
    is_within,
    plan,
)


def operation(name, kind, *inputs, module=""):
    return QuantizableOperation(name, kind, module, inputs, (name,))


CONVOLUTIONS = [
    operation("conv", Kind.CONVOLUTION, "image"),
    operation("again", Kind.CONVOLUTION, "conv"),
    operation("sum", Kind.ADD, "conv", "again"),
]


def test_every_kind_of_operation_has_one_row_with_a_reason():
    assert [row.kind for row in TABLE] == list(Kind)
    assert all(len(row.why) > 20 for row in TABLE)


def test_the_table_is_what_was_measured_to_be_best():
    """docs/quantization.md has the measurements; a change here wants new ones."""
    assert {
        Kind.CONVOLUTION: Rule.PER_CHANNEL,
        Kind.LINEAR: Rule.PER_TENSOR,
        Kind.ADD: Rule.INSIDE,
        Kind.PRODUCT: Rule.INSIDE,
        Kind.GATE: Rule.INSIDE,
        Kind.ACTIVATION: Rule.INSIDE,
        Kind.REDUCTION: Rule.INSIDE,
        Kind.PADDING: Rule.BEFORE,
        Kind.LAYOUT: Rule.INSIDE,
        Kind.MATMUL: Rule.FLOAT,
        Kind.SOFTMAX: Rule.FLOAT,
        Kind.NORM: Rule.FLOAT,
        Kind.OTHER: Rule.FLOAT,
    } == RULES


@pytest.mark.parametrize("kind", [kind for kind in Kind if RULES[kind] is Rule.INSIDE])
def test_what_lies_between_convolutions_is_in_8_bits_and_elsewhere_it_is_not(kind):
    between = [*CONVOLUTIONS, operation("it", kind, "conv", "again")]
    assert plan(between)["it"] is Rule.INSIDE
    elsewhere = [*CONVOLUTIONS, operation("norm", Kind.NORM, "sum"), operation("it", kind, "norm")]
    assert "it" not in plan(elsewhere)
    half = [*elsewhere[:-1], operation("it", kind, "norm", "conv")]
    assert "it" not in plan(half)


@pytest.mark.parametrize("kind", [kind for kind in Kind if RULES[kind] is Rule.FLOAT])
def test_what_stays_in_float_stays_so_between_convolutions_too(kind):
    assert "it" not in plan([*CONVOLUTIONS, operation("it", kind, "conv", "again")])


def test_a_linear_layer_is_in_8_bits_wherever_it_is_and_lends_that_to_nobody():
    operations = [
        operation("norm", Kind.NORM, "x"),
        operation("linear", Kind.LINEAR, "norm"),
        operation("relu", Kind.ACTIVATION, "linear"),
    ]
    assert plan(operations) == {"linear": Rule.PER_TENSOR}


def test_a_residual_between_convolutions_is_in_8_bits():
    assert plan(CONVOLUTIONS)["sum"] is Rule.INSIDE


def test_a_residual_of_the_transformer_stays_in_float():
    operations = [
        *CONVOLUTIONS,
        operation("linear", Kind.LINEAR, "sum"),
        operation("residual", Kind.ADD, "sum", "linear"),
        operation("norm", Kind.NORM, "residual"),
    ]
    assert plan(operations).keys() == {"conv", "again", "sum", "linear"}


def test_what_follows_a_float_operation_stays_in_float():
    operations = [
        *CONVOLUTIONS,
        operation("gelu", Kind.OTHER, "sum"),
        operation("gate", Kind.GATE, "gelu"),
    ]
    assert "gate" not in plan(operations)


def test_patches_beside_a_class_token_stay_in_float():
    beside = QuantizableOperation(
        "beside", Kind.LAYOUT, "", ("sum",), ("beside",), meets_constants=True
    )
    positions = QuantizableOperation(
        "positions", Kind.ADD, "", ("beside",), ("positions",), meets_constants=True
    )
    assert plan([*CONVOLUTIONS, beside, positions]).keys() == {"conv", "again", "sum"}


def test_positions_are_added_in_8_bits_where_there_is_no_class_token():
    positions = QuantizableOperation(
        "positions", Kind.ADD, "", ("sum",), ("positions",), meets_constants=True
    )
    assert "positions" in plan([*CONVOLUTIONS, positions])


def test_an_operation_on_constants_alone_stays_in_float():
    assert plan([operation("constant", Kind.ADD)]) == {}


def test_padding_is_in_8_bits_where_only_convolutions_read_it():
    padding = operation("pad", Kind.PADDING, "image")
    reader = operation("conv", Kind.CONVOLUTION, "pad")
    assert plan([padding, reader]).keys() == {"pad", "conv"}
    assert plan([padding, reader, operation("norm", Kind.NORM, "pad")]).keys() == {"conv"}


def test_a_module_that_is_kept_in_float_is_kept_with_all_in_it_and_no_other():
    operations = [
        operation("a", Kind.LINEAR, "x", module="blocks.1.mlp"),
        operation("b", Kind.LINEAR, "x", module="blocks.10.mlp"),
    ]
    assert plan(operations, keep_float=("blocks.1",)).keys() == {"b"}


@pytest.mark.parametrize(
    ("module", "within"),
    [
        ("blocks.1", True),
        ("blocks.1.mlp", True),
        ("blocks.10", False),
        ("blocks", False),
        ("stem", True),
        ("", False),
    ],
)
def test_a_module_lies_in_itself_and_in_what_holds_it(module, within):
    assert is_within(module, ("blocks.1", "stem")) is within


@pytest.mark.parametrize("module", ["blocks.1", "blocks", "stem.conv"])
def test_a_module_to_be_kept_in_float_is_known(module):
    operations = [operation(m, Kind.LINEAR, module=m) for m in ("blocks.1", "stem.conv")]
    plan(operations, keep_float=(module,))


@pytest.mark.parametrize(
    ("module", "hint"),
    [("block.1", "; did you mean 'blocks.1'"), ("xyz", "of this name; --sens"), ("blocks.11", "")],
)
def test_a_module_to_be_kept_in_float_that_is_not_there_is_refused(module, hint):
    operations = [operation(m, Kind.LINEAR, module=m) for m in ("blocks.1", "stem.conv")]
    with pytest.raises(BadOption, match=f"--keep-float {module}: no operation of the file.*{hint}"):
        plan(operations, keep_float=(module,))
