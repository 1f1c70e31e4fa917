"""Files of weights: read without running anything in them, and put into a network that they fit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import safetensors.torch
import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from irrvit.model.errors import BadCheckpoint
from irrvit.model.files import sha256
from irrvit.model.spec import InputSpec

_PICKLED = (".pth", ".pt", ".bin")
_WRAPPERS = ("state_dict", "model", "model_ema", "state_dict_ema")
_PARALLEL = "module."
_INPUT, _LABELS = "input", "labels"  # Keys of a safetensors file's own metadata.
_text_tuple = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name, and the file that they came from.

    Attributes:
        input, labels: what the network was trained on, if the file says so (`write` does).
    """

    path: Path
    sha256: str
    tensors: Mapping[str, Tensor]
    input: InputSpec | None = None
    labels: tuple[str, ...] | None = None

    @property
    def description(self) -> str:
        return f"checkpoint {self.path.name} sha256 {self.sha256}"

    def rows(self, weight: str) -> int | None:
        """Length of the first dimension of one tensor: of a classifier's weight, its classes."""
        tensor = self.tensors.get(weight)
        return tensor.shape[0] if tensor is not None and tensor.ndim > 0 else None


def read(path: Path) -> Checkpoint:
    """Read `.safetensors`, or `.pth`, `.pt` and `.bin` in so far as they hold tensors only.

    Raises:
        BadCheckpoint: saying what is wrong with the file.
    """
    digest = sha256(path, BadCheckpoint)
    about: Mapping[str, str] = {}
    if path.suffix == ".safetensors":
        tensors: object = _read_safetensors(path)
        about = _metadata(path)
    elif path.suffix in _PICKLED:
        tensors = _unwrap(_read_pickled(path), path)
    else:
        raise BadCheckpoint(
            f"'{path}' has the suffix '{path.suffix}': expected .safetensors or one of "
            f"{', '.join(_PICKLED)}"
        )
    return Checkpoint(path, digest, _checked(tensors, path), *_described(about, path))


def write(network: nn.Module, path: Path, spec: InputSpec, labels: tuple[str, ...]) -> None:
    """Write a network's weights as `.safetensors`, with its input and its labels."""
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    about = {_INPUT: spec.model_dump_json(), _LABELS: json.dumps(labels)}
    path.write_bytes(safetensors.torch.save(tensors, about))


def fit(network: nn.Module, checkpoint: Checkpoint) -> None:
    """Put a checkpoint's tensors into a network.

    Raises:
        BadCheckpoint: listing the names that are missing, unexpected or of another shape.
    """
    own, given = network.state_dict(), checkpoint.tensors
    # Only training reads this counter, and old files lack it.
    missing = [k for k in own if k not in given and not k.endswith("num_batches_tracked")]
    unexpected = [k for k in given if k not in own]
    reshaped = [
        f"{k} (got {list(given[k].shape)}, expected {list(own[k].shape)})"
        for k in own
        if k in given and own[k].shape != given[k].shape
    ]
    findings = {"missing": missing, "unexpected": unexpected, "of another shape": reshaped}
    if any(findings.values()):
        lists = "".join(
            f"\n  {len(found)} {what}: {_first(found)}" for what, found in findings.items() if found
        )
        raise BadCheckpoint(
            f"'{checkpoint.path}' does not fit the network, which has {len(own)} tensors where the "
            f"file has {len(given)}: give the network that these weights were trained in{lists}"
        )
    network.load_state_dict(dict(given), strict=False)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load_file(path)
    except SafetensorError as error:
        raise BadCheckpoint(
            f"'{path}' is damaged or not a safetensors file ({error}): copy or download it again"
        ) from error


def _metadata(path: Path) -> Mapping[str, str]:
    with safe_open(path, "pt") as file:
        return file.metadata() or {}


def _described(
    about: Mapping[str, str], path: Path
) -> tuple[InputSpec | None, tuple[str, ...] | None]:
    """What a file says about its network's input and labels."""
    try:
        spec = InputSpec.model_validate_json(about[_INPUT]) if _INPUT in about else None
        labels = _text_tuple.validate_json(about[_LABELS]) if _LABELS in about else None
    except ValidationError as error:
        raise BadCheckpoint(
            f"'{path}' describes its input or its labels in a way that cannot be read "
            f"({error.errors()[0]['msg']}): write it again with irrvit-train"
        ) from error
    return spec, labels


def _read_pickled(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise BadCheckpoint(
            f"'{path}' holds pickled Python objects other than tensors, which could run code, or "
            f"is damaged ({_reason(error)}); nothing of it was run: expected a state_dict of "
            "tensors, best saved as .safetensors"
        ) from error
    # A damaged archive or pickle shows as almost any built-in exception, depending on where.
    except Exception as error:
        raise BadCheckpoint(
            f"'{path}' is damaged, or not a file of torch.save ({_reason(error)}): copy or "
            "download it again"
        ) from error


def _unwrap(content: object, path: Path) -> object:
    """Find the state_dict inside what a training script saved."""
    if not isinstance(content, Mapping):
        return content
    found = [k for k in _WRAPPERS if isinstance(content.get(k), Mapping)]
    if len(found) > 1:
        raise BadCheckpoint(
            f"'{path}' holds several sets of weights ({', '.join(found)}): save the one that you "
            "mean alone"
        )
    return content[found[0]] if found else content


def _checked(content: object, path: Path) -> dict[str, Tensor]:
    if not isinstance(content, Mapping) or not content:
        raise BadCheckpoint(
            f"'{path}' holds {_kind(content)}: expected a state_dict, names with their tensors"
        )
    odd = [f"{k} ({_kind(v)})" for k, v in content.items() if not _is_plain(v)]
    if odd:
        raise BadCheckpoint(
            f"'{path}': {len(odd)} of {len(content)} entries are not plain tensors: {_first(odd)}; "
            "expected a state_dict, names with their tensors"
        )
    broken = [k for k, v in content.items() if not torch.isfinite(v).all()]
    if broken:
        raise BadCheckpoint(
            f"'{path}' has NaN or infinite numbers in {len(broken)} of {len(content)} tensors: "
            f"{_first(broken)}; the training diverged or the file is damaged: use an earlier one"
        )
    parallel = all(str(k).startswith(_PARALLEL) for k in content)
    return {str(k).removeprefix(_PARALLEL) if parallel else str(k): v for k, v in content.items()}


def _is_plain(value: Any) -> bool:
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and not value.is_meta
    )


def _kind(value: object) -> str:
    return f"an empty {type(value).__name__}" if value == {} else f"a {type(value).__name__}"


def _first(items: list[str], count: int = 5) -> str:
    return ", ".join(items[:count]) + (", ..." if len(items) > count else "")


def _reason(error: Exception) -> str:
    """The sentence of torch's message that names the cause; the rest is how to allow it."""
    text = str(error)
    at = text.find("Unsupported global: ")
    lines = text[max(at, 0) :].strip().splitlines() or [type(error).__name__]
    return lines[0][:160]
