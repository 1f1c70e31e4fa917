"""Normalizations of a saved program that have no statistics of their own."""

from __future__ import annotations

from irrvit.model.sources.program.schema import Argument, Program


def statistics_of_the_picture(program: Program) -> list[str]:
    """The values that are normalized by statistics of a batch of pictures, and not of weights."""
    inputs = program.graph_module.signature.input_specs
    seen = [i.user_input.arg.as_tensor for i in inputs if i.user_input]
    from_picture = {tensor.name for tensor in seen if tensor is not None}
    found = []
    for node in program.graph_module.graph.nodes:
        reads = {name for argument in node.inputs for name in _tensors(argument.arg)}
        if not reads & from_picture:
            continue
        made = [name for output in node.outputs for name in _tensors(output)]
        from_picture.update(made)
        if node.takes_statistics:
            found += made[:1]
    return found


def _tensors(argument: Argument) -> list[str]:
    one = [argument.as_tensor] if argument.as_tensor is not None else []
    optional = [tensor.as_tensor for tensor in argument.as_optional_tensors]
    return [t.name for t in (*one, *argument.as_tensors, *optional) if t is not None]
