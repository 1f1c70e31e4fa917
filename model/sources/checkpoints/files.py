"""Which files a checkpoint is made of: one, several with an index, or a folder with either.

Only JSON is read here, and torch is not imported: hashes are quick.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from irrvit.model.errors import BadCheckpoint
from irrvit.model.files import sha256

_INDEX = ".index.json"
_CONFIG = "config.json"
# What `save_pretrained` of timm and of transformers writes, the better form first.
_SAVED = (
    f"model.safetensors{_INDEX}",
    "model.safetensors",
    f"pytorch_model.bin{_INDEX}",
    "pytorch_model.bin",
)
_SUFFIXES = (".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".tar")


@dataclass(frozen=True)
class WeightFiles:
    """A checkpoint on the disk.

    Attributes:
        path: as it was named.
        parts: the files with the tensors.
        index: what says which tensor is in which part, where there are several.
        config_file: the `config.json` of `save_pretrained` beside them.
    """

    path: Path
    parts: tuple[Path, ...]
    index: Path | None = None
    config_file: Path | None = None
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the weights: of the file where it is one, else of all their hashes."""
        hashes = [sha256(part, BadCheckpoint) for part in self.parts]
        return hashes[0] if len(hashes) == 1 else _hash("\n".join(hashes))

    @property
    def fingerprint(self) -> str:
        """Of all that decides the network: also of what the index and the config say."""
        if self.index is None and self.config_file is None:
            return self.sha256
        beside = [f for f in (self.index, self.config_file) if f is not None]
        return _hash("\n".join([self.sha256, *(sha256(f, BadCheckpoint) for f in beside)]))


def find(path: Path) -> WeightFiles:
    """Find what a path stands for: a file, an index, or a folder of `save_pretrained`.

    Raises:
        BadCheckpoint: nothing is there, or not all that the index names.
    """
    if path.is_dir():
        named = next((path / name for name in _SAVED if (path / name).is_file()), None)
        if named is None:
            raise BadCheckpoint(_without_weights(path))
        found = find(named)
        return WeightFiles(path, found.parts, found.index, found.config_file, found.config)
    if not path.exists():
        raise BadCheckpoint(f"'{path}' does not exist: expected a file or a folder of weights")
    config_file = path.with_name(_CONFIG)
    beside = path.name in _SAVED and config_file.is_file()
    config = _json(config_file) if beside else {}
    index = path if path.name.endswith(_INDEX) else None
    parts = _parts(path) if index else (path,)
    return WeightFiles(path, parts, index, config_file if beside else None, config)


def index_of(path: Path) -> Path | None:
    """The index that names a file as one of its parts, if one lies beside it."""
    for index in sorted(path.parent.glob(f"*{_INDEX}")):
        if path.name in _weight_map(index).values():
            return index
    return None


def _parts(index: Path) -> tuple[Path, ...]:
    names = sorted(set(_weight_map(index).values()))
    odd = [name for name in names if Path(name).name != name]
    if odd or not names:
        raise BadCheckpoint(
            f"'{index}' names {odd[0] if odd else 'no files'}: expected files beside it"
        )
    lacking = [name for name in names if not (index.parent / name).is_file()]
    if lacking:
        raise BadCheckpoint(
            f"'{index}' names {len(names)} files and {len(lacking)} of them are missing beside it: "
            f"{', '.join(lacking[:5])}; copy or download them too"
        )
    return tuple(index.parent / name for name in names)


def _weight_map(index: Path) -> dict[str, str]:
    content = _json(index).get("weight_map")
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise BadCheckpoint(
            f"'{index}' has no 'weight_map' from names to files: expected the index of a "
            "checkpoint in several files"
        )
    return content


def _json(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise BadCheckpoint(f"'{path}' cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise BadCheckpoint(f"'{path}' holds no JSON object: expected names with their values")
    return content


def _without_weights(folder: Path) -> str:
    there = sorted(p.name for p in folder.iterdir() if p.suffix in _SUFFIXES)
    expected = f"'{folder}' is a folder without {_SAVED[1]} or {_SAVED[3]}"
    if there:
        return f"{expected}: name one of its files instead, {', '.join(there[:5])}"
    return f"{expected}: expected a folder of save_pretrained, or a file"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
