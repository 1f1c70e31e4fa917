"""A network in which some operations are said in another way, proven to be the same function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.utils._python_dispatch import TorchDispatchMode

from irrvit.export.errors import UnsupportedOp
from irrvit.export.proof.operations import exported
from irrvit.model.folding.check import FLOAT32_LIMIT, LIMIT, relative_difference
from irrvit.model.folding.widening import numbers_in, widen


@dataclass(frozen=True)
class Form:
    """Another way to say an operation.

    Attributes:
        function: takes `constants`, then what the operation takes.
        constants: numbers in float64, or indices.
    """

    function: Callable[..., Any]
    constants: tuple[Tensor, ...] = field(default=(), repr=False)


Rule = Callable[[fx.Node], Form | None]
"""The other form of one operation, or None where the converter has it right."""

Rules = Mapping[str, Rule]
"""By the name of the operator, as "gelu"."""


class Rewritten(nn.Module):
    """A network as a program: raw pixels (1, channels, H, W) -> what the network gives."""

    def __init__(self, program: fx.GraphModule) -> None:
        super().__init__()
        self.program = program
        # An exported program refuses eval(), and its modules all say that they are training.
        for module in self.modules():
            module.training = False

    def forward(self, pixels: Tensor) -> Any:
        return self.program(pixels)

    def train(self, mode: bool = True) -> Rewritten:
        assert not mode, "a written network is not trained"
        return self


def rewritten(network: nn.Module, example: Tensor, rules: Rules) -> nn.Module:
    """The network as it is to be given to a converter; itself if nothing is to be said otherwise.

    Args:
        example: raw pixels (1, channels, H, W).

    Raises:
        UnsupportedOp: a rule does not keep the function, which is a fault of ours.
    """
    if not _may_need(network, example, rules):
        return network
    program = exported(network, example).module(check_guards=False)
    assert isinstance(program, fx.GraphModule)
    program = widen(program)
    assert isinstance(program, fx.GraphModule)
    if not _rewrite(program, rules):
        return network
    other = Rewritten(program)
    _require_same(network, other, example)
    return other.float()


class _Seen(TorchDispatchMode):
    """The names of all operators of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.names.add(func.overloadpacket.__name__)
        if func is torch.ops.aten.convolution.default:
            weight, is_transposed = args[1], args[6]
            self.names |= {"conv1d"} if weight.dim() == 3 else set()
            self.names |= {"conv_transpose2d"} if is_transposed else set()
        if func.overloadpacket.__name__.startswith("_scaled_dot_product"):
            self.names.add("bmm")  # Its kernels have as many names as there are processors.
        if (kwargs or {}).get("alpha", 1) != 1:
            self.names.add("alpha")
        return func(*args, **(kwargs or {}))


# What a run shows under another name than a trace; tracing takes seconds, a run does not.
_SHOWN_AS = {
    "instance_norm": "native_batch_norm",
    "layer_norm": "native_layer_norm",
    "group_norm": "native_group_norm",
    "softmax": "_softmax",
    "pad": "constant_pad_nd",
    "adaptive_avg_pool2d": "mean",
    "expand_as": "expand",
    "matmul": "bmm",
    "scaled_dot_product_attention": "bmm",
    "log_sigmoid": "log_sigmoid_forward",
    "add": "alpha",
    "sub": "alpha",
    "rsub": "alpha",
    "__and__": "bitwise_and",
    "__or__": "bitwise_or",
    "__xor__": "bitwise_xor",
}
_LAYERS = {
    "instance_norm": nn.modules.instancenorm._InstanceNorm,
}


def _may_need(network: nn.Module, example: Tensor, rules: Rules) -> bool:
    """Whether one of the rules might apply; where that is not sure, yes."""
    modules = list(network.modules())
    if any(isinstance(module, fx.GraphModule) for module in modules):
        return True
    seen = _Seen()
    with torch.no_grad(), seen:
        network(example)
    shown = {name for name in rules if _SHOWN_AS.get(name, name) in seen.names}
    return any(
        name not in _LAYERS or any(isinstance(m, _LAYERS[name]) for m in modules) for name in shown
    )


def _rewrite(program: fx.GraphModule, rules: Rules) -> int:
    """Put the other forms into a program; return how many."""
    count = 0
    for node in list(program.graph.nodes):
        form = _form(node, rules)
        if form is None:
            continue
        with program.graph.inserting_before(node):
            constants = []
            for i, value in enumerate(form.constants):
                name = f"_form_{count}_{i}"
                program.register_buffer(name, value)
                constants.append(program.graph.get_attr(name))
            other = program.graph.call_function(
                form.function, (*constants, *node.args), dict(node.kwargs)
            )
        other.meta = dict(node.meta)
        node.replace_all_uses_with(other)
        program.graph.erase_node(node)
        count += 1
    program.recompile()
    return count


def _form(node: fx.Node, rules: Rules) -> Form | None:
    if not isinstance(node.target, torch._ops.OpOverload):
        return None
    rule = rules.get(node.target.overloadpacket.__name__)
    return rule(node) if rule is not None else None


def _require_same(network: nn.Module, other: Rewritten, example: Tensor) -> None:
    """As the gate of folding: in float64, or in float32 where the network has no other."""
    noise = torch.rand(example.shape, generator=torch.Generator().manual_seed(0)) * 255
    try:
        with torch.no_grad(), numbers_in(torch.float64):
            wide = noise.double()
            difference, limit = relative_difference(widen(network)(wide), other(wide)), LIMIT
    except (RuntimeError, TypeError):
        with torch.no_grad():
            expected, got = network(noise), widen(other).float()(noise)
        difference, limit = relative_difference(expected, got, torch.float32), FLOAT32_LIMIT
    if not difference < limit:
        raise UnsupportedOp(
            f"the network was said in other operations for this format and differs by "
            f"{difference:.0e} of its range: that is a fault of irrvit-export, please report it"
        )
