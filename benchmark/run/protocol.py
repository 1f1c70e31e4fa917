"""How a repeat goes on, decided from its latencies alone. The apps have the same names for it.

`tests/golden/protocol.json` has the cases that every language is held against.
"""

from __future__ import annotations

from collections.abc import Sequence

# A block is long against the clock and short against what disturbs a machine.
BLOCK_MS = 100.0
# Before each block, to bring the network's data back to the caches.
UNTIMED_CALLS = 2
_MIN_WARMUP_CALLS = 5


def calls_of_block(call_ms: float, block_ms: float = BLOCK_MS) -> int:
    """How many calls of this length make a block: one at least, ten a millisecond at most."""
    # A coarse clock may see no time pass.
    return int(max(1, min(10 * block_ms, round(block_ms / max(call_ms, 1e-6)))))


def calls_of_warmup(first_ms: float) -> int:
    """How many calls a block of the warm-up has, after a first call of this length."""
    return max(_MIN_WARMUP_CALLS, calls_of_block(first_ms) // 2)


def is_enough(
    blocks: Sequence[Sequence[float]], calls_per_value: int, *, iterations: int, seconds: float
) -> bool:
    """Whether a repeat has both calls and seconds enough.

    Args:
        blocks: latencies in milliseconds, each the mean of `calls_per_value` calls.
    """
    values = [ms for block in blocks for ms in block]
    return (
        calls_per_value * len(values) >= iterations
        and calls_per_value * sum(values) >= 1000 * seconds
    )
