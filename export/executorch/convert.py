"""From a network to a `.pte` file, by ExecuTorch's own exporter."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import torch
from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
from executorch.backends.xnnpack.utils.configs import get_transform_passes
from executorch.exir import to_edge_transform_and_lower
from executorch.exir.passes.constant_prop_pass import constant_prop_pass
from torch import Tensor, fx, nn

from irrvit.export.converting import converting
from irrvit.export.executorch.rules import EXECUTORCH
from irrvit.export.pixels import ChannelsLast, image_tensor
from irrvit.export.rewriting.program import rewritten
from irrvit.model.spec import InputSpec

_ARITHMETIC = frozenset({"add", "sub", "rsub", "mul", "div"})


def write(network: nn.Module, spec: InputSpec, path: Path) -> str:
    """See `irrvit.export.target.Target`."""
    pixels = torch.zeros(1, spec.height, spec.width, spec.channels)
    image = image_tensor(pixels.numpy()).contiguous()
    network = rewritten(network, image, EXECUTORCH)
    with converting("executorch", network, image):
        content = lowered(ChannelsLast(network).eval(), pixels)
    path.write_bytes(content)
    return f"ExecuTorch {version('executorch')}"


def lowered(network: nn.Module, image: Tensor) -> bytes:
    """The file of a network, whose input is called `image`; outputs are called as its keys are."""
    program = torch.export.export(network, (), {"image": image}, strict=False)
    _say_numbers_as_floats(program.graph_module)
    edge = to_edge_transform_and_lower(
        constant_prop_pass(program),
        partitioner=[XnnpackPartitioner()],
        transform_passes=get_transform_passes(),
    )
    return bytes(edge.to_executorch().buffer)


def _say_numbers_as_floats(program: fx.GraphModule) -> None:
    """`x / 100` as `x / 100.0`: whole numbers become constants of 64 bits, outside of XNNPACK."""
    for node in program.graph.nodes:
        name = getattr(getattr(node.target, "overloadpacket", None), "__name__", "")
        if name in _ARITHMETIC and node.meta["val"].is_floating_point():
            node.args = tuple(float(a) if type(a) is int else a for a in node.args)
    program.recompile()
