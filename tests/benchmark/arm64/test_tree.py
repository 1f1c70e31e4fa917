"""The tree is a machine of its own, with the packages of this one."""

import subprocess

import pytest

from irrvit.benchmark.arm64 import tree as arm64_tree

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


@pytest.mark.slow
def test_the_tree_is_an_arm64_machine_with_the_versions_of_this_one(tree):
    code = (
        f"import sys; sys.path.append({str(tree / arm64_tree.SITE)!r})\n"
        "import importlib.metadata as m, platform, sys\n"
        "print(platform.machine(), '.'.join(map(str, sys.version_info[:2])))\n"
        "print(*[f'{n}=={m.version(n)}' for n in sys.argv[1:]])"
    )
    names = [line.partition("==")[0] for line in arm64_tree.requirements()]
    said = subprocess.check_output([*arm64_tree.python(tree), "-c", code, *names], text=True)
    assert said.split() == ["aarch64", arm64_tree.PYTHON, *arm64_tree.requirements()]


def test_it_lives_in_the_users_cache_unless_the_variable_says_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv(arm64_tree.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert arm64_tree.folder() == tmp_path / "irrvit" / "arm64"
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path / "mine"))
    assert arm64_tree.folder() == tmp_path / "mine"
