"""What a log shows of work that goes on: a line for each stage."""

import re

from irrvit.export.command.progress import bar, progress


def test_in_a_log_each_stage_is_a_line_with_the_time(capsys):
    with progress() as notify:
        notify("onnx-fp32", "converting")
        notify("onnx-fp32", "done")
    stdout, stderr = capsys.readouterr()
    assert stdout == ""
    lines = [re.fullmatch(r" *\d+\.\d s  (.*)", line) for line in stderr.splitlines()]
    assert [line and line[1] for line in lines] == ["onnx-fp32: converting", "onnx-fp32: done"]


def test_in_a_log_a_bar_is_a_line_for_each_new_stage(capsys):
    with bar() as follow:
        for stage, share in (("one", 0.0), ("one", 0.2), ("two", 0.5), ("two", 1.0)):
            follow(stage, share)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split("s  ")[1] for line in lines] == ["  0%: one", " 50%: two"]
