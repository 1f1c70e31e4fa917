from __future__ import annotations

import pytest
import torch
from torch import Tensor

from irrvit.model.training.augment import augment, draws
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Augmentation


@pytest.fixture
def images() -> Tensor:
    """A bright block on black, off the centre, in sixty-four pictures."""
    one = torch.zeros(1, 3, 28, 28)
    one[:, :, 8:16, 6:18] = 0.8
    return one.repeat(64, 1, 1, 1)


@pytest.fixture
def table() -> Tensor:
    return draws(64, torch.Generator().manual_seed(3))


def centre(images: Tensor) -> tuple[Tensor, Tensor]:
    """Where the light is: rows and columns, in pixels."""
    mass = images.mean(1)
    at = torch.arange(28.0)
    total = mass.sum((1, 2))
    return (mass.sum(2) @ at) / total, (mass.sum(1) @ at) / total


def test_nothing_asked_nothing_changed(images, table):
    assert torch.allclose(augment(images, table, Augmentation()), images, atol=1e-5)


def test_shift_moves_by_at_most_what_was_asked(images, table):
    rows, columns = centre(augment(images, table, Augmentation(shift=0.1)))
    for moved, before in ((rows, 11.5), (columns, 11.5)):
        assert 1 < (moved - before).abs().max() <= 2.8 + 1e-3
        assert (moved - before).min() < 0 < (moved - before).max()


def test_scale_changes_the_light_by_at_most_its_square(images, table):
    area = augment(images, table, Augmentation(scale=0.2)).sum((1, 2, 3)) / images[0].sum()
    assert 0.8 * 1.2**-2 < area.min() < 0.9
    assert 1.1 < area.max() < 1.05 * 0.8**-2


def test_rotation_keeps_the_light_and_turns_the_block(images, table):
    turned = augment(images, table, Augmentation(rotate_degrees=20))
    assert torch.allclose(turned.sum((1, 2, 3)), images.sum((1, 2, 3)), rtol=0.03)
    assert (turned[0] - images[0]).abs().max() > 0.1


def test_a_picture_that_is_turned_too_is_scaled_alike_along_both_sides(images, table):
    """A quarter turn, all by the sine, at 0.8 of the size: so is the light, by its square."""
    table[:, 0], table[:, 1] = 1, 1
    turned = augment(images, table, Augmentation(rotate_degrees=90, scale=0.25))
    assert torch.allclose(turned.sum((1, 2, 3)), images.sum((1, 2, 3)) * 0.8**2, rtol=0.03)


def test_mirror_flips_the_asked_share(images, table):
    flipped = augment(images, table, Augmentation(mirror=0.5))
    changed = (flipped - images.flip(3)).abs().amax((1, 2, 3)) < 1e-4
    assert 16 < changed.sum() < 48
    assert torch.allclose(flipped[~changed], images[~changed], atol=1e-4)


def test_invert_turns_black_to_white(images, table):
    inverted = augment(images, table, Augmentation(invert=1))
    assert torch.allclose(inverted, 1 - images, atol=1e-4)


def test_contrast_keeps_the_scale(images, table):
    changed = augment(images, table, Augmentation(contrast=0.5))
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert changed.std((1, 2, 3)).std() > 0.01


def test_a_number_turns_the_picture_as_far_as_was_asked(images, table):
    table[:, :6] = 0.5  # Nothing is shifted or scaled,
    table[0, 0], table[1, 0] = 1, 0  # and two are turned, as far as can be, either way.
    turned = augment(images, table, Augmentation(rotate_degrees=90))
    assert torch.allclose(turned[0], images[0].rot90(1, (1, 2)), atol=1e-4)
    assert torch.allclose(turned[1], images[1].rot90(-1, (1, 2)), atol=1e-4)
    assert torch.allclose(turned[2], images[2], atol=1e-4)


def test_brightness_changes_by_half_of_what_contrast_may(table):
    grey = torch.full((64, 3, 4, 4), 0.5)
    bright = augment(grey, table, Augmentation(contrast=0.4))
    expected = 0.5 + 0.2 * (2 * table[:, 8] - 1)
    assert torch.allclose(bright.mean((1, 2, 3)), expected, atol=1e-5)


def test_contrast_stretches_about_the_mean(table):
    halves = torch.cat([torch.full((64, 3, 4, 2), v) for v in (0.4, 0.6)], dim=3)
    changed = augment(halves, table, Augmentation(contrast=0.4))
    stretched = (changed[..., -1] - changed[..., 0]).mean((1, 2))
    assert torch.allclose(stretched, 0.2 * (1 + 0.4 * (2 * table[:, 7] - 1)), atol=1e-5)


@pytest.mark.parametrize(("brightness", "share"), [(0.1, 0.0), (0.09, 0.1), (0.05, 0.5), (0, 1)])
def test_clutter_fades_where_the_subject_begins(table, brightness, share):
    table[:, 14:] = 0.8  # One even blob of light.
    flat = torch.full((64, 3, 8, 8), float(brightness))
    inside = augment(flat, table, Augmentation(clutter=1))[:, :, 2:6, 2:6]
    assert torch.allclose(inside, flat[:, :, 2:6, 2:6] + share * 0.8, atol=1e-4)


def test_clutter_fills_the_background_and_leaves_the_subject(images, table):
    cluttered = augment(images, table, Augmentation(clutter=1))
    assert torch.allclose(cluttered[:, :, 9:15, 7:17], images[:, :, 9:15, 7:17], atol=1e-4)
    assert cluttered[:, :, :6].std() > 0.1
    assert cluttered.min() >= 0
    assert cluttered.max() <= 1


def test_erase_hides_a_part_of_the_asked_share(images, table):
    erased = augment(images, table, Augmentation(erase=0.5))
    changed = ((erased - images).abs() > 1e-3).any(1).float().mean((1, 2))
    assert 16 < (changed > 0).sum() < 48
    assert changed.max() <= 0.30


def test_what_is_erased_is_a_square_of_a_quarter_to_a_half_of_the_side(images, table):
    # One more row or column is hidden when the ends fall between pixels.
    changed = (augment(images, table, Augmentation(erase=1)) - images).abs().amax(1) > 1e-3
    outside = torch.ones(28, 28, dtype=torch.bool)
    outside[8:16, 6:18] = False  # Where all is black, what is hidden shows.
    for picture in changed[(changed & outside).any((1, 2)) & (changed & ~outside).any((1, 2))]:
        rows, columns = picture.any(1).sum(), picture.any(0).sum()
        assert min(rows, columns) >= 6
        assert max(rows, columns) <= 15
        assert abs(rows - columns) <= 1


@pytest.mark.parametrize(("number", "side"), [(0.0, 14), (1.0 - 1e-6, 28)])
def test_the_smallest_and_the_largest_that_is_erased(number, side, table):
    """Of 56 rows, with the rectangle in the middle."""
    table[:, 10], table[:, 11:13], table[:, 13] = number, 0.5, 1
    erased = augment(torch.zeros(1, 3, 56, 56), table[:1], Augmentation(erase=1))
    assert (erased.amax(1) > 0.5).any(2).sum() == side


CHANGES = [
    {"shift": 0.1, "scale": 0.1, "rotate_degrees": 10, "mirror": 0.5},
    {"clutter": 0.5},
    {"contrast": 0.5},
    {"invert": 0.5},
    {"erase": 0.5},
]


def columns_read(images: Tensor, table: Tensor, how: Augmentation) -> set[int]:
    """The columns of the table that this change depends on."""
    before, read = augment(images, table, how), set()
    for column in range(table.shape[1]):
        other = table.clone()
        other[:, column] = 1 - other[:, column]
        if not torch.equal(augment(images, other, how), before):
            read.add(column)
    return read


def test_no_number_decides_two_changes(images, table):
    read = [columns_read(images[:8], table[:8], Augmentation(**change)) for change in CHANGES]
    assert sum(map(len, read)) == len(set().union(*read))


def test_a_picture_does_not_depend_on_its_batch(images, table):
    how = get_recipe("camera").augmentation
    together = augment(images, table, how)
    apart = torch.cat(
        [augment(images[i : i + 16], table[i : i + 16], how) for i in (0, 16, 32, 48)]
    )
    assert torch.allclose(together, apart, atol=1e-6)


def test_sharpness_changes_an_edge_both_ways_and_flat_parts_never(images, table):
    changed = augment(images, table, Augmentation(sharpness=0.9))
    assert torch.allclose(changed[:, :, 11:14, 10:14], images[:, :, 11:14, 10:14], atol=1e-5)
    inside = changed[:, 0, 8, 10]  # A third of its neighbours is black: the blur is 0.8 * 2 / 3.
    expected = 0.8 + 0.9 * (2 * table[:, 5] - 1) * 0.8 / 3
    assert torch.allclose(inside, expected.clamp(max=1), atol=1e-5)
    assert inside.min() < 0.7 < 0.9 < inside.max()


def test_what_comes_in_from_outside_is_black_or_the_picture_mirrored(table):
    bright = torch.full((64, 3, 28, 28), 0.5)
    assert augment(bright, table, Augmentation(shift=0.3)).min() == 0
    mirrored = augment(bright, table, Augmentation(shift=0.3, outside="mirrored"))
    assert torch.allclose(mirrored, bright)
