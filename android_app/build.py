#!/usr/bin/env python3
"""Build the app with a JDK, Maven Central and Debian's tools: no Android Studio, no Android SDK.

build.py worker    build/worker.jar: the benchmark worker for a desktop's JVM
build.py test      run the JUnit tests
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_JARS = _HERE / "build/jars"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_KOTLIN = ("kotlin-*", "annotations-13.*", "kotlinx-coroutines-*")
# A fixed moment for every file of an archive: two builds are then the same to the byte.
_MOMENT = (1980, 1, 1, 0, 0, 0)


class BuildError(Exception):
    """What could not be done, and what to do."""


def main() -> None:
    steps = {"worker": worker, "test": test}
    step = steps.get(sys.argv[1] if len(sys.argv) == 2 else "")
    if step is None:
        sys.exit(__doc__)
    try:
        print(step())
    except BuildError as error:
        print(f"android: {error}", file=sys.stderr)
        sys.exit(2)


def worker() -> Path:
    """Core, runtimes and worker for this machine; the jar names the others that it needs."""
    fetch("compile")
    libraries = [*_libraries(), *jars("json-*"), *jars(f"*-{_desktop()}")]
    classes = _HERE / "build/worker"
    sources = [_HERE / "core/src/main", _HERE / "runtime/src/main", _HERE / "runtime/src/desktop"]
    kotlinc(sources, libraries, classes)
    needed = " ".join(f"jars/{jar.name}" for jar in libraries)
    lines = ["Manifest-Version: 1.0", "Main-Class: irrvit.runtime.WorkerMainKt"]
    manifest = "\r\n".join([*lines, *_wrap(f"Class-Path: {needed}"), "", ""])
    files = {path.relative_to(classes).as_posix(): path for path in classes.rglob("*.class")}
    return write_zip(
        _HERE / "build/worker.jar", {"META-INF/MANIFEST.MF": manifest.encode()} | files
    )


def test() -> str:
    """JUnit on the core."""
    fetch("test")
    libraries = jars("kotlin-stdlib-*", "json-*", "junit-4.13*", "hamcrest-*")
    classes = _HERE / "build/tests"
    kotlinc([_HERE / "core/src/main", _HERE / "core/src/test"], libraries, classes)
    names = [f"irrvit.core.{path.stem}" for path in (_HERE / "core/src/test").rglob("*Test.kt")]
    golden = f"-Dgolden={_HERE.parent / 'tests/golden'}"
    junit = ["java", "-ea", golden, "-cp", _path([classes, *libraries]), "org.junit.runner.JUnitCore"]
    return run(*junit, *sorted(names))


def fetch(scope: str) -> None:
    """Copy the jars of a scope to build/jars by Maven and hold them against their hashes."""
    sums = (_HERE / "jars/SHA256SUMS").read_text()
    stamp = _JARS / f"{scope}.fetched"
    wanted = sums + (_HERE / "jars/pom.xml").read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    options = [f"-DoutputDirectory={_JARS}", "-DexcludeTransitive=true", f"-DincludeScope={scope}"]
    run("mvn", "-q", "-B", "-f", _HERE / "jars/pom.xml", _COPY, *options, why="Maven Central")
    for line in sums.splitlines():
        expected, name = line.split()
        jar = _JARS / name
        if jar.exists() and hashlib.sha256(jar.read_bytes()).hexdigest() != expected:
            raise BuildError(f"{jar} is not what jars/SHA256SUMS says: delete it and try again")
    known = {line.split()[1] for line in sums.splitlines()}
    if unknown := {path.name for path in _JARS.glob("*.[ja]ar")} - known:
        raise BuildError(f"jars/SHA256SUMS does not name {', '.join(sorted(unknown))}")
    stamp.write_text(wanted)


def jars(*patterns: str) -> list[Path]:
    found = [jar for pattern in patterns for jar in sorted(_JARS.glob(f"{pattern}.jar"))]
    assert found, patterns
    return found


def kotlinc(sources: list[Path], libraries: list[Path], out: Path) -> None:
    """Compile Kotlin for Java 8, the newest that the dexer reads."""
    shutil.rmtree(out, ignore_errors=True)
    compiler = [_path(jars(*_KOTLIN)), "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"]
    options = ["-no-stdlib", "-no-reflect", "-Werror", "-jvm-target", "1.8"]
    run("java", "-cp", *compiler, *options, "-cp", _path(libraries), "-d", out, *sources)


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


def write_zip(path: Path, entries: dict[str, bytes | Path]) -> Path:
    """An archive that is the same whenever its entries are."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            info = zipfile.ZipInfo(name, _MOMENT)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return path


def _libraries() -> list[Path]:
    """The jars without native code that app and worker share; onnxruntime's has both."""
    # Natives have a processor after their version.
    names = ("kotlin-stdlib-*", "onnxruntime-*", "javacpp-?.?.??", "tensorflow-lite-?.??.?-?.?.??")
    return jars(*names)


def _desktop() -> str:
    machine = {"aarch64": "arm64", "AMD64": "x86_64"}.get(platform.machine(), platform.machine())
    name = f"{ {'Darwin': 'macosx'}.get(platform.system(), platform.system().lower()) }-{machine}"
    if not list(_JARS.glob(f"tensorflow-lite-*-{name}.jar")):
        raise BuildError(f"jars/pom.xml has no TensorFlow Lite for {name}")
    return name


def _path(files: list[Path]) -> str:
    return ":".join(map(str, files))


def _wrap(line: str) -> list[str]:
    """Lines of a jar's manifest are 72 bytes long at most."""
    return [line[:70], *(f" {line[i : i + 69]}" for i in range(70, len(line), 69))]


if __name__ == "__main__":
    main()
