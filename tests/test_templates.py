"""What was said by a device, a file or a person is a value, and never the text that holds values.

`text.format(...)` of an installer's words ended in an IndexError: they had braces in them.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_FILLING = ("format", "format_map", "substitute", "safe_substitute")
FILES = sorted(
    path
    for folder in ("benchmark", "export", "model", "scripts")
    for path in (ROOT / folder).rglob("*.py")
)


def _root(node):
    """The name that an expression begins with: `TABLE` of `TABLE[key].text`."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_ours(node):
    """A text that stands in the source: as it is, or in a constant of the module."""
    if isinstance(node, ast.Constant):
        return True
    return _root(node).isupper()


def _strange(source):
    """Lines on which a text is filled in that does not stand there itself."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=text, attr=name)) if name in _FILLING:
                if not _is_ours(text):
                    yield node.lineno
            case ast.BinOp(left=ast.JoinedStr(), op=ast.Mod()):
                yield node.lineno


def test_only_texts_of_the_source_are_filled_in():
    assert [
        f"{path.relative_to(ROOT)}:{line}"
        for path in FILES
        for line in _strange(path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("known.format(serial=1)", True),
        ("f'{said}: {{}}'.format(1)", True),
        ("(a + b).format(1)", True),
        ("f'{said} %s' % 1", True),
        ("tool.command.format(1)", True),
        ("'{}'.format(said)", False),
        ("_WORDS[kind].format(said)", False),
        ("WORDS.format(said)", False),
        ("a % b", False),
    ],
)
def test_the_test_finds_what_it_looks_for(source, found):
    assert bool(list(_strange(source))) is found
