"""A network saved by `torch.export.save`, loaded without running anything in the file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.export.pt2_archive._package import load_pt2

from irrvit.model.errors import BadProgram
from irrvit.model.files import sha256
from irrvit.model.sources.named import tensors, with_outputs
from irrvit.model.sources.program import archive
from irrvit.model.sources.program.norms import statistics_of_the_picture
from irrvit.model.sources.program.schema import FLOAT, INTEGERS, Program, Symbolic, TensorMeta
from irrvit.model.sources.source import Source
from irrvit.model.spec import IMAGENET_MEAN, IMAGENET_STD, InputSpec

_CROP = 0.875
_GRAY = (0.449,), (0.226,)  # Of ImageNet's pictures, as the mean of their channels has it.
# By channels: what pictures are called, and what is assumed to be subtracted and divided by.
_INPUTS = {
    1: ("gray", *_GRAY),
    3: ("RGB", IMAGENET_MEAN, IMAGENET_STD),
    4: ("RGBA", (*IMAGENET_MEAN, 0.0), (*IMAGENET_STD, 1.0)),
}


class SavedProgram(nn.Module):
    """A loaded program: normalized (N, C, H, W) -> a tensor, or a tuple of several.

    A program has no modes: it is what it was when it was exported, in eval mode.
    """

    def __init__(self, program: nn.Module, takes_batches: bool) -> None:
        super().__init__()
        self.program, self.takes_batches = program, takes_batches
        # An exported program refuses eval(), and its modules all say that they are training.
        for module in self.modules():
            module.training = False

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        if self.takes_batches or x.shape[0] == 1:
            found = tensors(self.program(x))
        else:
            pictures = [tensors(self.program(picture)) for picture in x.split(1)]
            found = [
                torch.cat(parts) if parts[0].ndim else torch.stack(parts)
                for parts in zip(*pictures, strict=True)
            ]
        return found[0] if len(found) == 1 else tuple(found)

    def train(self, mode: bool = True) -> SavedProgram:
        if mode:
            raise BadProgram("a .pt2 program cannot be trained: train the network it came from")
        return self


class _Signature(NamedTuple):
    """What the graph says: the picture's sizes (batch None: any), and those of each tensor."""

    batch: int | None
    channels: int
    height: int
    width: int
    outputs: list[list[int | None]]


def load(path: Path) -> Source:
    """Load a network that takes one picture.

    Raises:
        BadProgram: the file is damaged, could run code, or holds something else.
    """
    digest = sha256(path, BadProgram)
    checked = archive.read(path)
    signature = _signature(checked.program, path)
    _, channels, height, width, _ = signature
    color, mean, std = _INPUTS[channels]
    side = round(min(height, width) / _CROP)
    spec = InputSpec.model_validate(
        {"height": height, "width": width, "resize": side, "color": color, "mean": mean, "std": std}
    )
    network, found = _loaded(checked, signature, path)
    _check_finite(network, path)
    there = _results(checked.program, path)
    names = [name for name, held in zip(checked.outputs, there, strict=True) if held]
    weights, warnings = f"program {path.name} sha256 {digest}", _warnings(checked.program)
    source = Source(path.stem, network, spec, (), weights, warnings)
    return with_outputs(source, dict(zip(names, found, strict=True)))


def _warnings(graph: Program) -> tuple[str, ...]:
    norms = statistics_of_the_picture(graph)
    if not norms:
        return ()
    return (
        f"{len(norms)} BatchNorm without running statistics ({norms[0]} is the first): each "
        "picture is normalized by itself, where a batch would be by what its pictures share",
    )


def _loaded(
    checked: archive.Checked, signature: _Signature, path: Path
) -> tuple[SavedProgram, list[Tensor]]:
    """Load a program, and run it on one picture and on two."""
    graph, shape = checked.program, signature[1:4]
    try:
        # `torch.export.load` would log a failure with its traceback and look for an older format.
        exported = load_pt2(checked.archive).exported_programs["model"]
        module = exported.module(check_guards=False)
        takes_batches = signature.batch is None and not _warnings(graph)
        network = SavedProgram(module, takes_batches)
        with torch.no_grad():
            one, two = (tensors(network(torch.zeros(n, *shape))) for n in (1, 2))
    # A graph that contradicts itself fails somewhere in torch's deserializer or operators.
    except Exception as error:
        raise BadProgram(
            f"'{path}' cannot be loaded and run on one picture by torch {torch.__version__} "
            f"({_reason(error)}); it was saved by {graph.torch_version}: export it again with this "
            "version"
        ) from error
    for said, tensor in zip(signature.outputs, one, strict=True):
        if len(said) != tensor.ndim or any(
            a not in (None, b) for a, b in zip(said, tensor.shape, strict=True)
        ):
            raise BadProgram(
                f"'{path}' returns {list(tensor.shape)} for one picture: expected {_say(said)}, "
                "as its graph says"
            )
    # Pictures that share an output cannot go in together.
    network.takes_batches &= all(
        b.shape == (2 * a.shape[0], *a.shape[1:]) for a, b in zip(one, two, strict=True) if a.ndim
    )
    return network, one


def _signature(graph: Program, path: Path) -> _Signature:
    """Read the picture's sizes and those of the outputs off the graph."""
    module = graph.graph_module
    users = [spec.user_input.arg for spec in module.signature.input_specs if spec.user_input]
    if len(users) != 1 or users[0].as_tensor is None:
        raise BadProgram(
            f"'{path}' takes {len(users)} inputs: expected one, a picture; wrap the network in one "
            "that makes the others itself"
        )
    values = module.graph.tensor_values
    picture = _dims(values.get(users[0].as_tensor.name), (FLOAT,), path)
    results = [values.get(name) for name in _results(graph, path) if name]
    outputs = [_dims(meta, (FLOAT, *INTEGERS), path) for meta in results]
    match picture:
        case [batch, int(channels), int(height), int(width)] if (
            batch in (1, None) and channels in _INPUTS
        ):
            return _Signature(batch, channels, height, width, outputs)
    raise BadProgram(
        f"'{path}' takes float {_say(picture)}: expected pictures of one channel, three or four, "
        "[1 or any, channels, height, width], with a height and a width that are numbers"
    )


def _results(graph: Program, path: Path) -> list[str]:
    """The tensors that are returned, by their names in the graph; "" for None."""
    names = []
    for spec in graph.graph_module.signature.output_specs:
        found = spec.user_output.arg if spec.user_output else None
        if found is None or (found.as_tensor is None and "as_none" not in found.model_fields_set):
            raise BadProgram(f"'{path}' returns what is no tensor: expected tensors alone")
        names.append(found.as_tensor.name if found.as_tensor else "")
    if not any(names):
        raise BadProgram(f"'{path}' returns no tensor: expected the network's outputs")
    return names


def _dims(meta: TensorMeta | None, dtypes: tuple[int, ...], path: Path) -> list[int | None]:
    if meta is None or meta.dtype not in dtypes:
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
