"""What is current is kept, what failed is put aside, and the exit code says what came of it."""

import errno
from pathlib import Path

import pytest

from irrvit.export import artifact, target
from irrvit.export.artifact import Artifact
from irrvit.export.command import export_files as module
from irrvit.export.command.export_files import ExportResult, export_files, is_current
from irrvit.export.command.options import ExportOptions
from irrvit.export.command.workers import Failure
from irrvit.export.errors import NotWritable
from irrvit.export.manifest import Accuracy
from irrvit.model.errors import BadData

FIRST, SECOND, *_ = target.names_in_all()


def inaccurate(lost):
    return Accuracy(
        data="clothes",
        data_sha256="0" * 64,
        pictures=1000,
        right=900 - lost,
        low=0,
        high=1,
        reference_right=900,
        same_decisions=900,
    )


@pytest.mark.parametrize(
    ("changes", "errors", "code"),
    [
        ({}, {}, 0),
        ({"failures": ("wrong",)}, {}, 1),
        ({"accuracy": (inaccurate(5),)}, {}, 0),
        ({"accuracy": (inaccurate(6),)}, {}, 1),
        ({}, {"other": "it died"}, 2),
        ({"failures": ("wrong",)}, {"other": "it died"}, 2),
    ],
)
def test_the_exit_code_is_that_of_the_worst(make_manifest, changes, errors, code):
    opened = Artifact(Path("net.bin"), make_manifest(**changes))
    good = Artifact(Path("good.bin"), make_manifest())
    assert ExportResult("net", [good, opened], errors).exit_code == code


def test_one_that_passed_and_has_the_same_key_is_current(put_artifact):
    assert is_current(put_artifact("same", cache_key="k"), "k")
    assert not is_current(put_artifact("other", cache_key="l"), "k")
    assert not is_current(put_artifact("failed", cache_key="k", failures=("wrong",)), "k")


def test_one_that_is_damaged_or_not_there_is_not_current(put_artifact, tmp_path):
    folder = put_artifact("damaged", cache_key="k")
    (folder / "net.bin").write_bytes(b"another")
    assert not is_current(folder, "k")
    assert not is_current(tmp_path / "nothing", "k")


@pytest.fixture
def converters(monkeypatch, make_manifest):
    """Plays the processes of converters: what each target comes to, and which were asked."""
    asked, outcomes = [], {}

    def run(beginning, tasks, notify):
        for task in tasks:
            asked.append(task.target)
            outcome = outcomes.get(task.target, {})
            if isinstance(outcome, Failure):
                yield task, outcome
                continue
            made = {}
            for job in task.jobs:
                if isinstance(one := outcome.get(job.name, outcome), Failure):
                    made[job.name] = one
                    continue
                file = task.space / job.name / "net.bin"
                file.write_bytes(job.name.encode())
                made[job.name] = make_manifest(
                    target=task.target,
                    precision=job.precision,
                    sha256=artifact.content_hash(file),
                    cache_key=task.keys[job.name],
                    **one,
                )
                (file.parent / artifact.MANIFEST).write_text(made[job.name].model_dump_json())
            yield task, made

    monkeypatch.setattr(module.together, "run", run)
    monkeypatch.setattr(target, "missing", lambda packages: [])
    return asked, outcomes


def export(out, *targets, stages=None, precisions=("fp32",), **options):
    notify = (lambda *words: stages.append(words)) if stages is not None else lambda *_: None
    asked = ExportOptions("irrvit_tiny", targets=targets, out=out, precisions=precisions, **options)
    return export_files(asked, notify)


def test_every_file_is_put_in_its_place(converters, tmp_path):
    result = export(tmp_path, FIRST, SECOND)
    assert result.exit_code == 0
    assert [a.path for a in result.artifacts] == [
        tmp_path / f"{name}-fp32" / "net.bin" for name in (FIRST, SECOND)
    ]
    assert {p.name for p in tmp_path.iterdir()} == {".lock", f"{FIRST}-fp32", f"{SECOND}-fp32"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"evaluate": "no-such-data"}, "unknown data 'no-such-data'"),
        ({"evaluate": "fashion-mnist", "data_root": Path("nowhere")}, "nowhere"),
    ],
)
def test_pictures_that_are_not_there_are_said_before_any_work(
    converters, tmp_path, options, sentence
):
    asked, _ = converters
    with pytest.raises(BadData, match=sentence):
        export(tmp_path / "out", FIRST, **options)
    assert asked == []
    assert not (tmp_path / "out").exists()


def test_what_is_not_installed_is_said_before_its_work_and_stops_no_other(
    converters, tmp_path, monkeypatch
):
    asked, _ = converters
    absent = target.facts(FIRST).written_by[0]
    monkeypatch.setattr(target, "missing", lambda packages: [p for p in packages if p == absent])
    result = export(tmp_path, FIRST, SECOND)
    assert asked == [SECOND]
    assert [a.manifest.target for a in result.artifacts] == [SECOND]
    assert f'pip install "irrvit-mobile[{FIRST}]"' in result.errors[FIRST]
    assert result.exit_code == 2


def test_a_file_in_the_place_of_the_folder_is_not_called_a_lack_of_room(converters, tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(NotWritable) as caught:
        export(tmp_path / "out", FIRST)
    assert str(caught.value).endswith("out: File exists; choose another folder with --out")


def test_what_is_current_is_not_done_again_unless_that_is_forced(converters, tmp_path):
    asked, _ = converters
    export(tmp_path, FIRST)
    asked.clear()
    stages = []
    result = export(tmp_path, FIRST, SECOND, stages=stages)
    assert asked == [SECOND]
    assert (f"{FIRST}-fp32", "unchanged") in stages
    assert len(result.artifacts) == 2
    export(tmp_path, FIRST, force=True)
    assert asked == [SECOND, FIRST]


def test_one_that_fails_its_check_is_put_aside_and_replaces_nothing(converters, tmp_path):
    _, outcomes = converters
    export(tmp_path, FIRST)
    good = artifact.open(tmp_path / f"{FIRST}-fp32").manifest
    outcomes[FIRST] = {"failures": ("wrong",)}
    stages = []
    result = export(tmp_path, FIRST, force=True, stages=stages)
    assert result.exit_code == 1
    assert [a.path.parent.name for a in result.artifacts] == [f"{FIRST}-fp32.rejected"]
    assert artifact.open(tmp_path / f"{FIRST}-fp32").manifest == good
    assert (f"{FIRST}-fp32", "failed its check") in stages


def test_one_that_could_not_be_written_does_not_stop_the_others(converters, tmp_path):
    _, outcomes = converters
    outcomes[FIRST] = Failure("the format lacks 'warp'")
    result = export(tmp_path, FIRST, SECOND)
    assert result.errors == {FIRST: "the format lacks 'warp'"}
    assert [a.manifest.target for a in result.artifacts] == [SECOND]
    assert result.exit_code == 2


def test_a_disk_that_is_full_is_said(converters, tmp_path, monkeypatch):
    def full(finished, place):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.publish, "publish", full)
    with pytest.raises(NotWritable, match="No space left"):
        export(tmp_path, FIRST)


def test_every_precision_is_put_in_its_place_by_one_task(converters, tmp_path):
    asked, _ = converters
    result = export(tmp_path, FIRST, precisions=("fp32", "fp16"))
    assert asked == [FIRST]
    assert [a.path.parent.name for a in result.artifacts] == [f"{FIRST}-fp32", f"{FIRST}-fp16"]
    assert [a.manifest.precision for a in result.artifacts] == ["fp32", "fp16"]


def test_a_precision_that_cannot_be_written_leaves_the_other(converters, tmp_path):
    _, outcomes = converters
    outcomes[FIRST] = {f"{FIRST}-fp16": Failure("no such operation"), f"{FIRST}-fp32": {}}
    result = export(tmp_path, FIRST, precisions=("fp32", "fp16"))
    assert result.errors == {f"{FIRST}-fp16": "no such operation"}
    assert [a.path.parent.name for a in result.artifacts] == [f"{FIRST}-fp32"]
    assert result.exit_code == 2


def test_a_process_that_dies_fails_all_its_files(converters, tmp_path):
    _, outcomes = converters
    outcomes[FIRST] = Failure("it died")
    result = export(tmp_path, FIRST, precisions=("fp32", "fp16"))
    assert result.errors == {f"{FIRST}-fp32": "it died", f"{FIRST}-fp16": "it died"}
