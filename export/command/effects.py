"""Options that would change nothing about any file that is asked for: refused, not ignored."""

from __future__ import annotations

from collections.abc import Sequence

from irrvit.export import target
from irrvit.export.command.options import ExportOptions
from irrvit.export.errors import BadOption
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision


def require_effects(options: ExportOptions, jobs: Sequence[ExportJob]) -> None:
    """Refuse what was typed to no end.

    Raises:
        BadOption: naming the option, and what it would need.
    """
    calibrated = any(job.is_calibrated for job in jobs)
    delegated = any(job.precision in target.facts(job.target).delegated for job in jobs)
    has_second = any("tensorflow" in target.facts(job.target).second_runners for job in jobs)
    below_float32 = any(job.precision is not Precision.FP32 for job in jobs)
    names_data = options.calibration is not None or options.evaluate is not None
    asked_and_needed = {
        "--checkpoint-key": (options.checkpoint_key, options.checkpoint, "a --checkpoint"),
        "--calibration": (options.calibration, calibrated, _calibrated()),
        "--keep-float": (options.keep_float, calibrated, _calibrated()),
        "--tensorflow": (options.tensorflow, has_second, f"--target {_read_by_tensorflow()}"),
        "--allow-undelegated": (options.require_delegated is False, delegated, _delegated()),
        "--allow-degraded": (options.allow_degraded, below_float32, "a precision below fp32"),
        "--data-root": (options.data_root, names_data, "--evaluate or --calibration"),
    }
    for option, (asked, effective, needed) in asked_and_needed.items():
        if asked and not effective:
            files = ", ".join(job.name for job in jobs)
            raise BadOption(
                f"{option} would change nothing about {files}: it needs {needed}, or leave it out"
            )


def _calibrated() -> str:
    return _each({name: target.facts(name).calibrated for name in target.names()})


def _delegated() -> str:
    return _each({name: target.facts(name).delegated for name in target.names()})


def _each(precisions: dict[str, frozenset[Precision]]) -> str:
    """The precisions of some targets, as they are typed: --precision int8 of onnx or tflite."""
    by_precision: dict[Precision, list[str]] = {}
    for name, some in precisions.items():
        for precision in some:
            by_precision.setdefault(precision, []).append(name)
    return " or ".join(
        f"--precision {precision} of {' or '.join(names)}"
        for precision, names in by_precision.items()
    )


def _read_by_tensorflow() -> str:
    return " or ".join(
        name for name in target.names() if "tensorflow" in target.facts(name).second_runners
    )
