"""The tables of a `.pt2` that say where its tensors lie."""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal

from pydantic import StringConstraints

from irrvit.model.sources.program.schema import DottedName, Part, TensorMeta


class Payload(Part):
    """A tensor of the file: raw numbers, never a pickle or a custom object."""

    path_name: Annotated[str, StringConstraints(pattern=r"^(weight|tensor)_[0-9]+$")]
    is_param: bool
    use_pickle: Literal[False]
    tensor_meta: TensorMeta

    @property
    def elements(self) -> int:
        return prod(size.as_int for size in self.tensor_meta.sizes)


class Payloads(Part):
    """`data/weights/model_weights_config.json` and `data/constants/model_constants_config.json`."""

    config: dict[DottedName, Payload]
