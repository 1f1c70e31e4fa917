"""The table, and what it comes to in a graph."""

from irrvit.export.quantization.rules import TABLE, Kind, Node, Rule, plan


def node(name, kind, *inputs, module=""):
    return Node(name, kind, module, inputs, (name,))


CONVOLUTIONS = [
    node("conv", Kind.CONVOLUTION, "image"),
    node("again", Kind.CONVOLUTION, "conv"),
    node("sum", Kind.ADD, "conv", "again"),
]


def test_every_kind_of_operation_has_one_row_with_a_reason():
    assert [row.kind for row in TABLE] == list(Kind)
    assert all(len(row.why) > 20 for row in TABLE)


def test_a_residual_between_convolutions_is_in_8_bits():
    assert plan(CONVOLUTIONS)["sum"] is Rule.INSIDE


def test_a_residual_of_the_transformer_stays_in_float():
    nodes = [
        *CONVOLUTIONS,
        node("linear", Kind.LINEAR, "sum"),
        node("residual", Kind.ADD, "sum", "linear"),
        node("norm", Kind.NORM, "residual"),
    ]
    assert plan(nodes).keys() == {"conv", "again", "sum", "linear"}


def test_what_follows_a_float_operation_stays_in_float():
    nodes = [*CONVOLUTIONS, node("gelu", Kind.OTHER, "sum"), node("gate", Kind.GATE, "gelu")]
    assert "gate" not in plan(nodes)


def test_patches_beside_a_class_token_stay_in_float():
    beside = Node("beside", Kind.LAYOUT, "", ("sum",), ("beside",), meets_constants=True)
    positions = Node("positions", Kind.ADD, "", ("beside",), ("positions",), meets_constants=True)
    assert plan([*CONVOLUTIONS, beside, positions]).keys() == {"conv", "again", "sum"}


def test_positions_are_added_in_8_bits_where_there_is_no_class_token():
    positions = Node("positions", Kind.ADD, "", ("sum",), ("positions",), meets_constants=True)
    assert "positions" in plan([*CONVOLUTIONS, positions])


def test_an_operation_on_constants_alone_stays_in_float():
    assert plan([node("constant", Kind.ADD)]) == {}


def test_padding_is_in_8_bits_where_only_convolutions_read_it():
    padding = node("pad", Kind.PADDING, "image")
    reader = node("conv", Kind.CONVOLUTION, "pad")
    assert plan([padding, reader]).keys() == {"pad", "conv"}
    assert plan([padding, reader, node("norm", Kind.NORM, "pad")]).keys() == {"conv"}


def test_a_module_that_is_kept_in_float_is_kept_with_all_in_it_and_no_other():
    nodes = [
        node("a", Kind.LINEAR, "x", module="blocks.1.mlp"),
        node("b", Kind.LINEAR, "x", module="blocks.10.mlp"),
    ]
    assert plan(nodes, keep_float=("blocks.1",)).keys() == {"b"}
