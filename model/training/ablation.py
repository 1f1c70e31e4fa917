"""The article's ablation at our scale: its parts one at a time, at equal cost and equal training.

After arXiv 2108.13015: how patches are embedded, how tokens become one vector, how positions are
encoded. Every network has the multiply-accumulates of the whole one within two percent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from math import log, sqrt
from pathlib import Path
from statistics import mean, stdev

import torch

from irrvit.model.errors import BadData, MissingPackage, ModelError
from irrvit.model.evaluate import evaluate
from irrvit.model.files import write_in_one_piece
from irrvit.model.macs import count_macs
from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.network.variants import Variant
from irrvit.model.training.loop import NotifyStep, is_first_process, train
from irrvit.model.training.run import TrainingRun

PARTS = (
    "linear14+class_token",  # DeiT's, the article's baseline.
    "conv14",
    "conv7",
    "class_token",
    "average",
    "sincos",
    "none",
)
"""What stands in for a part of the whole network; each is one row beside it."""

TOLERANCE = 0.02
_DIMS = range(16, 257, 2)  # Not multiples of 8: nothing here is timed, and costs match better.
_DEPTHS = range(1, 13)


class NoMatch(ModelError):
    """No network with this part costs as much as the whole one."""


@dataclass(frozen=True)
class AblationRun:
    """One network trained once; `top1` is of the test pictures, or of the held-out ones."""

    network: str
    dim: int
    depth: int
    mmacs: float
    parameters: int
    seed: int
    top1: float


def train_all(
    run: TrainingRun, seeds: int, notify: NotifyStep, parts: Sequence[str] = PARTS
) -> list[AblationRun]:
    """Train every network with every seed, in folders below `run.out`, and write what came out.

    Goes on where it was stopped: a finished network is evaluated again, not trained again.

    Raises:
        NoMatch, BadData, UnknownModel: what was asked for cannot be compared.
    """
    if seeds < 2:
        raise BadData(f"{seeds} seeds show no spread: expected 2 or more")
    whole = run.variant
    if not isinstance(whole, Variant):
        raise BadData(f"'{whole.name}' is there to compare with: it has no parts to change")
    done = []
    compared = networks(whole, len(run.data.labels), parts)
    for seed in range(run.recipe.seed, run.recipe.seed + seeds):
        for variant in compared:
            out = run.out / variant.name / str(seed)
            out.mkdir(parents=True, exist_ok=True)
            recipe = run.recipe.model_copy(update={"seed": seed})
            one = replace(run, variant=variant, recipe=recipe, out=out)
            done.append(_one(one, variant, notify))
            if is_first_process():
                write(done, run.out)
    return done


def networks(whole: Variant, classes: int, parts: Sequence[str] = PARTS) -> list[Variant]:
    """The whole network, and one for each part in the place of its own that costs as much."""
    target = _macs(whole, classes)
    others = [variants.get(f"{whole.name}+{part}") for part in dict.fromkeys(parts)]
    return [whole, *(_matched(other, target, classes) for other in others)]


def _matched(variant: Variant, target: int, classes: int) -> Variant:
    """Change width and depth, both as little as possible, until the cost is right."""
    shapes = [(dim, depth) for dim in _DIMS if dim % variant.heads == 0 for depth in _DEPTHS]

    def distance(shape: tuple[int, int]) -> float:
        return abs(log(shape[0] / variant.dim)) + abs(log(shape[1] / variant.depth))

    @cache
    def of_one_and_two(dim: int) -> tuple[int, int]:
        one, two = (_macs(_resized(variant, dim, depth), classes) for depth in (1, 2))
        return one, two

    for dim, depth in sorted(shapes, key=distance):
        one, two = of_one_and_two(dim)
        # Every block costs the same.
        if abs((one + (depth - 1) * (two - one)) / target - 1) <= TOLERANCE:
            return _resized(variant, dim, depth)
    raise NoMatch(f"no {variant.name} has within {TOLERANCE:.0%} of {target / 1e6:.1f} MMACs")


def _resized(variant: Variant, dim: int, depth: int) -> Variant:
    return variant.model_copy(update={"dim": dim, "depth": depth})


def _macs(variant: Variant, classes: int) -> int:
    with torch.device("meta"):
        network = IRRViT(variant, classes).eval()
        return count_macs(network, torch.zeros(1, 3, variant.input_size, variant.input_size))


def _one(run: TrainingRun, variant: Variant, notify: NotifyStep) -> AblationRun:
    state = train(run, notify)
    pictures = run.data.test if run.data.test is not None else run.data.held_out
    return AblationRun(
        network=variant.name,
        dim=variant.dim,
        depth=variant.depth,
        mmacs=_macs(variant, len(run.data.labels)) / 1e6,
        parameters=sum(p.numel() for p in state.average.parameters()),
        seed=run.recipe.seed,
        top1=evaluate(state.average, pictures, run.spec)[1],
    )


def write(runs: list[AblationRun], folder: Path) -> None:
    """Write every run as CSV, the networks as a Markdown table, and both as a plot."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(AblationRun)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(run) for run in runs)
    write_in_one_piece(folder / "ablation.csv", lambda part: part.write_text(text.getvalue()))
    write_in_one_piece(folder / "ablation.md", lambda part: part.write_text(table(runs)))
    _plot(runs, folder / "ablation.png")


def table(runs: list[AblationRun]) -> str:
    """Markdown: mean and spread of each network, and its distance from the first one.

    A distance has twice its own standard error beside it, and is called noise below that. The
    error is taken from the spread of all networks together: two seeds of one alone say little.
    """
    groups = _by_network(runs)
    error = _standard_error(groups)
    lines = [
        "| network | D x blocks | MMACs | parameters | seeds | top-1, % | spread | difference | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    first = mean(100 * run.top1 for run in groups[runs[0].network])
    for name, group in groups.items():
        shares = [100 * run.top1 for run in group]
        difference = mean(shares) - first
        distance, verdict = f"{difference:+.2f}", ""
        if name != runs[0].network:
            distance += "" if error is None else f" ± {2 * error:.2f}"
            verdict = _verdict(difference, error)
        row = group[0]
        lines.append(
            f"| {name} | {row.dim} x {row.depth} | {row.mmacs:.1f} | {row.parameters} "
            f"| {len(group)} | {mean(shares):.2f} | {max(shares) - min(shares):.2f} "
            f"| {distance} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def _verdict(difference: float, error: float | None) -> str:
    if error is None:
        return "one seed"
    return "beyond noise" if abs(difference) > 2 * error else "noise"


def _standard_error(groups: dict[str, list[AblationRun]]) -> float | None:
    """Of a difference of two means, in points; None while nothing was run twice."""
    repeated = [group for group in groups.values() if len(group) > 1]
    if len(repeated) < len(groups):
        return None
    variance = mean(stdev(100 * run.top1 for run in group) ** 2 for group in repeated)
    return sqrt(variance * 2 / min(len(group) for group in repeated))


def _by_network(runs: list[AblationRun]) -> dict[str, list[AblationRun]]:
    groups: dict[str, list[AblationRun]] = {}
    for run in runs:
        groups.setdefault(run.network, []).append(run)
    return groups


def _plot(runs: list[AblationRun], path: Path) -> None:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingPackage("matplotlib", "train") from error
    groups = _by_network(runs)
    figure = Figure(figsize=(8, 0.5 * len(groups) + 1.2), layout="constrained")
    axes = figure.subplots()
    for row, group in enumerate(groups.values()):
        shares = [100 * run.top1 for run in group]
        axes.plot(shares, [row] * len(shares), "o", color="tab:gray")
        axes.plot([mean(shares)], [row], "|", color="tab:blue", markersize=18)
    axes.set_yticks(range(len(groups)), list(groups))
    axes.invert_yaxis()
    axes.set_xlabel("top-1, %: every seed, and their mean")
    write_in_one_piece(path, lambda part: figure.savefig(part, format="png", dpi=110))
