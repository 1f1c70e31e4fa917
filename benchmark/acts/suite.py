"""The named sets of networks that are compared with each other."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from irrvit.benchmark.errors import BadOptions


@dataclass(frozen=True)
class Suite:
    """Networks in the order in which they are shown; the first is what others are held against."""

    name: str
    about: str
    models: tuple[str, ...]


_SUITES = (
    Suite(
        "peers",
        "IRRViT's sizes beside networks that are made for phones",
        (
            "timm:mobilenetv2_100",
            "irrvit_150m",
            "irrvit_300m",
            "irrvit_600m",
            "timm:mobilenetv3_large_100",
            "timm:mobilenetv4_conv_small",
            "timm:tf_efficientnet_lite0",
            "timm:mobileone_s0",
            "timm:repvit_m0_9",
            "timm:fastvit_t8",
            "timm:mobilevit_xs",
            "timm:efficientformerv2_s0",
            "timm:levit_128s",
        ),
    ),
    Suite(
        "article",
        "what the article compares with; timm has PVT's second version only",
        (
            "timm:deit_tiny_patch16_224",
            "irrvit_300m",
            "timm:deit_small_patch16_224",
            "timm:deit_base_patch16_224",
            "timm:swin_tiny_patch4_window7_224",
            "timm:pvt_v2_b1",
            "timm:coat_tiny",
        ),
    ),
)


def names() -> list[str]:
    return [suite.name for suite in _SUITES]


def get(name: str) -> Suite:
    """The suite of this name.

    Raises:
        BadOptions: there is none; the message lists them.
    """
    for suite in _SUITES:
        if suite.name == name:
            return suite
    near = get_close_matches(name, names(), n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    raise BadOptions(f"unknown suite '{name}': expected one of {', '.join(names())}{hint}")
