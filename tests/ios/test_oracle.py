"""What plays Core ML in the tests of the app answers as the project's interpreter does."""

from __future__ import annotations

import base64
import io
import json
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from irrvit.export import artifact

_FASHION = Path(__file__).parents[2] / "ios_app/BuiltIn/models/2_irrvit_fashion"


@pytest.fixture(scope="module")
def ask():
    """A connection to an oracle: a question and its answer."""
    command = [sys.executable, str(Path(__file__).with_name("oracle.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        port = int(running.stdout.readline())
        with socket.create_connection(("127.0.0.1", port)) as connection:
            lines = connection.makefile("rw")

            def ask(**question):
                lines.write(json.dumps(question) + "\n")
                lines.flush()
                return json.loads(lines.readline())

            yield ask
        running.terminate()


@pytest.mark.needs("coremltools")
def test_a_picture_gets_the_logits_of_the_interpreter(ask):
    opened = artifact.open(_FASHION)
    pixels = np.random.default_rng(0).integers(0, 256, (1, 28, 28, 3), np.uint8)
    facts = ask(do="load", path=str(opened.path))
    assert facts["inputs"] == {"image": [1, 3, 28, 28]}
    image = base64.b64encode(pixels.tobytes()).decode()
    answer = ask(do="run", input="image", image=image, size=[28, 28])
    # As many threads, or others, add up in another order; the values are float16.
    assert answer["outputs"]["logits"] == pytest.approx(opened.run(pixels)[0].tolist(), abs=5e-3)


@pytest.mark.needs("coremltools")
def test_constants_are_listed_among_the_operations_as_core_ml_does(ask):
    kinds = [
        kind
        for kind, _ in ask(do="load", path=str(_FASHION / "irrvit_fashion.mlpackage"))["operations"]
    ]
    assert "const" in kinds
    assert "ios16.conv" in kinds


def test_a_question_that_cannot_be_answered_gets_an_error(ask):
    assert "error" in ask(do="load", path="/no/such/package")
    assert "error" in ask(do="picture", content="", upright=True, most=10)


@pytest.mark.parametrize(("upright", "size"), [(True, (20, 40)), (False, (40, 20))])
def test_a_picture_is_turned_only_if_asked_for(ask, upright, size):
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # Lies on its side.
    Image.new("RGB", (40, 20)).save(stream, "JPEG", exif=exif)
    content = base64.b64encode(stream.getvalue()).decode()
    answer = ask(do="picture", content=content, upright=upright, most=100)
    assert (answer["width"], answer["height"]) == size
