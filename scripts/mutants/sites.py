"""Where the code can be broken, and how: cosmic-ray's operators, and one of our own for limits."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast, is_number
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.number_replacer import NumberReplacer
from cosmic_ray.operators.operator import Operator
from parso.python.tree import Number

# An operator replaced by any other is mostly a TypeError, which any test notices: its neighbours
# alone are tried. `==` for `is` is left out as well, since small numbers and enums are the same.
_SWAPS = {
    "ReplaceComparisonOperator": (
        "Eq_NotEq NotEq_Eq Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt "
        "Is_IsNot IsNot_Is"
    ),
    "ReplaceBinaryOperator": (
        "Add_Sub Sub_Add Mul_Div Div_Mul Div_FloorDiv FloorDiv_Div Mod_FloorDiv Pow_Mul "
        "BitOr_BitAnd BitAnd_BitOr LShift_RShift RShift_LShift"
    ),
    "ReplaceUnaryOperator": "USub_UAdd Delete_USub Delete_Not Delete_Invert",
}
_PLAIN = (
    "AddNot ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceAndWithOr ReplaceOrWithAnd "
    "ReplaceBreakWithContinue ReplaceContinueWithBreak ExceptionReplacer RemoveDecorator "
    "ZeroIterationForLoop"
)
# Guards against the programmer, which no behaviour depends on.
_GUARDS = {"frozen", "strict", "slots", "kw_only"}


class NumberNudge(Operator):
    """A tenth more or less: what is added to a limit of 0.05 by `NumberReplacer` is 1."""

    def mutation_positions(self, node) -> Any:
        if is_number(node) and _is_large_or_broken(node.value):
            yield from [(node.start_pos, node.end_pos)] * 2

    def mutate(self, node, index) -> Any:
        value = ast.literal_eval(node.value)
        nudged = value * (1.1, 0.9)[index]
        text = repr(round(nudged) if isinstance(value, int) else float(f"{nudged:.6g}"))
        return Number(" " + text, node.start_pos)

    @classmethod
    def examples(cls) -> Any:
        return ()


class NumberStep(NumberReplacer):
    """One more or less, of small whole numbers."""

    def mutation_positions(self, node) -> Any:
        if is_number(node) and not _is_large_or_broken(node.value):
            yield from super().mutation_positions(node)


def _is_large_or_broken(text: str) -> bool:
    value = ast.literal_eval(text)
    return isinstance(value, float) or (isinstance(value, int) and value >= 10)


@dataclass(frozen=True)
class Site:
    """A place in a module and the ways to break it: (operator, occurrence) of each.

    Attributes:
        rank: a random number that depends on the seed and the text of its line alone, so that an
            edit elsewhere does not draw another sample.
    """

    module: str
    line: int
    family: str
    ways: tuple[tuple[str, int], ...]
    rank: str


def operators() -> dict[str, Any]:
    names = [f"{stem}_{swap}" for stem, swaps in _SWAPS.items() for swap in swaps.split()]
    names += _PLAIN.split()
    found = {name: cosmic_ray.plugins.get_operator(f"core/{name}")() for name in names}
    return found | {"NumberNudge": NumberNudge(), "NumberStep": NumberStep()}


def find(module: str, source: str, seed: int) -> Iterator[Site]:
    """All places of a module, each once for each family of operators that fits."""
    ways: dict[tuple[tuple[int, int], str], list[tuple[str, int]]] = {}
    nodes = list(ast_nodes(get_ast(source)))
    for name, operator in operators().items():
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, (start, _) in enumerate(places):
            ways.setdefault((start, name.partition("_")[0]), []).append((name, occurrence))
    lines, seen = source.splitlines(), Counter()
    for (start, family), found in sorted(ways.items()):
        text = lines[start[0] - 1].strip()
        seen[family, text] += 1
        rank = _hash(f"{seed} {module} {family} {text} {seen[family, text]}")
        yield Site(module, start[0], family, tuple(found), rank)


def mutate(site: Site, source: str) -> str | None:
    """The module broken in one of the site's ways; None if it would do the same as before."""
    name, occurrence = site.ways[int(site.rank, 16) % len(site.ways)]
    mutated = mutate_code(source, operators()[name], occurrence)
    if mutated is None or _behaviour(mutated) == _behaviour(source):
        return None
    return mutated


def around(source: str, line: int) -> tuple[int, int]:
    """First and last line of the statement of a module that this line is in."""
    for node in ast.parse(source).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        if first <= line <= (node.end_lineno or first):
            return first, node.end_lineno or first
    return line, line


def _behaviour(source: str) -> str | None:
    """The syntax tree without what nothing reads at run time; None if it is no Python."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant("")
        elif isinstance(node, ast.arguments):  # Whether a name may, must or must not be given.
            node.args += node.posonlyargs + node.kwonlyargs
            node.defaults += filter(None, node.kw_defaults)
            node.posonlyargs, node.kwonlyargs, node.kw_defaults = [], [], []
        elif isinstance(node, ast.Call):
            node.keywords = [word for word in node.keywords if word.arg not in _GUARDS]
    return ast.dump(tree)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
