"""`python ios_app/assets.py MODEL...`: put models and the golden pictures into ios_app/BuiltIn.

The pictures are written without loss, as binary PPM, because phones decode JPEG differently.
Ours and the pictures are committed, so that a fresh clone opens in Xcode and runs.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from irrvit.export import artifact
from irrvit.export.artifact import MANIFEST
from irrvit.export.demo import NETWORKS
from irrvit.export.errors import BadArtifact, ExportError
from irrvit.export.proof import cases

_HERE = Path(__file__).resolve().parent
_TARGET = "coreml-fp16"


def put(models: Sequence[str], artifacts: Path, built_in: Path) -> None:
    """Copy models from `artifacts`, their hashes checked; what was there of them is replaced.

    Raises:
        BadArtifact: one cannot be used, or is for another kind of phone.
    """
    for name in models:
        opened = artifact.open(artifacts / name / _TARGET)
        if opened.manifest.target != "coreml":
            raise BadArtifact(f"{opened.path} is for {opened.manifest.target}: expected coreml")
        place = NETWORKS.index(name) if name in NETWORKS else len(NETWORKS)
        folder = built_in / "models" / f"{place}_{name}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(opened.path, folder / opened.path.name)
        shutil.copyfile(opened.path.with_name(MANIFEST), folder / MANIFEST)
        for file in folder.rglob("*"):
            file.chmod(0o755 if file.is_dir() else 0o644)
    write_pictures(built_in / "golden")


def write_pictures(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in cases.pictures():
        with Image.open(path) as image:
            image.convert("RGB").save(folder / f"{path.stem}.ppm")


def main() -> int:
    try:
        put(sys.argv[1:], _HERE.parent / "artifacts", _HERE / "BuiltIn")
    except ExportError as error:
        print(f"ios: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
