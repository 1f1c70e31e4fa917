"""The options as they were typed, and the jobs that they come to, or the sentence why not."""

from __future__ import annotations

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
from irrvit.model.sources.checkpoints.labelling import read_labels
from irrvit.model.spec import require_scale

ALL = "all"


@dataclass(frozen=True)
class ExportOptions:
    """The options of `irrvit-export`."""

    model: str
    targets: tuple[str, ...] = (ALL,)
    precision: str | None = None
    checkpoint: Path | None = None
    checkpoint_key: str | None = None
    out: Path | None = None
    mean: str | None = None
    std: str | None = None
    labels: Path | None = None
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
    """One job per target, each in its default precision unless one was asked for.

    Raises:
        UnknownTarget, BadOption: an option makes no sense.
        ModelError: the labels cannot be read, the mean or the std is of another scale.
    """
    require_scale(_channels("--mean", options.mean), _channels("--std", options.std))
    everything = ALL in options.targets
    names = target.names_in_all() if everything else list(dict.fromkeys(options.targets))
    known = {name: target.facts(name) for name in names}
    asked = _precision(options.precision)
    if options.sensitivity:
        _require_measurable(names, asked)
    if asked is not None:
        known = _able(known, asked, everything=everything)
    return [_job(options, name, facts, asked) for name, facts in known.items()]


def _job(options: ExportOptions, name: str, facts: Facts, precision: Precision | None) -> ExportJob:
    required = options.require_delegated
    return ExportJob(
        model=options.model,
        checkpoint=options.checkpoint,
        checkpoint_key=options.checkpoint_key,
        mean=_channels("--mean", options.mean),
        std=_channels("--std", options.std),
        labels=read_labels(options.labels) if options.labels else None,
        target=name,
        precision=precision or facts.default_precision,
        tensorflow=options.tensorflow and "tensorflow" in facts.second_runners,
        explain=options.explain,
        calibration=CalibrationPictures(options.calibration, options.data_root),
        keep_float=options.keep_float,
        sensitivity=options.sensitivity and isinstance(target.find(name), MeasuresLosses),
        require_delegated=precision in facts.delegated if required is None else required,
        allow_degraded=options.allow_degraded,
        count_unfolded=options.count_unfolded,
    )


def _able(known: dict[str, Facts], precision: Precision, *, everything: bool) -> dict[str, Facts]:
    """The targets that have a precision; one that was named and has not is refused."""
    lacking = [name for name, facts in known.items() if precision not in facts.precisions]
    if lacking and not everything:
        raise BadOption(
            f"{lacking[0]} has no precision '{precision}': expected "
            f"{', '.join(known[lacking[0]].precisions)}"
        )
    return {name: facts for name, facts in known.items() if name not in lacking}


def _require_measurable(names: list[str], precision: Precision | None) -> None:
    able = [name for name in target.names() if isinstance(target.find(name), MeasuresLosses)]
    if precision is not Precision.INT8 or not set(able) & set(names):
        raise BadOption(f"--sensitivity measures int8 of {', '.join(able)}: add --precision int8")


def _precision(text: str | None) -> Precision | None:
    if text is None or text in list(Precision):
        return Precision(text) if text else None
    near = get_close_matches(text, list(Precision), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise BadOption(f"unknown precision '{text}': expected {', '.join(Precision)}{hint}")


def _channels(option: str, text: str | None) -> tuple[float, float, float] | None:
    if text is None:
        return None
    try:
        red, green, blue = (float(part) for part in text.split(","))
    except ValueError:
        raise BadOption(
            f"{option} got '{text}': expected three numbers on the 0..1 scale, "
            f"as in {option} 0.485,0.456,0.406"
        ) from None
    return red, green, blue
