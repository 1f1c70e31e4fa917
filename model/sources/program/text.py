"""The strings of a `.pt2` that torch would turn into Python: each is accepted or refused here.

Every function returns what it was given, or raises ValueError with the end of a sentence.
The doors that they close, in torch 2.14: `GraphModuleDeserializer.deserialize_operator` resolves
`torch.x.y` to anything in torch (its verifier then wants an operator, but `aten.from_file` writes
files), `_parse_sym_expr` evaluates symbolic sizes (sympify), and
`torch.utils._pytree.enum_object_hook` imports the module that a tree specification names.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch._decomp import decomposition_table

_SYMBOLIC = (
    "add",
    "sub",
    "mul",
    "floordiv",
    "mod",
    "neg",
    "and_",
    "or_",
    "eq",
    "ne",
    "ge",
    "gt",
    "le",
    "lt",
)
REGIONS = (
    "torch.ops.higher_order.wrap_with_set_grad_enabled",
    "torch.ops.higher_order.wrap_with_autocast",
)
"""They run a graph that they are given, and change nothing in it: `regions` takes them apart."""

_INPUT = "image"  # What a file's input is called.
_CALLS = {"Symbol", "Integer", "Add", "Mul"}
_ASSUMPTIONS = {"positive", "nonnegative", "integer"}
# Text that is not one of a few words.
_NAMES_A_FILE = "filename"
_PRINTS = "s"
# Internal operators (they begin with an underscore) that say of themselves nothing that `_meaning`
# could see: these compute and no more.
_INTERNAL = (
    "__and__",
    "__or__",
    "__xor__",
    "_assert_scalar",
    "_assert_tensor_metadata",
    "_convolution",
    "_convolution_mode",
    "_scaled_dot_product_attention_math",
    "_unsafe_view",
    "_weight_norm",
)
# What an operator that draws numbers in training only is told by; `schema` sees that it is off.
_TRAINING = {"train", "training", "dropout_p"}
# Memory that nobody wrote, or that belongs to another tensor.
_RAW = (
    "_reshape_alias",
    "as_strided_",
    "data",
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "new_empty",
    "new_empty_strided",
    "resize",
    "resize_",
    "resize_as",
    "resize_as_",
    "set",
    "set_",
    "set_data",
)
_NOWHERE = {"deform_conv2d": "deformable convolution"}


def check_operator(target: str) -> str:
    """Accept an operator of aten that only computes, arithmetic of sizes, or a region.

    What an operator does is seen by what torch says of it: what it is given, whether it draws
    numbers, and, for internal ones, whether torch has their meaning in terms of others.
    """
    module, _, name = target.partition(".")
    if (module == "_operator" and name in _SYMBOLIC) or target in REGIONS:
        return target
    parts = target.split(".")
    if len(parts) == 5 and parts[3] in _NOWHERE:
        raise ValueError(f"is {_NOWHERE[parts[3]]}, which no format here has: build it without")
    if parts[:3] != ["torch", "ops", "aten"] or len(parts) != 5 or "__" in parts[4]:
        raise ValueError("is not an operator of aten: only those are known to compute and no more")
    if "__" in parts[3] and parts[3] not in _INTERNAL:
        raise ValueError("is not an operator of aten: only those are known to compute and no more")
    operator = getattr(getattr(torch.ops.aten, parts[3], None), parts[4], None)
    if not isinstance(operator, torch._ops.OpOverload):
        raise ValueError(f"does not exist in torch {torch.__version__}")
    if parts[3] in _RAW:
        raise ValueError("reads or gives memory that nobody wrote, which a network does not need")
    if parts[3].startswith("_") and not _has_meaning(operator):
        raise ValueError("is internal to torch, and what it does is not known: export without it")
    arguments = {argument.name: str(argument.type) for argument in operator._schema.arguments}
    if _NAMES_A_FILE in arguments or "str" in arguments.get(_PRINTS, ""):
        raise ValueError("names a file or prints: expected a function of the picture alone")
    draws = torch.Tag.nondeterministic_seeded in operator.tags
    if draws and not _TRAINING & set(arguments):
        raise ValueError("draws random numbers: expected a function of the picture alone")
    return target


def _has_meaning(operator: torch._ops.OpOverload) -> bool:
    """Whether it is of torch's core, or torch can write it in terms of others."""
    packet = operator.overloadpacket
    if packet.__name__ in _INTERNAL or packet.__name__.startswith("_unsafe"):
        return packet.__name__ in _INTERNAL  # Others of that name trust what they are given.
    overloads = [getattr(packet, name) for name in packet.overloads()]
    return any(torch.Tag.core in o.tags or o in decomposition_table for o in overloads)


def check_expression(text: str) -> str:
    """Accept sums and products of integers and named symbols, as sympy's srepr writes them."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError("is not a symbolic size") from error
    if len(text) > 500 or not _is_arithmetic(tree):
        raise ValueError(
            "is more than sums and products of sizes, and the loader would evaluate it"
        )
    return text


def _is_arithmetic(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    call, args = node.func.id, node.args
    flags = all(
        k.arg in _ASSUMPTIONS and isinstance(k.value, ast.Constant) and k.value.value is True
        for k in node.keywords
    )
    if call not in _CALLS or not flags or not args:
        return False
    if call in ("Add", "Mul"):
        return not node.keywords and all(_is_arithmetic(a) for a in args)
    return len(args) == 1 and _is_leaf(call, args[0])


def _is_leaf(call: str, node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    if call == "Integer":
        return type(value) is int and value < 2**31
    return isinstance(value, str) and value.isascii() and value.isalnum()


def check_tree(text: str) -> str:
    """Accept nested arguments or results, whatever holds them: what is loaded is a plain tuple."""
    leaf_names(text)
    return text


def leaf_names(text: str) -> list[str]:
    """What the leaves of a tree specification are called: by the keys and places on the way there.

    A leaf without a key on its way has the name "" if it is alone, and else that of its place.
    """
    try:
        _, tree = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("is not a tree specification") from error
    try:
        ways = list(_ways(tree, ()))
    except (TypeError, KeyError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError("is not a tree specification") from error
    if len(ways) == 1 and not _has_key(ways[0]):
        return [""]
    names: list[str] = []
    for way in ways:
        name = _name(way)
        while name in (_INPUT, *names):
            name += "_"
        names.append(name)
    return names


def flat_tree(leaves: int) -> str:
    """The specification of a tuple of so many leaves."""
    leaf = {"type": None, "context": None, "children_spec": []}
    return json.dumps([1, _tuple([leaf] * leaves)])


def one_argument() -> str:
    """The specification of a call with one argument."""
    leaf = {"type": None, "context": None, "children_spec": []}
    keywords = {"type": "builtins.dict", "context": "[]", "children_spec": []}
    return json.dumps([1, _tuple([_tuple([leaf]), keywords])])


def _tuple(children: list[dict]) -> dict:
    return {"type": "builtins.tuple", "context": "null", "children_spec": children}


def _ways(node: Any, way: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    children = node["children_spec"]
    if node["type"] is None:
        if children:
            raise TypeError("a leaf has no children")
        yield way
    keys = _keys(node["context"], len(children))
    for key, child in zip(keys, children, strict=True):
        yield from _ways(child, (*way, key))


def _keys(context: Any, count: int) -> Sequence[str | int]:
    """The keys of what is held: of a dictionary its own, else numbers."""
    held = json.loads(context) if isinstance(context, str) and context[:1] in "[n" else None
    if held is not None and not all(isinstance(key, str | int) for key in held):
        raise ValueError("carries a context, and the loader would import what it names")
    return held if held is not None and len(held) == count else range(count)


def _has_key(way: Sequence[str | int]) -> bool:
    return any(isinstance(part, str) for part in way)


def _name(way: Sequence[str | int]) -> str:
    first = next((at for at, part in enumerate(way) if isinstance(part, str)), None)
    parts = ("output", *way) if first is None else way[first:]
    name = re.sub(r"\W", "_", "_".join(map(str, parts)), flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() else name
