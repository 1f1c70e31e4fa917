"""Would half precision do? The largest value of every operation on real pictures, in float32.

The runtimes of phones compute fp16 files in half precision where they can, so that a value which
this machine's kernels keep in float32 may be infinite there. A module's output may be small while a
value inside it is not (github.com/apple/coremltools/issues/2110), so every operation is looked at.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from irrvit.export.pixels import image_tensor
from irrvit.export.precision import FP16_MAX
from irrvit.export.proof.operations import run_operations, where


def overflows(network: nn.Module, pictures: np.ndarray) -> list[str]:
    """One sentence per operation whose output is beyond half precision on a picture.

    Args:
        network: raw pixels (1, 3, H, W) -> logits, as it was written.
        pictures: (N, H, W, 3).
    """
    largest: dict[str, float] = {}
    for picture in pictures:
        image = image_tensor(picture[None]).contiguous()
        for node, output in run_operations(network, image).items():
            finite = output[torch.isfinite(output)]  # A mask of an attention is infinite by design.
            value = float(finite.abs().max()) if finite.numel() else 0.0
            largest[where(node)] = max(value, largest.get(where(node), 0.0))
    return [
        f"fp16 overflow: {value:.4g} in {place} is beyond {FP16_MAX:.0f}; export it as fp32"
        for place, value in largest.items()
        if value > FP16_MAX
    ]
