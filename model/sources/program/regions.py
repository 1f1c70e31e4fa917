"""Regions of a saved program, `with torch.no_grad():` and the like, put into the graph around them.

torch saves each as an operator that is given a graph to run. What such a region changes is nothing
that a network in use can tell, so the graph's operators are written in its place, and torch never
gets to see a graph inside a graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from irrvit.model.sources.program.text import REGIONS

_Json = dict[str, Any]


class BadRegion(ValueError):
    """A region changes numbers, or is none; the message ends a sentence about the file."""


def inlined(module: _Json) -> _Json:
    """A program's `graph_module` without regions.

    Raises:
        BadRegion: a region does change numbers, or a graph is given to something else.
    """
    graph, renamed = _flat(module["graph"], "")
    names = dict(renamed)
    return {
        **module,
        "graph": graph,
        "signature": _rename(module["signature"], names),
        "module_call_graph": _rename(module["module_call_graph"], names),
    }


def _flat(graph: _Json, prefix: str) -> tuple[_Json, Mapping[str, str]]:
    """A graph without regions, and what its values are called now that came out of one."""
    names: dict[str, str] = {}
    nodes: list[_Json] = []
    values = {kind: dict(graph.get(kind, {})) for kind in _VALUES}
    for node in graph["nodes"]:
        node = _rename(node, names)
        if node["target"] not in REGIONS:
            if any("as_graph" in argument["arg"] for argument in node["inputs"]):
                raise BadRegion(f"gives a graph to '{node['target']}': expected one graph")
            nodes.append(node)
            continue
        region, given = _region(node)
        inner = _prefixed(region["graph"], f"{prefix}{region['name']}_")
        inner = _rename(inner, _pairs(inner["inputs"], given))
        inner, out = _flat(inner, f"{prefix}{region['name']}_")
        nodes += inner["nodes"]
        made = [_rename(output, out) for output in inner["outputs"]]
        names |= _pairs(node["outputs"], made)
        for kind in _VALUES:
            if values[kind].keys() & inner.get(kind, {}):
                raise BadRegion(f"has values of the same name inside and around '{region['name']}'")
            values[kind] |= inner.get(kind, {})
    return {**_rename(graph, names), "nodes": nodes, **values}, names


_VALUES = ("tensor_values", "sym_int_values", "sym_bool_values")


def _region(node: _Json) -> tuple[_Json, list[_Json]]:
    """The graph of a region, and what it is given."""
    arguments = [argument["arg"] for argument in node["inputs"]]
    place = next((i for i, argument in enumerate(arguments) if "as_graph" in argument), None)
    if place is None:
        raise BadRegion(f"has an empty '{node['target']}'")
    settings = arguments[:place]
    if settings and settings[0].get("as_string") == "cpu" and {"as_bool": True} in settings[:3]:
        raise BadRegion(
            "computes a part in half precision (torch.autocast on the CPU): export it without"
        )
    return arguments[place]["as_graph"], arguments[place + 1 :]


def _names(arguments: list[_Json]) -> Iterator[str]:
    for argument in arguments:
        ((kind, value),) = argument.items()
        if kind == "as_tensor":
            yield value["name"]
        elif kind in ("as_sym_int", "as_sym_bool") and "as_name" in value:
            yield value["as_name"]
        else:
            raise BadRegion(f"has a region that takes or gives {kind.removeprefix('as_')}")


def _pairs(names: list[_Json], others: list[_Json]) -> dict[str, str]:
    return dict(zip(_names(names), _names(others), strict=True))


def _prefixed(graph: _Json, prefix: str) -> _Json:
    """A graph all of whose values have names of their own."""
    names = {name: prefix + name for kind in _VALUES for name in graph.get(kind, {})}
    renamed = _rename(graph, names)
    for kind in _VALUES:
        renamed[kind] = {names[name]: value for name, value in graph.get(kind, {}).items()}
    return renamed


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    """The same JSON where values are called otherwise; arguments of operators keep their names."""
    if isinstance(value, list):
        return [_rename(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"name"}:
        return {"name": names.get(value["name"], value["name"])}
    if set(value) == {"as_name"}:
        return {"as_name": names.get(value["as_name"], value["as_name"])}
    return {key: _rename(item, names) for key, item in value.items()}
