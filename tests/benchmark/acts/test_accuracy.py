"""A sample is spread over a labelled set, and what cannot be read of one is said."""

import numpy as np
import pytest
from PIL import Image

from irrvit.benchmark.acts import accuracy
from irrvit.benchmark.acts.accuracy import AccuracyResult, Sample
from irrvit.benchmark.acts.options import AccuracyOptions
from irrvit.benchmark.errors import BenchmarkError
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.spec import InputSpec

SPEC = InputSpec(
    height=8, width=8, resize=8, interpolation="bilinear", mean=(0, 0, 0), std=(1, 1, 1)
)


def pictures(values):
    """Each of one colour, its class the colour's parity."""
    return Pictures(
        lambda i: Image.new("RGB", (8, 8), (values[i],) * 3), np.array(values, np.int64) % 2
    )


@pytest.fixture
def data():
    return Dataset(
        name="greys",
        labels=("even", "odd"),
        train=pictures([10, 11, 12]),
        held_out=pictures([20, 21]),
        test=None,
        mean=(0, 0, 0),
        std=(1, 1, 1),
        crop=1.0,
        sha256="00" * 32,
    )


def test_a_sample_takes_the_pictures_of_every_part_with_their_classes(data):
    sample = Sample(data, np.array([0, 2, 3]))
    assert sample.pixels(SPEC)[:, 0, 0, 0].tolist() == [10, 12, 20]
    assert sample.expected(("odd", "even")).classes.tolist() == [1, 1, 1]


def test_a_sample_is_spread_over_the_whole_set(data):
    assert accuracy.draw(data, 3).indices.tolist() == [0, 2, 4]
    assert accuracy.draw(data, 1000).indices.tolist() == [0, 1, 2, 3, 4]


def test_pictures_that_cannot_be_found_are_said_in_a_sentence():
    with pytest.raises(BenchmarkError, match="unknown data 'nothing'"):
        accuracy.run(AccuracyOptions(data="nothing"), lambda name, stage: None)


def test_nothing_decided_is_no_success():
    assert AccuracyResult([], {}).exit_code == 2
    assert AccuracyResult([], {"net": "died"}).exit_code == 2
