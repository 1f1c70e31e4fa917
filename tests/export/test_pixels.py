"""Channels are moved in one place, and every picture of several is shown."""

import numpy as np
import torch
from torch import nn

from irrvit.export.pixels import ChannelsLast, image_tensor, one_by_one

PIXELS = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)


def test_a_network_is_given_the_channels_first():
    given = ChannelsLast(nn.Identity())(torch.from_numpy(PIXELS))
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
        return pixels.reshape(1, -1)[:, :2]

    logits = one_by_one(infer, PIXELS[:, :, ::-1])
    assert shapes == [((1, 4, 5, 3), np.float32, True)] * 2
    assert logits.tolist() == PIXELS[:, 0, -1, :2].tolist()
