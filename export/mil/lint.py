"""Traps that are known on the Neural Engine: right on the CPU, and silently wrong on the phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from irrvit.export.mil.program import MilProgram
from irrvit.export.mil.values import Operation

# Operations that only rearrange what a linear layer computed.
_REARRANGING = frozenset({"reshape", "squeeze", "expand_dims", "transpose", "cast", "identity"})
_HARD_GATES = frozenset({"sigmoid_hard", "clip", "relu6", "clamped_relu"})


class _Graph:
    """Who makes a value, and who reads it."""

    def __init__(self, program: MilProgram):
        self.program = program
        self.operations = program.operations()
        self._maker = {v.name: op for op in self.operations for v in op.outputs}
        self._readers: dict[str, list[Operation]] = {}
        for operation in self.operations:
            for name in _names(operation):
                self._readers.setdefault(name, []).append(operation)

    def sources(self, operation: Operation) -> Iterator[Operation]:
        """The operations that made its inputs, seen through those that only rearrange."""
        for name in _names(operation):
            maker = self._maker.get(name)
            while maker is not None and maker.kind in _REARRANGING:
                maker = self._maker.get(str(maker.inputs["x"]))
            if maker is not None:
                yield maker

    def readers(self, operation: Operation) -> Iterator[Operation]:
        for value in operation.outputs:
            yield from self._readers.get(value.name, ())


def lint(program: MilProgram) -> list[str]:
    """One sentence per trap, naming the operation by its value."""
    graph = _Graph(program)
    rules: tuple[Callable[[_Graph, Operation], str | None], ...] = (
        _log_softmax,
        _softplus,
        _hard_swish_after_linear,
    )
    return [
        f"Neural Engine: {finding} (operation '{operation.kind}', value '{operation.name}')"
        for operation in graph.operations
        for rule in rules
        if (finding := rule(graph, operation)) is not None
    ]


def _log_softmax(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coremltools/issues/2728: -inf in fp16 when one class dominates.
    if operation.kind == "reduce_log_sum_exp" or (
        operation.kind == "log" and any(s.kind == "softmax" for s in graph.sources(operation))
    ):
        return "log_softmax gives -inf in fp16 when one class dominates; export the logits"
    return None


def _softplus(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coremltools/issues/2359 and 2687: falls to 0 past x = 10.4, Mish too.
    if operation.kind in ("softplus", "softplus_parametric"):
        return (
            "softplus, and Mish with it, falls to 0 past x = 10.4 in fp16; use another activation"
        )
    return None


def _hard_swish_after_linear(graph: _Graph, operation: Operation) -> str | None:
    # github.com/apple/coreai-torch/issues/51: off by 0.2 after a 2-D linear layer; right when the
    # layer is a 1 x 1 convolution of a 4-D tensor.
    if operation.kind not in ("linear", "matmul") or len(operation.outputs[0].shape) != 2:
        return None
    if any(
        _is_hard_swish_of(graph, operation, reader) for reader in _beyond_bias(graph, operation)
    ):
        return "a 2-D linear layer followed by hard-swish is off by 0.2; use a 1 x 1 convolution"
    return None


def _beyond_bias(graph: _Graph, operation: Operation) -> Iterator[Operation]:
    """Readers of a layer, and of the addition that may be its bias or the 3 of hard-swish."""
    for reader in graph.readers(operation):
        yield reader
        if reader.kind in ("add", *_REARRANGING):
            yield from graph.readers(reader)


def _is_hard_swish_of(graph: _Graph, layer: Operation, gate: Operation) -> bool:
    """Whether x * gate(x) follows, however the gate is spelt: x * clip(x + 3, 0, 6) / 6, or
    sigmoid_hard, with a division or a multiplication between.
    """
    if gate.kind not in _HARD_GATES:
        return False
    ends = [gate, *(r for r in graph.readers(gate) if r.kind in ("mul", "real_div"))]
    makers = {layer.name, *(r.name for r in graph.readers(layer) if r.kind in _REARRANGING)}
    makers |= {r.name for r in graph.readers(layer) if r.kind == "add"}
    return any(
        reader.kind == "mul" and bool(makers & set(_names(reader)))
        for end in ends
        for reader in graph.readers(end)
    )


def _names(operation: Operation) -> Iterator[str]:
    for names in operation.inputs.values():
        yield from (names,) if isinstance(names, str) else names
