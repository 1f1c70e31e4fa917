"""The float graph of a file of any format: the file without its rounding, with its numbers."""

import numpy as np
import pytest

from irrvit.export import target
from irrvit.export.precision import Precision
from irrvit.export.proof.spread import largest_difference

pytestmark = pytest.mark.slow


def files(*, calibrated=False):
    """Of each format, all precisions below float32, or those that have ranges of values."""
    for name in target.names():
        facts = target.facts(name)
        needed = pytest.mark.needs(*facts.written_by, *facts.run_by)
        for precision in facts.precisions:
            if precision in facts.calibrated if calibrated else precision is not Precision.FP32:
                yield pytest.param(name, precision, marks=needed, id=f"{name}-{precision}")


def float_graphs(written):
    """Of a file, and of its float32 twin."""
    twin = written.twin.path
    return [written.target.float_graph(path, twin) for path in (written.path, twin)]


@pytest.mark.parametrize(("name", "precision"), list(files()))
def test_with_the_twins_numbers_it_is_the_twin(name, precision, write_tiny):
    written = write_tiny(name, precision)
    pixels = written.judged_pixels()[:2]
    file, twin = float_graphs(written)
    assert file.constants.keys() == twin.constants.keys()
    exact = twin.run(pixels)
    assert largest_difference(file.run(pixels, twin.constants), exact) < 1e-6
    assert largest_difference(file.run(pixels), exact) > 1e-5  # What fewer bits cost.


@pytest.mark.parametrize(("name", "precision"), list(files()))
def test_numbers_are_within_their_storage_and_not_all_exact(name, precision, write_tiny):
    file, twin = float_graphs(write_tiny(name, precision))
    exact = True
    for constant, stored in file.constants.items():
        wanted = twin.constants[constant].values
        off = np.abs(stored.values.astype(np.float64) - wanted)
        assert (off <= stored.bound(wanted)).all(), constant
        exact &= not off.any()
    assert not exact


@pytest.mark.parametrize(("name", "precision"), list(files(calibrated=True)))
def test_values_in_8_bits_have_ranges_that_hold_them(name, precision, write_tiny):
    written = write_tiny(name, precision)
    pixels, (file, _) = written.judged_pixels(), float_graphs(written)
    assert len(file.ranges) > 10
    for value, (low, high) in file.observe(pixels).items():
        held = file.ranges[value]
        assert held.low <= 0 <= held.high
        assert max(held.low - low, high - held.high) < 0.2 * (held.high - held.low)
    assert 1e-3 < largest_difference(file.run_rounded(pixels), file.run(pixels)) < 0.3
