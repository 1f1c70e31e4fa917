"""The written file beside its manifest: how the two are hashed, held together and read back."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from irrvit.export import target
from irrvit.export.content import content_hash
from irrvit.export.errors import BadArtifact
from irrvit.export.manifest import Manifest
from irrvit.export.target import Runner
from irrvit.model.outputs import LOGITS, Task

if TYPE_CHECKING:
    from irrvit.export.pixels import Outputs

MANIFEST = "manifest.json"


class Artifact:
    """A written file that has been checked against its manifest.

    Attributes:
        path: the model file (or the `.mlpackage` folder).
        manifest: all that is known about it.
    """

    def __init__(self, path: Path, manifest: Manifest):
        self.path, self.manifest = path, manifest

    @cached_property
    def runner(self) -> Runner:
        """The file in the runtime of its format, loaded at first use.

        Raises:
            BadArtifact: the runtime cannot open it, though it is what the manifest describes.
            MissingExtra: the runtime is not installed.
        """
        try:
            return target.load(self.manifest.target, self.path)
        except BadArtifact as error:
            raise BadArtifact(f"{error}; export again") from error

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """Raw pixels 0..255, uint8 or float (N, H, W, C) -> logits, float32 (N, classes).

        Raises:
            BadArtifact: the pixels do not fit, or the file is no classifier's.
        """
        if self.manifest.task is not Task.CLASSIFICATION:
            raise BadArtifact(
                f"{self.path.name} is no classifier's and has no logits, but "
                f"{', '.join(output.name for output in self.manifest.outputs)}: run_all gives them"
            )
        return self.run_all(pixels)[LOGITS]

    def run_all(self, pixels: np.ndarray) -> Outputs:
        """Raw pixels 0..255, uint8 or float (N, H, W, C) -> each output (N, ...) by its name."""
        spec = self.manifest.input
        expected = (spec.height, spec.width, spec.channels)
        if pixels.ndim != 4 or pixels.shape[1:] != expected or not len(pixels):
            raise BadArtifact(
                f"pixels of shape {pixels.shape} do not fit {self.path.name}: expected "
                f"(N, {', '.join(map(str, expected))}) as irrvit.model.spec.preprocess makes them"
            )
        return self.runner.run(pixels.astype(np.float32))


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest in a folder.

    Raises:
        BadArtifact: there is none, or a field is missing or wrong; the field is named.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadArtifact(f"no manifest can be read at {path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the text"
        raise BadArtifact(
            f"{path} is not a manifest of this version: {field}: {first['msg']}; export again"
        ) from error


def open(path: Path | str) -> Artifact:
    """Open an artifact by its folder, its manifest or its model file, and check its hash.

    Raises:
        BadArtifact: something is missing, or the file is not the one that its manifest describes.
    """
    path = Path(path)
    if not path.exists():
        raise BadArtifact(f"{path} does not exist; irrvit-export writes artifacts")
    is_folder = path.is_dir() and (path / MANIFEST).exists()
    folder = path if is_folder else path.parent
    manifest = read_manifest(folder)
    file = folder / manifest.file
    if not is_folder and path.name not in (MANIFEST, manifest.file):
        raise BadArtifact(f"{path} is not the file that {folder / MANIFEST} describes ({file})")
    if not file.exists():
        raise BadArtifact(f"{file} is missing, its manifest is there; export again")
    actual = content_hash(file)
    if actual != manifest.sha256:
        raise BadArtifact(
            f"{file} is not the file that its manifest describes: sha256 is {actual[:12]}..., "
            f"expected {manifest.sha256[:12]}...; export again"
        )
    return Artifact(file, manifest)
