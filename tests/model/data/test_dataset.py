from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data.dataset import (
    Pictures,
    batches,
    calibration_pictures,
    split_by_class,
)
from irrvit.model.errors import BadData
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=4, width=4, resize=4)
CLASSES = np.repeat([0, 1, 2], [10, 40, 50])


def pictures() -> Pictures:
    """Grey pictures whose brightness is their number."""
    return Pictures(lambda i: Image.new("L", (4, 4), i), CLASSES)


def numbers(pixels: np.ndarray) -> list[int]:
    return pixels[:, 0, 0, 0].tolist()


class TestSplit:
    def test_parts_share_nothing_and_miss_nothing(self):
        kept, held_out = split_by_class(CLASSES, 0.1)
        assert sorted([*kept, *held_out]) == list(range(100))

    @pytest.mark.parametrize(("share", "counts"), [(0.1, [1, 4, 5]), (0.06, [1, 2, 3])])
    def test_every_class_is_held_out_alike_to_the_nearest_picture(self, share, counts):
        _, held_out = split_by_class(CLASSES, share)
        assert np.bincount(CLASSES[held_out]).tolist() == counts

    def test_is_the_same_every_time(self):
        once, again = split_by_class(CLASSES, 0.1), split_by_class(CLASSES, 0.1)
        assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))


class TestCalibration:
    def test_classes_take_turns(self):
        drawn = numbers(calibration_pictures(pictures(), SPEC, count=30))
        for end in (3, 6, 30):
            assert np.bincount(CLASSES[drawn[:end]]).tolist() == [end // 3] * 3

    def test_a_class_that_runs_out_is_replaced_by_the_others(self):
        drawn = numbers(calibration_pictures(pictures(), SPEC, count=100))
        assert sorted(drawn) == list(range(100))

    def test_seed_decides(self):
        one, same, other = (
            numbers(calibration_pictures(pictures(), SPEC, count=12, seed=s)) for s in (1, 1, 2)
        )
        assert one == same != other

    def test_are_rgb_pixels_of_the_networks_size(self):
        drawn = calibration_pictures(pictures(), SPEC, count=3)
        assert (drawn.shape, drawn.dtype) == ((3, 4, 4, 3), np.uint8)

    @pytest.mark.parametrize("count", [0, 101])
    def test_count_that_cannot_be_had(self, count):
        with pytest.raises(BadData, match=f"{count} calibration pictures were asked for, of 100"):
            calibration_pictures(pictures(), SPEC, count=count)


class TestBatches:
    def test_come_in_order_whoever_is_ready_first(self):
        def read(group: np.ndarray) -> np.ndarray:
            time.sleep(0.01 * (group[0] % 3))
            return group

        groups = [np.array([i]) for i in range(12)]
        assert [int(b[0]) for b in batches(read, groups, workers=3)] == list(range(12))

    def test_are_read_ahead_but_no_further_than_two_beyond_the_workers(self):
        started = []
        groups = [np.array([i]) for i in range(50)]
        stream = batches(lambda g: started.append(g) or g, groups, workers=3)
        next(stream)
        deadline = time.monotonic() + 5
        while len(started) < 5 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)  # For one too many.
        assert len(started) == 5
        stream.close()

    def test_error_of_a_reader_reaches_the_loop(self):
        def read(group: np.ndarray) -> np.ndarray:
            raise OSError("gone")

        with pytest.raises(OSError, match="gone"):
            list(batches(read, [np.array([0])]))
        assert not [t for t in threading.enumerate() if "ThreadPool" in t.name]
