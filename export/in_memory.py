"""Exporting a network that a program holds in memory: saved, it goes the way of any program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from irrvit.export.command.export_files import ExportResult, export_files
from irrvit.export.command.options import ExportOptions
from irrvit.export.command.progress import progress
from irrvit.model.errors import ModelError

if TYPE_CHECKING:
    from torch import Tensor, nn


def export_network(
    network: nn.Module,
    example: Tensor | Mapping[str, Tensor],
    options: ExportOptions,
    labels: Sequence[str] | None = None,
) -> ExportResult:
    """Export a network; `options.model` is what it is to be called.

    Raises:
        ModelError: it is in train mode, or PyTorch cannot trace it.
        ExportError: an option makes no sense.
    """
    with TemporaryDirectory(prefix="irrvit-export-") as folder:
        program = Path(folder) / f"{options.model}.pt2"
        _save(network, example, program)
        out = options.out or Path("artifacts") / options.model
        chosen = replace(options, model=str(program), out=out)
        if labels is not None:
            names = Path(folder) / "labels.txt"
            names.write_text("".join(f"{label}\n" for label in labels), encoding="utf-8")
            chosen = replace(chosen, labels=names)
        with progress() as notify:
            result = export_files(chosen, notify)
    return replace(result, model=options.model)


def _save(network: nn.Module, example: Tensor | Mapping[str, Tensor], path: Path) -> None:
    import torch

    if network.training:
        raise ModelError("the network is in train mode: call eval() before it is exported")
    arguments = () if isinstance(example, Mapping) else (example,)
    keywords = dict(example) if isinstance(example, Mapping) else {}
    try:
        with torch.no_grad():
            program = torch.export.export(network, arguments, keywords, strict=False)
    # Tracing runs the network's own code, which may raise anything.
    except Exception as error:
        why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise ModelError(
            f"torch.export cannot trace the network ({type(error).__name__}: {why}): see "
            "https://docs.pytorch.org/docs/stable/export.html"
        ) from error
    torch.export.save(program, path)
