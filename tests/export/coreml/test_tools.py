"""coremltools comes without TensorFlow, whatever is installed, and without chatter."""

import importlib
import os
import subprocess
import sys

import pytest

from irrvit.export.coreml.tools import import_without_tensorflow

# A TensorFlow as dangerous as the real one is to torchvision: whoever imports it dies.
FATAL = "import os\nos._exit(86)\n"


def _run(code, folder):
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )


def _install_fatal_tensorflow(folder):
    (folder / "tensorflow").mkdir()
    (folder / "tensorflow" / "__init__.py").write_text(FATAL)


def test_plain_coremltools_does_import_tensorflow(tmp_path):
    _install_fatal_tensorflow(tmp_path)
    assert _run("import coremltools", tmp_path).returncode == 86


def test_the_target_never_imports_tensorflow(tmp_path):
    _install_fatal_tensorflow(tmp_path)
    result = _run("from irrvit.export.targets import coreml", tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""


@pytest.fixture
def probe(tmp_path, monkeypatch):
    """A module that says whether it found the TensorFlow beside it, imported anew each time."""
    (tmp_path / "tensorflow.py").write_text("")
    (tmp_path / "tensorflow_probe.py").write_text(
        "try:\n    import tensorflow\nexcept ImportError:\n    tensorflow = None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.delitem(sys.modules, "tensorflow_probe", raising=False)
    return "tensorflow_probe"


def test_tensorflow_is_hidden_during_the_import_and_not_after(probe):
    assert import_without_tensorflow(probe).tensorflow is None
    assert importlib.import_module("tensorflow").__name__ == "tensorflow"
    del sys.modules["tensorflow"], sys.modules[probe]


def test_a_tensorflow_that_is_already_there_stays(probe):
    there = importlib.import_module("tensorflow")
    assert import_without_tensorflow(probe).tensorflow is None
    assert sys.modules["tensorflow"] is there
    del sys.modules["tensorflow"], sys.modules[probe]


def test_tensorflow_comes_back_when_the_import_fails(probe):
    there = importlib.import_module("tensorflow")
    with pytest.raises(ModuleNotFoundError):
        import_without_tensorflow("no_such_module")
    assert sys.modules["tensorflow"] is there
    del sys.modules["tensorflow"]
