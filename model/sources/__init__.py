"""Where networks come from: a name or a file becomes a network, its input and its labels.

The one room whose `__init__` imports: `irrvit.model.sources.load` is what people call from Python.
"""

from irrvit.model.sources.find import fingerprint, load, names

__all__ = ["fingerprint", "load", "names"]
