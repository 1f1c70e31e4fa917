"""Swift for a Debian or Ubuntu that has none: a Debian with Swift, in a folder of its own.

`swift_tree.py` builds it unless it is there, shows a progress line, and prints the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from irrvit.export.built_folder import build_once

VARIABLE = "IRRVIT_SWIFT_TREE"
SUITE = "trixie"  # The first Debian that has Swift.
# Without the last four the compiler is there and cannot link.
PACKAGES = ("swiftlang", "swiftlang-dev", "libc6-dev", "libstdc++-14-dev", "libncurses-dev", "git")
STAMP = "made-from"
_REVISION = "1"  # Of the recipe: raised when trees are to be built again.
_NEEDED_BYTES = 4_500_000_000  # While it is built; 3 GB of it stay.
_ABOUT_AS_MANY_LINES = 680  # What debootstrap says of each package, for the progress line.
_NOT_NEEDED = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt")
_SAYS_EVERY_S = 10.0  # Where no terminal shows the line.


class Refused(Exception):
    """The tree cannot be built; the message says what to do."""


def folder() -> Path:
    """Where the tree lives: what the variable says, else in the user's cache."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / "irrvit" / "swift"


def is_current(tree: Path) -> bool:
    stamp = tree / STAMP
    return stamp.is_file() and stamp.read_text() == _key()


def _key() -> str:
    return hashlib.sha256(" ".join((_REVISION, SUITE, *PACKAGES)).encode()).hexdigest()


def build_tree(say: Callable[[str, float], None]) -> Path:
    """Build the tree unless it is current; return its folder.

    Args:
        say: takes what is being done, and the share of the whole that is done.

    Raises:
        Refused: this is no Debian or Ubuntu, not root, or something went wrong.
    """
    tree = folder()
    if is_current(tree):
        return tree
    _require_rights()
    try:
        build_once(tree, lambda new: _build(new, say), is_current=is_current)
    except OSError as error:
        raise Refused(
            f"cannot build the Swift tree in {tree}: {error.strerror or error}; "
            f"make room or rights, or name another folder in {VARIABLE}"
        ) from error
    return tree


def _require_rights() -> None:
    advice = (
        "install Swift 6 (swift.org/install; on Debian 13: apt-get install swiftlang), so that "
        "`swift` is on the PATH"
    )
    if not shutil.which("dpkg"):
        raise Refused(f"there is no Swift 6 here: {advice}")
    if os.geteuid() != 0:
        raise Refused(
            f"there is no Swift 6 here, and only root can build a tree with it: {advice}, "
            "or run this once as root"
        )
    if not shutil.which("debootstrap"):
        raise Refused("a tree with Swift is built by debootstrap: apt-get install debootstrap")


def _build(tree: Path, say: Callable[[str, float], None]) -> None:
    free = shutil.disk_usage(tree.parent).free
    if free < _NEEDED_BYTES:
        raise Refused(
            f"the Swift tree needs {_NEEDED_BYTES / 1e9:.1f} GB while it is built, and "
            f"{tree.parent} has {free / 1e9:.1f} GB left: make room, or name another folder in "
            f"{VARIABLE}"
        )
    heard = 0

    def follow(line: str) -> None:
        nonlocal heard
        heard += line.startswith("I: ")
        say("installing Debian and Swift", 0.95 * min(1.0, heard / _ABOUT_AS_MANY_LINES))

    # What debootstrap mounts is gone with the namespace, also when it is interrupted.
    private = ["unshare", "--mount", "--propagation", "private", "--"]
    include = f"--include={','.join(PACKAGES)}"
    _call([*private, "debootstrap", "--variant=minbase", include, SUITE, str(tree)], follow)
    say("tidying up", 0.96)
    for name in _NOT_NEEDED:
        shutil.rmtree(tree / name, ignore_errors=True)
    (tree / STAMP).write_text(_key())


def _call(command: list[str], follow: Callable[[str], None]) -> None:
    """Run a tool; its last words are its reason if it fails."""
    said = ""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | {"LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            said = line.strip() or said
            follow(line)
    if running.returncode:
        raise Refused(
            f"the Swift tree could not be built; the last that was said: {said}; "
            "once that is put right, run it again"
        )


def _progress_line() -> Callable[[str, float], None]:
    """One line that is rewritten on a terminal; elsewhere a line now and then."""
    said_at = -_SAYS_EVERY_S
    started = time.monotonic()

    def say(what: str, share: float) -> None:
        nonlocal said_at
        now = time.monotonic() - started
        terminal = sys.stderr.isatty()
        if now - said_at < (0.1 if terminal else _SAYS_EVERY_S):
            return
        said_at = now
        text = f"swift: {what}, {share:.0%}, {now:.0f} s"
        sys.stderr.write(f"\r\x1b[K{text}" if terminal else f"{text}\n")
        sys.stderr.flush()

    return say


def main() -> int:
    if not is_current(folder()):
        print("swift: building a Debian with Swift (3 GB, 2 to 5 minutes)", file=sys.stderr)
    try:
        tree = build_tree(_progress_line())
    except Refused as refused:
        print(f"swift: {refused}", file=sys.stderr)
        return 2
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    print(tree)
    return 0


if __name__ == "__main__":
    sys.exit(main())
