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
    """Doubles the mean of each channel, in memory that it uses again; its input is in 8 bits."""

    def __init__(self, model_path, num_threads):
        assert (model_path, num_threads) == ("net.tflite", 1)

    def allocate_tensors(self):
        self.values = np.zeros((1, 3))

    def get_input_details(self):
        return [{"index": 3, "dtype": np.uint8}]

    def get_signature_list(self):
        return {"serving_default": {"inputs": ["image"], "outputs": ["logits", "score"]}}

    def get_signature_runner(self):
        return self.answer

    def answer(self, *, image):
        assert (image.dtype, image.shape) == (np.uint8, (1, 2, 2, 3))
        self.values[:] = 2 * image.mean((1, 2))
        return {"logits": self.values, "score": self.values[0, 0]}


def test_pictures_in_one_file_become_outputs_in_another(tmp_path, monkeypatch):
    played = ModuleType("tensorflow")
    monkeypatch.setattr(
        played, "lite", SimpleNamespace(Interpreter=PlayedInterpreter), raising=False
    )
    monkeypatch.setitem(sys.modules, "tensorflow", played)
    pixels = np.arange(36, dtype=np.float32).reshape(3, 2, 2, 3)
    np.save(tmp_path / "pixels.npy", pixels)
    asked, answered = str(tmp_path / "pixels.npy"), str(tmp_path / "outputs.npz")
    run_tflite.main("net.tflite", asked, answered)
    with np.load(answered) as outputs:
        np.testing.assert_array_equal(outputs["logits"][:, 0], 2 * pixels.mean((1, 2)))
        np.testing.assert_array_equal(outputs["score"], 2 * pixels[..., 0].mean((1, 2)))
