"""What a device says is believed where it can be true: numbers out of text, and their ranges. Pure.

Makers fill what they do not measure with 0, -273, `N/A`, nothing, or another unit.
"""

from __future__ import annotations

import math
import re

Range = tuple[float, float]

# A phone is measured in a room. Whole degrees, taken for tenths of one, end below this.
OF_PHONE_C: Range = (10.0, 80.0)
OF_PROCESSOR_C: Range = (1.0, 125.0)
# From a cycle of a processor to a day: nobody waits longer for a call, nor for loading a file.
OF_CALL_MS: Range = (1e-7, 86_400_000.0)
OF_LOAD: Range = (0.0, 1024.0)
MOST_BYTES = 1 << 50
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_LONGEST = 40


def number(said: object) -> float | None:
    """The finite number that was said, as text or in JSON; None for anything else."""
    if isinstance(said, str):
        text = said.strip()
        if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
            return None
        value = float(text)
    elif isinstance(said, int | float) and not isinstance(said, bool):
        try:
            value = float(said)
        except OverflowError:
            return None
    else:
        return None
    return value if math.isfinite(value) else None


def whole(said: object) -> int | None:
    """The number that was said, if it is a whole one: a count, or bytes."""
    value = number(said)
    return int(value) if value is not None and value == int(value) else None


def within(value: float | None, limits: Range) -> float | None:
    """The value, if it can be true; both limits can."""
    return value if value is not None and limits[0] <= value <= limits[1] else None


def percent(value: float | None) -> float | None:
    """How full a battery is; a device with an empty one does not run, so 0 is none."""
    return value if value is not None and 0 < value <= 100 else None
