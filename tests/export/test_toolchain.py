"""Which packages a manifest lists, and which of them decide a file."""

import importlib.metadata
import platform

import pytest

from irrvit.export import target
from irrvit.export.toolchain import deciding, toolchain

every_target = pytest.mark.parametrize("name", target.names())


def extras(name):
    """The names that the extra of a target brings, as pyproject.toml spells them."""
    lines = importlib.metadata.requires("irrvit-mobile") or ()
    marked = [line for line in lines if f'extra == "{name}"' in line.replace("'", '"')]
    return {line.replace("<", ">").replace(";", ">").partition(">")[0].strip() for line in marked}


@every_target
def test_packages_of_the_target_are_listed_and_decide(name):
    assert extras(name)
    assert extras(name) <= toolchain(name).keys()
    assert extras(name) <= deciding(name).keys()


@every_target
def test_packages_of_other_targets_are_not_listed(name):
    for other in set(target.names()) - {name}:
        foreign = extras(other) - extras(name) - {"numpy"}
        assert not foreign & toolchain(name).keys()


@every_target
def test_what_computes_decides_and_what_only_helps_is_merely_listed(name):
    assert {"python", "torch", "numpy", "pillow"} <= deciding(name).keys()
    assert {"typer", "rich", "filelock", "pydantic"} <= toolchain(name).keys() - deciding(name)


def test_versions_are_those_installed_and_what_is_absent_is_said(monkeypatch):
    name = target.names()[0]
    assert toolchain(name)["torch"] == importlib.metadata.version("torch")
    assert toolchain(name)["python"] == platform.python_version()

    def absent(distribution):
        raise importlib.metadata.PackageNotFoundError(distribution)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    assert toolchain(name)["torch"] == "missing"


def test_a_patch_of_python_decides_nothing(monkeypatch):
    name = target.names()[0]
    before = deciding(name)
    major, minor, patch = platform.python_version_tuple()
    monkeypatch.setattr(platform, "python_version_tuple", lambda: (major, minor, patch + "1"))
    assert deciding(name) == before
    monkeypatch.setattr(platform, "python_version_tuple", lambda: (major, minor + "1", "0"))
    assert deciding(name) != before
