"""Traps that are known on the phone: right in one place, and silently wrong in another."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from irrvit.export.coreml.ops.values import Operation
from irrvit.export.coreml.program import MilProgram

# Operations that only rearrange what others computed.
_REARRANGING = frozenset({"reshape", "squeeze", "expand_dims", "transpose", "cast", "identity"})
_HARD_GATES = frozenset({"sigmoid_hard", "clip", "relu6", "clamped_relu"})
# What hard-swish is made of, x * clip(x + 3, 0, 6) / 6, however it is spelt; the addition may also
# be the bias of the layer before it.
_HARD_SWISH = _REARRANGING | _HARD_GATES | {"add", "mul", "real_div", "thresholded_relu"}


class _Graph:
    """Who makes a value."""

    def __init__(self, program: MilProgram):
        self._constants = program.constants
        self._maker = {v.name: op for op in program.operations() for v in op.outputs}
        made = [v for op in program.operations() for v in op.outputs]
        self._shape = {value.name: value.shape for value in (*program.inputs, *made)}

    def way_back(self, name: str, through: frozenset[str]) -> list[Operation]:
        """From a value to the operation that made it, and on as long as that is of these kinds and
        has one input that is no constant; ends with the first operation that is neither.
        """
        way: list[Operation] = []
        while (maker := self._maker.get(name)) is not None:
            way.append(maker)
            computed = set(self.computed_inputs(maker))
            if maker.kind not in through or len(computed) != 1:
                break
            (name,) = computed
        return way

    def constant(self, operation: Operation, name: str) -> float:
        """The number that an operation is given; 0 for one that is computed, or not given."""
        value = operation.inputs.get(name)
        constant = self._constants.get(value) if isinstance(value, str) else None
        return float(constant) if constant is not None else 0.0

    def growth(self, operation: Operation) -> tuple[float, ...]:
        """By which factor each of the last two axes of its `x` grows."""
        before = self._shape[str(operation.inputs["x"])][-2:]
        return tuple(n / m for n, m in zip(operation.outputs[0].shape[-2:], before, strict=True))

    def computed_inputs(self, operation: Operation) -> list[str]:
        """Names of its inputs that are no constants."""
        names: list[str] = []
        for value in operation.inputs.values():
            names.extend((value,) if isinstance(value, str) else value)
        return [name for name in names if name not in self._constants]


def lint(program: MilProgram) -> list[str]:
    """One sentence per trap, naming the operation by its value."""
    graph = _Graph(program)
    return [
        f"{place}: {finding} (operation '{operation.kind}', value '{operation.name}')"
        for operation in program.operations()
        for place, rules in _RULES.items()
        for rule in rules
        if (finding := rule(graph, operation)) is not None
    ]


def _log_softmax(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coremltools/issues/2728: -inf in fp16 when one class dominates.
    ways = [graph.way_back(name, _REARRANGING) for name in graph.computed_inputs(operation)]
    made_by = {way[-1].kind for way in ways if way}
    is_log_of_softmax = operation.kind == "log" and "softmax" in made_by
    # x - reduce_log_sum_exp(x) is the other way to write it.
    if is_log_of_softmax or (operation.kind == "sub" and "reduce_log_sum_exp" in made_by):
        return "log_softmax gives -inf in fp16 when one class dominates; export the logits"
    return None


def _softplus(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coremltools/issues/2359 and 2687: falls to 0 past x = 10.4, Mish too.
    if operation.kind in ("softplus", "softplus_parametric"):
        return "softplus, and Mish with it, falls to 0 past x = 10.4; use another activation"
    return None


def _hard_swish_after_linear(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coreai-torch/issues/51: off by 0.2 after a 2-D linear layer; right when the
    # layer is a 1 x 1 convolution of a 4-D tensor.
    if operation.kind != "mul" or len(graph.computed_inputs(operation)) != 2:
        return None
    ways = [graph.way_back(name, _HARD_SWISH) for name in graph.computed_inputs(operation)]
    if not all(ways) or ways[0][-1] is not ways[1][-1]:
        return None
    layer = ways[0][-1]
    is_2d_layer = layer.kind in ("linear", "matmul") and len(layer.outputs[0].shape) == 2
    if is_2d_layer and any(step.kind in _HARD_GATES for way in ways for step in way):
        return (
            f"hard-swish after the 2-D linear layer '{layer.name}' is off by up to 0.2; "
            "write the layer as a 1 x 1 convolution"
        )
    return None


def _average_that_rounds_up(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coremltools/issues/2772
    if operation.kind == "avg_pool" and graph.constant(operation, "ceil_mode"):
        return "ceil_mode counts rows beyond the picture, torch never does; pad instead"
    return None


def _round(graph: _Graph, operation: Operation) -> str | None:
    # github.com/webmachinelearning/webnn/issues/817
    if operation.kind == "round":
        return "halves are rounded up or down depending on the unit; use floor(x + 0.5)"
    return None


def _nearest_by_a_fraction(graph: _Graph, operation: Operation) -> str | None:
    # The documentation does not say which pixel is the nearest one.
    if operation.kind not in ("upsample_nearest_neighbor", "resize_nearest_neighbor"):
        return None
    if all(factor == int(factor) for factor in graph.growth(operation)):
        return None
    return "which pixel is nearest is documented for whole factors only; index instead"


def _index_of_equals(graph: _Graph, operation: Operation) -> str | None:
    # coremltools: "In case of ties, the identity of the return value is not guaranteed."
    if operation.kind in ("reduce_argmax", "reduce_argmin"):
        return "among equal values any may be named; give the values out, and compare them"
    return None


_RULES: Mapping[str, tuple[Callable[[_Graph, Operation], str | None], ...]] = {
    "Neural Engine": (_log_softmax, _softplus, _hard_swish_after_linear),
    "Core ML": (_average_that_rounds_up, _round, _nearest_by_a_fraction, _index_of_equals),
}
