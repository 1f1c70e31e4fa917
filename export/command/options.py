"""The options as they were typed, and the jobs that they come to, or the sentence why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from irrvit.export import target
from irrvit.export.errors import BadOption
from irrvit.export.facts import Facts
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision
from irrvit.export.quantization.calibration import CalibrationPictures
from irrvit.export.target import MeasuresLosses
from irrvit.model.outputs import Task
from irrvit.model.sources.checkpoints.labelling import read_labels
from irrvit.model.spec import require_scale

ALL = "all"
_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class ExportOptions:
    """The options of `irrvit-export`."""

    model: str
    targets: tuple[str, ...] = (ALL,)
    precisions: tuple[str, ...] = ()
    checkpoint: Path | None = None
    checkpoint_key: str | None = None
    out: Path | None = None
    mean: str | None = None
    std: str | None = None
    labels: Path | None = None
    task: str | None = None
    tensorflow: bool = False
    explain: bool = False
    force: bool = False
    evaluate: str | None = None
    data_root: Path | None = None
    calibration: str | None = None
    keep_float: tuple[str, ...] = ()
    sensitivity: bool = False
    require_delegated: bool | None = None
    allow_degraded: bool = False
    count_unfolded: bool = False


def to_jobs(options: ExportOptions) -> list[ExportJob]:
    """A job for each target and precision; the target's own precision where none was asked for.

    Raises:
        UnknownTarget, BadOption: an option makes no sense.
        ModelError: the labels cannot be read, the mean or the std is of another scale.
    """
    require_scale(_channels("--mean", options.mean), _channels("--std", options.std))
    asked = [_precision(text) for text in dict.fromkeys(options.precisions)]
    known = _known(options)
    if options.sensitivity:
        _require_measurable(list(known), asked)
    if ALL not in options.targets:
        _require_able(known, asked)
    return [
        _job(options, name, facts, precision)
        for name, facts in known.items()
        for precision in asked or (facts.default_precision,)
        if precision in facts.precisions
    ]


def left_out(options: ExportOptions) -> dict[str, str]:
    """Files that `--target all` does not stand for, as a format has no such precision; and why."""
    return {
        f"{name}-{text}": f"left out: {name} has no {text}, it has {', '.join(facts.precisions)}"
        for name, facts in (_known(options) if ALL in options.targets else {}).items()
        for text in dict.fromkeys(options.precisions)
        if text not in facts.precisions
    }


def _known(options: ExportOptions) -> dict[str, Facts]:
    everything = ALL in options.targets
    names = target.names_in_all() if everything else dict.fromkeys(options.targets)
    return {name: target.facts(name) for name in names}


def _job(options: ExportOptions, name: str, facts: Facts, precision: Precision) -> ExportJob:
    required = options.require_delegated
    return ExportJob(
        model=options.model,
        checkpoint=options.checkpoint,
        checkpoint_key=options.checkpoint_key,
        mean=_channels("--mean", options.mean),
        std=_channels("--std", options.std),
        labels=read_labels(options.labels) if options.labels else None,
        task=_task(options.task),
        target=name,
        precision=precision,
        tensorflow=options.tensorflow and "tensorflow" in facts.second_runners,
        explain=options.explain,
        calibration=CalibrationPictures(options.calibration, options.data_root),
        keep_float=options.keep_float,
        sensitivity=options.sensitivity
        and precision is Precision.INT8
        and isinstance(target.find(name), MeasuresLosses),
        require_delegated=precision in facts.delegated if required is None else required,
        allow_degraded=options.allow_degraded,
        count_unfolded=options.count_unfolded,
    )


def _require_able(known: dict[str, Facts], asked: Sequence[Precision]) -> None:
    """A precision that a target lacks which was named is refused."""
    for name, facts in known.items():
        for precision in asked:
            if precision not in facts.precisions:
                raise BadOption(
                    f"{name} has no precision '{precision}': expected {', '.join(facts.precisions)}"
                )


def _require_measurable(names: list[str], asked: Sequence[Precision]) -> None:
    able = [name for name in target.names() if isinstance(target.find(name), MeasuresLosses)]
    if Precision.INT8 not in asked or not set(able) & set(names):
        raise BadOption(f"--sensitivity measures int8 of {', '.join(able)}: add --precision int8")


def _precision(text: str) -> Precision:
    if text in list(Precision):
        return Precision(text)
    near = get_close_matches(text, list(Precision), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise BadOption(f"unknown precision '{text}': expected {', '.join(Precision)}{hint}")


def _task(text: str | None) -> Task | None:
    if text is None or text in list(Task):
        return Task(text) if text else None
    raise BadOption(f"unknown task '{text}': expected {', '.join(Task)}")


def _channels(option: str, text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in _CHANNELS:
        raise BadOption(
            f"{option} got '{text}': expected three numbers on the 0..1 scale, "
            f"as in {option} 0.485,0.456,0.406, or one for all channels"
        )
    return numbers
