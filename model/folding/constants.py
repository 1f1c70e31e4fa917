"""What a saved program computes from its weights alone, computed once.

Normalized weights (`weight_norm`, `spectral_norm`, weight standardization), masks, positions. What
only looks at a weight in another shape stays: there is nothing to save.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_aggregate

from irrvit.model.folding.move import Move
from irrvit.model.folding.widening import numbers_in

KIND = "constant"
# A constant that is larger than all it is made from may fill the file: a table of zeros, a mask.
_LARGEST = 1 << 16


def fold_constants(network: nn.Module, left_out: Container[Move] = ()) -> list[Move]:
    """Compute the constants of each program in a network, which must be a copy."""
    moves = []
    for path, module in network.named_modules():
        move = Move(KIND, (path,))
        if isinstance(module, fx.GraphModule) and move not in left_out:
            with numbers_in(_dtype(module)):
                moves += [move] * _fold_program(module)
    return moves


def _dtype(program: nn.Module) -> torch.dtype:
    dtypes = (tensor.dtype for tensor in program.state_dict().values())
    return next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32)


def _fold_program(program: fx.GraphModule) -> int:
    """Fold one program in place and count the constants that were made."""
    values, absorbed, made = _constants(program), set[fx.Node](), 0
    for node in reversed(list(program.graph.nodes)):
        if node not in values:
            continue
        if all(user in absorbed for user in node.users):
            absorbed.add(node)
        elif _is_worth_it(node, values):
            _replace(program, node, f"_constant_{made}", values[node])
            absorbed.add(node)
            made += 1
    if made:
        program.graph.eliminate_dead_code()
        _drop_unused(program)
        program.recompile()
    return made


def _replace(program: fx.GraphModule, node: fx.Node, name: str, value: Tensor) -> None:
    program.register_buffer(name, value.contiguous().clone())
    with program.graph.inserting_before(node):
        constant = program.graph.get_attr(name)
    constant.meta = dict(node.meta)
    node.replace_all_uses_with(constant)


@torch.no_grad()
def _constants(program: fx.GraphModule) -> dict[fx.Node, Tensor]:
    """The value of every node that no input has a part in."""
    values: dict[fx.Node, Tensor] = {}
    changed = {node.args[0] for node in program.graph.nodes if _writes(node)}
    for node in program.graph.nodes:
        if node.op == "get_attr":
            value = _attribute(program, str(node.target))
        elif node.op == "call_function" and _is_pure(node) and _is_known(node, values):
            args, kwargs = (map_aggregate(a, lambda a: _value(a, values)) for a in _given(node))
            value = node.target(*args, **kwargs)
        else:
            continue
        if isinstance(value, Tensor) and node not in changed:
            values[node] = value
    return values


def _given(node: fx.Node) -> tuple[Any, Any]:
    return node.args, node.kwargs


def _value(argument: Any, values: dict[fx.Node, Tensor]) -> Any:
    return values[argument] if isinstance(argument, fx.Node) else argument


def _is_known(node: fx.Node, values: dict[fx.Node, Tensor]) -> bool:
    return all(given in values for given in node.all_input_nodes)


def _is_pure(node: fx.Node) -> bool:
    operator = node.target
    if not isinstance(operator, torch._ops.OpOverload):
        return False
    draws = torch.Tag.nondeterministic_seeded in operator.tags
    return not draws and not operator._schema.is_mutable


def _writes(node: fx.Node) -> bool:
    return isinstance(node.target, torch._ops.OpOverload) and node.target._schema.is_mutable


def _is_worth_it(node: fx.Node, values: dict[fx.Node, Tensor]) -> bool:
    """Whether a constant saves something, and takes no more room than what it is made from."""
    todo, leaves, computes = [node], 0, False
    while todo:
        maker = todo.pop()
        if maker.op == "get_attr":
            leaves += values[maker].numel()
            continue
        computes = computes or not any(r.alias_info for r in maker.target._schema.returns)  # pyright: ignore[reportAttributeAccessIssue, reportFunctionMemberAccess]
        todo += maker.all_input_nodes
    return computes and values[node].numel() <= max(leaves, _LARGEST)


def _attribute(program: nn.Module, target: str) -> Any:
    value: Any = program
    for name in target.split("."):
        value = getattr(value, name)
    return value


def _drop_unused(program: fx.GraphModule) -> None:
    """Forget the weights that only constants were made from."""
    used = {str(node.target) for node in program.graph.nodes if node.op == "get_attr"}
    for name, _ in [*program.named_parameters(), *program.named_buffers()]:
        if name not in used:
            parent, _, last = name.rpartition(".")
            delattr(program.get_submodule(parent), last)
