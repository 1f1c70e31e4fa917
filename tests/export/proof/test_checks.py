"""What is held against a file besides parity is said in sentences that name it."""

import numpy as np
import torch

from irrvit.export.job import ExportJob
from irrvit.export.manifest import Delegation
from irrvit.export.precision import Precision
from irrvit.export.proof.checks import extra_work, failures

PICTURES = np.full((1, 8, 8, 3), 200.0, np.float32)
WHOLE = Delegation(nodes=5, partitions=1, left_out=())
CUT = Delegation(nodes=5, partitions=2, left_out=("SOFTMAX of /blocks.0",))


class Large(torch.nn.Module):
    def forward(self, x):
        return (x * 1e4).mean((2, 3)) / 1e4


def found(target, precision, network, **options):
    delegation = options.pop("delegation", None)
    job = ExportJob(model="m", target=target, precision=Precision(precision), **options)
    return failures(job, network.eval(), PICTURES, delegation)


def test_an_overflow_blocks_half_precision_in_every_format():
    for target in ("coreml", "onnx", "tflite"):
        assert "fp16 overflow" in found(target, "fp16", Large())[0]
        assert found(target, "fp32", Large()) == []


def test_core_ml_computes_compressed_weights_in_half_precision_too():
    assert "fp16 overflow" in found("coreml", "w8", Large())[0]
    assert found("tflite", "int8", Large()) == []


def test_an_operation_that_falls_out_is_a_failure_where_that_is_asked_for():
    sound = torch.nn.Flatten()
    (failure,) = found("tflite", "int8", sound, delegation=CUT, require_delegated=True)
    assert failure == "XNNPACK computes the file in 2 pieces and leaves out SOFTMAX of /blocks.0"
    assert found("tflite", "int8", sound, delegation=WHOLE, require_delegated=True) == []
    assert found("tflite", "int8", sound, delegation=CUT) == []


def test_a_format_that_cannot_say_who_computes_it_fails_when_asked():
    (failure,) = found("onnx", "int8", torch.nn.Flatten(), require_delegated=True)
    assert "onnx does not say" in failure


def test_more_work_than_the_networks_own_is_a_finding():
    assert extra_work(1000, 995) == []
    assert "changed how it computes" in extra_work(1038, 1000)[0]
