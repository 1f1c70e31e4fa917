"""A network for what it is wanted for, with names for what it returns."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.errors import ModelError
from irrvit.model.outputs import Task
from irrvit.model.sources.named import NamedOutputs, for_task, with_outputs
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=8, width=8, resize=8)
PICTURES = torch.rand(2, 3, 8, 8)


class Net(nn.Module):
    """A classifier of timm's kind: it can lose its last layer."""

    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 6, 3, 2, 1), nn.Linear(6, 4)

    def reset_classifier(self, classes):
        assert classes == 0
        self.head = nn.Identity()

    def forward(self, x):
        return self.head(self.stem(x).mean((2, 3)))


def source(network):
    return Source("net", network.eval(), SPEC, tuple("abcd"), "random")


def test_a_classifier_gives_what_its_last_layer_reads():
    network = Net()
    expected = network.stem(PICTURES).mean((2, 3))
    embedding = for_task(source(network), Task.EMBEDDING)
    assert [(o.name, o.shape, str(o.meaning)) for o in embedding.outputs] == [
        ("embedding", (1, 6), "embedding")
    ]
    assert embedding.labels == ()
    assert torch.equal(embedding.network(PICTURES)["embedding"], expected)


def test_a_classifier_stays_one_with_its_labels():
    same = for_task(source(Net()), Task.CLASSIFICATION)
    assert (same.labels, same.outputs[0].name) == (tuple("abcd"), "logits")
    assert same.network(PICTURES).shape == (2, 4)


def test_what_cannot_be_meant_so_is_refused_with_what_there_is():
    with pytest.raises(ModelError, match=r"gives logits \[1, 4\], which is nothing for 'dense'"):
        for_task(source(Net()), Task.DENSE)


def test_a_map_may_be_meant_as_numbers_and_is_called_so():
    network = nn.Conv2d(3, 6, 3, 2, 1)
    dense = with_outputs(source(network), {"": network(PICTURES[:1])})
    other = for_task(dense, Task.OTHER)
    assert [(o.name, str(o.meaning)) for o in (*dense.outputs, *other.outputs)] == [
        ("class_map", "class_map"),
        ("values", "values"),
    ]
    assert list(other.network(PICTURES)) == ["values"]


def test_integers_and_truth_values_are_of_one_kind():
    class Two(nn.Module):
        def forward(self, x):
            return [x.argmax(1), {"bright": x[:, 0] > 0.5}]

    answer = NamedOutputs(Two(), ["best", "bright"])(PICTURES)
    assert {name: value.dtype for name, value in answer.items()} == {
        "best": torch.int32,
        "bright": torch.int32,
    }
    assert torch.equal(answer["bright"].bool(), PICTURES[:, 0] > 0.5)
