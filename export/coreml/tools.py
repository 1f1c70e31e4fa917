"""coremltools, imported in the one way that is safe; the rest of the project takes it from here.

coremltools imports TensorFlow by itself wherever it finds it, though nothing here needs it, and
TensorFlow imported before torchvision ends the process with a segmentation fault (seen with
tensorflow-cpu 2.21.0 and torchvision 0.29.1). So it is hidden while coremltools is imported.
"""

from __future__ import annotations

import importlib
import logging
import sys
from types import ModuleType


def import_without_tensorflow(name: str) -> ModuleType:
    """Import a module that must not find TensorFlow; what is imported already stays as it is."""
    before = {key: module for key, module in sys.modules.items() if key == "tensorflow"}
    # None in sys.modules makes `import` fail as if the package were not installed.
    sys.modules["tensorflow"] = None  # pyright: ignore[reportArgumentType]
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules["tensorflow"]
        sys.modules.update(before)


# coremltools warns of Apple's libraries, which exist on macOS only, and of a torch newer than the
# newest it was tested with. Its errors stay: they name the operation that it failed to convert. It
# also imports torchao where that is installed, and torch 2.14 then warns of how torchao 0.18
# registers its enumerations.
logging.getLogger("coremltools").setLevel(logging.ERROR)
logging.getLogger("torch.utils._pytree").setLevel(logging.ERROR)
coremltools = import_without_tensorflow("coremltools")
milproto = import_without_tensorflow("coremltools.converters.mil.frontend.milproto.load")
# Taken here so that, of all that may be missing, coremltools is missed first.
DecodeError = importlib.import_module("google.protobuf.message").DecodeError
