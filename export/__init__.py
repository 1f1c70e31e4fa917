"""Networks into files for phones, and the proof that each file is the same network.

`target` says what a format has to offer, and `targets/` has one file per format: its `facts`, and
functions that call what the format is made of, in the folder of the same name. `pipeline` is the
order of things for one `job`, from the network to the `manifest` of the written `artifact`;
`proof/` compares the file with the network, `quantization/` decides what gets fewer bits.
`command/` is one call of `irrvit-export`, whose options `cli` declares; `export` is the same for a
network in memory, and imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn

    from irrvit.export.command.export_files import ExportResult


def export(
    network: nn.Module,
    example: Tensor | Mapping[str, Tensor],
    *,
    name: str = "network",
    out: Path | str | None = None,
    targets: Sequence[str] = ("all",),
    precisions: Sequence[str] = (),
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    labels: Sequence[str] | None = None,
    task: str | None = None,
) -> ExportResult:
    """Write a network that is in memory for phones, and compare every file with it.

    Args:
        network: in eval mode; it takes one picture and returns tensors, however it holds them.
        example: a picture (1, C, H, W) as it takes it, or that by the name of its argument.
        name: of the model, its files and, unless `out` is given, its folder in `artifacts/`.
        targets, precisions: as `irrvit-export list` shows them.
        mean, std: of pixels in 0..1; ImageNet's by default, 0 and 1 if the network scales itself.
        task: classification, embedding, dense or other, where its outputs leave that open.

    Raises:
        ModelError, ExportError: the network cannot be traced, or an option makes no sense; what is
            wrong with one target is in the result.
    """
    from irrvit.export.command.options import ExportOptions
    from irrvit.export.in_memory import export_network

    options = ExportOptions(
        model=name,
        targets=tuple(targets),
        precisions=tuple(precisions),
        out=None if out is None else Path(out),
        mean=None if mean is None else ",".join(map(str, mean)),
        std=None if std is None else ",".join(map(str, std)),
        task=task,
    )
    return export_network(network, example, options, labels)
