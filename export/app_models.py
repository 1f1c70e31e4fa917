"""`python -m irrvit.export.app_models PLATFORM OUT [ARTIFACT...]`: what an app is built with.

Written into OUT are each artifact as it is, the sample photographs without loss (`pictures/`), for
the self-check on the device, and `models.json`, which names the artifacts in the order given.
Without ARTIFACT these are the demo networks, exported to --target if need be.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from irrvit.export import artifact, target
from irrvit.export.artifact import MANIFEST, Artifact
from irrvit.export.command.export_files import export_files
from irrvit.export.command.options import ExportOptions
from irrvit.export.command.progress import progress
from irrvit.export.demo import NETWORKS
from irrvit.export.errors import BadArtifact, BadOption, ExportError
from irrvit.export.facts import Platform
from irrvit.export.proof import cases

INDEX, PICTURES = "models.json", "pictures"
# Devices decode JPEG in ways that differ; of these there is one way only. WebP is the smaller one,
# and what only browsers and Android's own libraries read.
_PICTURES_AS = {Platform.ANDROID: ".png", Platform.IOS: ".png", Platform.WEB: ".webp"}


def exported(target_name: str, artifacts: Path = Path("artifacts")) -> list[Artifact]:
    """The demo networks in one format, each exported unless it is current.

    Raises:
        ExportError: one could not be exported, or is not the same network.
    """
    made = []
    for name in NETWORKS:
        options = ExportOptions(name, targets=(target_name,), out=artifacts / name)
        with progress() as notify:
            result = export_files(options, notify)
        if result.exit_code:
            why = next(iter(result.errors.values()), "it is not the same network")
            raise ExportError(f"{name} cannot be put into an app: {why}")
        made += result.artifacts
    return made


def write(platform: Platform, artifacts: Sequence[Artifact], out: Path) -> None:
    """Replace `out` by these artifacts; what was there stays if one cannot be used.

    Raises:
        BadArtifact: none was given, the platform cannot run one, or two have the same name.
    """
    names = [_name(platform, opened) for opened in artifacts]
    if not names or len(set(names)) < len(names):
        raise BadArtifact(
            f"an app needs artifacts, each once, and got {', '.join(names) or 'none'}"
        )
    fresh = out.with_name(f"{out.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, opened in zip(names, artifacts, strict=True):
        copy_artifact(opened, fresh / name)
    write_pictures(fresh / PICTURES, platform)
    (fresh / INDEX).write_text(json.dumps({"models": names}) + "\n")
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)


def copy_artifact(opened: Artifact, folder: Path) -> None:
    """Put a file, or the folder that a format has in its place, and its manifest into a folder."""
    folder.mkdir(parents=True)
    copy = shutil.copytree if opened.path.is_dir() else shutil.copyfile
    copy(opened.path, folder / opened.path.name)
    shutil.copyfile(opened.path.with_name(MANIFEST), folder / MANIFEST)


def write_pictures(folder: Path, platform: Platform) -> None:
    """Write the sample photographs without loss, as the platform reads them."""
    folder.mkdir(parents=True)
    for path in cases.pictures():
        with Image.open(path) as image:
            file = folder / f"{path.stem}{_PICTURES_AS[platform]}"
            image.convert("RGB").save(file, lossless=True, method=6)


def _name(platform: Platform, opened: Artifact) -> str:
    manifest = opened.manifest
    if platform not in target.facts(manifest.target).platforms:
        able = [name for name in target.names() if platform in target.facts(name).platforms]
        raise BadArtifact(
            f"{opened.path} is for {manifest.target}, which does not run on {platform}: expected "
            f"one of {', '.join(able)}; irrvit-export --target {able[-1]} writes one"
        )
    return f"{manifest.model}-{manifest.target}-{manifest.precision}"


def main() -> int:
    """Entry point of the command."""
    parser = argparse.ArgumentParser(prog="irrvit.export.app_models", description=__doc__)
    parser.add_argument("platform", type=Platform, metavar="PLATFORM", help=", ".join(Platform))
    parser.add_argument("out", type=Path, metavar="OUT", help="folder that the app is built from")
    parser.add_argument("artifact", nargs="*", type=Path, metavar="ARTIFACT")
    parser.add_argument("--target", help="format of the demo networks")
    chosen = parser.parse_args()
    try:
        if bool(chosen.artifact) == (chosen.target is not None):
            raise BadOption("give either artifacts or --target, the format of the demo networks")
        opened = [artifact.open(path) for path in chosen.artifact] or exported(chosen.target)
        write(chosen.platform, opened, chosen.out)
    except ExportError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
