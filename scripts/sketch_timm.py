"""Write the table by which `irrvit.model.sources.checkpoints.lookalike` finds timm's networks.

    python scripts/sketch_timm.py

It takes ten minutes, and no memory for weights. Run it when `constraints.txt` gets another timm.
"""

from __future__ import annotations

import sys

import timm
import torch

from irrvit.model.sources.checkpoints.lookalike import TABLE, sketch


def line(architecture: str) -> str:
    """The name of a network and its sketch; nothing for one that needs numbers to be built."""
    try:
        with torch.device("meta"):
            network = timm.create_model(architecture, pretrained=False)
    except (RuntimeError, NotImplementedError) as error:
        print(f"{architecture} is left out: {error}", file=sys.stderr)
        return ""
    shapes = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    return f"{architecture} {''.join(sketch(shapes))}\n"


if __name__ == "__main__":
    TABLE.write_text("".join(line(name) for name in timm.list_models()))
