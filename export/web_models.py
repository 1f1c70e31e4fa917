"""`python -m irrvit.export.web_models FOLDER...`: what the web app serves as its `models/`.

Written are each artifact as it is, the sample photographs without loss, for the self-check on the
device, and `models.json`, which names the artifacts in the order given.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from irrvit.export import artifact
from irrvit.export.artifact import MANIFEST, Artifact
from irrvit.export.errors import BadArtifact, ExportError
from irrvit.export.proof import cases

INDEX = "models.json"
_OUT = Path(__file__).parents[1] / "web_app/public/models"
_TARGETS = ("tflite", "onnx")


def write(artifacts: Sequence[Artifact], out: Path) -> None:
    """Replace `out` by these artifacts; what was there stays if one cannot be used.

    Raises:
        BadArtifact: none was given, a browser cannot run one, or two have the same name.
    """
    names = [_name(opened) for opened in artifacts]
    if not names or len(set(names)) < len(names):
        raise BadArtifact(
            f"the web app needs artifacts, each once, and got {', '.join(names) or 'none'}"
        )
    fresh = out.with_name(f"{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, opened in zip(names, artifacts, strict=True):
        (fresh / name).mkdir()
        for file in (opened.path, opened.path.with_name(MANIFEST)):
            shutil.copyfile(file, fresh / name / file.name)
    _write_pictures(fresh / "pictures")
    (fresh / INDEX).write_text(json.dumps({"models": names}) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)


def _name(opened: Artifact) -> str:
    manifest = opened.manifest
    if manifest.target not in _TARGETS:
        raise BadArtifact(
            f"{opened.path} is for {manifest.target}, which no browser runs: expected one of "
            f"{', '.join(_TARGETS)}; irrvit-export --target tflite writes one"
        )
    return f"{manifest.model}-{manifest.target}-{manifest.precision}"


def _write_pictures(folder: Path) -> None:
    """Browsers decode JPEG in ways that differ; of WebP without loss there is one only."""
    folder.mkdir()
    for path in cases.pictures():
        with Image.open(path) as image:
            image.convert("RGB").save(folder / f"{path.stem}.webp", lossless=True, method=6)


def main() -> int:
    parser = argparse.ArgumentParser(prog="irrvit.export.web_models", description=__doc__)
    parser.add_argument("artifact", nargs="+", type=Path, help="folder of an artifact")
    parser.add_argument("--out", type=Path, default=_OUT, help="default: %(default)s")
    chosen = parser.parse_args()
    try:
        write([artifact.open(path) for path in chosen.artifact], chosen.out)
    except ExportError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
