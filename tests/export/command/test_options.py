"""What is typed becomes jobs, or a sentence."""

import pytest

from irrvit.export import target
from irrvit.export.command.options import ExportOptions, left_out, to_jobs
from irrvit.export.errors import BadOption, UnknownTarget
from irrvit.export.precision import Precision
from irrvit.model.errors import ModelError
from irrvit.model.outputs import Task


def test_all_is_every_target_once():
    jobs = to_jobs(ExportOptions("irrvit_300m"))
    assert [job.target for job in jobs] == target.names_in_all()


def test_a_target_that_is_named_twice_is_done_once():
    jobs = to_jobs(ExportOptions("irrvit_300m", targets=("onnx", "onnx")))
    assert [job.target for job in jobs] == ["onnx"]


def test_core_ml_is_in_half_precision_unless_another_is_asked_for():
    assert to_jobs(ExportOptions("m", targets=("coreml",)))[0].precision is Precision.FP16
    jobs = to_jobs(ExportOptions("m", targets=("coreml",), precisions=("fp32",)))
    assert jobs[0].precision is Precision.FP32


def test_an_unknown_target_is_refused_with_the_nearest():
    with pytest.raises(UnknownTarget, match=r"expected one of .*onnx.* did you mean 'tflite'"):
        to_jobs(ExportOptions("m", targets=("tflit",)))


def test_an_unknown_precision_is_refused_with_what_there_is():
    with pytest.raises(BadOption, match="expected fp32, fp16, int8"):
        to_jobs(ExportOptions("m", precisions=("fp8",)))


@pytest.mark.parametrize("text", ["0.5,0.5", "a,b,c", "0,0,0,0,0", ""])
def test_a_mean_that_is_not_a_number_for_each_channel_is_refused(text):
    with pytest.raises(BadOption, match="--mean got"):
        to_jobs(ExportOptions("m", mean=text))


@pytest.mark.parametrize(("text", "mean"), [("0.5", (0.5,)), ("0,0,0,1", (0, 0, 0, 1))])
def test_one_number_is_for_all_channels_and_four_are_for_those_of_rgba(text, mean):
    assert {job.mean for job in to_jobs(ExportOptions("m", mean=text))} == {mean}


def test_a_task_is_one_that_there_is():
    assert {job.task for job in to_jobs(ExportOptions("m", task="dense"))} == {Task.DENSE}
    with pytest.raises(BadOption, match="unknown task 'depth': expected classification, embedding"):
        to_jobs(ExportOptions("m", task="depth"))


def test_labels_are_read_a_line_each(tmp_path):
    (tmp_path / "labels.txt").write_text("cat\n dog \n\n")
    jobs = to_jobs(ExportOptions("m", labels=tmp_path / "labels.txt"))
    assert jobs[0].labels == ("cat", "dog")


def test_labels_that_are_not_text_are_refused(tmp_path):
    (tmp_path / "labels.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="cannot be read as text"):
        to_jobs(ExportOptions("m", labels=tmp_path / "labels.txt"))


def test_a_precision_that_a_target_lacks_is_refused_with_what_it_has():
    with pytest.raises(BadOption, match="tflite has no precision 'w8': expected fp32, fp16, int8"):
        to_jobs(ExportOptions("m", targets=("tflite",), precisions=("w8",)))


def test_all_targets_are_those_that_have_the_precision():
    assert [job.target for job in to_jobs(ExportOptions("m", precisions=("w4",)))] == ["coreml"]
    able = [n for n in target.names_in_all() if Precision.INT8 in target.facts(n).precisions]
    assert [job.target for job in to_jobs(ExportOptions("m", precisions=("int8",)))] == able


def test_int8_tflite_must_be_delegated_unless_that_is_waived():
    jobs = {job.target: job for job in to_jobs(ExportOptions("m", precisions=("int8",)))}
    assert [name for name, job in jobs.items() if job.require_delegated] == ["tflite"]
    waived = ExportOptions("m", targets=("tflite",), precisions=("int8",), require_delegated=False)
    assert not to_jobs(waived)[0].require_delegated


def test_sensitivity_is_of_int8():
    with pytest.raises(BadOption, match="--sensitivity measures int8"):
        to_jobs(ExportOptions("m", targets=("tflite",), sensitivity=True))


def test_a_precision_may_repeat():
    asked = ExportOptions("m", targets=("onnx",), precisions=("fp32", "int8", "fp32"))
    assert [job.name for job in to_jobs(asked)] == ["onnx-fp32", "onnx-int8"]


def test_of_all_targets_each_gets_the_precisions_that_it_has_and_the_rest_is_said():
    asked = ExportOptions("m", precisions=("fp32", "w8"))
    names = [job.name for job in to_jobs(asked)]
    assert names == ["coreml-fp32", "coreml-w8", "onnx-fp32", "tflite-fp32"]
    assert left_out(asked) == {
        f"{name}-w8": f"left out: {name} has no w8, it has fp32, fp16, int8"
        for name in ("onnx", "tflite")
    }
    assert left_out(ExportOptions("m")) == {}
