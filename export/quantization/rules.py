"""Which operation gets which precision in an int8 file, and why; the same table for every format.

Measured with irrvit_fashion on its 10,000 test pictures (fp32: 93.31 %) and by latency against fp32
on one x86-64 core, with VNNI and with VNNI and AMX hidden from the runtime.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from irrvit.export.errors import BadOption


class Kind(StrEnum):
    """What an operation is to quantization; each format says which of its operations are what."""

    CONVOLUTION = "convolution"
    LINEAR = "linear layer"
    ADD = "addition"
    PRODUCT = "product"
    GATE = "sigmoid"
    ACTIVATION = "ReLU"
    REDUCTION = "mean, sum or pooling"
    PADDING = "padding"
    LAYOUT = "reshape, transposition or concatenation"
    MATMUL = "product of two computed matrices"
    SOFTMAX = "softmax"
    NORM = "LayerNorm"
    OTHER = "anything else"


class Rule(StrEnum):
    """How the operations of a kind are computed.

    Attributes:
        PER_CHANNEL: 8-bit weights with a scale for each output channel, 8-bit activations.
        PER_TENSOR: 8-bit weights with one scale, 8-bit activations.
        INSIDE: in 8 bits where every input that is computed comes from a convolution, perhaps by
            way of other such operations; elsewhere as it is.
        BEFORE: in 8 bits where only convolutions read it; elsewhere as it is.
        FLOAT: as it is.
    """

    PER_CHANNEL = "int8, a scale a channel"
    PER_TENSOR = "int8, one scale"
    INSIDE = "int8 between convolutions"
    BEFORE = "int8 before convolutions"
    FLOAT = "float32"


@dataclass(frozen=True)
class Row:
    """What is done to a kind of operation, and the reason."""

    kind: Kind
    rule: Rule
    why: str


TABLE = (
    Row(
        Kind.CONVOLUTION,
        Rule.PER_CHANNEL,
        "most of the time; a folded BatchNorm leaves channels of very different sizes",
    ),
    Row(
        Kind.LINEAR,
        Rule.PER_TENSOR,
        "scales found while it runs cost 0.1 of the whole latency without VNNI; "
        "a scale a channel gained no picture and made the small file 4 % larger",
    ),
    Row(
        Kind.ADD,
        Rule.INSIDE,
        "a residual of the stem has 8-bit sides anyway; the transformer's carries what all blocks "
        "add up, and in 8 bits plain ViTs lose everything (TinyNeuralNetwork #204)",
    ),
    Row(Kind.PRODUCT, Rule.INSIDE, "squeeze-and-excitation: else its whole map is converted twice"),
    Row(Kind.GATE, Rule.INSIDE, "of squeeze-and-excitation: between two 8-bit operations"),
    Row(Kind.ACTIVATION, Rule.INSIDE, "part of the convolution before it"),
    Row(Kind.REDUCTION, Rule.INSIDE, "the mean of a map: converting the map first costs more"),
    Row(
        Kind.PADDING,
        Rule.BEFORE,
        "XNNPACK makes it part of the convolution, unless the conversion to 8 bits is between: "
        "that of the picture alone is 0.16 of irrvit_300m's time",
    ),
    Row(Kind.LAYOUT, Rule.INSIDE, "moves a quarter of the bytes"),
    Row(Kind.MATMUL, Rule.FLOAT, "attention and patch fusion: not delegated in 8 bits"),
    Row(Kind.SOFTMAX, Rule.FLOAT, "not delegated in 8 bits, and most of its values are near 0"),
    Row(Kind.NORM, Rule.FLOAT, "squares: 8 bits hold neither the small nor the large ones"),
    Row(Kind.OTHER, Rule.FLOAT, "subtracting the mean from pixels; GELU, hard-swish and the like"),
)

RULES: Mapping[Kind, Rule] = {row.kind: row.rule for row in TABLE}


@dataclass(frozen=True)
class QuantizableOperation:
    """An operation of a format's graph as the table sees it.

    Attributes:
        name: what the format knows it by.
        module: of the network, by its dotted path; "" where it is not known.
        inputs, outputs: names of values that are computed; constants are left out.
        meets_constants: several constant numbers go in as well, such as a class token.
    """

    name: str
    kind: Kind
    module: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    meets_constants: bool = False


def plan(
    operations: list[QuantizableOperation], keep_float: tuple[str, ...] = ()
) -> dict[str, Rule]:
    """Apply the table: an operation's name -> its rule; those that stay in float are left out.

    Args:
        operations: in the order in which they run.
        keep_float: modules whose operations, and those of the modules in them, stay as they are.

    Raises:
        BadOption: no operation lies in one of them.
    """
    _require_known(keep_float, {operation.module for operation in operations})
    chosen: dict[str, Rule] = {}
    inside: set[str] = set()
    elsewhere = {name for op in operations if op.kind is not Kind.CONVOLUTION for name in op.inputs}
    for operation in operations:
        rule = RULES[operation.kind]
        if rule is Rule.FLOAT or is_within(operation.module, keep_float):
            continue
        if rule is Rule.INSIDE and not _is_inside(operation, inside):
            continue
        if rule is Rule.BEFORE and not elsewhere.isdisjoint(operation.outputs):
            continue
        if operation.kind is not Kind.LINEAR:
            inside.update(operation.outputs)
        chosen[operation.name] = rule
    return chosen


def _require_known(keep_float: tuple[str, ...], modules: set[str]) -> None:
    for module in keep_float:
        if not any(is_within(known, (module,)) for known in modules):
            parents = {".".join(m.split(".")[:n]) for m in modules for n in range(1, 9)}
            near = get_close_matches(module, sorted(parents - {""}), n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise BadOption(
                f"--keep-float {module}: no operation of the file lies in a module of this name"
                f"{hint}; --sensitivity lists them"
            )


def _is_inside(operation: QuantizableOperation, inside: set[str]) -> bool:
    """Whether all that goes in is in 8 bits, by scales that suit it.

    A constant put beside it has sizes of its own: by one scale for a class token and the patches,
    DeiT-Tiny (random weights) fell to 22 dB.
    """
    if operation.kind is Kind.LAYOUT and operation.meets_constants:
        return False
    return bool(operation.inputs) and inside.issuperset(operation.inputs)


def is_within(module: str, others: tuple[str, ...]) -> bool:
    """Whether a module is one of some modules, or lies in one."""
    return any(module == other or module.startswith(f"{other}.") for other in others)
