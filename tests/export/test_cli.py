"""`irrvit-export` as a user meets it: results, exit codes and sentences."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from irrvit.export import artifact
from irrvit.export.command import listing
from irrvit.export.content import content_hash
from irrvit.model import sources

pytestmark = [pytest.mark.slow, pytest.mark.needs("onnx", "onnxruntime")]


@pytest.fixture(scope="module")
def overflowing(tmp_path_factory):
    """Weights that are fine in float32 and beyond float16's range behind the stem's first layer."""
    network = sources.load("irrvit_tiny").network
    weights = dict(network.state_dict())
    name = next(n for n in weights if n.startswith("stem.0") and n.endswith("norm.weight"))
    weights[name] = weights[name] * 1e6
    path = tmp_path_factory.mktemp("weights") / "overflowing.safetensors"
    save_file(weights, path)
    return path


def test_the_json_has_what_it_promises(exported):
    out, report = exported
    (row,) = report["artifacts"]
    assert report["model"] == "irrvit_tiny"
    assert Path(row["path"]) == out / "onnx-fp32" / "irrvit_tiny.onnx"
    assert row["sha256"] == content_hash(Path(row["path"]))
    assert row["size_bytes"] == Path(row["path"]).stat().st_size
    assert row["parity"]["passed"] is True
    assert row["parity"]["runner"] == "onnxruntime"
    assert row["parity"]["cases"] >= 5
    assert 0 < row["parity"]["max_rel"] < 1e-4
    assert row["parity"]["top1_agreement"] == 1.0


def test_an_artifact_answers_as_the_network_does(exported):
    out, _ = exported
    opened = artifact.open(out / "onnx-fp32")
    source = sources.load("irrvit_tiny")
    pixels = torch.randint(0, 256, (2, 56, 56, 3), dtype=torch.uint8)
    mean, std = torch.tensor(source.input.mean), torch.tensor(source.input.std)
    with torch.no_grad():
        expected = source.network(((pixels / 255 - mean) / std).permute(0, 3, 1, 2))
    torch.testing.assert_close(
        torch.from_numpy(opened.run(pixels.numpy())), expected, rtol=1e-4, atol=1e-4
    )


def test_nothing_is_done_again_when_nothing_changed(export, exported):
    out, _ = exported
    before = artifact.open(out / "onnx-fp32").manifest
    code, _, stderr = export("--out", out)
    assert code == 0
    assert "unchanged" in stderr
    assert artifact.open(out / "onnx-fp32").manifest == before


def test_a_damaged_artifact_is_made_again(export, exported, tmp_path):
    out, _ = exported
    code, _, _ = export("--out", tmp_path)
    assert code == 0
    file = tmp_path / "onnx-fp32" / "irrvit_tiny.onnx"
    file.write_bytes(file.read_bytes()[:-1])
    assert export("--out", tmp_path)[0] == 0
    assert artifact.open(file).manifest.sha256 == artifact.open(out / "onnx-fp32").manifest.sha256


def test_a_file_that_departs_is_kept_aside_and_replaces_nothing(export, exported, overflowing):
    out, _ = exported
    assert export("--out", out, "--precision", "fp16")[0] == 0
    good = artifact.open(out / "onnx-fp16").manifest
    code, stdout, _ = export(
        "--out", out, "--precision", "fp16", "--checkpoint", overflowing, "--explain", "--json"
    )
    assert code == 1
    (row,) = json.loads(stdout)["artifacts"]
    assert row["parity"]["passed"] is False
    assert "stem.0" in row["explanation"]
    assert artifact.open(out / "onnx-fp16").manifest == good
    assert not artifact.open(out / "onnx-fp16.rejected").manifest.passed


BAD = {
    "a model": (["--model", "irrvit_tinny"], "did you mean 'irrvit_tiny'"),
    "a target": (["--target", "onyx"], "did you mean 'onnx'"),
    "a precision": (["--precision", "fp8"], "expected fp32, fp16, int8"),
    "a mean": (["--mean", "0.5,0.5"], "expected three numbers"),
    "a checkpoint": (["--checkpoint", "missing.pth"], "missing.pth"),
    "labels": (["--labels", "missing.txt"], "missing.txt"),
    "a program": (["--model", "missing.pt2"], "missing.pt2"),
    "an option": (["--targets", "onnx"], "--target"),
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_wrong_option_ends_with_a_sentence(export, wrong, tmp_path):
    arguments, sentence = BAD[wrong]
    code, stdout, stderr = export("--out", tmp_path / "out", *arguments)
    assert code == 2
    assert sentence in stderr
    assert stdout == ""


def test_a_checkpoint_that_is_cut_off_ends_with_a_sentence(export, overflowing, tmp_path):
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(overflowing.read_bytes()[:1000])
    code, _, stderr = export("--out", tmp_path / "out", "--checkpoint", cut)
    assert code == 2
    assert "cut.safetensors" in stderr


def test_a_folder_that_cannot_be_written_is_named(export, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, stderr = export("--out", tmp_path / "file" / "out")
    assert code == 2
    assert "cannot write to" in stderr
    assert "--out" in stderr


@pytest.mark.needs("litert_torch", "ai_edge_litert")
@pytest.mark.usefixtures("tensorflow_environment")
def test_tensorflow_runs_the_same_file(start, tmp_path):
    process = start(
        *("--model", "irrvit_tiny", "--target", "tflite", "--tensorflow", "--json"),
        *("--out", tmp_path),
    )
    stdout, _ = process.communicate(timeout=240)
    assert process.returncode == 0
    (row,) = json.loads(stdout)["artifacts"]
    (other,) = row["other_runners"]
    assert (row["parity"]["runner"], other["runner"]) == ("litert", "tensorflow")
    assert other["passed"]
    assert other["cases"] == row["parity"]["cases"]


@pytest.mark.parametrize("spelling", ["list", "--list"])
def test_list_names_models_and_targets(start, spelling):
    process = start(spelling)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert stdout.splitlines() == list(listing.lines())


@pytest.mark.parametrize("spelling", ["list", "--list"])
def test_an_option_of_an_export_is_refused_beside_another_command(start, spelling):
    process = start("--force", spelling)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (2, "")
    assert f"'{spelling}' takes no option of an export, and got force" in stderr


def test_an_unknown_command_is_refused_with_the_nearest(start):
    process = start("lst")
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout) == (2, "")
    assert "list" in stderr
