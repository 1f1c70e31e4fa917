"""Apple's own code is a second judge of our interpreter of Core ML programs.

Core AI's runtime runs off macOS, Core ML's does not; so the same network goes through both formats,
and the two have to say the same.
"""

import pytest

from irrvit.export.proof.cases import batch, photographs
from irrvit.export.proof.rounding import explained_by_float16
from irrvit.export.proof.spread import largest_difference

pytestmark = [pytest.mark.slow, pytest.mark.needs("coremltools", "coreai", "coreai_torch")]
JUDGES = ("coreml", "coreai")
# Of the outputs' spread: what float32 itself loses, in another order of additions.
FLOAT32 = 2e-5


@pytest.fixture(scope="module")
def pixels(prepared_tiny):
    return batch(photographs(prepared_tiny.cases))


def run(write_tiny, name, precision, pixels):
    written = write_tiny(name, precision)
    return written.target.load(written.path).run(pixels)


def test_both_say_the_same_in_float32(write_tiny, pixels):
    ours, apples = (run(write_tiny, name, "fp32", pixels) for name in JUDGES)
    assert largest_difference(ours, apples) < FLOAT32


def test_both_make_the_same_graph_of_half_precision(write_tiny, pixels):
    """Run without rounding, with the numbers as each of the two stores them."""
    written = [write_tiny(name, "fp16") for name in JUDGES]
    graphs = [one.target.float_graph(one.path, one.path) for one in written]
    ours, apples = (graph.run(pixels) for graph in graphs)
    assert largest_difference(ours, apples) < FLOAT32


def test_both_round_half_precision_by_as_much(write_tiny, prepared_tiny, pixels):
    from irrvit.export.pixels import image_tensor

    ours, apples = (run(write_tiny, name, "fp16", pixels) for name in JUDGES)
    (explained,) = explained_by_float16(prepared_tiny.folded, image_tensor(pixels)).values()
    assert 0 < largest_difference(ours, apples) < 3 * explained
