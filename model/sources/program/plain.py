"""A checked program in the plain form in which it is loaded: safe names, a picture in, a tuple out.

What the file says about how its network was called decides nothing but the names of the outputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from irrvit.model.sources.program.payloads import Payloads
from irrvit.model.sources.program.schema import Program
from irrvit.model.sources.program.text import flat_tree, leaf_names, one_argument

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.]")


def make_plain(program: Program, payloads: Iterable[Payloads]) -> list[str]:
    """Change a program in place, and the names of its tensors in its payloads.

    Returns:
        What its outputs are called, as `leaf_names` has it.
    """
    payloads = list(payloads)
    renamed = _plain_names(
        [name for held in payloads for name in held.config] + list(_names(program))
    )
    for held in payloads:
        held.config = {renamed[name]: payload for name, payload in held.config.items()}
    _rename(program, renamed)
    signature = program.graph_module.module_call_graph[0].signature
    outputs = leaf_names(signature.out_spec)
    signature.in_spec, signature.out_spec = one_argument(), flat_tree(len(outputs))
    signature.forward_arg_names = None
    return outputs


def _plain_names(names: Iterable[str]) -> Mapping[str, str]:
    """Names with letters, digits, `_` and `.` alone; of one module two that differ stay two."""
    ways = {tuple(name.split(".")): name for name in names}
    parts = {way[:end] for way in ways for end in range(1, len(way) + 1)}
    plain: dict[tuple[str, ...], str] = {}
    taken = {way for way in parts if not _NOT_PLAIN.search(way[-1])}
    for way in sorted(parts):
        part = _NOT_PLAIN.sub("_", way[-1])
        while way not in taken and (*way[:-1], part) in taken:
            part += "_"
        taken.add((*way[:-1], part))
        plain[way] = part
    return {
        name: ".".join(plain[way[:end]] for end in range(1, len(way) + 1))
        for way, name in ways.items()
    }


def _names(program: Program) -> Iterable[str]:
    for held in program.graph_module.signature.input_specs:
        if held.parameter is not None:
            yield held.parameter.parameter_name
        if held.buffer is not None:
            yield held.buffer.buffer_name
        if held.tensor_constant is not None:
            yield held.tensor_constant.tensor_constant_name


def _rename(program: Program, renamed: Mapping[str, str]) -> None:
    for held in program.graph_module.signature.input_specs:
        if held.parameter is not None:
            held.parameter.parameter_name = renamed[held.parameter.parameter_name]
        if held.buffer is not None:
            held.buffer.buffer_name = renamed[held.buffer.buffer_name]
        if held.tensor_constant is not None:
            name = held.tensor_constant.tensor_constant_name
            held.tensor_constant.tensor_constant_name = renamed[name]
