"""The sizes of IRRViT, one row each, and the names of what can be changed about a row.

`irrvit_300m` is a row. `irrvit_300m+conv14+class_token+sincos` is the same row with other parts:
a regular 14 x 14 patch embedding, a class token, sinusoidal positions. Needs no torch.
"""

from __future__ import annotations

from difflib import get_close_matches
from math import prod
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, PositiveInt, model_validator

from irrvit.model.errors import UnknownModel

PatchEmbedding = Literal["irregular", "conv7", "conv14", "linear14"]
Fusion = Literal["patch_fusion", "class_token", "average"]
PositionEncoding = Literal["learned", "sincos", "none"]

MAP_SIZE = 14
"""Height and width of the map that the stem makes, whatever the input."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Record):
    """Consecutive blocks of the stem.

    Attributes:
        block: `dense` is one 3 x 3 convolution, `separable` a depthwise and two pointwise ones.
        stride: of the first block; the others have one.
    """

    block: Literal["dense", "separable"]
    width: PositiveInt
    stride: Literal[1, 2]
    depth: PositiveInt = 1
    expansion: PositiveInt = 2


class Branch(_Record):
    """One branch of the patch embedding: how it gets from the map to `size` x `size` patches."""

    size: PositiveInt
    kernel: PositiveInt
    stride: PositiveInt


BRANCHES: dict[PatchEmbedding, tuple[Branch, ...]] = {
    "irregular": (
        Branch(size=7, kernel=3, stride=2),
        Branch(size=4, kernel=5, stride=4),
        Branch(size=1, kernel=14, stride=14),
    ),
    "conv7": (Branch(size=7, kernel=3, stride=2),),
    "conv14": (Branch(size=14, kernel=3, stride=1),),
    "linear14": (Branch(size=14, kernel=1, stride=1),),
}


class Variant(_Record):
    """A network of the family.

    Attributes:
        input_size: height and width of the image.
        stem: its strides take `input_size` to `MAP_SIZE`; not used by `linear14`.
        branch_expansion: hidden width of a branch, as a multiple of the stem's last width.

    A row's name counts its multiply-accumulates; its widths were chosen by what a phone's CPU
    kernels do in a millisecond (docs/network_speed.md).
    """

    name: str
    input_size: PositiveInt = 224
    stem: tuple[Stage, ...]
    branch_expansion: PositiveInt = 2
    dim: PositiveInt
    depth: PositiveInt
    heads: PositiveInt
    ffn_ratio: PositiveInt
    patch_embedding: PatchEmbedding = "irregular"
    fusion: Fusion = "patch_fusion"
    position: PositionEncoding = "learned"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        stride = prod(stage.stride for stage in self.stem)
        if self.input_size != MAP_SIZE * stride:
            raise ValueError(
                f"{self.name}: a stem of stride {stride} makes {MAP_SIZE} x {MAP_SIZE} of "
                f"{MAP_SIZE * stride} pixels, not of {self.input_size}"
            )
        uneven = [w for w in (self.dim, *(stage.width for stage in self.stem)) if w % 8]
        if uneven or self.dim % self.heads:
            raise ValueError(f"{self.name}: widths are multiples of 8, and heads divide dim")
        return self

    @property
    def branches(self) -> tuple[Branch, ...]:
        return BRANCHES[self.patch_embedding]

    @property
    def patches(self) -> int:
        return sum(branch.size**2 for branch in self.branches)

    @property
    def tokens(self) -> int:
        """Patches, and the class token if there is one."""
        return self.patches + (self.fusion == "class_token")


_ROWS = (
    Variant(
        name="irrvit_tiny",
        input_size=56,
        stem=(
            Stage(block="dense", width=8, stride=2),
            Stage(block="separable", width=16, stride=2, depth=2),
        ),
        dim=32,
        depth=2,
        heads=2,
        ffn_ratio=2,
    ),
    Variant(
        name="irrvit_fashion",
        input_size=28,
        stem=(
            Stage(block="dense", width=32, stride=1),
            Stage(block="dense", width=64, stride=2),
            Stage(block="dense", width=64, stride=1),
        ),
        branch_expansion=1,
        dim=64,
        depth=2,
        heads=2,
        ffn_ratio=2,
    ),
    Variant(
        name="irrvit_60m",
        input_size=56,
        stem=(
            Stage(block="dense", width=32, stride=2),
            Stage(block="dense", width=64, stride=1),
            Stage(block="dense", width=96, stride=2),
            Stage(block="separable", width=96, stride=1),
        ),
        branch_expansion=1,
        dim=128,
        depth=2,
        heads=2,
        ffn_ratio=2,
    ),
    Variant(
        name="irrvit_150m",
        stem=(
            Stage(block="dense", width=16, stride=2),
            Stage(block="dense", width=32, stride=2),
            Stage(block="dense", width=48, stride=2),
            Stage(block="separable", width=96, stride=2),
            Stage(block="separable", width=96, stride=1, expansion=4),
        ),
        dim=192,
        depth=4,
        heads=3,
        ffn_ratio=2,
    ),
    Variant(
        name="irrvit_300m",
        stem=(
            Stage(block="dense", width=16, stride=2),
            Stage(block="dense", width=32, stride=2),
            Stage(block="dense", width=64, stride=2),
            Stage(block="separable", width=64, stride=1, depth=2, expansion=4),
            Stage(block="dense", width=160, stride=2),
            Stage(block="separable", width=160, stride=1, depth=2, expansion=4),
        ),
        dim=192,
        depth=4,
        heads=3,
        ffn_ratio=2,
    ),
    Variant(
        name="irrvit_600m",
        stem=(
            Stage(block="dense", width=32, stride=2),
            Stage(block="dense", width=64, stride=2),
            Stage(block="dense", width=96, stride=2),
            Stage(block="separable", width=96, stride=1, depth=2),
            Stage(block="dense", width=160, stride=2),
            Stage(block="separable", width=160, stride=1, depth=2, expansion=4),
        ),
        dim=320,
        depth=5,
        heads=5,
        ffn_ratio=2,
    ),
)

_PARTS: dict[str, tuple[str, ...]] = {
    "patch_embedding": get_args(PatchEmbedding),
    "fusion": get_args(Fusion),
    "position": get_args(PositionEncoding),
}


def names() -> list[str]:
    """The rows there are."""
    return [row.name for row in _ROWS]


def parts() -> list[str]:
    """What may follow a row's name after a `+`."""
    return [part for choices in _PARTS.values() for part in choices]


def get(name: str) -> Variant:
    """Look a variant up by its name, as in `irrvit_300m` or `irrvit_300m+conv14+average`.

    Raises:
        UnknownModel: naming what exists, and the nearest.
    """
    row_name, *chosen = name.split("+")
    row = next((row for row in _ROWS if row.name == row_name), None)
    if row is None:
        raise UnknownModel(_unknown("variant", row_name, names()))
    overrides: dict[str, str] = {}
    for part in chosen:
        field = next((field for field, choices in _PARTS.items() if part in choices), None)
        if field is None:
            raise UnknownModel(_unknown(f"part of '{name}'", part, parts()))
        if field in overrides:
            raise UnknownModel(f"'{name}' names two parts of one kind: {overrides[field]}, {part}")
        overrides[field] = part
    return Variant.model_validate(row.model_dump() | overrides | {"name": name})


def _unknown(what: str, got: str, known: list[str]) -> str:
    near = get_close_matches(got, known, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return f"unknown {what}: '{got}'; expected one of {', '.join(known)}{hint}"
