"""What targets say about themselves holds together, and no format is named outside its own file."""

import ast
import importlib.metadata
import importlib.util
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from irrvit.export import target
from irrvit.export.errors import MissingExtra, UnknownTarget
from irrvit.export.precision import Precision
from irrvit.export.target import KnowsDelegation

EXPORT = Path(target.__file__).parent
every_target = pytest.mark.parametrize("name", target.names())


def test_the_targets_are_the_files_of_the_folder():
    files = {path.stem for path in (EXPORT / "targets").glob("*.py")}
    assert set(target.names()) == files - {"__init__"}
    assert target.names() == sorted(target.names())


def test_an_unknown_target_is_refused_with_those_there_are_and_the_nearest():
    first = target.names()[0]
    with pytest.raises(UnknownTarget) as refused:
        target.find(f"{first}x")
    assert f"expected one of {', '.join(target.names())} or all" in str(refused.value)
    assert f"did you mean '{first}'?" in str(refused.value)


@every_target
def test_a_suffix_in_the_place_of_a_name_is_answered_with_the_name(name):
    suffix = target.facts(name).suffix
    for typed in {suffix, suffix.removeprefix(".")} - {name}:
        with pytest.raises(UnknownTarget, match=rf"did you mean '{name}'\?"):
            target.find(typed)


@every_target
def test_facts_hold_together(name):
    facts = target.facts(name)
    assert facts.suffix.startswith(".")
    assert facts.default_precision in facts.precisions
    for some in (facts.calibrated, facts.fp16_arithmetic, facts.delegated):
        assert some <= set(facts.precisions) | {Precision.FP16}
    assert facts.platforms
    assert facts.export_seconds > 0


@every_target
def test_precisions_are_those_with_a_tolerance_in_the_order_of_their_definition(name):
    facts = target.facts(name)
    assert set(facts.precisions) == set(facts.tolerances)
    assert list(facts.precisions) == [p for p in Precision if p in facts.tolerances]


@every_target
def test_what_must_be_delegated_can_be_and_says_by_what(name):
    facts = target.facts(name)
    knows = isinstance(target.find(name), KnowsDelegation)
    assert knows or not facts.delegated
    assert knows == (facts.delegate is not None)


def test_suffixes_tell_formats_apart():
    suffixes = [target.facts(name).suffix for name in target.names()]
    assert len(set(suffixes)) == len(suffixes)


@every_target
def test_the_extra_called_as_the_target_brings_its_packages(name):
    lines = map(Requirement, importlib.metadata.requires("irrvit-mobile") or ())
    brought = {r.name for r in lines if r.marker and "extra" in str(r.marker)
               if r.marker.evaluate({"extra": name})}  # fmt: skip
    providers = importlib.metadata.packages_distributions()
    facts = target.facts(name)
    for package in (*facts.written_by, *facts.run_by):
        if target.missing([package]):
            pytest.skip(f"the package {package} is not installed")
        assert brought & set(providers[package]), package


def test_all_is_what_says_that_it_is_part_of_it():
    assert target.names_in_all() == [n for n in target.names() if target.facts(n).is_in_all]
    assert target.names_in_all()


def test_packages_that_are_missing_are_named_in_order():
    assert target.missing(["json", "no_such_b", "no_such_a"]) == ["no_such_b", "no_such_a"]


@every_target
@pytest.mark.parametrize("needed", ["written_by", "run_by"])
def test_a_missing_package_of_either_kind_is_named_with_what_to_install(name, needed, monkeypatch):
    package = getattr(target.facts(name), needed)[-1]
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n: None if n == package else found(n))
    with pytest.raises(MissingExtra) as missing:
        target.get(name)
    assert missing.value.package == package
    assert f'pip install "irrvit-mobile[{name}]"' in str(missing.value)


@every_target
def test_a_file_is_run_where_only_what_runs_it_is_installed(name, monkeypatch, tmp_path):
    facts = target.facts(name)
    only_writes = set(facts.written_by) - set(facts.run_by)
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n: None if n in only_writes else found(n)
    )
    if target.missing(facts.run_by):
        pytest.skip(f"{facts.run_by[0]} is not installed")
    with pytest.raises(Exception, match="nothing") as refused:
        target.load(name, tmp_path / f"nothing{facts.suffix}")
    assert not isinstance(refused.value, MissingExtra)


def texts(path: Path) -> set[str]:
    """The text constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text())
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docs = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, holders)}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    } - docs


def test_no_format_is_named_outside_its_own_file_and_folder():
    names = set(target.names())
    for path in EXPORT.rglob("*.py"):
        top, *_ = path.relative_to(EXPORT).with_suffix("").parts
        if top == "targets" or top in names:
            continue
        words = {word for text in texts(path) for word in text.split()}
        suffixes = {target.facts(name).suffix for name in names}
        assert not words & (names | suffixes), path
