"""`python tests/ios/apple_names.py`: list what Apple's headers declare, for `test_stubs.py`.

The crates objc2-* are generated from Apple's headers. cargo fetches them by name, and what the
stand-ins of `ios_app/Stubs` use of their classes is written to `apple_names.txt`, a line each:

    crate objc2-core-ml 0.3.2
    name MLModel
    method MLModel predictionFromFeatures:error:
    value MLComputeUnitsCPUOnly 0
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CRATES = (
    "objc2-av-foundation",
    "objc2-core-foundation",
    "objc2-core-graphics",
    "objc2-core-media",
    "objc2-core-ml",
    "objc2-core-video",
    "objc2-foundation",
    "objc2-image-io",
    "objc2-quartz-core",
    "objc2-ui-kit",
)
LIST = Path(__file__).with_name("apple_names.txt")
_STUBS = Path(__file__).parents[2] / "ios_app/Stubs"
_SAID = re.compile(r"^\s*// ((?:name|method|value): .*)$", re.MULTILINE)
_MANIFEST = '[package]\nname = "names"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n'

_TYPE = re.compile(r"pub (?:unsafe )?(?:struct|trait|type) (\w+)")
_OWNER = re.compile(r"^\s*(?:unsafe )?(?:impl(?:<[^>]*>)?|pub unsafe trait) (\w+)")
_METHOD = re.compile(r"#\[unsafe\(method\(([\w:]+)\)\)\]")
_ALIAS = re.compile(r'alias = "(\w+)"')
_MEMBER = re.compile(r"pub const (\w+): Self = Self\((.*)\);")
_CONSTANT = re.compile(r"pub (?:const|static) (\w+): [^=;]+(?:= (.*))?;")
_FLAG = re.compile(r"^\s*const (\w+) = ([^;]+);")
_FUNCTION = re.compile(r"\bfn (\w+)\(")


def used() -> list[str]:
    """What the stand-ins say that they stand for, as "method MLModel modelDescription"."""
    sources = sorted(_STUBS.glob("*/*.swift"))
    said = [line.split() for path in sources for line in _SAID.findall(path.read_text())]
    names = [[kind.rstrip(":"), *words] for kind, *words in said]
    return [
        " ".join([*words[:-1], _plain(words[-1])] if words[0] == "value" else words)
        for words in names
    ]


def declared(rust: str) -> Iterator[str]:
    """What one generated file declares."""
    owner = alias = ""
    for line in rust.splitlines():
        if found := _ALIAS.search(line):
            alias = found[1]
        if found := _OWNER.match(line):
            owner = found[1]
        if found := _TYPE.search(line):
            yield f"name {found[1]}"
        if found := _METHOD.search(line):
            # What throws in Rust has an error at its end in Objective-C.
            yield f"method {owner} {found[1].removesuffix('_')}"
        elif found := _MEMBER.search(line):
            yield f"value {alias or f'{owner}.{found[1]}'} {_plain(found[2])}"
            yield f"value {owner}.{found[1]} {_plain(found[2])}"
            alias = ""
        elif found := _FLAG.search(line):
            yield f"value {owner}.{found[1]} {_plain(found[2])}"
        elif found := _CONSTANT.search(line):
            yield f"name {found[1]}"
            if found[2]:
                yield f"value {found[1]} {_plain(found[2])}"
        elif found := _FUNCTION.search(line):
            yield f"name {found[1]}"
            if alias:
                yield f"name {alias}"
            alias = ""


def _plain(value: str) -> str:
    """A number as one that can be compared, as "0x10000|32"."""
    number = value.replace(" ", "").replace("_", "")
    if not re.fullmatch(r"(?:0x[0-9a-fA-F]+|\d+)(?:(?:\||<<)(?:0x[0-9a-fA-F]+|\d+))*", number):
        return number
    total = 0
    for part in number.split("|"):
        base, _, shift = part.partition("<<")
        total |= int(base, 0) << int(shift or "0", 0)
    return str(total)


def fetch(folder: Path) -> None:
    """Have cargo put the crates into a folder, each with its version in its name."""
    (folder / "src").mkdir()
    (folder / "src/lib.rs").touch()
    wanted = (f'{name} = {{ version = "*", default-features = false }}\n' for name in CRATES)
    (folder / "Cargo.toml").write_text(_MANIFEST + "".join(wanted))
    command = ["cargo", "vendor", "--quiet", "--versioned-dirs", "vendor"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    known: set[str] = set()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
        for crate in CRATES:
            (source,) = Path(folder, "vendor").glob(f"{crate}-[0-9]*")
            lines.append(f"crate {crate} {source.name.removeprefix(f'{crate}-')}")
            for path in source.rglob("src/**/*.rs"):
                known.update(declared(path.read_text()))
    names = used()
    LIST.write_text("\n".join([*lines, *sorted(known & set(names))]) + "\n")
    missing = sorted(set(names) - known)
    print("\n".join(missing) or "all names of the stand-ins are Apple's", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
