"""What a converter cannot do is one sentence with the operation and its module."""

import pytest
import torch
from torch import nn

from irrvit.export.converting import converting
from irrvit.export.errors import UnsupportedOp

IMAGE = torch.zeros(1, 3, 8, 8)


class Odd(nn.Module):
    def forward(self, x):
        return torch.special.i0e(torch.median(x, dim=3, keepdim=True).values)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.odd = nn.Conv2d(3, 4, 3), nn.Sequential(nn.ReLU(), Odd())
        self.up = nn.ConvTranspose2d(4, 4, 2, 2)

    def forward(self, x):
        return self.odd(self.up(self.conv(x))).mean((2, 3))


def sentence(error, cause=None):
    with pytest.raises(UnsupportedOp) as caught, converting("it", Network().eval(), IMAGE):
        raise error from cause
    text = str(caught.value)
    assert "\n" not in text
    assert "\x1b" not in text
    return text


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        ("Unsupported fx node median, kind median.dim", "median of odd.1"),
        ("lowering for Torch `median` op is not supported", "median of odd.1"),
        ("Lowering not found: aten.special_i0e.default\n\nWhile executing", "special_i0e of odd.1"),
        ("\x1b[96mstep 3/3\x1b[0m\nNo function for <OpOverload(op='aten.relu'>", "relu of odd.0"),
        ("No function for <OpOverload(op='aten.convolution', ...)>", "convolution of conv"),
    ],
)
def test_the_operation_and_its_module_are_named(words, blamed):
    assert sentence(RuntimeError(words)).startswith(f"it cannot convert the operation {blamed} (")


def test_a_line_of_python_is_followed_to_its_operation():
    def line_of(text):
        source = torch.nn.modules.conv.__file__
        with open(source) as file:
            return source, next(n for n, line in enumerate(file, 1) if text in line)

    source, line = line_of("return F.conv_transpose2d(")
    text = sentence(ValueError(f"passes: {source}:{line}:0: error: failed to legalize: %7 = x"))
    assert "the operation conv_transpose2d of up (failed to legalize):" in text


def test_the_words_are_those_of_the_innermost_cause():
    text = sentence(RuntimeError("see above"), ValueError("no median\nand much more"))
    assert "(no median)" in text


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (AssertionError("1 token does not match 0"), "1 token does not match 0"),
        (AssertionError(), "AssertionError"),
        (KeyError("torch.complex64\n\nWhile executing"), "torch.complex64"),
        (ValueError("x" * 500), "x" * 160),
    ],
)
def test_what_names_no_operation_is_a_sentence_too(error, why):
    expected = f"it cannot convert the network ({why}): leave this format out"
    assert sentence(error) == expected


def test_what_says_itself_what_is_wrong_is_left_as_it_is():
    own = UnsupportedOp("said already")
    with pytest.raises(UnsupportedOp) as caught, converting("it", Network(), IMAGE):
        raise own
    assert caught.value is own
