"""Tensors by name, with the file that they came from and what it says about their network."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from pydantic import TypeAdapter, ValidationError
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import files, labelling, pickled, state_dict
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

_INPUT, _LABELS = "input", "labels"  # Keys of a safetensors file's own metadata.
_text_tuple = TypeAdapter(tuple[str, ...])


@dataclass(frozen=True)
class Checkpoint:
    """Tensors by name, and the file that they came from.

    Attributes:
        input, labels: what the network was trained on, if the file says so (`write` does).
        key: where in the file the tensors were, if it has others too.
        config: the `config.json` that lies beside, as timm and transformers write it.
        notes: what had to be chosen or left out, one sentence each.
    """

    path: Path
    sha256: str
    tensors: Mapping[str, Tensor]
    input: InputSpec | None = None
    labels: tuple[str, ...] | None = None
    key: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        key = f" ({self.key})" if self.key else ""
        return f"checkpoint {self.path.name}{key} sha256 {self.sha256}"

    def rows(self, weight: str) -> int | None:
        """Length of the first dimension of one tensor: of a classifier's weight, its classes."""
        tensor = self.tensors.get(weight)
        return tensor.shape[0] if tensor is not None and tensor.ndim > 0 else None

    def described(self, source: Source) -> Source:
        """A network with these weights, and with what they say about it."""
        labels, warnings = source.labels, list(self.notes)
        if self.labels is not None and len(self.labels) == len(labels):
            labels = self.labels
        elif self.labels is not None:
            warnings.append(
                f"the checkpoint names {len(self.labels)} classes and has {len(labels)}: its names "
                "were left out; give others with --labels"
            )
        return replace(source, labels=labels, warnings=(*source.warnings, *warnings))

    def noting(self, notes: Sequence[str]) -> Checkpoint:
        """The same with more to say about it."""
        return replace(self, notes=(*self.notes, *notes))

    def for_network(self, names: Collection[str]) -> Checkpoint:
        """The same under the names of a network, without what wrapped it while it was trained.

        Raises:
            BadCheckpoint: the network is in the file more than once.
        """
        try:
            prefix, note = state_dict.prefix_for(self.tensors, names)
        except BadCheckpoint as error:
            raise BadCheckpoint(f"'{self.path}' {error}") from None
        inside = {
            n.removeprefix(prefix): v for n, v in self.tensors.items() if n.startswith(prefix)
        }
        notes = [note] if note else []
        outside = [n for n in self.tensors if not n.startswith(prefix)]
        if outside and not note:
            notes.append(
                f"{len(outside)} tensors of the checkpoint are outside of '{prefix}' and were left "
                f"out: {first(outside)}"
            )
        return replace(self, tensors=inside).noting(notes)


def read(path: Path, key: str | None = None) -> Checkpoint:
    """Read weights: of safetensors or torch.save, in one file or several, or in a folder of them.

    Args:
        key: which weights of a file that holds several sets.

    Raises:
        BadCheckpoint: saying what is wrong with the file.
    """
    found = files.find(path)
    content: dict[Any, Any] = {}
    for part in found.parts:
        one = _read_part(part)
        if not isinstance(one, Mapping) or not one:
            raise BadCheckpoint(
                f"'{part}' holds {_kind(one)}: expected a state_dict, names with their tensors"
            )
        content |= one
    try:
        chosen = state_dict.choose(content, key)
    except BadCheckpoint as error:
        raise BadCheckpoint(f"'{path}' {error}") from None
    about = _metadata(found.parts[0])
    spec, labels = _described(about, path)
    return Checkpoint(
        path=path,
        sha256=found.sha256,
        tensors=_checked(state_dict.plain_names(chosen.entries), path),
        input=spec,
        labels=labels or labelling.of_config(found.config) or labelling.of_training(content),
        key=chosen.key,
        config=found.config,
        notes=(chosen.note,) if chosen.note else (),
    )


def write(network: nn.Module, path: Path, spec: InputSpec, labels: tuple[str, ...]) -> None:
    """Write a network's weights as `.safetensors`, with its input and its labels."""
    tensors = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    about = {_INPUT: spec.model_dump_json(), _LABELS: json.dumps(labels)}
    path.write_bytes(safetensors.torch.save(tensors, about))


def first(items: Collection[str], count: int = 5) -> str:
    """The first of some names; points stand for the rest."""
    return ", ".join(list(items)[:count]) + (", ..." if len(items) > count else "")


def _read_part(path: Path) -> object:
    if not _is_safetensors(path):
        return pickled.read(path)
    try:
        return safetensors.torch.load_file(path)
    except SafetensorError as error:
        raise BadCheckpoint(
            f"'{path}' is damaged or not a safetensors file ({error}): copy or download it again"
        ) from error


def _is_safetensors(path: Path) -> bool:
    """By content, for people rename files: eight bytes of a length, then a header of JSON."""
    with path.open("rb") as file:
        return file.read(9)[8:] == b"{" or path.suffix == ".safetensors"


def _metadata(path: Path) -> Mapping[str, str]:
    if not _is_safetensors(path):
        return {}
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


def _checked(content: Mapping[str, Any], path: Path) -> dict[str, Tensor]:
    odd = [f"{k} ({_kind(v)})" for k, v in content.items() if not _is_plain(v)]
    if odd:
        raise BadCheckpoint(
            f"'{path}': {len(odd)} of {len(content)} entries are not plain tensors: {first(odd)}; "
            "expected a state_dict, names with their tensors"
        )
    broken = [k for k, v in content.items() if not torch.isfinite(v.float()).all()]
    if broken:
        raise BadCheckpoint(
            f"'{path}' has NaN or infinite numbers in {len(broken)} of {len(content)} tensors: "
            f"{first(broken)}; the training diverged or the file is damaged: use an earlier one"
        )
    return dict(content)


def _is_plain(value: Any) -> bool:
    return (
        isinstance(value, Tensor)
        and value.layout == torch.strided
        and not value.is_quantized
        and not value.is_meta
    )


def _kind(value: object) -> str:
    return f"an empty {type(value).__name__}" if value == {} else f"a {type(value).__name__}"
