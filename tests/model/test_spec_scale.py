"""Mean and deviation of pixels are on the scale from 0 to 1, and nobody has to guess it."""

import pytest

from irrvit.model.errors import ModelError
from irrvit.model.spec import require_scale


@pytest.mark.parametrize(
    ("mean", "std"),
    [
        (None, None),
        ((0, 0.5, 1), None),
        ((-1, 0, 0), (1, 1e-3, 0.5)),
        (None, (0.229, 0.224, 0.225)),
    ],
)
def test_a_scale_of_pixels_between_0_and_1_is_accepted(mean, std):
    require_scale(mean, std)


@pytest.mark.parametrize(
    ("mean", "std", "sentence"),
    [
        ((123.675, 116.28, 103.53), None, r"from 0 to 1, --mean 0.485,0.456,0.406$"),
        (None, (58.395, 57.12, 57.375), r"from 0 to 1, --std 0.229,0.224,0.225$"),
        ((127.5,) * 3, None, r"--mean got 127.5,127.5,127.5, .* --mean 0.5,0.5,0.5$"),
        ((1.01, 0, 0), None, "which is the scale of pixels from 0 to 255"),
        (
            None,
            (0, 0.5, 0.5),
            "--std got 0,0.5,0.5: pixels are divided by it, expected numbers abo",
        ),
        (None, (-1, 1, 1), "--std got -1,1,1: pixels are divided by it"),
        ((float("nan"), 0, 0), None, "--mean got nan,0,0: expected numbers on the 0..1 scale"),
        (None, (float("inf"), 1, 1), "--std got inf,1,1: expected numbers on the 0..1 scale"),
    ],
)
def test_another_scale_is_refused_with_the_values_on_this_one(mean, std, sentence):
    with pytest.raises(ModelError, match=sentence):
        require_scale(mean, std)
