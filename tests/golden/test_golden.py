"""The golden cases of the apps are what Python says today, and Python's own readers agree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irrvit.export.artifact import MANIFEST, read_manifest
from irrvit.export.errors import BadArtifact

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    subprocess.run([sys.executable, HERE / "write.py", "--out", folder], check=True)
    return folder


@pytest.mark.parametrize(
    "name", sorted(p.name for p in HERE.iterdir() if p.suffix in (".json", ".ppm"))
)
def test_file_is_current(fresh, name):
    """If not: look at what changed in Python, then run `python tests/golden/write.py`."""
    assert (HERE / name).read_bytes() == (fresh / name).read_bytes()


def test_every_file_is_committed(fresh):
    assert {path.name for path in fresh.iterdir()} <= {path.name for path in HERE.iterdir()}


MANIFESTS = json.loads((HERE / "manifest.json").read_text())


def read_changed(folder: Path, change: dict[str, Any]) -> None:
    manifest = json.loads(json.dumps(MANIFESTS["valid"]))
    *way, last = (int(part) if part.isdigit() else part for part in change["field"].split("."))
    owner = manifest
    for part in way:
        owner = owner[part]
    if change["value"] is None:
        del owner[last]
    else:
        owner[last] = change["value"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    read_manifest(folder)


@pytest.mark.parametrize("change", MANIFESTS["invalid"], ids=lambda change: change["name"])
def test_a_manifest_that_apps_refuse_is_refused_with_its_field(tmp_path, change):
    with pytest.raises(BadArtifact, match=f": {change['field']}:"):
        read_changed(tmp_path, change)


@pytest.mark.parametrize(
    "change",
    MANIFESTS["right"] + MANIFESTS["invalid_for_apps"],
    ids=lambda change: change["name"],
)
def test_a_manifest_that_is_right_is_read(tmp_path, change):
    read_changed(tmp_path, change)
