"""An operation of a file, and the module of the network that it was made of.

Our targets keep the modules: TFLite in the names of tensors, ONNX in the names of nodes. Nothing is
guessed from shapes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileOperation:
    """An operation of a file.

    Attributes:
        kind: as the format calls it.
        path: of the module, "" for the network itself, None where the file does not say.
        names: of the operation and of what it makes, where the format has any.
    """

    kind: str
    path: str | None
    names: tuple[str, ...] = ()
