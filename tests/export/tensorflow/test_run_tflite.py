"""The script of the other environment: it needs TensorFlow and numpy, and nothing of ours."""

import ast
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np

from irrvit.export.tensorflow import run_tflite


def test_it_imports_nothing_of_the_project():
    tree = ast.parse(Path(run_tflite.__file__).read_text())
    imported = {
        name.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported == {"sys", "numpy", "tensorflow"}
    assert not any(isinstance(node, ast.ImportFrom) for node in ast.walk(tree))


class PlayedInterpreter:
    """Doubles the mean of each channel; its input is in 8 bits."""

    def __init__(self, model_path, num_threads):
        assert (model_path, num_threads) == ("net.tflite", 1)

    def allocate_tensors(self):
        self.values = {}

    def get_input_details(self):
        return [{"index": 3, "dtype": np.uint8}]

    def get_output_details(self):
        return [{"index": 7}]

    def set_tensor(self, index, value):
        assert (index, value.dtype, value.shape) == (3, np.uint8, (1, 2, 2, 3))
        self.values[7] = 2 * value.mean((1, 2))

    def invoke(self):
        pass

    def get_tensor(self, index):
        return self.values[index]


def test_pictures_in_one_file_become_logits_in_another(tmp_path, monkeypatch):
    played = ModuleType("tensorflow")
    monkeypatch.setattr(
        played, "lite", SimpleNamespace(Interpreter=PlayedInterpreter), raising=False
    )
    monkeypatch.setitem(sys.modules, "tensorflow", played)
    pixels = np.arange(36, dtype=np.float32).reshape(3, 2, 2, 3)
    np.save(tmp_path / "pixels.npy", pixels)
    asked, answered = str(tmp_path / "pixels.npy"), str(tmp_path / "logits.npy")
    run_tflite.main("net.tflite", asked, answered)
    np.testing.assert_array_equal(np.load(answered), 2 * pixels.mean((1, 2)))
