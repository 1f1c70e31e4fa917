"""Outputs of a device are held against those of this machine, picture by picture."""

import numpy as np
import pytest

from irrvit.benchmark.measurement import HostParity
from irrvit.benchmark.run import untimed
from irrvit.benchmark.run.untimed import to_host_parity

HERE = [np.array([1.0, -4.0, 2.0]), np.array([10.0, 5.0, 0.0])]


def test_equal_outputs_have_no_difference():
    assert to_host_parity(HERE, HERE) == HostParity(pictures=2, max_rel=0.0, same_decisions=2)


@pytest.mark.parametrize(("picture", "error", "max_rel"), [(0, 0.4, 0.1), (1, 0.4, 0.04)])
def test_a_difference_is_a_share_of_the_largest_output_of_its_picture(picture, error, max_rel):
    there = [logits.copy() for logits in HERE]
    there[picture][1] += error
    assert to_host_parity(there, HERE).max_rel == pytest.approx(max_rel)


def test_the_largest_of_all_pictures_counts():
    there = [HERE[0] + [0, 0.4, 0], HERE[1] + [0, 0.4, 0]]
    assert to_host_parity(there, HERE).max_rel == pytest.approx(0.1)


def test_pictures_that_are_named_alike_are_counted():
    there = [HERE[0], HERE[1][::-1]]
    assert to_host_parity(there, HERE).same_decisions == 1


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_what_is_not_finite_has_no_difference(broken):
    there = [HERE[0], np.array([broken, 5.0, 0.0])]
    assert to_host_parity(there, HERE).max_rel is None


def test_no_picture_at_all_has_no_difference():
    assert to_host_parity([], []) == HostParity(pictures=0, max_rel=None, same_decisions=0)


def test_the_golden_pictures_are_shown_and_their_outputs_kept(fake, subject):
    answers = untimed.answer_golden(fake, subject("a"), fake.config)
    assert answers.agreement.passed
    assert [logits.tolist() for logits in answers.logits] == [[0.0, 5.0, 1.0]]
    assert answers.load_info.runtime_version == "fake 1"
    assert fake.open_processes == []


def test_a_file_that_cannot_be_run_is_a_failure_and_said(fake, subject):
    result = untimed.run(fake, [subject("corrupt")], fake.config, fake.notify)
    why = "its runtime says: not a model"
    assert (result.measurements, result.interrupted) == ([], False)
    assert result.failures == {"corrupt tflite-fp32 litert": why}
    assert [stage for _, stage in fake.said] == ["showing it 1 pictures", f"failed: {why}"]


def test_ctrl_c_ends_it_and_keeps_what_was_found_out(fake, subject):
    def open(path, config):
        raise KeyboardInterrupt

    fake.open = open
    result = untimed.run(fake, [subject("a"), subject("b")], fake.config, fake.notify)
    assert result.interrupted
    assert [name for name, _ in fake.said] == ["a tflite-fp32 litert", "all"]
