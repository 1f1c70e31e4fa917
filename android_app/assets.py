"""`python android_app/assets.py`: gather what is built into the app: models and golden pictures.

The models are the demo networks, exported if need be.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from irrvit.export.app_models import copy_artifact, exported, write_pictures
from irrvit.export.errors import ExportError
from irrvit.export.facts import Platform

_HERE = Path(__file__).resolve().parent
_OUT = _HERE / "build/assets"
_TARGET = "tflite"


def gather(artifacts: Path, out: Path) -> None:
    """Export what the app comes with into `artifacts`, and copy it; hashes are checked."""
    made = exported(_TARGET, artifacts)
    shutil.rmtree(out, ignore_errors=True)
    for place, opened in enumerate(made):
        copy_artifact(opened, out / "models" / f"{place}_{opened.manifest.model}")
    write_pictures(out / "golden", Platform.ANDROID)


def main() -> int:
    try:
        gather(_HERE.parent / "artifacts", _OUT)
    except ExportError as error:
        print(f"android: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
