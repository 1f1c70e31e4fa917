"""A network as the operations that it is made of: traced once for all who look at them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import fx, nn
from torch.export import ExportedProgram


def exported(network: nn.Module, example: torch.Tensor) -> ExportedProgram:
    """Trace a network at one shape; it shares its numbers with the network, and is not to change.

    Tracing takes seconds and several look at the same network, so that the last one is kept, for as
    long as its modules and their numbers are the same objects.
    """
    return _exported(_Traced(network, example), _made_of(network))


def decomposed(network: nn.Module, example: torch.Tensor) -> ExportedProgram:
    """The same in the fewest kinds of operations, as converters want it; likewise kept."""
    return _decomposed(_Traced(network, example), _made_of(network))


def run_operations(network: nn.Module, image: torch.Tensor) -> dict[fx.Node, torch.Tensor]:
    """Every operation that depends on the image, in order, with its output."""
    program = _runnable(_Traced(network, image), _made_of(network))
    recorder = _Recorder(program)
    with torch.no_grad():
        recorder.run(image)
    reached = {node for node in program.graph.nodes if node.op == "placeholder"}
    for node in program.graph.nodes:
        if reached.intersection(node.all_input_nodes):
            reached.add(node)
    return {node: output for node, output in recorder.outputs.items() if node in reached}


def where(node: fx.Node) -> str:
    """An operation by the module that it belongs to, as the reader of the network knows it."""
    shape = "x".join(map(str, node.meta["val"].shape)) if "val" in node.meta else "?"
    return f"{module_path(node) or 'the input'} ({node.name}, {shape})"


def module_path(node: fx.Node) -> str:
    """The module that an operation belongs to; empty for the network itself."""
    stack = node.meta.get("nn_module_stack") or {}
    path = next((name for name, _ in reversed(stack.values())), "")
    return path.removeprefix("L['self']").removeprefix(".").removeprefix("network.")


class _Traced:
    """A network and its example as a key: the same module, an example of the same form."""

    def __init__(self, network: nn.Module, example: torch.Tensor):
        self.network, self.example = network, example

    def _key(self) -> tuple[object, ...]:
        example = self.example
        return self.network, tuple(example.shape), example.stride(), example.dtype

    def __hash__(self) -> int:
        return hash(self._key())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Traced) and self._key() == other._key()


def _made_of(network: nn.Module) -> tuple[object, ...]:
    """What must be the same objects for a program to be the network's."""
    numbers = (*network.parameters(), *network.buffers())  # The program keeps these alive.
    return (*network.modules(), *(id(tensor) for tensor in numbers))


@lru_cache(maxsize=1)
def _exported(traced: _Traced, made_of: tuple[object, ...]) -> ExportedProgram:
    with torch.no_grad():
        return torch.export.export(traced.network, (traced.example,), strict=False)


@lru_cache(maxsize=1)
def _decomposed(traced: _Traced, made_of: tuple[object, ...]) -> ExportedProgram:
    with torch.no_grad():
        return _exported(traced, made_of).run_decompositions({})


@lru_cache(maxsize=1)
def _runnable(traced: _Traced, made_of: tuple[object, ...]) -> fx.GraphModule:
    program = _exported(traced, made_of).module()
    assert isinstance(program, fx.GraphModule)
    return program


class _Recorder(fx.Interpreter):
    """Runs a graph and keeps each operation's output."""

    def __init__(self, module: fx.GraphModule):
        super().__init__(module)
        self.outputs: dict[fx.Node, torch.Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        output = super().run_node(n)
        is_value = isinstance(output, torch.Tensor) and output.is_floating_point()
        if is_value and n.op == "call_function" and output.numel() > 1:
            self.outputs[n] = output
        return output
