"""Manifests that are read or refused, answers held against a manifest, and the record of a run."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.measurement import SCHEMA, Measurement
from irrvit.benchmark.results import golden
from irrvit.export.manifest import Manifest
from irrvit.export.precision import Precision

_INPUTS = Path(__file__).parent / "inputs"
_FILE_NAMES = {
    "a path upwards": "../secrets",
    "a path from the root": "/etc/passwd",
    "a path of Windows": "..\\secrets",
    "a name in a folder": "pictures/coffee.jpg",
    "two dots": "..",
    "no name": "",
    "a name with a space": "my coffee.jpg",
}
_WRONG: dict[str, tuple[str, Any]] = {
    "a later schema": ("schema_version", 2),
    "no hash": ("sha256", None),
    "a hash that is too short": ("sha256", "bc2fc7b0"),
    "an unknown precision": ("precision", "fp4"),
    "a size in words": ("size_bytes", "large"),
    "labels that are no list": ("labels", "tench"),
    "a label that is a number": ("labels.1", 5),
    "an unknown filter": ("input.interpolation", "area"),
    "a width of nothing": ("input.width", 0),
    "a height below nothing": ("input.height", -224),
    "a resize of nothing": ("input.resize", 0),
    "a resize of half pixels": ("input.resize", 256.5),
    "a resize in words": ("input.resize", "large"),
    "a crop of another kind": ("input.crop", "corner"),
    "an unknown colour": ("input.color", "BGR"),
    "a tolerance in words": ("parity.0.tolerance.max_rel", "small"),
    "golden cases without logits": ("golden.0.logits", None),
    "golden cases without classes": ("golden.0.top5", None),
    "logits in which nothing decides": ("golden.0.scale", 0),
    "a scale below nothing": ("golden.0.scale", -2.5),
    "a scale in words": ("golden.0.scale", "large"),
}
_RIGHT: dict[str, tuple[str, Any]] = {
    "a name with dots and dashes": ("golden.0.picture", "my_coffee-2.small.jpg"),
    "a name of one letter": ("golden.0.picture", "c"),
    "a name that begins with a dot": ("golden.0.picture", ".coffee.jpg"),
    "a name with other letters and a plus": ("file", "Gerät+2.tflite"),
    "a file name with dots and dashes": ("file", "net_1-b.fp16.tflite"),
    "the narrowest": ("input.width", 1),
    "a resize of one pixel": ("input.resize", 1),
    "no golden case": ("golden", []),
    "no task, as in manifests from before": ("task", None),
    "no scale of the logits, as in manifests from before": ("golden.0.scale", None),
    "a scale of the logits": ("golden.0.scale", 2.5),
    **{f"the precision {name}": ("precision", str(name)) for name in Precision},
}

# Python reads them: the first with what was usual, the second as one that has not passed, and
# networks that are no classifiers.
_WRONG_FOR_APPS: dict[str, tuple[str, Any]] = {
    "no resize": ("input.resize", None),
    "no comparison with PyTorch": ("parity", []),
    "a segmentation": ("task", "dense"),
    "an embedding": ("task", "embedding"),
    "a network for something else": ("task", "other"),
}


def manifest_cases() -> dict[str, Any]:
    """A valid manifest, changes that leave it valid, and others that make its reader complain."""
    valid = Manifest.model_validate_json((_INPUTS / "manifest.json").read_bytes())
    names = {
        f"{name} for {what}": (field, value)
        for what, field in (("a model", "file"), ("a picture", "golden.0.picture"))
        for name, value in _FILE_NAMES.items()
    }
    return {
        "changes": "of a field of the valid manifest, by its dotted name; null takes it away."
        " Readers name the field that is wrong.",
        "valid": valid.model_dump(mode="json"),
        "right": _changes(_RIGHT),
        "invalid": _changes(_WRONG | names),
        "invalid_for_apps": _changes(_WRONG_FOR_APPS),
    }


def _changes(changes: dict[str, tuple[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "field": field, "value": value} for name, (field, value) in changes.items()
    ]


# Class 2 leads class 0 by 0.001; 0.0008 is allowed of a logit, so up to 0.0016 tells them apart
# from nobody. The second picture's largest logit is below 0.
_CLOSE = {"top5": (2, 0, 4), "logits": (8.0, 7.999, 1.0), "tolerance": 1e-4}
_NEGATIVE = {"top5": (1, 0), "logits": (1.0, -8.0), "tolerance": 0.01}
_JUST_TOLD = {"top5": (1, 0), "logits": (8.0, 7.9985), "tolerance": 1e-4}
_TOLD = {"top5": (1, 0), "logits": (8.0, 7.9983), "tolerance": 1e-4}
# What decides is 2, however large the logits: an error of 0.02 is allowed.
_OFFSET = {"top5": (1, 0, 2), "logits": (1001.0, 1000.9, 999.0), "tolerance": 0.01, "scale": 2.0}
_ANSWERS: dict[str, tuple[dict[str, Any], list[float]]] = {
    "the same": (_CLOSE, [7.999, 0.5, 8.0, -2.0, 1.0]),
    "within the tolerance": (_CLOSE, [7.9994, 0.5, 7.9995, -2.0, 1.0]),
    "two that are too close to tell apart": (_CLOSE, [7.9997, 0.5, 7.9993, -2.0, 1.0]),
    "almost beyond the tolerance": (_CLOSE, [7.999, 0.5, 8.00078, -2.0, 1.0]),
    "just beyond the tolerance": (_CLOSE, [7.999, 0.5, 8.00082, -2.0, 1.0]),
    "just beyond it below": (_CLOSE, [7.999, 0.5, 8.0, -2.0, 0.99918]),
    "a class that is not named may be off": (_CLOSE, [7.999, 7.9, 8.0, -9.0, 1.0]),
    "another class": (_CLOSE, [7.999, 9.0, 8.0, -2.0, 1.0]),
    "too few classes": (_CLOSE, [7.999, 0.5, 8.0]),
    "not a number": (_CLOSE, [7.999, math.nan, 8.0, -2.0, 1.0]),
    "infinite": (_CLOSE, [7.999, -math.inf, 8.0, -2.0, 1.0]),
    "a share of the largest, be it below 0, where no scale is known": (_NEGATIVE, [-8.07, 1.0]),
    "more than that share": (_NEGATIVE, [-8.09, 1.0]),
    "almost beyond a share of what decides": (_OFFSET, [1000.9, 1001.019, 999.0]),
    "just beyond a share of what decides": (_OFFSET, [1000.9, 1001.021, 999.0]),
    "another class, decided by more than twice its share": (_OFFSET, [1000.96, 1000.95, 999.0]),
    "within twice the tolerance of the first": (_JUST_TOLD, [7.99928, 7.99926]),
    "not within twice the tolerance of the first": (_TOLD, [7.99928, 7.99926]),
}
# What pictures were answered, by the names above.
_SETS: dict[str, list[str]] = {
    "nothing was compared": [],
    "one that agrees": ["the same"],
    "all agree": ["the same", "within the tolerance", "almost beyond the tolerance"],
    "the last does not": ["the same", "within the tolerance", "just beyond the tolerance"],
    "the first does not": ["another class", "the same", "the same"],
    "none does": ["another class", "not a number"],
}


def agreement_cases() -> dict[str, Any]:
    """Logits on a device against what the manifest says of a picture, and all pictures together."""
    found = {name: _check([(name, *answer)]) for name, answer in _ANSWERS.items()}
    agrees = {name: not any(map(_names_another, check.failures)) for name, check in found.items()}
    return {
        "cases": [
            {
                "name": name,
                "golden": case,
                "logits": [_json_number(value) for value in logits],
                "top_agrees": agrees[name],
                "passed": found[name].passed,
            }
            for name, (case, logits) in _ANSWERS.items()
        ],
        "sets": [
            {
                "name": name,
                "pictures": pictures,
                "cases": len(pictures),
                "agreeing": sum(agrees[picture] for picture in pictures),
                "failed": [picture for picture in pictures if not found[picture].passed],
                "passed": _check([(p, *_ANSWERS[p]) for p in pictures]).passed,
            }
            for name, pictures in _SETS.items()
        ],
    }


def _check(answers: Sequence[tuple[str, dict[str, Any], list[float]]]) -> golden.GoldenAgreement:
    cases = [
        golden.GoldenPicture(name, np.asarray(logits), **case) for name, case, logits in answers
    ]
    return golden.check(cases, lambda logits: logits)  # It answers what it is shown.


def _names_another(failure: str) -> bool:
    """Too few or impossible outputs name no class at all."""
    return "a logit is off" not in failure


def _json_number(value: float) -> float | str:
    return (
        value
        if math.isfinite(value)
        else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    )


def measurement_cases() -> dict[str, Any]:
    """What an app knows of a run and its artifact, and the record it has to write."""
    manifest = Manifest.model_validate_json((_INPUTS / "manifest.json").read_bytes())
    runs = json.loads((_INPUTS / "runs.json").read_bytes())
    return {
        "manifest": manifest.model_dump(mode="json"),
        "cases": [
            {"name": name, "run": run, "expected": _record(manifest, run)}
            for name, run in runs.items()
        ],
    }


def _record(manifest: Manifest, run: dict[str, Any]) -> dict[str, Any]:
    record = Measurement.model_validate(
        run
        | {
            "artifact_sha256": manifest.sha256,
            "target": manifest.target,
            "variant": manifest.model,
            "precision": manifest.precision,
            "size_bytes": manifest.size_bytes,
            "macs": manifest.macs,
        }
    )
    # What an app does not know it leaves out: those fields have defaults.
    return record.model_dump(mode="json", exclude_unset=True) | {"schema_version": SCHEMA}
