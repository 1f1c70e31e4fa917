"""What the classes are called: in a file that a person wrote, beside weights, or among them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from irrvit.model.errors import ModelError

_NAMELESS = re.compile(r"LABEL_\d+")  # What transformers writes when nobody named the classes.
_IN_TRAINING = ("label_names", "class_names", "classes", "labels", "id2label", "class_to_idx")


def read_labels(path: Path) -> tuple[str, ...]:
    """Read one label a line, or JSON: a list, or names by number, or numbers by name.

    A byte-order mark, Windows' ends of lines, blanks around labels and blank lines are not part of
    any label; the same label twice stays twice, for two classes may be called alike.

    Raises:
        ModelError: it is not text, or the JSON is none of these.
    """
    try:
        content = path.read_bytes()
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"--labels {path} cannot be read as text: {error}") from error
    if path.suffix.lower() == ".json":
        return _of_json(text, path)
    lines = (line.strip() for line in re.split(r"\r\n|\r|\n", text))
    return tuple(line for line in lines if line)


def of_config(config: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The labels in a `config.json` of timm (`label_names`) or of transformers (`id2label`)."""
    own = config.get("pretrained_cfg")
    for place in (config, own if isinstance(own, Mapping) else {}):
        names = _in_order(place.get("label_names"))
        if names is not None:
            return _described(names, place.get("label_descriptions"))
    return _in_order(config.get("id2label"))


def of_training(content: Mapping[Any, Any]) -> tuple[str, ...] | None:
    """The labels that a training script saved beside its weights."""
    found = (_in_order(content.get(name)) for name in _IN_TRAINING)
    return next((labels for labels in found if labels is not None), None)


def _of_json(text: str, path: Path) -> tuple[str, ...]:
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ModelError(f"--labels {path} cannot be read as JSON: {error}") from error
    labels = of_config(content) if isinstance(content, dict) else None
    labels = labels or _in_order(content)
    if labels is None:
        raise ModelError(
            f"--labels {path} holds neither a list of labels nor labels by number: expected "
            '["cat", "dog"] or {"0": "cat", "1": "dog"}'
        )
    return labels


def _in_order(value: object) -> tuple[str, ...] | None:
    """Labels from a list, from names by number or from numbers by name; None for all else."""
    if isinstance(value, Mapping):
        value = _by_number(value)
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        return None
    if not all(isinstance(label, str) for label in value):
        return None
    return None if all(_NAMELESS.fullmatch(label) for label in value) else tuple(value)


def _by_number(value: Mapping[Any, Any]) -> list[Any] | None:
    if not any(isinstance(key, int) or str(key).isdigit() for key in value):
        value = {number: name for name, number in value.items()}
    try:
        numbered = {int(number): name for number, name in value.items()}
    except (TypeError, ValueError):
        return None
    in_order = [numbered.get(number) for number in range(len(numbered))]
    return in_order if None not in in_order else None


def _described(names: tuple[str, ...], descriptions: object) -> tuple[str, ...]:
    """Words in place of the codes that ImageNet has for its classes, where all have some."""
    if isinstance(descriptions, Mapping) and all(name in descriptions for name in names):
        return tuple(str(descriptions[name]) for name in names)
    return names
