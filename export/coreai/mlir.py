"""What the format's programs are changed with, imported in the one order that works.

The bindings of Core AI's operations import `coreai.authoring`, which imports them.
"""

from __future__ import annotations

import importlib

importlib.import_module("coreai.authoring")
_operations = importlib.import_module("coreai._compiler.dialects.coreai")
_constants = importlib.import_module("coreai._compiler.dialects.coreai.constant")

CastOp = _operations.CastOp
ConstantOp = _operations.ConstantOp
LutToDenseOp = _operations.LutToDenseOp
create_constant_attr = _constants.create_constant_attr
