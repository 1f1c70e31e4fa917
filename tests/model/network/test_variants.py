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


@pytest.mark.parametrize("millions", [150, 300, 600])
def test_macs_are_within_five_percent_of_the_name(millions):
    variant = variants.get(f"irrvit_{millions}m")
    image = torch.zeros(1, 3, 224, 224, device="meta")
    with torch.device("meta"):
        network = IRRViT(variant).eval()
    with FlopCounterMode(display=False) as counter:
        network(image)
    assert counter.get_total_flops() / 2e6 == pytest.approx(millions, rel=0.05)


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
