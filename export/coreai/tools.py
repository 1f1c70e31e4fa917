"""coreai-torch, imported in the one way that says nothing."""

from __future__ import annotations

import importlib
import warnings

with warnings.catch_warnings():
    # "only been validated with torch<=2.13.0": every file is compared with torch's own answer here.
    warnings.filterwarnings("ignore", message="coreai-torch has only been validated")
    coreai_torch = importlib.import_module("coreai_torch")
