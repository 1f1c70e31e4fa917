"""The smallest program for ARM64: it becomes another program, with its own arguments.

A phone's processor runs it, or qemu in its place; what it becomes may then be of this machine.
"""

from __future__ import annotations

import struct
from pathlib import Path

_BASE, _HEADERS = 0x400000, 64 + 56
_CODE = (
    *(0xF94003E9, 0x910023E1),  # ldr x9, [sp]: argc; add x1, sp, #8: argv
    *(0x8B090C22, 0x91002042),  # add x2, x1, x9, lsl #3; add x2, x2, #8: environment
    *(0x100000C0, 0xD2801BA8, 0xD4000001),  # adr x0, name; mov x8, #221; svc #0: execve
    *(0xD2800BA8, 0xD2800FE0, 0xD4000001),  # mov x8, #93; mov x0, #127; svc #0: exit(127)
)


def write(path: Path, becomes: Path) -> None:
    """Write an ELF file with one segment, its code at its start and the name behind it."""
    body = struct.pack(f"<{len(_CODE)}I", *_CODE) + bytes(becomes) + b"\0"
    size, entry = _HEADERS + len(body), _BASE + _HEADERS
    kind = b"\x7fELF" + bytes([2, 1, 1]) + bytes(9)
    header = struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, entry, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, size, size, 0x1000)
    path.write_bytes(kind + header + segment + body)
    path.chmod(0o755)
