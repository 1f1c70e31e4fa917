"""What a person reads of a sweep: a line for each network as it is done, and the sum of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irrvit.export.artifact import Artifact
from irrvit.export.command import output
from irrvit.export.command.options import to_jobs
from irrvit.export.manifest import Accuracy
from irrvit.export.sweep.place import Exported

_NAME, _FILES = 38, 20
HEADING = f"{'network':<{_NAME}} {'same network':<{_FILES}} {'seconds':>7}  host"


def lines(done: Exported) -> list[str]:
    """A network in a line, and one more for each sentence about it; in 80 columns."""
    result = done.result
    passed = sum(opened.manifest.passed for opened in result.artifacts)
    good = result.exit_code == 0
    words = "all files" if good else f"{passed} of {len(to_jobs(done.options))} files"
    seconds = f"{done.seconds:7.0f}" if done.seconds else f"{'known':>7}"
    name = result.model if len(result.model) <= _NAME else f"{result.model[: _NAME - 1]}…"
    line = f"{name:<{_NAME}} {words:<{_FILES}} {seconds}  {done.host}".rstrip()
    return [line, *(f"  {sentence}" for sentence in _sentences(done))]


def summary(done: Sequence[Exported]) -> str:
    """How many networks are the same in all their files."""
    good = sum(one.result.exit_code == 0 for one in done)
    return f"{good} of {len(done)} networks are the same in all their files"


def to_json(done: Sequence[Exported]) -> list[dict[str, Any]]:
    """A row for each network, as `irrvit-export --json` says it of one."""
    rows = []
    for one in done:
        row = output.to_json(one.result.model, one.result.artifacts, one.result.errors)
        rows.append(row | {"seconds": round(one.seconds, 1), "host": one.host})
    return rows


def _accuracy(known: Accuracy) -> str:
    return (
        f"{known.right / known.pictures:.2%} of {known.data} right, "
        f"{known.same_decisions:,} of {known.pictures:,} as PyTorch"
    )


def _name(artifact: Artifact) -> str:
    return f"{artifact.manifest.target} {artifact.manifest.precision}"


def _sentences(done: Exported) -> list[str]:
    said = []
    for opened in done.result.artifacts:
        manifest = opened.manifest
        if not manifest.passed:
            first = next(iter(output.failures(manifest)), manifest.verdict)
            said.append(f"{_name(opened)}: {first}")
        said += [f"{_name(opened)}: {_accuracy(known)}" for known in manifest.accuracy]
    return said + [f"{name}: {sentence}" for name, sentence in done.result.errors.items()]
