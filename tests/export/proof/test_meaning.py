"""A file of fewer bits is its float32 twin with other numbers, or it is another network."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from irrvit.export.proof.meaning import MAX_REL, check_meaning
from irrvit.export.proof.storage import Bound, Range, Stored, as_float16, exactly

PIXELS = np.arange(2 * 4 * 4 * 3, dtype=np.float32).reshape(2, 4, 4, 3)
WEIGHT = np.linspace(-1, 1, 48 * 3, dtype=np.float32).reshape(48, 3)


@dataclass
class Graph:
    """A linear layer; `error` is added to its outputs."""

    weight: np.ndarray
    bound: Bound = as_float16
    name: str = "weight"
    error: float = 0.0
    ranges: dict[str, Range] = field(default_factory=dict)

    @property
    def constants(self):
        return {self.name: Stored(self.weight, self.bound)}

    def run(self, pixels, constants=None):
        weight = (constants or self.constants)[self.name].values
        outputs = pixels.reshape(len(pixels), -1) @ weight
        return {"logits": outputs + self.error * np.ptp(outputs) * np.eye(*outputs.shape)}


def half(weight):
    return weight.astype(np.float16).astype(np.float32)


TWIN = Graph(WEIGHT, exactly)


def test_the_twin_with_fewer_bits_passes():
    meaning = check_meaning(Graph(half(WEIGHT)), TWIN, PIXELS)
    assert meaning.passed
    assert (meaning.constants, meaning.max_rel) == (WEIGHT.size, 0.0)


def test_one_number_beyond_its_storage_fails_and_is_named():
    weight = half(WEIGHT)
    weight[7, 1] *= 1.05
    meaning = check_meaning(Graph(weight), TWIN, PIXELS)
    assert not meaning.passed
    assert "constant 'weight': 1 of 144 numbers" in meaning.failures[0]


@pytest.mark.parametrize(("times", "passes"), [(0.9, True), (1.1, False)])
def test_a_graph_that_computes_something_else_fails(times, passes):
    scale = 1.0  # The graph's error is a share of the outputs' spread already.
    meaning = check_meaning(Graph(half(WEIGHT), error=times * MAX_REL * scale), TWIN, PIXELS)
    assert meaning.max_rel >= times * MAX_REL
    assert meaning.passed is (meaning.max_rel <= MAX_REL)
    assert passes or not meaning.passed


def test_a_constant_of_another_shape_fails():
    meaning = check_meaning(Graph(half(WEIGHT)[:, :2]), TWIN, PIXELS)
    assert "has shape (48, 2)" in meaning.failures[0]


def test_a_constant_that_one_side_lacks_fails():
    meaning = check_meaning(Graph(half(WEIGHT), name="other"), TWIN, PIXELS)
    assert not meaning.passed
    assert "'weight' is not in the file" in meaning.failures[0]
    assert meaning.max_rel == np.inf
