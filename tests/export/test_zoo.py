"""Every variant of ours and a dozen networks of others are the same network in every format."""

from dataclasses import replace

import pytest

from irrvit.export import pipeline, target
from irrvit.export.job import ExportJob
from irrvit.export.judging.judge import judge
from irrvit.export.judging.prepared import Written
from irrvit.export.judging.twin import write_twin
from irrvit.export.precision import Precision
from irrvit.export.target import KnowsDelegation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("timm", "onnx", "onnxruntime", "coremltools", "litert_torch"),
    pytest.mark.needs("executorch", "coreai_torch"),
]

TIMM = (
    "mobilenetv2_100",
    "mobilenetv3_large_100",
    "mobilenetv4_conv_small",
    "tf_efficientnet_lite0",
    "deit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
    "pvt_v2_b0",
    "coat_lite_tiny",
    "repvit_m0_9",
    "fastvit_t8",
    "mobilevit_xs",
    "efficientformerv2_s0",
)
PATCHES = ("irregular", "conv7", "conv14", "linear14")
FUSIONS = ("patch_fusion", "class_token", "average")
POSITIONS = ("learned", "sincos", "none")
# Every patch embedding with every fusion and every position, each pair at least once.
VARIANTS = tuple(
    f"irrvit_tiny+{patch}+{fusion}+{POSITIONS[(i + j) % 3]}"
    for i, patch in enumerate(PATCHES)
    for j, fusion in enumerate(FUSIONS)
)
SIZES = ("irrvit_60m", "irrvit_300m", "irrvit_600m")
# Core ML's float32 file is the twin that its float16 one is held against, and is compared as such.
FILES = (("onnx", "fp32"), ("tflite", "fp32"), ("coreml", "fp16"))
# ExecuTorch's exporter takes half a minute of a core for a transformer, Apple's runtime on this
# machine up to a second for a picture: one of each kind. What came of all of them is in
# docs/exporting.md.
SOME = {
    "coreai": {
        "irrvit_tiny+irregular+patch_fusion+learned",
        "irrvit_tiny+conv14+class_token+learned",
        "irrvit_tiny+linear14+average+none",
        "irrvit_60m",
        "timm:mobilenetv3_large_100",
        "timm:deit_tiny_patch16_224",
        "timm:fastvit_t8",
    },
    "executorch": {
        "irrvit_tiny+conv7+class_token+none",
        "irrvit_tiny+linear14+average+none",
        "timm:mobilenetv2_100",
        "timm:deit_tiny_patch16_224",
    },
}
FEWER_PICTURES = {"coreai": 3}

# litert-torch 0.10 writes Swin's three patch mergings twice, once for each shape they are read in.
WRITTEN_TWICE = {("timm:swin_tiny_patch4_window7_224", "tflite"): 1.0386}


@pytest.mark.parametrize("model", [*VARIANTS, *SIZES, *(f"timm:{name}" for name in TIMM)])
def test_every_file_is_the_same_network(model, tmp_path):
    prepared = pipeline.prepare(ExportJob(model=model, target="onnx", precision=Precision.FP32))
    wrong = {}
    some = [(name, "fp32") for name, models in SOME.items() if model in models]
    for name, precision in (*FILES, *some):
        job = ExportJob(model=model, target=name, precision=Precision(precision))
        chosen = target.get(name)
        path = tmp_path / f"{name}-{precision}{chosen.FACTS.suffix}"
        chosen.write(prepared.folded, prepared.source.input, job.precision, path)
        twin = write_twin(job, chosen, prepared, tmp_path)
        held = replace(prepared, cases=prepared.cases[: FEWER_PICTURES.get(name)])
        judged = judge(job, chosen, held, Written(path, "", None, None), twin)
        (report,) = judged.parity
        checks = [check for check in (judged.meaning, judged.rounding) if check is not None]
        failures = [*report.all_failures, *(f for check in checks for f in check.failures)]
        if failures:
            wrong[job.name] = failures
        if name == "executorch" and isinstance(chosen, KnowsDelegation):
            assert chosen.delegation(path).is_whole
        macs = chosen.count_macs(path)
        expected = prepared.macs * WRITTEN_TWICE.get((model, name), 1)
        if macs != pytest.approx(expected, rel=0.01):
            wrong[f"{job.name} MACs"] = [f"{macs}, expected {expected:.0f}"]
        print(f"{model} {job.name}", _summary(report), f"{macs / 1e6:.1f} MMACs")
    assert wrong == {}


def test_some_are_of_the_zoo():
    everything = {*VARIANTS, *SIZES, *(f"timm:{name}" for name in TIMM)}
    assert set().union(*SOME.values()) <= everything


def _summary(report):
    """For whoever looks at the figures with `pytest -s`."""
    diffs = report.diffs
    return (
        f"error {max(d.spread_rel for d in diffs):.1e}, "
        f"SQNR {min(d.sqnr_db for d in diffs):.0f} dB, "
        f"cosine {min(d.cosine for d in diffs):.6f}, "
        f"top-1 {sum(d.top1_agrees for d in diffs)} of {len(diffs)}"
    )
