"""The cache key changes with everything that could change the file, and with nothing else."""

import ast
import importlib.metadata
import shutil
from pathlib import Path

import pytest

from irrvit.export import target, toolchain
from irrvit.export.cache_key import cache_key, deciding_code
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision
from irrvit.model.files import code_hash

EXPORT = Path(target.__file__).parent
FIRST = target.names()[0]
JOB = ExportJob(model="irrvit_tiny", target=FIRST, precision=Precision.FP32)
every_target = pytest.mark.parametrize("name", target.names())


def job_of(name, *, calibrated=False, **changes):
    facts = target.facts(name)
    precision = next(p for p in facts.precisions if (p in facts.calibrated) is calibrated)
    return JOB.model_copy(update={"target": name, "precision": precision, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"model": "irrvit_tiny+conv14"},
        {"target": target.names()[1]},
        {"precision": Precision.FP16},
        {"mean": (0.5, 0.5, 0.5)},
        {"std": (0.5, 0.5, 0.5)},
        {"labels": ("a", "b")},
        {"tensorflow": True},
        {"keep_float": ("stem",)},
        {"sensitivity": True},
        {"require_delegated": True},
    ],
)
def test_what_changes_the_artifact_changes_the_key(change):
    assert cache_key(JOB.model_copy(update=change)) != cache_key(JOB)


def test_asking_for_an_explanation_changes_nothing():
    assert cache_key(JOB.model_copy(update={"explain": True})) == cache_key(JOB)


def test_the_contents_of_a_checkpoint_count_and_not_its_name(tmp_path):
    keys = []
    for name, content in (("a.pth", b"1"), ("b.pth", b"1"), ("c.pth", b"2")):
        (tmp_path / name).write_bytes(content)
        keys.append(cache_key(JOB.model_copy(update={"checkpoint": tmp_path / name})))
    assert keys[0] == keys[1] != keys[2]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the code, to be edited and hashed."""
    copy = tmp_path_factory.mktemp("code") / "export"
    shutil.copytree(EXPORT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def changes(tree, job, edited):
    """Whether the code that decides a job is other code when one file is edited."""

    def code():
        return code_hash(*deciding_code(job, tree), root=tree)

    file, before = tree / edited, code()
    content = file.read_bytes()
    file.write_bytes(content + b"\n")
    after = code()
    file.write_bytes(content)
    return after != before


ALWAYS = ("pipeline.py", "manifest.py", "proof/parity.py", "proof/cases.py", "cases/coffee.jpg")
NEVER = (
    *("cli.py", "demo.py", "app_models.py", "errors.py", "cache_key.py"),
    *("command/output.py", "command/progress.py", "command/workers.py", "command/evaluate.py"),
    *("proof/accuracy.py", "proof/labelled.py", "tensorflow/environment.py"),
)


@every_target
@pytest.mark.parametrize("file", ALWAYS)
def test_code_that_makes_or_judges_every_file_counts(tree, name, file):
    assert changes(tree, job_of(name), file)


@every_target
@pytest.mark.parametrize("file", NEVER)
def test_code_that_only_people_see_does_not_count(tree, name, file):
    job = job_of(name, tensorflow=True)
    assert not changes(tree, job, file)


@every_target
def test_the_code_of_a_format_counts_for_it_and_for_no_other(tree, name):
    own = [f"targets/{name}.py"]
    own += [p.relative_to(tree).as_posix() for p in sorted((tree / name).rglob("*.py"))]
    for file in own:
        assert changes(tree, job_of(name), file), file
        others = [other for other in target.names() if other != name]
        assert not any(changes(tree, job_of(other), file) for other in others), file


@pytest.mark.parametrize("name", [n for n in target.names() if target.facts(n).calibrated])
@pytest.mark.parametrize("file", ["quantization/rules.py", "quantization/calibration.py"])
def test_the_table_of_rules_counts_where_pictures_decide(tree, name, file):
    assert not changes(tree, job_of(name), file)
    assert changes(tree, job_of(name, calibrated=True), file)


@pytest.mark.parametrize("file", ["tensorflow/runner.py", "tensorflow/run_tflite.py"])
def test_the_second_runner_counts_where_it_is_asked_for(tree, file):
    assert not changes(tree, JOB, file)
    assert changes(tree, JOB.model_copy(update={"tensorflow": True}), file)


def imported(path):
    """The modules of `export/` that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{a.name}" for a in node.names)}
    paths = {EXPORT / Path(*n.split(".")[2:]).with_suffix(".py") for n in names
             if n.startswith("irrvit.export.")}  # fmt: skip
    return {path for path in paths if path.is_file()}


# Errors are sentences; environments are made, not measured in.
EXEMPT = {"errors.py", "tensorflow/environment.py", "built_folder.py"}


@every_target
def test_all_that_the_pipeline_and_a_target_import_is_counted(name):
    facts = target.facts(name)
    job = job_of(name, calibrated=bool(facts.calibrated), tensorflow=bool(facts.second_runners))
    todo, reached = [EXPORT / "pipeline.py", EXPORT / f"targets/{name}.py"], set()
    while todo:
        path = todo.pop()
        if path not in reached:
            reached.add(path)
            todo += imported(path)
    counted = [EXPORT / part for part in deciding_code(job)]
    missed = {
        path.relative_to(EXPORT).as_posix()
        for path in reached
        if not any(path == part or part in path.parents for part in counted)
    }
    conditional = set() if facts.calibrated else {"quantization/calibration.py"}
    if not facts.second_runners:
        conditional |= {"tensorflow/runner.py"}
    assert missed - EXEMPT - conditional == set()


def with_versions(monkeypatch, **versions):
    known = importlib.metadata.version
    monkeypatch.setattr(
        toolchain.importlib.metadata, "version", lambda name: versions.get(name) or known(name)
    )
    return cache_key(JOB)


@pytest.mark.parametrize("package", ["torch", "numpy", "pillow"])
def test_another_version_of_what_computes_changes_the_key(monkeypatch, package):
    before = cache_key(JOB)
    assert with_versions(monkeypatch, **{package: "0.0.1"}) != before


@pytest.mark.parametrize(
    "package", ["typer", "rich", "jinja2", "filelock", "packaging", "pydantic", "safetensors"]
)
def test_another_version_of_what_only_helps_changes_nothing(monkeypatch, package):
    before = cache_key(JOB)
    assert with_versions(monkeypatch, **{package: "0.0.1"}) == before
