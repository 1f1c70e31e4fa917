"""A classifier saved by `torch.export.save`, loaded without running anything in the file."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export.pt2_archive._package import load_pt2

from irrvit.model.errors import BadProgram
from irrvit.model.files import sha256
from irrvit.model.sources.program import archive
from irrvit.model.sources.program.norms import statistics_of_the_picture
from irrvit.model.sources.program.schema import FLOAT, Program, Symbolic, TensorMeta
from irrvit.model.sources.source import Source, numbered
from irrvit.model.spec import InputSpec

_CROP = 0.875


class Classifier(nn.Module):
    """A loaded program: normalized (N, 3, H, W) -> logits (N, classes).

    A program has no modes: it is what it was when it was exported, in eval mode.
    """

    def __init__(self, program: nn.Module, takes_batches: bool) -> None:
        super().__init__()
        self.program, self.takes_batches = program, takes_batches
        # An exported program refuses eval(), and its modules all say that they are training.
        for module in self.modules():
            module.training = False

    def forward(self, x: Tensor) -> Tensor:
        if self.takes_batches or x.shape[0] == 1:
            return self.program(x)
        return torch.cat([self.program(picture) for picture in x.split(1)])

    def train(self, mode: bool = True) -> Classifier:
        if mode:
            raise BadProgram("a .pt2 program cannot be trained: train the network it came from")
        return self


def load(path: Path) -> Source:
    """Load a classifier of RGB pictures.

    Raises:
        BadProgram: the file is damaged, could run code, or holds something else.
    """
    digest = sha256(path, BadProgram)
    graph, copied = archive.read(path)
    batch, height, width, classes = _signature(graph, path)
    try:
        # `torch.export.load` would log a failure with its traceback and look for an older format.
        exported = load_pt2(copied).exported_programs["model"]
        module = exported.module(check_guards=False)
        network = Classifier(module, batch is None and not _warnings(graph))
        with torch.no_grad():
            shapes = [network(torch.zeros(n, 3, height, width)).shape for n in (1, 2)]
    # A graph that contradicts itself fails somewhere in torch's deserializer or operators.
    except Exception as error:
        raise BadProgram(
            f"'{path}' cannot be loaded and run on one picture by torch {torch.__version__} "
            f"({_reason(error)}); it was saved by {graph.torch_version}: export it again with this "
            "version"
        ) from error
    if shapes != [(1, classes), (2, classes)]:
        raise BadProgram(
            f"'{path}' returns {_say(list(shapes[1]))} for two pictures: expected [2, {classes}]"
        )
    _check_finite(network, path)
    spec = InputSpec(height=height, width=width, resize=round(min(height, width) / _CROP))
    weights = f"program {path.name} sha256 {digest}"
    return Source(path.stem, network, spec, numbered(classes), weights, _warnings(graph))


def _warnings(graph: Program) -> tuple[str, ...]:
    norms = statistics_of_the_picture(graph)
    if not norms:
        return ()
    return (
        f"{len(norms)} BatchNorm without running statistics ({norms[0]} is the first): each "
        "picture is normalized by itself, where a batch would be by what its pictures share",
    )


def _signature(graph: Program, path: Path) -> tuple[int | None, int, int, int]:
    """Read batch (None: any), height, width and classes off the graph."""
    module = graph.graph_module
    users = [spec.user_input.arg for spec in module.signature.input_specs if spec.user_input]
    if len(users) != 1 or users[0].as_tensor is None:
        raise BadProgram(f"'{path}' takes {len(users)} inputs: expected one, a picture")
    output = module.signature.output_specs[0].user_output
    if output is None or output.arg.as_tensor is None:
        raise BadProgram(f"'{path}' returns no tensor: expected logits")
    values = module.graph.tensor_values
    picture = _dims(values.get(users[0].as_tensor.name), path)
    logits = _dims(values.get(output.arg.as_tensor.name), path)
    match picture, logits:
        case [batch, 3, int(height), int(width)], [_, int(classes)] if batch in (1, None):
            return batch, height, width, classes
    raise BadProgram(
        f"'{path}' maps float {_say(picture)} to {_say(logits)}: expected a classifier of "
        "pictures, [1 or any, 3, height, width] to [batch, classes]"
    )


def _dims(meta: TensorMeta | None, path: Path) -> list[int | None]:
    if meta is None or meta.dtype != FLOAT:
        raise BadProgram(f"'{path}' does not map float32 to float32: export it in float32")
    return [_dim(size) for size in meta.sizes]


def _dim(size: Symbolic) -> int | None:
    return None if size.as_expr else size.as_int


def _say(dims: list[int | None]) -> str:
    return "[" + ", ".join("any" if d is None else str(d) for d in dims) + "]"


def _check_finite(network: nn.Module, path: Path) -> None:
    # Buffers may hold -inf, as attention masks do.
    broken = [name for name, p in network.named_parameters() if not torch.isfinite(p).all()]
    if broken:
        raise BadProgram(
            f"'{path}' has NaN or infinite weights in {len(broken)} tensors: "
            f"{', '.join(broken[:5])}"
        )


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1][:160]
