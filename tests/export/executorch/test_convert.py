"""What is written is the network, in one piece."""

import numpy as np
import pytest
import torch
from torch import nn

from irrvit.export.errors import UnsupportedOp
from irrvit.export.precision import Precision
from irrvit.export.targets import executorch
from irrvit.model.spec import InputSpec

pytestmark = [pytest.mark.slow, pytest.mark.needs("executorch")]


def test_the_file_gives_what_the_network_gives(mixed, mixed_file):
    pixels = np.random.default_rng(0).uniform(0, 255, (2, 16, 16, 3)).astype(np.float32)
    got = executorch.load(mixed_file).run(pixels)
    for i in range(2):
        with torch.no_grad():
            expected = mixed(torch.from_numpy(pixels[i : i + 1]).permute(0, 3, 1, 2))
        for name, values in expected.items():
            np.testing.assert_allclose(got[name][i : i + 1], values, rtol=1e-4, atol=1e-5)


def test_xnnpack_takes_all_of_it_at_once(mixed_file):
    found = executorch.delegation(mixed_file)
    assert (found.partitions, found.left_out) == (1, ())
    assert found.nodes == executorch.count_operations(mixed_file) > 40


def test_its_multiply_accumulates_are_counted_from_the_file(mixed_file, mixed_macs):
    assert executorch.count_macs(mixed_file) == mixed_macs


def test_inputs_and_outputs_are_called_as_the_contract_has_them(mixed_file):
    from irrvit.export.executorch import program

    opened = program.load(mixed_file)
    assert (opened.inputs, opened.outputs) == (("image",), ("scores", "map"))


def test_an_operation_that_executorch_lacks_is_named(tmp_path):
    class Net(nn.Module):
        def forward(self, x):
            return {"logits": torch.linalg.eigvalsh(x[0, :1])}

    with pytest.raises(UnsupportedOp, match=r"executorch cannot convert .*_linalg_eigh.*leave"):
        executorch.write(
            Net().eval(),
            InputSpec(height=8, width=8, resize=8),
            Precision.FP32,
            tmp_path / "net.pte",
        )
    assert not (tmp_path / "net.pte").exists()
