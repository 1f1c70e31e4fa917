"""The numbers of a `.pte` file are the network's, and others can be put in their place."""

import dataclasses

import numpy as np
import pytest

from irrvit.export.errors import BadArtifact
from irrvit.export.proof.numbers import foreign_numbers

pytestmark = [pytest.mark.slow, pytest.mark.needs("executorch")]


def numbers(graph):
    return {name: stored.values for name, stored in graph.constants.items()}


@pytest.fixture
def graph(mixed_file):
    from irrvit.export.executorch.float_graph import ExecuTorchFloatGraph

    return ExecuTorchFloatGraph(mixed_file)


def test_every_weight_of_the_network_is_among_them(graph, mixed):
    held = {values.tobytes() for values in map(np.sort, numbers(graph).values())}
    for name, weight in mixed.state_dict().items():
        assert np.sort(weight.numpy().ravel()).tobytes() in held, name


def test_one_changed_number_is_foreign(graph, mixed, mixed_file, tmp_path):
    from irrvit.export.executorch.float_graph import ExecuTorchFloatGraph

    parameters = {name: weight.numpy() for name, weight in mixed.state_dict().items()}
    assert foreign_numbers(numbers(graph), parameters) == []
    weight = parameters["qkv.weight"].ravel()[5]
    content = mixed_file.read_bytes()
    assert content.count(weight.tobytes()) == 1
    (tmp_path / "net.pte").write_bytes(content.replace(weight.tobytes(), (weight * 2).tobytes()))
    (sentence,) = foreign_numbers(numbers(ExecuTorchFloatGraph(tmp_path / "net.pte")), parameters)
    assert "is the network's 'qkv.weight' but for 1 of 768 numbers" in sentence


def test_it_runs_with_other_numbers_in_the_place_of_its_own(graph):
    pixels = np.full((1, 16, 16, 3), 100, np.float32)
    (name,) = [name for name, values in numbers(graph).items() if values.size == 5 * 16]
    zeros = dataclasses.replace(graph.constants[name], values=np.zeros(80, np.float32))
    scores = graph.run(pixels, {name: zeros})["scores"]
    bias = next(values for values in numbers(graph).values() if values.size == 5)
    np.testing.assert_allclose(scores[0], bias, rtol=1e-6)
    assert not np.allclose(graph.run(pixels)["scores"], scores)


def test_what_is_no_program_is_refused(tmp_path):
    from irrvit.export.executorch.float_graph import ExecuTorchFloatGraph

    (tmp_path / "net.pte").write_bytes(b"nothing of the kind")
    with pytest.raises(BadArtifact, match=r"the numbers of .*net\.pte cannot be read"):
        ExecuTorchFloatGraph(tmp_path / "net.pte")
