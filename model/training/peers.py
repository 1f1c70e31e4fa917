"""Networks of others that are trained as ours are, to compare: rows beside the variants.

A peer is trained and recorded; to export one, timm trains it and has its weights.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, PositiveFloat, PositiveInt
from torch import nn

from irrvit.model.errors import MissingPackage


class Peer(BaseModel):
    """MobileNetV2 (arXiv 1801.04381), as timm builds it, for a small input.

    Attributes:
        input_size: height and width of the image.
        width: of every layer, as a multiple of the article's.
        stem_stride: of the first convolution, 2 in the article; the other strides are its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    input_size: PositiveInt
    width: PositiveFloat
    stem_stride: PositiveInt

    def build(self, classes: int) -> nn.Module:
        """The network, with fresh weights.

        Raises:
            MissingPackage: timm is not installed.
        """
        try:
            from timm.models import efficientnet
        except ModuleNotFoundError as error:
            raise MissingPackage("timm", "timm") from error
        network = efficientnet._gen_mobilenet_v2("mobilenetv2_100", self.width, num_classes=classes)
        stem = network.conv_stem
        assert isinstance(stem, nn.Conv2d)
        stem.stride = (self.stem_stride, self.stem_stride)
        return network


_ROWS = (Peer(name="mobilenetv2_60m", input_size=56, width=0.8, stem_stride=1),)


def find(name: str) -> Peer | None:
    """The peer of this name, if there is one."""
    return next((row for row in _ROWS if row.name == name), None)
