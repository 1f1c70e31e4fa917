"""What is measured is called by one name everywhere."""

import numpy as np

from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results.golden import GoldenPicture
from irrvit.benchmark.subject import Subject

PIXELS = np.zeros((1, 2, 2, 3))
SUBJECT = Subject(
    name="irrvit_tiny",
    path="net.onnx",
    target="onnx",
    precision="fp32",
    runtime="onnxruntime",
    sha256="ab" * 32,
    size_bytes=6,
    macs=7,
    golden=(GoldenPicture("cat.jpg", PIXELS, (1,), (5.0,), 1e-4),),
)


def test_its_label_says_which_network_in_which_file_by_which_runtime():
    assert SUBJECT.label == "irrvit_tiny onnx-fp32 onnxruntime"
    assert SUBJECT.file_label == "irrvit_tiny onnx-fp32"


def test_it_is_timed_on_its_first_golden_picture():
    assert SUBJECT.pixels is PIXELS


def test_its_facts_have_the_names_of_a_measurement():
    assert SUBJECT.facts().keys() <= set(Measurement.model_fields)
