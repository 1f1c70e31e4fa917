"""What an export came to, for people (a table of 80 columns) and for machines (JSON)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor, isinf
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.export.artifact import Artifact
from irrvit.export.command import accuracy_table
from irrvit.export.manifest import Manifest, Operations
from irrvit.export.reports import Meaning, ParityReport, Rounding
from irrvit.model.outputs import Task


def to_json(model: str, artifacts: Sequence[Artifact], errors: dict[str, str]) -> dict[str, Any]:
    """The result as one JSON object; `errors` has a sentence for each target that could not run."""
    report: dict[str, Any] = {"model": model, "artifacts": [_artifact_row(a) for a in artifacts]}
    if errors:
        report["errors"] = [{"target": name, "message": text} for name, text in errors.items()]
    return report


def _artifact_row(artifact: Artifact) -> dict[str, Any]:
    manifest = artifact.manifest
    first, *others = map(_parity_row, manifest.parity)
    row = {
        "target": manifest.target,
        "precision": str(manifest.precision),
        "path": str(artifact.path),
        "sha256": manifest.sha256,
        "size_bytes": manifest.size_bytes,
        "macs": manifest.macs,
        "operations": manifest.operations.model_dump(),
        "parity": first,
        "findings": list(manifest.findings),
        "explanation": manifest.explanation,
        "losses": [loss.model_dump() for loss in manifest.losses],
        "failures": list(manifest.failures),
        "verdict": manifest.verdict,
        "meaning": manifest.meaning and _finite(manifest.meaning),
        "rounding": manifest.rounding and _finite(manifest.rounding),
        "decisions": manifest.decisions and manifest.decisions.model_dump(),
        "calibration": manifest.calibration and manifest.calibration.model_dump(),
        "delegation": manifest.delegation and manifest.delegation.model_dump(),
        "accuracy": [known.model_dump() for known in manifest.accuracy],
    }
    return row | ({"other_runners": others} if others else {})


def _parity_row(report: ParityReport) -> dict[str, Any]:
    """One report in a line; JSON has no infinity, so what cannot be compared has null."""
    diffs = report.diffs

    def worst(values: Sequence[float], choose: Any) -> float | None:
        value = choose(values, default=None)
        return value if value is not None and abs(value) != float("inf") else None

    return {
        "passed": report.passed,
        "runner": report.runner,
        "cases": len(diffs),
        "max_abs": worst([d.max_abs for d in diffs], max),
        "max_rel": worst([d.max_rel for d in diffs], max),
        "spread_rel": worst([d.spread_rel for d in diffs if d.spread_rel is not None], max),
        "min_cosine": worst([d.cosine for d in diffs], min),
        "min_sqnr_db": worst([d.sqnr_db for d in diffs], min),
        "top1_agreement": _mean([d.top1_agrees for d in diffs if d.top1_agrees is not None]),
        "alike": _mean([d.alike for d in diffs if d.alike is not None]),
        "failures": list(report.all_failures),
    }


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def to_table(model: str, artifacts: Sequence[Artifact]) -> RenderableType:
    """A row for each file and runner, and below it what failed and what a phone may trip over."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    decides = _DECIDES[artifacts[0].manifest.task]
    for heading in ("file", "MB", "MMACs", "ops", "run by", "error", decides, "verdict"):
        table.add_column(heading, justify="left" if heading in _WORDS else "right")
    notes: list[Text] = []
    findings: dict[str, list[str]] = {}
    for artifact in artifacts:
        manifest = artifact.manifest
        for report in manifest.parity:
            row = _parity_row(report)
            table.add_row(*_cells(artifact, report, row))
            notes += [Text(f"  {report.runner}: {f}", style="red") for f in row["failures"][:3]]
        for finding in manifest.findings:
            files = findings.setdefault(finding, [])
            files += [manifest.target] if manifest.target not in files else []
        broken = [*_meaning_failures(manifest), *manifest.failures]
        notes += [Text(f"  {manifest.target}: {f}", style="red") for f in broken]
        notes += [*_delegation_lines(manifest), *_loss_lines(manifest)]
        if manifest.explanation:
            notes.append(Text(f"  {manifest.target}: {manifest.explanation}", style="red"))
    notes += [Text(f"  {', '.join(t)}: {f}", style="yellow") for f, t in findings.items()]
    title = Text(
        f"{model}\nweights: {artifacts[0].manifest.weights}", no_wrap=True, overflow="ellipsis"
    )
    return Group(title, table, *notes, *accuracy_table.to_tables(artifacts))


def _delegation_lines(manifest: Manifest) -> list[Text]:
    """Into how many pieces the delegate cuts a file that it does not take whole, and by what."""
    found = manifest.delegation
    if found is None or found.is_whole:
        return []
    operations = Counter(line.partition(" of ")[0] for line in found.left_out)
    named = [f"{name} ({count})" for name, count in operations.most_common(_LEFT_OUT)]
    named += ["others"] if len(operations) > _LEFT_OUT else []
    pieces = "1 piece" if found.partitions == 1 else f"{found.partitions} pieces"
    outside = f"; outside of it: {', '.join(named)}" if named else ""
    line = f"  {manifest.target}: its delegate computes it in {pieces}{outside}"
    return [Text(line, style="yellow")]


def failures(manifest: Manifest) -> list[str]:
    """All that speaks against a file, the comparison with the network first."""
    compared = [failure for report in manifest.parity for failure in report.all_failures]
    return [*compared, *_meaning_failures(manifest), *manifest.failures]


def _loss_lines(manifest: Manifest) -> list[Text]:
    """The modules that lose most alone, and what to type to keep the worst in float."""
    lines = [
        Text(f"  {loss.module or 'the network'} alone in 8 bits: SQNR {loss.sqnr_db:.1f} dB")
        for loss in manifest.losses[:_MODULES]
    ]
    kept = [f"--keep-float {loss.module}" for loss in manifest.losses if loss.keep_float]
    if manifest.losses:
        advice = " ".join(kept) if kept else "nothing: no module makes a fifth of the noise"
        lines.append(Text(f"  worth keeping in float: {advice}"))
    return lines


_MODULES = 10
_LEFT_OUT = 4
_WORDS = ("file", "run by", "verdict")
# What a file is to decide as PyTorch does.
_DECIDES = {
    Task.CLASSIFICATION: "top-1",
    Task.EMBEDDING: "nearest",
    Task.DENSE: "places",
    Task.OTHER: "alike",
}


def _operations(operations: Operations) -> str:
    if operations.before is None:
        return str(operations.after)
    return f"{operations.before} → {operations.after}"


def _verdict(manifest: Manifest, report: ParityReport) -> str:
    """Of the file; of a second runner, whether it agrees."""
    if report is not manifest.parity[0] and not report.passed:
        return "[red]DIFFERS[/]"
    colour = "red" if not manifest.is_same_network else "yellow"
    if manifest.verdict in ("same", "same decisions", "within rounding"):
        colour = "green"
    return f"[{colour}]{manifest.verdict}[/]"


def _meaning_failures(manifest: Manifest) -> tuple[str, ...]:
    judged = [check for check in (manifest.meaning, manifest.rounding) if check is not None]
    return tuple(failure for check in judged for failure in check.failures)


def _finite(check: Meaning | Rounding) -> dict[str, Any]:
    """JSON has no infinity: what cannot be compared has null."""
    return {
        name: None if isinstance(value, float) and isinf(value) else value
        for name, value in check.model_dump().items()
    }


def _percent(share: float) -> str:
    """Rounded down: 100 % is said of nothing less."""
    return f"{floor(share * 1000) / 10:g}%"


def _cells(artifact: Artifact, report: ParityReport, row: dict[str, Any]) -> tuple[str, ...]:
    manifest = artifact.manifest
    error = row["spread_rel"] if row["spread_rel"] is not None else row["max_rel"]
    share = row["top1_agreement"] if manifest.task is Task.CLASSIFICATION else row["alike"]
    return (
        f"{manifest.target} {manifest.precision}",
        f"{manifest.size_bytes / 1e6:.1f}",
        f"{manifest.macs / 1e6:.0f}",
        _operations(manifest.operations),
        report.runner,
        "-" if error is None else f"{error:.1e}",
        "-" if share is None else _percent(share),
        _verdict(manifest, report),
    )
