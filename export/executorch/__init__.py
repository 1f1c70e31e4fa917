"""What the target `executorch` is made of.

`convert` writes a file, of a network in which `rules` and `forms` say in other operations what
XNNPACK does not take; `program` reads a file, `count` counts what is in it, `runner` runs it,
`float_graph` has its numbers.
"""
