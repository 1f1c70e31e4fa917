"""A `.pte` file of ours is run picture by picture; another one is refused in a sentence."""

import numpy as np
import pytest
import torch

from irrvit.export.errors import BadArtifact

pytestmark = [pytest.mark.slow, pytest.mark.needs("executorch")]
PIXELS = np.random.default_rng(1).uniform(0, 255, (2, 16, 16, 3)).astype(np.float32)


def test_what_an_earlier_call_gave_is_not_changed_by_a_later(mixed_file):
    from irrvit.export.executorch import runner

    loaded = runner.load(mixed_file)
    assert loaded.name == "executorch"
    first = loaded.run(PIXELS[:1])["scores"]
    kept = first.copy()
    assert not np.array_equal(loaded.run(PIXELS[1:])["scores"], kept)
    np.testing.assert_array_equal(first, kept)


def test_a_file_may_be_replaced_while_it_is_open(mixed_file, tmp_path):
    """It is read into memory: a mapped file that changes kills the process."""
    from irrvit.export.executorch import runner

    copy = tmp_path / "net.pte"
    copy.write_bytes(mixed_file.read_bytes())
    loaded = runner.load(copy)
    expected = loaded.run(PIXELS)["scores"]
    copy.write_bytes(b"")
    np.testing.assert_array_equal(loaded.run(PIXELS)["scores"], expected)


def test_a_file_that_takes_no_image_is_refused(tmp_path):
    from executorch.exir import to_edge

    from irrvit.export.executorch import runner

    program = torch.export.export(torch.nn.ReLU(), (torch.zeros(1, 3),))
    (tmp_path / "net.pte").write_bytes(to_edge(program).to_executorch().buffer)
    with pytest.raises(BadArtifact, match=r"net\.pte: the inputs are \[\], expected \['image'\]"):
        runner.load(tmp_path / "net.pte")


def test_what_a_kernel_refuses_is_said_in_a_sentence(tmp_path):
    from irrvit.export.precision import Precision
    from irrvit.export.targets import executorch
    from irrvit.model.spec import InputSpec

    class Net(torch.nn.Module):
        def forward(self, x):
            kernel = torch.ones(2, 1, 3, 3, 3)
            return {"values": torch.nn.functional.conv3d(x[:, None], kernel)}

    spec = InputSpec(height=8, width=8, resize=8)
    executorch.write(Net().eval(), spec, Precision.FP32, tmp_path / "net.pte")
    loaded = executorch.load(tmp_path / "net.pte")
    with pytest.raises(BadArtifact, match=r"^ExecuTorch cannot run net\.pte \(.*leave this format"):
        loaded.run(np.zeros((1, 8, 8, 3), np.float32))


def test_a_file_whose_weights_are_cut_off_is_refused(mixed_file, tmp_path):
    from irrvit.export.executorch import runner

    (tmp_path / "net.pte").write_bytes(mixed_file.read_bytes()[:-2000])
    with pytest.raises(BadArtifact, match=r"net\.pte"):
        runner.load(tmp_path / "net.pte")
