"""A network in memory is exported like any other, whatever it returns, from any script."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from irrvit.export import artifact, export
from irrvit.export.errors import BadOption
from irrvit.model.errors import ModelError

pytestmark = pytest.mark.needs("torch")

# As a person writes it: nothing keeps the script from running again in a new process.
SCRIPT = """
import torch
from torch import nn
from irrvit.export import export
from irrvit.model.sources import random_weights
from irrvit.model.spec import InputSpec

class Many(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.classes, self.point = nn.Conv2d(8, 5, 1), nn.Linear(8, 6)

    def forward(self, picture, flip=False):
        x = self.stem(picture)
        maps = nn.functional.interpolate(self.classes(x), scale_factor=2, mode="bilinear")
        return {
            "map": maps,
            "anchors": torch.arange(6.0).reshape(1, 3, 2) / 4,
            "depth": maps.abs().sum(1),
            "nested": [self.point(x.mean((2, 3))), (maps.argmax(1),)],
        }

torch.manual_seed(0)
network = Many().eval()
spec = InputSpec(height=24, width=40, resize=24, color="gray", mean=(0,), std=(1,))
random_weights.make_healthy(network, spec)
result = export(network, {"picture": torch.zeros(1, 1, 24, 40)}, out="here", mean=[0], std=[1])
print({a.manifest.target: a.manifest.verdict for a in result.artifacts}, result.errors)
"""


@pytest.mark.slow
@pytest.mark.needs("coremltools", "litert_torch", "onnxscript")
def test_every_format_has_every_output_from_a_script_without_a_guard(tmp_path):
    (tmp_path / "mine.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    verdicts = "{'coreml': 'same decisions', 'onnx': 'same', 'tflite': 'same'} {}"
    assert done.stdout.strip() == verdicts
    for folder in (tmp_path / "here").glob("*-fp*"):
        opened = artifact.open(folder)
        said = json.loads((folder / artifact.MANIFEST).read_text())
        assert (said["model"], said["task"], said["labels"]) == ("network", "other", [])
        assert (said["input"]["color"], said["input"]["width"]) == ("gray", 40)
        assert {o["name"]: (o["shape"], o["meaning"]) for o in said["outputs"]} == {
            "map": ([1, 5, 24, 40], "class_map"),
            "anchors": ([1, 3, 2], "values"),
            "depth": ([1, 24, 40], "value_map"),
            "nested_0": ([1, 6], "values"),
            "nested_1_0": ([1, 24, 40], "indices"),
        }
        pixels = artifact_pixels(opened)
        shapes = {name: value.shape for name, value in opened.run_all(pixels).items()}
        assert shapes == {o.name: (2, *o.shape[1:]) for o in opened.manifest.outputs}
        assert {diff.output for diff in opened.manifest.parity[0].diffs} == set(shapes)


def artifact_pixels(opened):
    from irrvit.export.proof.cases import golden_pictures

    pictures = list(golden_pictures(opened.manifest.input).values())
    return np.stack(pictures[:2])


def linear():
    from torch import nn

    return nn.Sequential(nn.Flatten(), nn.Linear(48, 3))


def picture():
    import torch

    return torch.zeros(1, 3, 4, 4)


def test_a_network_in_train_mode_is_refused():
    with pytest.raises(ModelError, match=r"in train mode: call eval\(\)"):
        export(linear().train(), picture())


def test_a_network_that_cannot_be_traced_is_refused_in_a_sentence():
    from torch import nn

    class Choosing(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ModelError, match=r"torch\.export cannot trace the network"):
        export(Choosing().eval(), picture())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [({"task": "segmentation"}, "unknown task"), ({"mean": [0.5] * 2}, "--mean got '0.5,0.5'")],
)
def test_an_option_without_sense_is_refused(options, sentence, tmp_path):
    with pytest.raises(BadOption, match=sentence):
        export(linear().eval(), picture(), out=tmp_path, **options)
