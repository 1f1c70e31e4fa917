"""Where networks come from: a name or a file becomes a network, its input and its labels.

`find` looks a name up; `source` is what it returns; `checkpoints/` reads weights, `random_weights`
makes some up that behave like trained ones; `timm` and `efficientnet_lite0` are other people's
networks, and `program/` reads `.pt2` files. The one room whose `__init__` imports:
`irrvit.model.sources.load` is what people call from Python.
"""

from irrvit.model.sources.find import fingerprint, load, names

__all__ = ["fingerprint", "load", "names"]
