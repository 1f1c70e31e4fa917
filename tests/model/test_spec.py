"""How a picture becomes what a network eats: turned as it was held, scaled, cropped."""

from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from irrvit.model.spec import InputSpec, preprocess, read_picture, scaled_size

EXIF_ORIENTATION = 0x0112
# How a camera that writes this orientation stores the rows and columns of what it saw
# (CIPA DC-008, "Orientation"): row 0 and column 0 of the file are these sides of the scene.
STORED = {
    1: lambda scene: scene,  # top, left
    2: np.fliplr,  # top, right
    3: lambda scene: np.rot90(scene, 2),  # bottom, right
    4: np.flipud,  # bottom, left
    5: lambda scene: scene.swapaxes(0, 1),  # left, top
    6: lambda scene: np.rot90(scene, 1),  # right, top
    7: lambda scene: np.rot90(scene, 2).swapaxes(0, 1),  # right, bottom
    8: lambda scene: np.rot90(scene, -1),  # left, bottom
}


@pytest.fixture
def scene() -> np.ndarray:
    """Four colours in a wide picture: each turn and each mirroring shows."""
    red, green, blue, white = (220, 30, 30), (30, 200, 40), (40, 50, 210), (240, 240, 240)
    small = np.array([[red, red, green], [blue, white, white]], np.uint8)
    return small.repeat(16, 0).repeat(16, 1)


def save(path, pixels: np.ndarray, orientation: int) -> None:
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    Image.fromarray(np.ascontiguousarray(pixels)).save(path, exif=exif, quality=95)


class TestOrientation:
    SPEC = InputSpec(height=32, width=48, resize=32)  # The size of the scene: nothing is scaled.

    @pytest.mark.parametrize("orientation", STORED)
    def test_picture_is_turned_as_it_was_held(self, tmp_path, scene, orientation):
        save(tmp_path / "x.png", STORED[orientation](scene), orientation)
        assert np.array_equal(read_picture(tmp_path / "x.png", self.SPEC), scene)

    @pytest.mark.parametrize("orientation", STORED)
    def test_and_so_is_a_photograph(self, tmp_path, scene, orientation):
        save(tmp_path / "x.jpg", STORED[orientation](scene), orientation)
        read = read_picture(tmp_path / "x.jpg", self.SPEC).astype(int)
        # JPEG blurs colours across the borders of blocks; a wrong turn is wrong everywhere.
        assert np.median(np.abs(read - scene)) < 5
        assert np.mean(np.abs(read - scene)) < 12

    @pytest.mark.parametrize("orientation", [0, 9])
    def test_an_orientation_that_does_not_exist_turns_nothing(self, tmp_path, scene, orientation):
        save(tmp_path / "x.png", scene, orientation)
        assert np.array_equal(read_picture(tmp_path / "x.png", self.SPEC), scene)

    def test_a_tall_picture_of_a_wide_scene_is_scaled_after_it_was_turned(self, tmp_path, scene):
        save(tmp_path / "x.png", STORED[6](scene), 6)
        spec = InputSpec(height=16, width=24, resize=16, interpolation="nearest")
        assert np.array_equal(read_picture(tmp_path / "x.png", spec), scene[::2, ::2])


class TestColours:
    @pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
    def test_every_kind_of_picture_becomes_rgb(self, mode):
        image = Image.new("RGB", (8, 8), (255, 255, 255)).convert(mode)
        assert preprocess(image, InputSpec(height=8, width=8, resize=8)).tolist() == (
            np.full((8, 8, 3), 255).tolist()
        )


def exact_size(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """`scaled_size` without rounding errors."""
    scale = Fraction(spec.resize, min(spec.height, spec.width))
    scale *= max(Fraction(spec.height, height), Fraction(spec.width, width))
    return max(int(width * scale), spec.width), max(int(height * scale), spec.height)


class TestScaledSize:
    @pytest.mark.parametrize(
        ("picture", "target", "size"),
        [
            # A rounding error below a whole number: without the epsilon one pixel is lost.
            ((20, 90), (28, 28, 28), (28, 126)),
            ((3999, 4000), (224, 224, 256), (256, 256)),
            ((640, 427), (224, 224, 256), (383, 256)),
            # Just below a whole number in truth: an epsilon of 1e-4 would add a pixel.
            ((19339, 19115), (224, 224, 256), (258, 256)),
            ((19115, 19339), (224, 224, 256), (256, 258)),
            # A target that is not square: the picture just covers it, enlarged.
            ((640, 480), (160, 240, 182), (273, 204)),
            ((480, 640), (160, 240, 182), (273, 364)),
            # Never below what is cropped.
            ((100, 50), (24, 24, 20), (40, 24)),
            ((1, 1000), (24, 24, 24), (24, 24000)),
        ],
    )
    def test_is_rounded_down_and_covers_the_crop(self, picture, target, size):
        height, width, resize = target
        spec = InputSpec(height=height, width=width, resize=resize)
        assert scaled_size(picture[0], picture[1], spec) == size
        assert exact_size(picture[0], picture[1], spec) == size

    def test_no_picture_is_a_pixel_off(self):
        rng = np.random.default_rng(0)
        sides = rng.integers(1, 6000, (20_000, 2)).tolist()
        for spec in (InputSpec(), InputSpec(resize=235), InputSpec(height=160, width=240)):
            wrong = [(w, h) for w, h in sides if scaled_size(w, h, spec) != exact_size(w, h, spec)]
            assert wrong == []


class TestCrop:
    @pytest.mark.parametrize(
        ("width", "left"), [(4, 0), (5, 0), (6, 1), (7, 2), (8, 2), (9, 2), (10, 3), (11, 4)]
    )
    def test_centre_is_taken_halves_rounded_to_even(self, width, left):
        """As torchvision's center_crop does it."""
        columns = np.arange(width, dtype=np.uint8)
        wide = Image.fromarray(np.tile(columns, (4, 1)))
        spec = InputSpec(height=4, width=4, resize=4)
        expected = np.arange(left, left + 4)
        assert preprocess(wide, spec)[0, :, 0].tolist() == expected.tolist()
        tall = preprocess(wide.transpose(Image.Transpose.TRANSPOSE), spec)
        assert tall[:, 0, 0].tolist() == expected.tolist()


@pytest.mark.needs("timm")
@pytest.mark.parametrize("size", [(60, 40), (40, 60), (51, 50), (21, 300)])
@pytest.mark.parametrize("resize", [32, 35])
@pytest.mark.parametrize("crop", ["center", "squash", "border"])
def test_a_picture_is_cropped_as_timm_does_it(crop, resize, size):
    from timm.data.transforms_factory import transforms_imagenet_eval

    mean = (0.5, 0.25, 0.75)
    spec = InputSpec(height=32, width=32, resize=resize, crop=crop, mean=mean)
    picture = Image.fromarray(
        np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8)
    )
    theirs = transforms_imagenet_eval(
        img_size=32,
        crop_pct=32 / resize,
        crop_mode=crop,
        interpolation="bicubic",
        mean=mean,
        use_prefetcher=True,
    )
    expected = np.asarray(theirs(picture))
    assert np.array_equal(preprocess(picture, spec).transpose(2, 0, 1), expected)


class TestInterpolation:
    """Across a step from dark to bright, each filter leaves its own trace."""

    def row(self, interpolation) -> np.ndarray:
        step = Image.fromarray(np.array([[50] * 4 + [200] * 4] * 8, np.uint8))
        spec = InputSpec(height=64, width=64, resize=64, interpolation=interpolation)
        return preprocess(step, spec)[0, :, 0].astype(int)

    def turns(self, row: np.ndarray) -> int:
        """How often it changes between rising and falling."""
        slopes = np.diff(row)
        return int(np.count_nonzero(np.diff(np.sign(slopes[slopes != 0]))))

    def test_nearest_makes_no_new_value(self):
        assert set(self.row("nearest").tolist()) == {50, 200}

    def test_bilinear_rises_steadily(self):
        row = self.row("bilinear")
        assert len(set(row.tolist())) > 4
        assert (self.turns(row), row.min(), row.max()) == (0, 50, 200)

    @pytest.mark.parametrize(("interpolation", "turns"), [("bicubic", 2), ("lanczos", 4)])
    def test_others_overshoot_and_lanczos_comes_back_once_more(self, interpolation, turns):
        row = self.row(interpolation)
        assert row.min() < 50
        assert row.max() > 200
        assert self.turns(row) == turns


class TestInputSpec:
    @pytest.mark.parametrize(
        "wrong",
        [{"height": 0}, {"width": -1}, {"resize": 0}, {"color": "BGR"}, {"crop": "left"}, {"x": 1}],
    )
    def test_nonsense_is_refused(self, wrong):
        with pytest.raises(ValidationError):
            InputSpec.model_validate(wrong)

    def test_comes_back_from_json(self):
        spec = InputSpec(height=28, width=56, resize=30, interpolation="lanczos", mean=(0, 0.5, 1))
        assert InputSpec.model_validate_json(spec.model_dump_json()) == spec


def test_a_picture_that_is_open_stays_open(tmp_path, scene):
    buffer = io.BytesIO()
    Image.fromarray(scene).save(buffer, "PNG")
    image = Image.open(buffer)
    spec = InputSpec(height=32, width=48, resize=32)
    assert np.array_equal(preprocess(image, spec), preprocess(image, spec))


class TestColors:
    """Pictures of one channel or four."""

    PICTURE = Image.fromarray(np.array([[[200, 100, 0], [10, 20, 30]]], np.uint8))
    GRAY = InputSpec(height=1, width=2, resize=1, color="gray", mean=(0.5,), std=(0.5,))
    RGBA = InputSpec(height=1, width=2, resize=1, color="RGBA", mean=(0,) * 4, std=(1,) * 4)

    def test_gray_is_luminance(self):
        # ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B.
        assert preprocess(self.PICTURE, self.GRAY).tolist() == [[[118], [18]]]

    def test_what_is_opaque_has_an_alpha_of_255(self):
        expected = [[[200, 100, 0, 255], [10, 20, 30, 255]]]
        assert preprocess(self.PICTURE, self.RGBA).tolist() == expected

    @pytest.mark.parametrize("count", [1, 2, 4])
    def test_a_mean_without_a_number_for_each_channel_is_refused(self, count):
        with pytest.raises(ValidationError, match=f"mean has {count} numbers: RGB pictures have 3"):
            InputSpec(mean=(0.5,) * count)
