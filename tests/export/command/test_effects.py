"""An option that would change nothing is refused with what it would need."""

from pathlib import Path
from typing import Any

import pytest

from irrvit.export.command.effects import require_effects
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.errors import BadOption


def check(**options):
    asked = ExportOptions("m", **options)
    require_effects(asked, to_jobs(asked))


INT8: dict[str, Any] = {"targets": ("onnx",), "precisions": ("fp32", "int8")}


@pytest.mark.parametrize(
    ("option", "value", "effective", "needed"),
    [
        ("calibration", "fashion-mnist", INT8, "--precision int8 of onnx or tflite"),
        ("keep_float", ("stem",), INT8, "--precision int8 of onnx or tflite"),
        ("tensorflow", True, {"targets": ("onnx", "tflite")}, "--target tflite"),
        ("tensorflow", True, {"targets": ("all",)}, "--target tflite"),
        (
            "require_delegated",
            False,
            {"targets": ("tflite",), "precisions": ("int8",)},
            "--precision int8 of tflite",
        ),
        (
            "allow_degraded",
            True,
            {"targets": ("onnx",), "precisions": ("fp16",)},
            "a precision below fp32",
        ),
        ("data_root", Path("d"), {"evaluate": "fashion-mnist"}, "--evaluate or --calibration"),
        ("checkpoint_key", "ema", {"checkpoint": Path("w.pth")}, "a --checkpoint"),
    ],
)
def test_an_option_without_effect_is_refused(option, value, effective, needed):
    check(**{option: value}, **effective)
    idle: dict[str, Any] = {"targets": ("onnx",), "precisions": ("fp32",)}
    with pytest.raises(BadOption, match=f"would change nothing about onnx-fp32: it needs {needed}"):
        check(**{option: value}, **idle)


def test_calibration_does_not_reach_core_ml():
    with pytest.raises(BadOption, match="would change nothing about coreml-int8"):
        check(targets=("coreml",), precisions=("int8",), calibration="fashion-mnist")
