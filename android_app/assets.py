"""`python android_app/assets.py`: gather what is built into the app: models and golden pictures.

The pictures are written without loss, because phones decode JPEG differently.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image

from irrvit.export import artifact
from irrvit.export.artifact import MANIFEST
from irrvit.export.errors import ExportError
from irrvit.export.proof import cases

_HERE = Path(__file__).resolve().parent
_OUT = _HERE / "build/assets"
_MODELS = ("efficientnet_lite0", "irrvit_fashion")  # The first is shown first.
_TARGET = "tflite-fp32"


def gather(artifacts: Path, out: Path) -> None:
    """Copy every model that the app comes with from `artifacts`; their hashes are checked."""
    shutil.rmtree(out, ignore_errors=True)
    for place, name in enumerate(_MODELS):
        opened = artifact.open(artifacts / name / _TARGET)
        folder = out / "models" / f"{place}_{name}"
        folder.mkdir(parents=True)
        for file in (MANIFEST, opened.manifest.file):
            shutil.copyfile(artifacts / name / _TARGET / file, folder / file)
    golden = out / "golden"
    golden.mkdir(parents=True)
    for path in cases.pictures():
        with Image.open(path) as image:
            image.convert("RGB").save(golden / f"{path.stem}.png")


def main() -> int:
    try:
        gather(_HERE.parent / "artifacts", _OUT)
    except ExportError as error:
        print(f"android: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
