"""The article's ablation at our scale: its parts one at a time, at equal cost and equal training.

After arXiv 2108.13015: how patches are embedded, how tokens become one vector, how positions are
encoded. Every network has the multiply-accumulates of the whole one within two percent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
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
from irrvit.model.training.loop import Job, Step, is_first_process, train

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
class Outcome:
    """One network trained once; `top1` is of the test pictures, or of the held-out ones."""

    network: str
    dim: int
    depth: int
    mmacs: float
    parameters: int
    seed: int
    top1: float


def run(job: Job, seeds: int, notify: Callable[[Step], None]) -> list[Outcome]:
    """Train every network with every seed, in folders below `job.out`, and write what came out.

    Goes on where it was stopped: a finished network is evaluated again, not trained again.

    Raises:
        NoMatch, BadData: what was asked for cannot be compared.
    """
    if seeds < 2:
        raise BadData(f"{seeds} seeds show no spread: expected 2 or more")
    outcomes = []
    for seed in range(job.recipe.seed, job.recipe.seed + seeds):
        for variant in networks(job.variant, len(job.data.labels)):
            out = job.out / variant.name / str(seed)
            out.mkdir(parents=True, exist_ok=True)
            recipe = job.recipe.model_copy(update={"seed": seed})
            outcomes.append(_one(replace(job, variant=variant, recipe=recipe, out=out), notify))
            if is_first_process():
                write(outcomes, job.out)
    return outcomes


def networks(whole: Variant, classes: int) -> list[Variant]:
    """The whole network, and one for each of `PARTS` that costs as much."""
    target = _macs(whole, classes)
    others = [variants.get(f"{whole.name}+{part}") for part in PARTS]
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


def _one(job: Job, notify: Callable[[Step], None]) -> Outcome:
    state = train(job, notify)
    pictures = job.data.test if job.data.test is not None else job.data.held_out
    return Outcome(
        network=job.variant.name,
        dim=job.variant.dim,
        depth=job.variant.depth,
        mmacs=_macs(job.variant, len(job.data.labels)) / 1e6,
        parameters=sum(p.numel() for p in state.average.parameters()),
        seed=job.recipe.seed,
        top1=evaluate(state.average, pictures, job.spec)[1],
    )


def write(outcomes: list[Outcome], folder: Path) -> None:
    """Write every run as CSV, the networks as a Markdown table, and both as a plot."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(Outcome)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(outcome) for outcome in outcomes)
    write_in_one_piece(folder / "ablation.csv", lambda part: part.write_text(text.getvalue()))
    write_in_one_piece(folder / "ablation.md", lambda part: part.write_text(table(outcomes)))
    _plot(outcomes, folder / "ablation.png")


def table(outcomes: list[Outcome]) -> str:
    """Markdown: mean and spread of each network, and its distance from the first one.

    A distance is called noise when it is below twice its own standard error, which is taken from
    the spread of all networks together: two seeds of one network alone say little.
    """
    groups = _by_network(outcomes)
    error = _standard_error(groups)
    lines = [
        "| network | D x blocks | MMACs | parameters | seeds | top-1, % | spread | difference | |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    first = mean(100 * run.top1 for run in groups[outcomes[0].network])
    for name, runs in groups.items():
        shares = [100 * run.top1 for run in runs]
        difference = mean(shares) - first
        verdict = "" if name == outcomes[0].network else _verdict(difference, error)
        row = runs[0]
        lines.append(
            f"| {name} | {row.dim} x {row.depth} | {row.mmacs:.1f} | {row.parameters} "
            f"| {len(runs)} | {mean(shares):.2f} | {max(shares) - min(shares):.2f} "
            f"| {difference:+.2f} | {verdict} |"
        )
    return "\n".join(lines) + "\n"


def _verdict(difference: float, error: float | None) -> str:
    if error is None:
        return "one seed"
    return "beyond noise" if abs(difference) > 2 * error else "noise"


def _standard_error(groups: dict[str, list[Outcome]]) -> float | None:
    """Of a difference of two means, in points; None while nothing was run twice."""
    spreads = [stdev(100 * run.top1 for run in runs) for runs in groups.values() if len(runs) > 1]
    if len(spreads) < len(groups):
        return None
    runs = min(len(runs) for runs in groups.values())
    return sqrt(mean(s**2 for s in spreads) * 2 / runs)


def _by_network(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(outcome.network, []).append(outcome)
    return groups


def _plot(outcomes: list[Outcome], path: Path) -> None:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingPackage("matplotlib", "train") from error
    groups = _by_network(outcomes)
    figure = Figure(figsize=(8, 0.5 * len(groups) + 1.2), layout="constrained")
    axes = figure.subplots()
    for row, runs in enumerate(groups.values()):
        shares = [100 * run.top1 for run in runs]
        axes.plot(shares, [row] * len(shares), "o", color="tab:gray")
        axes.plot([mean(shares)], [row], "|", color="tab:blue", markersize=18)
    axes.set_yticks(range(len(groups)), list(groups))
    axes.invert_yaxis()
    axes.set_xlabel("top-1, %: every seed, and their mean")
    write_in_one_piece(path, lambda part: figure.savefig(part, format="png", dpi=110))
