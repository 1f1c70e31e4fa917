"""coremltools comes without TensorFlow, whatever is installed, and without chatter."""

import os
import subprocess
import sys

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
    assert "coremltools" not in result.stderr
    assert "libcoremlpython" not in result.stderr


def test_tensorflow_can_be_imported_afterwards(tmp_path):
    (tmp_path / "tensorflow.py").write_text("version = 'fake'\n")
    code = "import irrvit.export.mil.tools, tensorflow; assert tensorflow.version == 'fake'"
    result = _run(code, tmp_path)
    assert result.returncode == 0, result.stderr


def test_a_tensorflow_that_is_already_there_stays(tmp_path):
    (tmp_path / "tensorflow.py").write_text("")
    code = (
        "import sys, tensorflow, irrvit.export.mil.tools; "
        "assert sys.modules['tensorflow'] is tensorflow"
    )
    result = _run(code, tmp_path)
    assert result.returncode == 0, result.stderr
