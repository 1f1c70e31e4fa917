"""`python -m irrvit.export.demo FOLDER...`: what each file of a model says about pictures.

Photographs, or for a network that learnt a data set which is here, one test picture of each class.
Exits with 1 when two files of one model name different things in a picture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from irrvit.export import artifact
from irrvit.export.artifact import MANIFEST, Artifact
from irrvit.export.errors import BadArtifact, ExportError
from irrvit.export.manifest import Manifest
from irrvit.export.precision import Tolerance
from irrvit.export.proof import cases
from irrvit.export.proof.compare import compare
from irrvit.model.data.find import dataset_with, load_dataset

NETWORKS = ("efficientnet_lite0", "irrvit_60m", "irrvit_fashion")
"""What the demo and the apps show: one that knows ImageNet, ours that knows 200 of its classes, and
ours that knows clothes. The first is shown first."""

_WIDTH = 80
_DISAGREES, _COULD_NOT_RUN = 1, 2

Logits = dict[str, np.ndarray]
"""(classes,) by picture."""


def artifacts(folder: Path) -> list[Artifact]:
    """Every artifact in a model's folder; two at least, or there is nothing to compare."""
    opened = [artifact.open(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}"))]
    if len(opened) < 2:
        raise BadArtifact(
            f"{folder} holds {len(opened)} exported files, and at least 2 are needed to compare "
            f"what they say: irrvit-export --model {folder.name} --out {folder}"
        )
    return opened


def pictures(manifest: Manifest) -> dict[str, np.ndarray]:
    """What to show to the files of a network: name -> uint8 (H, W, 3).

    Without the data set that it learnt, photographs: any network has to name them alike.
    """
    known = dataset_with(manifest.labels)
    if known is None:
        return cases.golden_pictures(manifest.input)
    data = load_dataset(known)
    unseen = data.test if data.test is not None else data.held_out
    first = np.unique(unseen.classes, return_index=True)[1]
    return dict(zip(manifest.labels, unseen.pixels(first, manifest.input), strict=True))


def classify(opened: Artifact, shown: Mapping[str, np.ndarray]) -> Logits:
    """Run one file on every picture."""
    return dict(zip(shown, opened.run(np.stack(list(shown.values()))), strict=True))


def top(logits: np.ndarray, labels: tuple[str, ...], *, k: int = 3) -> list[tuple[str, float]]:
    """The k likeliest classes of (classes,) logits, by first name, with their probabilities."""
    weights = np.exp(np.asarray(logits, np.float64) - np.max(logits))
    best = np.argsort(-weights, kind="stable")[:k]
    names = [labels[i].partition(",")[0] if labels else f"class {i}" for i in best]
    return list(zip(names, (weights[best] / weights.sum()).tolist(), strict=True))


def disagreements(
    logits_by_file: Mapping[str, Logits], tolerances: Mapping[str, Tolerance]
) -> list[str]:
    """One sentence for each picture and pair of files that name different things.

    A picture in which the first class leads by less than the two files may be apart is no
    evidence (see `irrvit.export.proof.parity`): an untrained network hardly prefers any class.
    """
    sentences = []
    for one, other in combinations(logits_by_file, 2):
        apart = tolerances[one].max_rel + tolerances[other].max_rel
        tolerance = tolerances[one].model_copy(update={"max_rel": apart})
        for picture, logits in logits_by_file[one].items():
            diff = compare(picture, logits, logits_by_file[other][picture], tolerance)
            if diff.decided and not diff.top1_agrees:
                sentences.append(f"{picture}: {one} and {other} name different things")
    return sentences


def table(title: str, said: Mapping[str, tuple[Logits, tuple[str, ...]]]) -> Table:
    """A row for each picture, a column for each of those who said something: logits and labels."""
    columns = Table(title=title, width=_WIDTH, show_lines=True, title_justify="left")
    columns.add_column("picture", ratio=3, overflow="fold")
    for name in said:
        columns.add_column(name, ratio=4)
    for picture in next(iter(said.values()))[0]:
        cells = [_cell(top(logits[picture], labels)) for logits, labels in said.values()]
        columns.add_row(picture.removesuffix(".jpg"), *cells)
    return columns


def _cell(best: list[tuple[str, float]]) -> Table:
    lines = Table.grid(expand=True)
    lines.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    lines.add_column(justify="right", no_wrap=True)
    for label, probability in best:
        lines.add_row(label, f" {probability:.1%}")
    return lines


@dataclass(frozen=True)
class Shown:
    """What a network's files said about pictures.

    Attributes:
        first: the words of its first file.
    """

    model: str
    labels: tuple[str, ...]
    first: Logits
    disagreements: list[str]


def show(folder: Path, console: Console) -> Shown:
    """Print what the files in a folder say, and return it."""
    opened = {f"{a.manifest.target} {a.manifest.precision}": a for a in artifacts(folder)}
    manifest = next(iter(opened.values())).manifest
    shown = pictures(manifest)
    logits_by_file = {name: classify(one, shown) for name, one in opened.items()}
    said = {name: (logits, manifest.labels) for name, logits in logits_by_file.items()}
    console.print(table(f"{manifest.model}, weights: {manifest.weights}", said))
    tolerances = {n: one.manifest.parity[0].tolerance for n, one in opened.items()}
    first = next(iter(logits_by_file.values()))
    found = disagreements(logits_by_file, tolerances)
    return Shown(manifest.model, manifest.labels, first, found)


def side_by_side(networks: Sequence[Shown]) -> Table | None:
    """A row for each picture that the first network saw, a column for each that saw the same."""
    alike = [one for one in networks if one.first.keys() == networks[0].first.keys()]
    if len(alike) < 2:
        return None
    return table("side by side", {one.model: (one.first, one.labels) for one in alike})


def main() -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="python -m irrvit.export.demo", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--networks", action="store_true", help="print the demo networks' names")
    chosen = parser.parse_args()
    if chosen.networks:
        print(*NETWORKS, sep="\n")
        return 0
    console, networks = Console(width=_WIDTH), []
    try:
        for folder in chosen.folders or [Path("artifacts") / name for name in NETWORKS]:
            networks.append(show(folder, console))
    except ExportError as error:
        print(f"error: {error}", file=sys.stderr)
        return _COULD_NOT_RUN
    if (together := side_by_side(networks)) is not None:
        console.print(together)
    sentences = [sentence for one in networks for sentence in one.disagreements]
    for sentence in sentences:
        print(sentence, file=sys.stderr)
    return _DISAGREES if sentences else 0


if __name__ == "__main__":
    sys.exit(main())
