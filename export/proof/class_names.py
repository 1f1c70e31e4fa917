"""Which classes of a network somebody meant who gave folders of pictures a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from irrvit.export.errors import BadOption
from irrvit.model.data.dataset import Dataset
from irrvit.model.data.wnids import wnids_of

BY_LABEL = "named by the network's labels"
_BY_SPELLING = "named by the network's labels, but for capitals and signs"
_BY_WNID = "named by WordNet's numbers"
_BY_NUMBER = "named by class numbers from 0"
_BY_ORDER = "named otherwise: in sorted order, as torchvision's ImageFolder numbers them"

_WNID = re.compile(r"(n\d{8})(?![0-9A-Za-z])")  # Also of n02085620-Chihuahua.
_TEXT = "LMN"  # Letters, the marks on them, and numbers, as Unicode calls them.


@dataclass(frozen=True)
class Meaning:
    """What names of classes mean to a network.

    Attributes:
        classes: for each name the indices of the classes that it stands for: several where the
            network has one label for several.
        rule: how that was found, in words.
    """

    classes: tuple[tuple[int, ...], ...]
    rule: str


def meaning(data: Dataset, labels: tuple[str, ...]) -> Meaning:
    """Find the classes of labelled pictures among those of a network.

    The first rule that holds for all names is taken: labels, WordNet's numbers, numbers of
    classes. Names of folders of which none means anything are taken in sorted order, if there are
    as many as classes.

    Raises:
        BadOption: a name is none of the network's.
    """
    by_label = _by_label(labels)
    found = [by_label(name) for name in data.labels]
    if all(found):
        exact = set(map(_composed, labels)).issuperset(map(_composed, data.labels))
        return Meaning(tuple(found), BY_LABEL if exact else _BY_SPELLING)
    numbered = _by_wnid(data.wnids or data.labels, wnids_of(labels))
    if all(numbered):
        return Meaning(tuple(numbered), _BY_WNID)
    if data.labels_are_folders and _are_numbers(data.labels, len(labels)):
        return Meaning(tuple((int(name),) for name in data.labels), _BY_NUMBER)
    nothing = not any(found) and not any(numbered)
    if data.labels_are_folders and nothing and len(data.labels) == len(labels):
        return Meaning(tuple((i,) for i in range(len(labels))), _BY_ORDER)
    best = max(numbered, found, key=lambda some: sum(map(bool, some)))
    raise BadOption(_refusal(data, labels, data.labels[best.index(())]))


def _by_label(labels: tuple[str, ...]) -> Callable[[str], tuple[int, ...]]:
    """A function of a name: the classes of its label; nothing where two labels may be meant."""
    exact: dict[str, tuple[int, ...]] = {}
    spelled: dict[str, set[str]] = {}
    for index, label in enumerate(map(_composed, labels)):
        exact[label] = (*exact.get(label, ()), index)
        spelled.setdefault(_text(label), set()).add(label)

    def find(name: str) -> tuple[int, ...]:
        name = _composed(name)
        near = spelled.get(_text(name), set()) if _text(name) else set()
        return exact.get(name) or (exact[next(iter(near))] if len(near) == 1 else ())

    return find


def _composed(text: str) -> str:
    """As one code point where there is one: macOS takes names of files apart."""
    return unicodedata.normalize("NFC", text)


def _text(label: str) -> str:
    """What is left of a label where a name must do without its signs: T-shirt/top, T-shirt_top."""
    plain = unicodedata.normalize("NFKC", label).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in _TEXT)


def _by_wnid(names: Sequence[str], wnids: tuple[str, ...]) -> list[tuple[int, ...]]:
    index = {wnid: i for i, wnid in enumerate(wnids)}
    matches = [_WNID.match(name) for name in names]
    return [(index[m[1]],) if m and m[1] in index else () for m in matches]


def _are_numbers(names: Sequence[str], classes: int) -> bool:
    return all(name.isascii() and name.isdigit() and int(name) < classes for name in names)


def _refusal(data: Dataset, labels: tuple[str, ...], unknown: str) -> str:
    near = get_close_matches(unknown, labels, n=1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    said = (
        f"the pictures of '{data.name}' are of {len(data.labels)} classes, and the network has no "
        f"'{unknown}' among its {len(labels)}{hint}: "
    )
    if not data.labels_are_folders:
        return said + "evaluate a network of these classes, or give its labels with --labels"
    return said + (
        "name the folders as its labels, or by class numbers from 0, or as many as it has classes "
        "in sorted order, or give the labels with --labels"
    )
