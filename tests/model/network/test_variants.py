from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from pydantic import ValidationError
from torch.utils.flop_counter import FlopCounterMode

from irrvit.model.errors import UnknownModel
from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT

# Parameters and multiply-accumulates: a change of a row makes weights and figures of old worthless.
SIZES = {
    "irrvit_tiny": (69_516, 2_558_544),
    "irrvit_fashion": (238_868, 19_761_888),
    "irrvit_60m": (618_512, 59_352_864),
    "irrvit_150m": (1_758_436, 146_346_720),
    "irrvit_300m": (2_502_212, 304_784_416),
    "irrvit_600m": (5_812_980, 600_948_576),
}


def size(name: str) -> tuple[int, int]:
    variant = variants.get(name)
    image = torch.zeros(1, 3, variant.input_size, variant.input_size, device="meta")
    with torch.device("meta"):
        network = IRRViT(variant).eval()
    with FlopCounterMode(display=False) as counter:
        network(image)
    return sum(p.numel() for p in network.parameters()), counter.get_total_flops() // 2


@pytest.mark.parametrize("name", variants.names())
def test_a_row_is_what_its_weights_and_figures_are_of(name):
    assert size(name) == SIZES[name]


@pytest.mark.parametrize("millions", [150, 300, 600])
def test_macs_are_within_five_percent_of_the_name(millions):
    _, macs = size(f"irrvit_{millions}m")
    assert macs / 1e6 == pytest.approx(millions, rel=0.05)


@pytest.mark.parametrize("name", variants.names())
def test_widths_suit_the_kernels(name):
    variant = variants.get(name)
    assert [w % 8 for w in (variant.dim, *(stage.width for stage in variant.stem))] == [0] * (
        1 + len(variant.stem)
    )
    assert variant.heads >= 2


def test_parts_in_a_name_override_the_row():
    variant = variants.get("irrvit_tiny+conv14+class_token+sincos")
    assert (variant.patch_embedding, variant.fusion, variant.position, variant.tokens) == (
        "conv14",
        "class_token",
        "sincos",
        197,
    )
    assert variant.stem == variants.get("irrvit_tiny").stem


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("irrvit_30m", "did you mean 'irrvit_300m'?"),
        ("irrvit_tiny+conv15", "did you mean 'conv14'?"),
        ("irrvit_tiny+conv7+conv14", "two parts of one kind: conv7, conv14"),
        ("irrvit_tiny+", "irregular, conv7, conv14"),
        ("", "irrvit_tiny"),
    ],
)
def test_unknown_name_says_what_exists(name, said):
    with pytest.raises(UnknownModel, match=said.replace("?", r"\?")):
        variants.get(name)


@pytest.mark.parametrize("change", [{"input_size": 64}, {"dim": 36}, {"heads": 5}])
def test_row_that_does_not_fit_is_refused(change):
    row = variants.get("irrvit_tiny").model_dump()
    with pytest.raises(ValidationError, match="irrvit_tiny"):
        variants.Variant.model_validate(row | change)


def test_importing_variants_needs_no_torch():
    code = "import sys, irrvit.model.network.variants; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
