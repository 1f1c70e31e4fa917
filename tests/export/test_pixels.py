"""Channels are moved in one place, and every picture of several is shown."""

import numpy as np
import torch
from torch import nn

from irrvit.export.pixels import ChannelsLast, image_tensor, one_by_one

PIXELS = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)


def test_a_network_is_given_the_channels_first():
    given = ChannelsLast(nn.Identity())(torch.from_numpy(PIXELS))["logits"]
    assert torch.equal(given, image_tensor(PIXELS).to(torch.uint8))
    assert given.shape == (2, 3, 4, 5)
    assert given[1, 2, 3, 4] == PIXELS[1, 3, 4, 2]


def test_pixels_become_floats_of_the_same_values():
    image = image_tensor(PIXELS)
    assert (image.dtype, image.shape) == (torch.float32, (2, 3, 4, 5))
    assert image[1, 2, 3, 4] == PIXELS[1, 3, 4, 2]


def test_pictures_are_shown_one_at_a_time_in_their_order():
    shapes = []

    def infer(pixels):
        shapes.append((pixels.shape, pixels.dtype, pixels.flags.c_contiguous))
        first = pixels.reshape(1, -1)[:, :2]
        return {"logits": first, "boxes": first.repeat(2, axis=0), "score": first.mean()}

    outputs = one_by_one(infer, PIXELS[:, :, ::-1])
    assert shapes == [((1, 4, 5, 3), np.float32, True)] * 2
    first = PIXELS[:, 0, -1, :2]
    assert outputs["logits"].tolist() == first.tolist()
    # What has no axis of its own for the picture gets one.
    assert outputs["boxes"].tolist() == [[row, row] for row in first.tolist()]
    assert outputs["score"].tolist() == first.mean(axis=1).tolist()


def test_outputs_keep_their_names():
    named = ChannelsLast(_Named())(torch.from_numpy(PIXELS).float())
    assert {name: tuple(value.shape) for name, value in named.items()} == {"map": (2, 3, 4, 5)}


class _Named(nn.Module):
    def forward(self, x):
        return {"map": x}
