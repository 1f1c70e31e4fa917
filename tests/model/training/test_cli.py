"""The command as a user meets it: bad input is one sentence and exit code 2."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from irrvit.model import sources
from irrvit.model.training.cli import app

GOOD = {"--model": "irrvit_tiny", "--data": "pictures", "--out": "out", "--threads": "1"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Two classes in `pictures`, the working folder around it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")  # As the command sets it, and put back.
    for label, level in (("black", 30), ("white", 220)):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for i in range(12):
            pixels = np.full((20, 20, 3), level + i, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / label / f"{i}.png")
    return tmp_path


def arguments(**changes: str) -> list[str]:
    options = GOOD | {f"--{k.replace('_', '-')}": v for k, v in changes.items()}
    return [word for pair in options.items() for word in pair if word]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"model": "irvit_tiny"}, "did you mean 'irrvit_tiny'?"),
        ({"data": "nowhere"}, "unknown data 'nowhere': expected fashion-mnist"),
        ({"data": "pictures/black"}, "has 0 folders"),
        (
            {"recipe": "best"},
            "unknown recipe 'best': expected one of camera, finish, finish_photographs, imagenet, "
            "photographs, plain",
        ),
        ({"epochs": "0"}, "--epochs 0: Input should be greater than 0"),
        ({"lr": "-1"}, "--lr -1.0: Input should be greater than 0"),
        ({"lr": "nan"}, "--lr nan: Input should be"),
        ({"threads": "0"}, "--threads 0: expected 1 or more"),
        ({"batch": "500"}, "fewer than one batch of 500"),
        ({"test": ""}, "--test: nobody set test pictures of 'pictures' apart"),
        ({"data_root": "x"}, "--data-root and --download belong to named data sets"),
        ({"data": "fashion-mnist", "data_root": "x"}, "apt-get install dataset-fashion-mnist"),
        ({"out": "pictures/black/0.png"}, "'pictures/black/0.png': File exists"),
    ],
    ids=lambda value: str(value)[:30],
)
@pytest.mark.needs("accelerate")
def test_bad_input_is_one_sentence_and_exit_code_2(change, said):
    done = CliRunner().invoke(app, arguments(**change))
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.needs("accelerate", "matplotlib")
def test_a_run_leaves_a_checkpoint_a_record_a_log_and_curves(folder):
    options = arguments(batch="8", epochs="2", seed="3")
    done = subprocess.run(
        [sys.executable, "-m", "irrvit.model.training.cli", *options],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "out/irrvit_tiny.safetensors\n"), done.stderr
    assert "2/2" not in done.stdout
    record = json.loads((folder / "out" / "irrvit_tiny.json").read_text())
    assert record["command"].startswith("irrvit-train --model irrvit_tiny --data pictures")
    assert record["pictures"] == {"train": 22, "held_out": 2}
    assert (record["recipe"]["seed"], record["recipe"]["epochs"]) == (3, 2)
    assert record["test_top1"] is None
    source = sources.load("irrvit_tiny", folder / "out" / "irrvit_tiny.safetensors")
    assert source.labels == ("black", "white")
    assert record["checkpoint_sha256"] in source.weights
    left = {path.name for path in (folder / "out").iterdir()}
    weights = {f"irrvit_tiny.{suffix}" for suffix in ("json", "png", "safetensors")}
    assert left == {"log.csv", "state.pt"} | weights


@pytest.mark.slow
@pytest.mark.needs("accelerate")
def test_ctrl_c_is_exit_code_130_and_says_how_to_go_on(folder):
    options = arguments(batch="8", epochs="10000")
    process = subprocess.Popen(
        [sys.executable, "-m", "irrvit.model.training.cli", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (folder / "out" / "state.pt").exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted; run the same command again to go on from the last save" in stderr
    assert "Traceback" not in stderr
