"""What every target owes; they come from the folder: a new one is tested by being there."""

import copy
import shutil
import struct

import numpy as np
import pytest
import torch

from irrvit.export import pipeline, target
from irrvit.export.content import content_size
from irrvit.export.errors import BadArtifact
from irrvit.export.precision import Precision
from irrvit.export.proof.cases import batch, photographs
from irrvit.export.proof.explain import explain
from irrvit.export.target import KnowsDelegation, TracesValues

pytestmark = pytest.mark.slow


def param(name, *values):
    """A target as a parameter; skipped where its packages are missing."""
    facts = target.facts(name)
    needed = pytest.mark.needs(*facts.written_by, *facts.run_by)
    return pytest.param(name, *values, marks=needed, id="-".join([name, *values]))


def those_that(capability):
    return [param(n) for n in target.names() if isinstance(target.find(n), capability)]


every_target = pytest.mark.parametrize("name", [param(name) for name in target.names()])
every_file = pytest.mark.parametrize(
    ("name", "precision"),
    [param(name, p) for name in target.names() for p in target.facts(name).precisions],
)


def failing_report(written, path=None, prepared=None):
    """The parity report of a file that is expected to be wrong."""
    reports = written.judged(path, prepared).parity
    assert not all(report.passed for report in reports)
    return reports[0]


def rewrite(written, network, tmp_path):
    path = tmp_path / written.path.name
    spec = written.prepared.source.input
    written.target.write(network, spec, written.job.precision, path)
    return path


def copied(path, tmp_path):
    """A copy of a written file or folder, and the file in it that holds the weights."""
    copy_of = tmp_path / path.name
    if path.is_dir():
        shutil.copytree(path, copy_of)
        return copy_of, max(copy_of.rglob("*"), key=lambda file: file.stat().st_size)
    shutil.copy(path, copy_of)
    return copy_of, copy_of


def with_changed_weight(path, weight, tmp_path):
    """A copy of a written file in which one float32 weight, found by its bytes, is another."""
    copy_of, file = copied(path, tmp_path)
    content = file.read_bytes()
    assert content.count(struct.pack("<f", weight)) == 1
    file.write_bytes(content.replace(struct.pack("<f", weight), struct.pack("<f", weight + 1)))
    return copy_of


@every_file
def test_a_written_file_is_the_same_network(write_tiny, name, precision):
    written = write_tiny(name, precision)
    judged = written.judged()
    (report,) = judged.parity
    assert report.passed, report
    assert judged.failures == ()
    if Precision(precision) is not Precision.FP32:
        assert (judged.meaning.failures, judged.rounding.failures) == ((), ())
    cases = written.prepared.cases
    expected = photographs(cases) if written.job.is_calibrated else cases
    assert [diff.case for diff in report.diffs] == [case.name for case in expected]
    assert report.runner == target.facts(name).runner


@every_file
def test_what_must_be_delegated_is_delegated_whole(write_tiny, name, precision):
    written, facts = write_tiny(name, precision), target.facts(name)
    if Precision(precision) in facts.delegated:
        assert isinstance(written.target, KnowsDelegation)
        assert written.target.delegation(written.path).is_whole


@pytest.mark.parametrize(
    "name", [param(n) for n in target.names() if Precision.FP16 in target.facts(n).precisions]
)
def test_half_precision_halves_the_weights(write_tiny, name):
    full, half = (content_size(write_tiny(name, p).path) for p in ("fp32", "fp16"))
    parameters = write_tiny(name).prepared.folded.parameters()
    weights = sum(p.numel() for p in parameters if p.dim() > 1)
    # Two bytes for each, less what the graph gains: in a network this small it is half the file.
    assert full - half > 0.6 * 2 * weights


@every_target
def test_macs_equal_those_of_pytorch(write_tiny, name):
    written = write_tiny(name)
    macs = written.target.count_macs(written.path)
    assert macs == pytest.approx(written.prepared.macs, rel=0.01)


@every_target
def test_pictures_of_a_batch_do_not_mix(write_tiny, name):
    runner = write_tiny(name).target.load(write_tiny(name).path)
    pixels = batch(write_tiny(name).prepared.cases[:3])
    (together,) = runner.run(pixels).values()
    alone = [logits for one in pixels for logits in runner.run(one[None]).values()]
    assert np.array_equal(together, np.concatenate(alone))


@every_target
def test_swapped_colour_channels_are_caught(write_tiny, name, tmp_path):
    written = write_tiny(name)

    class Swapped(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.network = written.prepared.folded

        def forward(self, x):
            return self.network(torch.cat([x[:, 2:], x[:, 1:2], x[:, :1]], dim=1))

    failing_report(written, rewrite(written, Swapped().eval(), tmp_path))


@every_target
def test_a_broken_fold_is_caught(write_tiny, name, tmp_path):
    written = write_tiny(name)
    broken = copy.deepcopy(written.prepared.folded)
    biases = [p for n, p in broken.named_parameters() if "blocks" in n and n.endswith("bias")]
    with torch.no_grad():
        biases[0].neg_()
    failing_report(written, rewrite(written, broken, tmp_path))


@pytest.mark.parametrize("name", those_that(TracesValues))
def test_one_changed_weight_is_caught_and_its_layer_named(write_tiny, name, tmp_path):
    written = write_tiny(name)
    layers = dict(written.prepared.folded.named_modules())
    suspect = next(
        n for n, m in reversed(layers.items()) if "blocks.1" in n and hasattr(m, "weight")
    )
    path = with_changed_weight(
        written.path, layers[suspect].weight.detach().flatten()[5].item(), tmp_path
    )
    failing_report(written, path)
    pixels = batch(written.prepared.cases[:1])
    sentence = explain(
        written.prepared.folded, pixels, written.target.trace(path, pixels), max_rel=1e-5
    )
    assert suspect.removeprefix("network.") in sentence


@pytest.mark.parametrize("name", those_that(TracesValues))
def test_a_sound_file_has_no_departing_layer(write_tiny, name):
    written = write_tiny(name)
    pixels = batch(written.prepared.cases[:1])
    traced = written.target.trace(written.path, pixels)
    assert "every layer of the file agrees" in explain(
        written.prepared.folded, pixels, traced, max_rel=1e-5
    )


@every_target
def test_a_truncated_file_is_refused_in_a_sentence(write_tiny, name, tmp_path):
    path, file = copied(write_tiny(name).path, tmp_path)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(BadArtifact, match=path.name):
        write_tiny(name).target.load(path).run(np.zeros((1, 56, 56, 3), np.float32))


@every_target
def test_files_name_no_path_of_the_machine_that_wrote_them(write_tiny, name):
    path = write_tiny(name).path
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    home = str(pipeline.__file__).rsplit("/", 2)[0].encode()
    assert not any(home in file.read_bytes() for file in files)
