"""Which operations XNNPACK takes, and which are named because it does not."""

import numpy as np
import pytest

from irrvit.export.manifest import Delegation

pytestmark = pytest.mark.needs("ai_edge_litert")
WEIGHTS = np.eye(3, dtype=np.float32)


def test_a_file_that_the_delegate_takes_whole_leaves_nothing_out(write_tflite):
    from irrvit.export.tflite.placement import delegation

    path = write_tflite(("FULLY_CONNECTED", WEIGHTS), ("RELU",))
    assert delegation(path.read_bytes()) == Delegation(nodes=2, partitions=1, left_out=())


def test_an_operation_that_falls_out_cuts_the_file_and_is_named_with_its_module(write_tflite):
    from irrvit.export.tflite.placement import delegation

    path = write_tflite(("RELU",), ("LOG_SOFTMAX",), ("FULLY_CONNECTED", WEIGHTS))
    seen = delegation(path.read_bytes())
    assert seen == Delegation(nodes=3, partitions=2, left_out=("LOG_SOFTMAX of /log_softmax",))
    assert not seen.is_whole


def test_a_file_that_the_delegate_does_not_take_is_left_to_the_interpreter(write_tflite):
    from irrvit.export.tflite.placement import delegation

    seen = delegation(write_tflite(("LOG_SOFTMAX",)).read_bytes())
    assert seen == Delegation(nodes=1, partitions=0, left_out=("LOG_SOFTMAX of /log_softmax",))
