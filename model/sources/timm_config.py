"""What the `config.json` of a saved timm network says about how it was built and what it eats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, PositiveFloat, PositiveInt, ValidationError

from irrvit.model.errors import BadCheckpoint

_FOLLOWED = ("num_classes", "img_size", "in_chans", "global_pool")


@dataclass(frozen=True)
class AsTrained:
    """How a network differs from what timm builds under its name.

    Attributes:
        about_input: what replaces timm's own words on its input, under timm's names.
        arguments: of timm's `create_model`.
    """

    about_input: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


class _Input(BaseModel):
    input_size: tuple[PositiveInt, PositiveInt, PositiveInt] | None = None
    interpolation: str | None = None
    crop_pct: PositiveFloat | None = None
    crop_mode: str | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None


class _Arguments(BaseModel):
    """Those that are followed; any other could name a file to load."""

    img_size: tuple[PositiveInt, PositiveInt] | PositiveInt | None = None
    global_pool: str | None = None


class _Config(BaseModel):
    pretrained_cfg: _Input | None = None
    model_args: _Arguments = _Arguments()


def read(config: Mapping[str, Any], path: Path) -> AsTrained:
    """Read how a network was built; an empty config says nothing.

    Raises:
        BadCheckpoint: a value cannot be what it has to be.
    """
    try:
        said = _Config.model_validate(config)
        # Older files have the same words without `pretrained_cfg` around them.
        eaten = said.pretrained_cfg or _Input.model_validate(config)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise BadCheckpoint(
            f"the config.json of '{path}' says of {'.'.join(map(str, wrong['loc']))}: "
            f"{wrong['msg']}, and got {wrong['input']!r}"
        ) from error
    about_input = eaten.model_dump(exclude_none=True)
    arguments = said.model_args.model_dump(exclude_none=True)
    size = arguments.get("img_size")
    if size is not None:
        about_input["input_size"] = (3, *((size, size) if isinstance(size, int) else size))
    others = [name for name in config.get("model_args") or {} if name not in _FOLLOWED]
    notes = [f"config.json's model_args {', '.join(others)} were not followed"] if others else []
    return AsTrained(about_input, arguments, tuple(notes))
