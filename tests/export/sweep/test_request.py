"""What is sent holds all that an export needs, and what comes back is what was made there."""

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from irrvit.export.command.options import ExportOptions
from irrvit.export.errors import BadOption
from irrvit.export.sweep.parcel import unpack
from irrvit.export.sweep.request import arrived, fulfil, request

OPTIONS = ExportOptions("irrvit_tiny", targets=("onnx",), out=Path("networks/irrvit_tiny"))


def test_files_that_options_name_are_sent_and_found_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    labels = tmp_path / "labels.txt"
    labels.write_text("cat\ndog\n")
    pictures = tmp_path / "pictures" / "cat"
    pictures.mkdir(parents=True)
    (pictures / "1.png").write_bytes(b"a picture")
    options = replace(OPTIONS, labels=labels, calibration=str(pictures.parent))
    with arrived(request(options), tmp_path / "there") as there:
        assert there.labels is not None
        assert there.labels.read_text() == "cat\ndog\n"
        assert there.labels.is_relative_to(tmp_path / "there")
        assert there.calibration is not None
        assert Path(there.calibration).name == "pictures"
        assert (Path(there.calibration) / "cat" / "1.png").read_bytes() == b"a picture"
        assert there.out == tmp_path / "there" / "made"


def test_a_checkpoint_is_sent_with_all_its_parts(tmp_path):
    shipped = Path("model/weights/irrvit_fashion.safetensors")
    options = replace(OPTIONS, model="irrvit_fashion", checkpoint=shipped)
    with arrived(request(options), tmp_path) as there:
        assert there.checkpoint is not None
        assert there.checkpoint == tmp_path / "sent" / "checkpoint" / shipped.name
        assert there.checkpoint.read_bytes() == (Path(__file__).parents[3] / shipped).read_bytes()


def test_a_saved_program_keeps_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "a.pt2").write_bytes(b"a program")
    sent = request(replace(OPTIONS, model="nets/a.pt2"))
    with arrived(sent, tmp_path / "there") as there:
        assert Path.cwd().is_relative_to(tmp_path / "there")
        assert Path(there.model).read_bytes() == b"a program"
    assert Path.cwd() == tmp_path


@pytest.mark.parametrize("model", ["/tmp/a.pt2", "../a.pt2"])
def test_a_saved_program_from_elsewhere_is_refused(tmp_path, monkeypatch, model):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("irrvit.export.sweep.request.cache_key", lambda job: "key")
    with pytest.raises(BadOption, match="give its path from the folder that you are in"):
        request(replace(OPTIONS, model=model))


def test_a_machine_that_would_write_another_file_says_so():
    sent = request(OPTIONS)
    answer = fulfil(replace(sent, keys={"onnx-fp32": "another"}))
    assert "would write another onnx-fp32" in answer.errors["all"]
    assert answer.made is None


def test_a_sentence_that_comes_back_names_no_folder_of_the_other_machine(tmp_path):
    answer = fulfil(request(replace(OPTIONS, model="timm:no_such_network")))
    (sentence,) = answer.errors.values()
    assert "no_such_network" in sentence
    assert "irrvit-sweep-" not in sentence


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime", "onnxscript")
def test_a_full_disk_there_is_a_sentence_and_leaves_nothing():
    """A limit on file sizes stops the writer where a full disk would."""
    code = (
        "from irrvit.export.sweep.request import fulfil, request\n"
        "from irrvit.export.command.options import ExportOptions\n"
        "from pathlib import Path\n"
        "options = ExportOptions('irrvit_tiny', targets=('onnx',), out=Path('networks'))\n"
        "print(fulfil(request(options)).errors['onnx'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cannot write to networks: File too large")


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime", "onnxscript")
def test_what_was_made_comes_back(tmp_path):
    answer = fulfil(request(OPTIONS))
    assert not answer.errors
    assert answer.made is not None
    unpack(answer.made, tmp_path)
    assert (tmp_path / "onnx-fp32" / "manifest.json").is_file()
    assert answer.seconds > 0
