"""What is held against a file besides parity is said in sentences that name it."""

import numpy as np
import pytest
import torch

from irrvit.export import target
from irrvit.export.errors import UnsupportedOp
from irrvit.export.job import ExportJob
from irrvit.export.judging.checks import count_macs, extra_work, failures
from irrvit.export.manifest import Delegation
from irrvit.export.precision import Precision

PICTURES = np.full((1, 8, 8, 3), 200.0, np.float32)
WHOLE = Delegation(nodes=5, partitions=1, left_out=())
CUT = Delegation(nodes=5, partitions=2, left_out=("SOFTMAX of /blocks.0",))


class Large(torch.nn.Module):
    def forward(self, x):
        return (x * 1e4).mean((2, 3)) / 1e4


def failed(name, precision, network, **options):
    delegation = options.pop("delegation", None)
    job = ExportJob(model="m", target=name, precision=Precision(precision), **options)
    return failures(job, network.eval(), PICTURES, delegation)


@pytest.mark.parametrize(
    ("name", "precision"), [(n, p) for n in target.names() for p in target.facts(n).precisions]
)
def test_an_overflow_blocks_what_a_phone_may_compute_in_half_precision(name, precision):
    sentences = failed(name, precision, Large())
    assert len(sentences) == (2 if precision in target.facts(name).fp16_arithmetic else 0)
    assert all("fp16 overflow" in sentence for sentence in sentences)


def test_an_operation_that_falls_out_is_a_failure_where_that_is_asked_for():
    sound = torch.nn.Flatten()
    (failure,) = failed("tflite", "int8", sound, delegation=CUT, require_delegated=True)
    assert failure == "XNNPACK computes the file in 2 pieces and leaves out SOFTMAX of /blocks.0"
    assert failed("tflite", "int8", sound, delegation=WHOLE, require_delegated=True) == []
    assert failed("tflite", "int8", sound, delegation=CUT) == []


def test_an_operation_beside_a_single_piece_is_left_out_all_the_same():
    beside = Delegation(nodes=5, partitions=1, left_out=("CUMSUM of /head",))
    sound = torch.nn.Flatten()
    (failure,) = failed("tflite", "int8", sound, delegation=beside, require_delegated=True)
    assert failure == "XNNPACK computes the file in 1 pieces and leaves out CUMSUM of /head"


def test_a_format_that_cannot_say_who_computes_it_fails_when_asked():
    (failure,) = failed("onnx", "int8", torch.nn.Flatten(), require_delegated=True)
    assert "onnx does not say" in failure


@pytest.mark.parametrize(
    ("macs", "is_other"), [(1009, False), (1011, True), (991, False), (989, True), (1000, False)]
)
def test_work_that_is_1_percent_more_or_less_than_the_networks_own_is_a_finding(macs, is_other):
    assert bool(extra_work(macs * 1000, 1_000_000)) is is_other


def test_other_work_is_said_with_both_figures():
    (finding,) = extra_work(103_800_000, 100_000_000)
    assert "103.8 million" in finding
    assert "100.0 million" in finding
    assert "changed how it computes" in finding


class Counts:
    """A target of which only the count is asked."""

    def __init__(self, macs):
        self.macs = macs

    def count_macs(self, path):
        if self.macs is None:
            raise UnsupportedOp("nobody knows 'x'")
        return self.macs


@pytest.mark.parametrize(
    ("macs", "counted", "said"),
    [
        (100, 100, []),
        (200, 200, ["the file has 0.0 million"]),
        (None, 100, ["multiply-accumulates are the network's, not the file's: nobody knows 'x'"]),
    ],
)
def test_what_cannot_be_counted_is_said_and_ends_nothing(macs, counted, said, tmp_path):
    got, sentences = count_macs(Counts(macs), tmp_path, 100)  # pyright: ignore[reportArgumentType]
    assert got == counted
    assert [sentence[: len(start)] for sentence, start in zip(sentences, said, strict=True)] == said
