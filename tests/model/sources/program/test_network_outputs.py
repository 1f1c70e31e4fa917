"""A `.pt2` that is no classifier has named outputs, of any shape."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from irrvit.model import sources
from irrvit.model.errors import ModelError


class Net(nn.Module):
    """The smallest thing that is a classifier."""

    def __init__(self, classes: int = 5):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8)
        self.head = nn.Linear(8, classes)

    def forward(self, x):
        return self.head(self.norm(self.conv(x)).relu().mean((2, 3)))


def save(network: nn.Module, path: Path, *, batch: int = 1, dynamic=None, size: int = 32) -> Path:
    example = (torch.randn(batch, 3, size, size),)
    torch.export.save(torch.export.export(network, example, dynamic_shapes=dynamic), path)
    return path


class Returning(Net):
    """A network that returns what a function makes of its feature map (N, 8, 16, 16)."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, x):
        return self.answer(self.norm(self.conv(x)).relu())


def loaded(network: nn.Module, path: Path, task=None):
    return sources.load(str(save(network.eval(), path)), task=task)


class TestOutputs:
    """What is no classifier has named outputs, of any shape."""

    @pytest.mark.parametrize(
        ("answer", "outputs"),
        [
            (lambda y: y, [("class_map", (1, 8, 16, 16), "class_map")]),
            (lambda y: y[:, 0], [("value_map", (1, 16, 16), "value_map")]),
            (lambda y: y.mean(), [("score", (), "score")]),
            (lambda y: y.argmax(1), [("indices", (1, 16, 16), "indices")]),
            (lambda y: y[:, 0] > 0, [("indices", (1, 16, 16), "indices")]),
            (lambda y: y.flatten(2), [("values", (1, 8, 256), "values")]),
            (lambda y: {"embeds": y.mean((2, 3))}, [("embeds", (1, 8), "embedding")]),
            (
                lambda y: OrderedDict(out=y, aux=y + 1),
                [("out", (1, 8, 16, 16), "class_map"), ("aux", (1, 8, 16, 16), "class_map")],
            ),
            (
                lambda y: [y.flatten(2).transpose(1, 2)[0, :, :4], {"scores": y.mean((2, 3))}],
                [("output_0", (256, 4), "values"), ("scores", (1, 8), "values")],
            ),
        ],
    )
    def test_are_the_original_ones_by_name(self, tmp_path, answer, outputs):
        network, x = Returning(answer), torch.randn(1, 3, 32, 32)
        source = loaded(network, tmp_path / "x.pt2")
        assert [(o.name, o.shape, str(o.meaning)) for o in source.outputs] == outputs
        assert source.labels == ()
        got, expected = source.network(x), tree_leaves(network(x))
        assert list(got) == [name for name, _, _ in outputs]
        for a, b in zip(got.values(), expected, strict=True):
            assert a.dtype == (torch.float32 if b.is_floating_point() else torch.int32)
            assert torch.equal(a, b.to(a.dtype))

    @pytest.mark.parametrize(
        "answer",
        [
            lambda y: (y.mean((2, 3)),),
            lambda y: [[y.mean((2, 3))]],
            lambda y: (y.mean((2, 3)), None),
            lambda y: {"anything": y.mean((2, 3))},
        ],
    )
    def test_one_vector_is_a_classifier_whatever_holds_it(self, tmp_path, answer):
        network, x = Returning(answer), torch.randn(2, 3, 32, 32)
        source = loaded(network, tmp_path / "x.pt2")
        assert len(source.labels) == 8
        expected = torch.cat([tree_leaves(network(p))[0] for p in x.split(1)])
        assert torch.equal(source.network(x), expected)

    def test_a_task_says_what_a_vector_is(self, tmp_path):
        source = loaded(Returning(lambda y: y.mean((2, 3))), tmp_path / "x.pt2", "embedding")
        assert [(o.name, str(o.meaning)) for o in source.outputs] == [("embedding", "embedding")]
        with pytest.raises(ModelError, match="is no classifier: it has no use for labels"):
            sources.load(str(tmp_path / "x.pt2"), task="embedding", labels=["a"] * 8)

    def test_outputs_that_pictures_share_are_computed_picture_by_picture(self, tmp_path):
        network, x = Returning(lambda y: y.amax((0, 2, 3))[None]), torch.randn(2, 3, 32, 32)
        dynamic = ({0: torch.export.Dim("batch", min=1, max=8)},)
        path = save(network.eval(), tmp_path / "x.pt2", batch=2, dynamic=dynamic)
        expected = torch.cat([network(p) for p in x.split(1)])
        assert torch.equal(sources.load(str(path)).network(x), expected)
