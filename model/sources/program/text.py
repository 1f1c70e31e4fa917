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
from typing import Any

import torch

_SYMBOLIC = (
    "add",
    "sub",
    "mul",
    "floordiv",
    "mod",
    "neg",
    "eq",
    "ne",
    "ge",
    "gt",
    "le",
    "lt",
)
_CALLS = {"Symbol", "Integer", "Add", "Mul"}
_ASSUMPTIONS = {"positive", "nonnegative", "integer"}
_PLAIN_STRINGS = {
    "approximate",
    "rounding_mode",
    "mode",
    "padding",
    "indexing",
    "equation",
    "assert_msg",
}
# Operators that begin with an underscore are internal, and some of them trust their arguments.
_INTERNAL = (
    "_adaptive_avg_pool2d",
    "_assert_scalar",
    "_assert_tensor_metadata",
    "_log_softmax",
    "_native_batch_norm_legit_no_training",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_softmax",
    "_to_copy",
    "_unsafe_view",
)
# They draw numbers in training only; `schema` sees that it is off.
_DROPS = ("dropout", "scaled_dot_product")
# Memory that nobody wrote, or that belongs to another tensor.
_RAW = (
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


def check_operator(target: str) -> str:
    """Accept an operator of aten that only computes, or arithmetic of sizes."""
    module, _, name = target.partition(".")
    if module == "_operator" and name in _SYMBOLIC:
        return target
    parts = target.split(".")
    if parts[:3] != ["torch", "ops", "aten"] or len(parts) != 5 or "__" in target:
        raise ValueError("is not an operator of aten: only those are known to compute and no more")
    operator = getattr(getattr(torch.ops.aten, parts[3], None), parts[4], None)
    if not isinstance(operator, torch._ops.OpOverload):
        raise ValueError(f"does not exist in torch {torch.__version__}")
    if parts[3] in _RAW or (parts[3].startswith("_") and parts[3] not in _INTERNAL):
        raise ValueError("is an internal or raw-memory operator, which a classifier does not need")
    text = {a.name for a in operator._schema.arguments if "str" in str(a.type)}
    if text - _PLAIN_STRINGS:
        raise ValueError(f"takes text ({', '.join(text)}), which could name a file")
    draws = torch.Tag.nondeterministic_seeded in operator.tags
    if draws and not any(part in parts[3] for part in _DROPS):
        raise ValueError("draws random numbers: expected a function of the picture alone")
    return target


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
    """Accept nested tuples, lists and an empty dict of keyword arguments."""

    def visit(node: Any) -> None:
        if node["type"] not in (None, "builtins.tuple", "builtins.list", "builtins.dict"):
            raise ValueError(f"names the type {node['type']}: expected tuples, lists and dicts")
        if node["type"] != "builtins.dict" and node["context"] not in (None, "null"):
            raise ValueError("carries a context, and the loader would import what it names")
        if node["type"] == "builtins.dict" and node["context"] != "[]":
            raise ValueError("has keyword arguments: expected one picture")
        for child in node["children_spec"]:
            visit(child)

    try:
        version, tree = json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError("is not a tree specification") from error
    try:
        visit(tree)
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("is not a tree specification") from error
    return json.dumps([version, tree])
