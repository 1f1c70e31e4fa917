"""Weights of a table stand for the nearest of its values, and for nothing else."""

import numpy as np
import pytest
import torch
from torch import nn

pytestmark = pytest.mark.needs("coreai", "coreai_torch")
PIXELS = np.random.default_rng(0).integers(0, 256, (2, 6, 6, 3)).astype(np.float32)


@pytest.fixture
def network():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 64, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1024, 40), nn.LayerNorm(40)
    return nn.Sequential(*layers, nn.Linear(40, 5))


@pytest.fixture
def small_file(write_coreai, network):
    return write_coreai(network, precision="w8")


def test_each_of_many_numbers_is_the_nearest_of_256(write_coreai, network, small_file):
    from irrvit.export.coreai import constants, program, tables

    halved = constants.read(program.load(write_coreai(network, precision="fp16")))
    read = program.load(small_file)
    found = tables.expand(read)
    numbers = constants.read(read)
    assert [values.shape for values in numbers] == [values.shape for values in halved]
    of_many = {i for i, values in enumerate(halved) if values.size >= 512}
    assert {halved[i].shape for i in of_many} == {(64, 3, 3, 3), (40, 1024)}
    assert found.keys() == of_many
    for i, (ours, original) in enumerate(zip(numbers, halved, strict=True)):
        if i not in of_many:
            np.testing.assert_array_equal(ours, original)
            continue
        assert found[i].shape == (256,)
        distances = np.abs(original.reshape(-1, 1).astype(np.float64) - found[i])
        off = np.abs(ours.astype(np.float64) - original).ravel()
        np.testing.assert_allclose(off, distances.min(1), atol=1e-4)


def test_the_runtime_looks_up_what_we_do(small_file):
    """Apple's lookup, and our own before the file is run."""
    from irrvit.export.coreai import program, runner, tables

    expanded = program.load(small_file)
    tables.expand(expanded)
    dense = small_file.with_name("dense.aimodel")
    program.save(expanded, dense)
    ours, theirs = (runner.load(path).run(PIXELS)["logits"] for path in (dense, small_file))
    np.testing.assert_array_equal(ours, theirs)


def test_a_lookup_is_no_operation(write_coreai, network, small_file):
    from irrvit.export.coreai import count, program

    halved = program.load(write_coreai(network, precision="fp16"))
    tabled = program.load(small_file)
    assert len(tabled.operations()) == len(halved.operations())
    assert count.macs(tabled) == count.macs(halved) == 16 * 64 * 27 + 1024 * 40 + 40 * 5


def test_a_file_is_half_of_one_of_float16(write_coreai, network, small_file):
    def size(path):
        return sum(part.stat().st_size for part in path.rglob("*") if part.is_file())

    assert size(small_file) < 0.6 * size(write_coreai(network, precision="fp16"))


def test_its_graph_is_that_of_its_twin(write_coreai, network, small_file):
    from irrvit.export.coreai.float_graph import CoreAIFloatGraph

    file, twin = map(CoreAIFloatGraph, (small_file, write_coreai(network)))
    assert list(file.constants) == list(twin.constants)
    (ours,), (other,) = file.run(PIXELS).values(), twin.run(PIXELS, file.constants).values()
    np.testing.assert_array_equal(ours, other)
    for name, stored in file.constants.items():
        original = twin.constants[name].values
        assert (np.abs(stored.values - original) <= stored.bound(original)).all()
