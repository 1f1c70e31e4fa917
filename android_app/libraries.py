"""What the build is made with: jars that Maven fetches, held against their hashes, and programs."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE / "build"
JARS = BUILD / "jars"
_MAVEN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
# Beside the POM, since Maven takes only one version of a thing from it.
_OLDEST_JAR = "org.robolectric:android-all:8.0.0_r4-robolectric-r1"


class BuildError(Exception):
    """What could not be done, and what to do."""


def fetch(scope: str) -> None:
    """Copy the jars of a scope to build/jars by Maven and hold them against their hashes."""
    sums = (HERE / "jars/SHA256SUMS").read_text()
    stamp = JARS / f"{scope}.fetched"
    wanted = sums + (HERE / "jars/pom.xml").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    mvn = ("mvn", "-q", "-B", "-f", HERE / "jars/pom.xml", f"-DoutputDirectory={JARS}")
    listed = (f"{_MAVEN}:copy-dependencies", "-DexcludeTransitive=true", f"-DincludeScope={scope}")
    run(*mvn, *listed, why="Maven Central")
    run(*mvn, f"{_MAVEN}:copy", f"-Dartifact={_OLDEST_JAR}", why="Maven Central")
    for line in sums.splitlines():
        expected, name = line.split()
        jar = JARS / name
        if jar.exists() and hashlib.sha256(jar.read_bytes()).hexdigest() != expected:
            raise BuildError(f"{jar} is not what jars/SHA256SUMS says: delete it and try again")
    known = {line.split()[1] for line in sums.splitlines()}
    if unknown := {path.name for path in JARS.glob("*.[ja]ar")} - known:
        raise BuildError(f"jars/SHA256SUMS does not name {', '.join(sorted(unknown))}")
    stamp.write_text(wanted)


def jars(*patterns: str) -> list[Path]:
    found = [jar for pattern in patterns for jar in sorted(JARS.glob(f"{pattern}.jar"))]
    if not found:
        raise BuildError(f"there is no jar like {' or '.join(patterns)}: delete {JARS}, try again")
    return found


def shared() -> list[Path]:
    """The jars without native code that app and worker share; onnxruntime's has both."""
    # Natives have a processor after their version.
    names = ("kotlin-stdlib-*", "onnxruntime-*", "javacpp-?.?.??", "tensorflow-lite-?.??.?-?.?.??")
    return jars(*names)


def desktop() -> str:
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    name = f"{ {'Darwin': 'macosx'}.get(platform.system(), platform.system().lower()) }-{machine}"
    if not list(JARS.glob(f"tensorflow-lite-*-{name}.jar")):
        raise BuildError(f"jars/pom.xml has no TensorFlow Lite for {name}")
    return name


def run(*command: str | Path, why: str = "") -> str:
    """Run a program and return what it said, or fail with that."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        listed = "scripts/parts/android/system-packages.txt"
        raise BuildError(f"there is no program {command[0]}: install what {listed} lists") from None
    if done.returncode:
        failed = f"{why} cannot be reached" if why else f"{Path(command[0]).name} failed"
        raise BuildError(f"{failed}:\n{done.stdout}")
    return done.stdout
