"""The options as they were typed, and the jobs that they come to, or the sentence why not."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from irrvit.export import target
from irrvit.export.errors import BadOption
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision
from irrvit.export.quantization.calibration import CalibrationPictures

ALL = "all"


@dataclass(frozen=True)
class ExportOptions:
    """The options of `irrvit-export`."""

    model: str
    targets: tuple[str, ...] = (ALL,)
    precision: str | None = None
    checkpoint: Path | None = None
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


def to_jobs(options: ExportOptions) -> list[ExportJob]:
    """One job per target, each in its default precision unless one was asked for.

    Raises:
        UnknownTarget, BadOption: an option makes no sense.
    """
    names = target.names() if ALL in options.targets else list(dict.fromkeys(options.targets))
    for name in names:
        target.require(name)
    asked = _precision(options.precision)
    if options.sensitivity and (asked is not Precision.INT8 or "tflite" not in names):
        raise BadOption("--sensitivity measures int8 of tflite: add --precision int8")
    if asked is not None:
        names = _able(names, asked, everything=ALL in options.targets)
    return [
        ExportJob(
            model=options.model,
            checkpoint=options.checkpoint,
            mean=_channels("--mean", options.mean),
            std=_channels("--std", options.std),
            labels=_labels(options.labels),
            target=name,
            precision=asked or target.default_precision(name),
            tensorflow=options.tensorflow and name == "tflite",
            explain=options.explain,
            calibration=CalibrationPictures(options.calibration, options.data_root),
            keep_float=options.keep_float,
            sensitivity=options.sensitivity and name == "tflite",
            require_delegated=_requires_delegated(options, name, asked),
        )
        for name in names
    ]


def _able(names: list[str], precision: Precision, *, everything: bool) -> list[str]:
    """The targets that have a precision; one that was named and has not is refused."""
    able = [name for name in names if precision in target.precisions(name)]
    if not everything and able != names:
        (lacking, *_) = [name for name in names if name not in able]
        raise BadOption(
            f"{lacking} has no precision '{precision}': expected "
            f"{', '.join(target.precisions(lacking))}"
        )
    return able


def _requires_delegated(options: ExportOptions, name: str, precision: Precision | None) -> bool:
    if options.require_delegated is None:
        return name == "tflite" and precision is Precision.INT8
    return options.require_delegated


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


def _labels(path: Path | None) -> tuple[str, ...] | None:
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadOption(f"--labels {path} cannot be read as text: {error}") from error
    return tuple(line.strip() for line in lines if line.strip())
