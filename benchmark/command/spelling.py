"""Which act a command line asks for, and which of its words belong to another: pure.

The first word may name an act; without one it is `measure`, or what an option of before asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from irrvit.benchmark.errors import BadOptions

Takes = Mapping[str, Mapping[str, bool]]
"""The options of each act, and whether a value follows them."""

DEFAULT_ACT = "measure"
# How acts were asked for before they had names.
_FLAGS = {
    "--profile": "profile",
    "--agreement": "crosscheck",
    "--devices": "devices",
    "--list": "list",
}
_WITH_VALUE = {"--decisions": "accuracy", "--from": "show", "--setup": "setup"}
OLD_SPELLINGS = {**_FLAGS, **_WITH_VALUE}


def to_act(words: Sequence[str], takes: Takes) -> list[str]:
    """The same command line with its act in front, under its own options.

    Raises:
        BadOptions: it asks for several acts, or has an option that its act does not take.
    """
    named = list(words) if words[:1] and words[0] in takes else _from_old_spelling(words, takes)
    if words[:1] and named[0] != words[0]:
        _expect_file_or_act(words[0], takes)
    _refuse_foreign(named[0], named[1:], takes)
    return named


def _from_old_spelling(words: Sequence[str], takes: Takes) -> list[str]:
    has_value = {name for options in takes.values() for name, value in options.items() if value}
    asked: dict[str, list[str]] = {}
    rest: list[str] = []
    todo = list(words)
    while todo:
        word = todo.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *todo]
            break
        if word in _FLAGS:
            asked[word] = [_FLAGS[word]]
        elif name in _WITH_VALUE and (equals or todo):
            value = value if equals else todo.pop(0)
            asked[name] = (
                ["accuracy", "--data", value]
                if name == "--decisions"
                else [
                    _WITH_VALUE[name],
                    value,
                ]
            )
        else:
            rest.append(word)
            if name in has_value and not equals and todo:
                rest.append(todo.pop(0))
    if len(asked) > 1:
        raise BadOptions(f"{' and '.join(asked)} do not go together: give one of them")
    return [*next(iter(asked.values()), [DEFAULT_ACT]), *rest]


def _expect_file_or_act(word: str, takes: Takes) -> None:
    """Say what a misspelled act may have been; whoever opens a path says that it is not there."""
    near = get_close_matches(word, takes, n=1)
    if near and word.isalpha() and not Path(word).exists():
        raise BadOptions(
            f"there is neither an act nor a file called '{word}': did you mean "
            f"'irrvit-bench {near[0]}'?"
        )


def _refuse_foreign(act: str, words: Sequence[str], takes: Takes) -> None:
    todo = list(words)
    while todo:
        word = todo.pop(0)
        name, equals, _ = word.partition("=")
        if word == "--":
            return
        if name in takes[act]:
            if takes[act][name] and not equals and todo:
                todo.pop(0)
        elif name in OLD_SPELLINGS:
            raise BadOptions(
                f"{name} is the old spelling of 'irrvit-bench {OLD_SPELLINGS[name]}': "
                f"leave it out of 'irrvit-bench {act}'"
            )
        elif owners := [other for other in takes if name in takes[other]]:
            *most, last = (f"'irrvit-bench {owner}'" for owner in owners)
            belongs = f"{', '.join(most)} and {last}" if most else last
            raise BadOptions(f"{name} belongs to {belongs}: leave it out of 'irrvit-bench {act}'")
