"""Student's t for any whole number of degrees of freedom, without a table that ends somewhere."""

from __future__ import annotations

import math


def quantile(freedom: int, *, confidence: float) -> float:
    """How many standard errors the two-sided interval reaches to either side.

    Args:
        freedom: degrees of freedom, 1 or more.
        confidence: of the interval, as in 0.99.
    """
    low, high = 0.0, math.pi / 2
    while low < (middle := (low + high) / 2) < high:  # Until no number lies between them.
        low, high = (middle, high) if _within(middle, freedom) < confidence else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _within(angle: float, freedom: int) -> float:
    """The probability of |t| below sqrt(freedom) * tan(angle).

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    sine, cosine = math.sin(angle), math.cos(angle)
    is_odd = freedom % 2 == 1
    total, term = 0.0, cosine if is_odd else 1.0
    for power in range(1 if is_odd else 0, freedom, 2):
        total += term
        term *= (power + 1) / (power + 2) * cosine**2
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total
