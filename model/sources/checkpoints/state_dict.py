"""The weights in what a training script saved: which set of several, and under which names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from irrvit.model.errors import BadCheckpoint

_DEPTH = 3
_EMA = re.compile(r"(^|[._ -])ema(?![a-z])|averaged?_model|swa_model", re.IGNORECASE)
_COMPILED = "_orig_mod"  # What torch.compile puts between the names of a module and its parent.
_AVERAGED = "n_averaged"  # How many were averaged, beside the weights of torch's AveragedModel.


@dataclass(frozen=True)
class Chosen:
    """Entries of a file that are meant by it.

    Attributes:
        key: where they were, as `state_dict_ema`, if they are not all that the file has.
        note: what had to be chosen, for whoever reads the manifest.
    """

    key: str
    entries: Mapping[str, Any]
    note: str | None = None


def choose(content: Mapping[Any, Any], key: str | None) -> Chosen:
    """Find the weights in what was saved; an average is taken before what it is the average of.

    Args:
        key: where they are: names on the way to them, or a prefix of theirs, joined by points.

    Raises:
        BadCheckpoint: there are several sets, or none under this key; the file is not named.
    """
    sets = dict(_sets(content, ""))
    if key is not None:
        return Chosen(key, _under_key(sets, key))
    most = max((_tensors(entries) for entries in sets.values()), default=0)
    # What else is kept in tensors: the state of a loss, the best score, weights of classes.
    names = [name for name, entries in sets.items() if 2 * _tensors(entries) >= most]
    if not names:
        return Chosen("", content)
    taken, note = _prefer_average(names, f"sets of weights ({_listed(sets, names)})")
    return Chosen(taken if len(names) > 1 else "", sets[taken], note)


def prefix_for(names: Collection[str], wanted: Collection[str]) -> tuple[str, str | None]:
    """What stands before the names of a network in the names of a checkpoint, and a note.

    Lightning puts `model.` there, DataParallel `module.`, the timm of transformers `timm_model.`.

    Raises:
        BadCheckpoint: the network is there more than once; the file is not named.
    """
    own, counts = set(wanted), Counter[str]()
    for name in names:
        parts = name.split(".")
        for at in range(len(parts)):
            if ".".join(parts[at:]) in own:
                counts["".join(f"{part}." for part in parts[:at])] += 1
    most = max(counts.values(), default=0)
    if 2 * most < len(own) or counts[""] == most:
        return "", None
    best = [prefix.removesuffix(".") for prefix, count in counts.items() if count == most]
    taken, note = _prefer_average(best, f"networks ({', '.join(sorted(best))})")
    return f"{taken}.", note


def plain_names(entries: Mapping[Any, Any]) -> dict[str, Any]:
    """The entries under the names that the modules have without torch.compile."""
    return {
        ".".join(part for part in str(name).split(".") if part != _COMPILED): value
        for name, value in entries.items()
        if name != _AVERAGED
    }


def _sets(content: Mapping[Any, Any], path: str) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    """Mappings from names to tensors, each with the way to it; a set has none inside."""
    if not all(isinstance(name, str) for name in content):
        return
    deeper: list[tuple[str, Mapping[Any, Any]]] = []
    if path.count(".") < _DEPTH - 1:
        for name, value in content.items():
            if isinstance(value, Mapping):
                deeper += _sets(value, f"{path}.{name}" if path else name)
    own = _tensors(content)
    if own and own >= max((_tensors(entries) for _, entries in deeper), default=0):
        yield path, content
    else:
        yield from deeper


def _tensors(entries: Mapping[Any, Any]) -> int:
    return sum(isinstance(value, Tensor) for value in entries.values())


def _under_key(sets: Mapping[str, Mapping[Any, Any]], key: str) -> Mapping[Any, Any]:
    if key in sets:
        return sets[key]
    for path, entries in sets.items():
        prefix = key.removeprefix(f"{path}.") + "."
        below = {n.removeprefix(prefix): v for n, v in entries.items() if n.startswith(prefix)}
        if below:
            return below
    there = _listed(sets, [name for name in sets if name])
    raise BadCheckpoint(
        f"has no weights under --checkpoint-key {key}: "
        + (f"there are {there}" if there else "its tensors lie in it without a key")
    )


def _prefer_average(names: list[str], what: str) -> tuple[str, str | None]:
    """The one of several that is an average, where it is one; and the sentence that says so."""
    averages = [name for name in names if _EMA.search(name)]
    if len(names) == 1:
        return names[0], None
    if len(averages) != 1:
        raise BadCheckpoint(
            f"holds several {what}: choose with --checkpoint-key, as in --checkpoint-key "
            f"{sorted(names)[0]}"
        )
    others = ", ".join(sorted(set(names) - set(averages)))
    return averages[0], (
        f"the checkpoint holds {averages[0]} beside {others}: the average was taken; "
        f"--checkpoint-key {others.partition(',')[0]} takes the other"
    )


def _listed(sets: Mapping[str, Mapping[Any, Any]], names: list[str]) -> str:
    return ", ".join(f"{name} with {_tensors(sets[name])} tensors" for name in sorted(names)[:8])
