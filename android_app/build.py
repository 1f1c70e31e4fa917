#!/usr/bin/env python3
"""Build the app with a JDK, Maven Central and Debian's tools: no Android Studio, no Android SDK.

build.py worker    build/worker.jar: the benchmark worker for a desktop's JVM
build.py apk       build/irrvit.apk: the app, signed with a key made on the spot
build.py test      run the JUnit tests
"""

from __future__ import annotations

import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from libraries import BUILD, HERE, JARS, BuildError, desktop, fetch, jars, run, shared

_APP = HERE / "app/src/main"
_ASSETS = BUILD / "assets"
_VERSIONS = "--min-sdk-version 26 --target-sdk-version 35 --version-code 1 --version-name 0.1.0"
_OLDEST, _CURRENT = "android-all-8.*", "android-all-15-*"
_ROBOLECTRIC = (
    *("robolectric-*", "junit-4.17*", "annotations-4*", "pluginapi-*", "resources-*", "sandbox-*"),
    *("shadow*", "utils-*", "nativeruntime-*", "plugins-*", "javax.*", "bcprov-*", "conscrypt-*"),
    *("snakeyaml-*", "asm-*", "guava-*", "failureaccess-*", "icu4j-*", "sqlite4java-*"),
)
# A fixed moment for every file of an archive: two builds are then the same to the byte.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def main() -> None:
    steps = {"worker": worker, "apk": apk, "test": test}
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
    libraries = [*shared(), *jars("json-*"), *jars(f"*-{desktop()}")]
    classes = BUILD / "worker"
    sources = [HERE / "core/src/main", HERE / "runtime/src/main", HERE / "runtime/src/desktop"]
    kotlinc(sources, libraries, classes)
    needed = " ".join(f"jars/{jar.name}" for jar in libraries)
    lines = ["Manifest-Version: 1.0", "Main-Class: irrvit.runtime.WorkerMainKt"]
    manifest = "\r\n".join([*lines, *_wrap(f"Class-Path: {needed}"), "", ""])
    files = {path.relative_to(classes).as_posix(): path for path in classes.rglob("*.class")}
    return write_zip(BUILD / "worker.jar", {"META-INF/MANIFEST.MF": manifest.encode()} | files)


def apk() -> Path:
    """Compile, dex, pack, align and sign the app."""
    fetch("compile")
    if not _ASSETS.exists():
        raise BuildError("there are no models to put in: run 'make apk'")
    run("aapt2", "compile", "--dir", _APP / "res", "-o", BUILD / "resources.zip")
    linked = BUILD / "linked.apk"
    manifest = ["--manifest", _APP / "AndroidManifest.xml", "-I", *jars(_OLDEST)]
    manifest += _VERSIONS.split()
    run("aapt2", "link", *manifest, "-o", linked, BUILD / "resources.zip")
    unsigned, aligned = BUILD / "unsigned.apk", BUILD / "aligned.apk"
    write_zip(unsigned, _contents(linked, _dex(_app_classes())))
    run("zipalign", "-f", "-p", "4", unsigned, aligned)
    signed = BUILD / "irrvit.apk"
    run("apksigner", "sign", *_key(), "--in", aligned, "--out", signed)
    return signed


def _app_classes() -> Path:
    """Compiled against the oldest Android, so that no newer call slips in, and a current one."""
    sources = [HERE / "core/src/main", HERE / "runtime/src/main", _APP / "kotlin"]
    classes = BUILD / "app"
    kotlinc(sources, [*shared(), *jars(_CURRENT)], BUILD / "app-current")
    kotlinc(sources, [*shared(), *jars(_OLDEST)], classes)
    return classes


def _dex(classes: Path) -> bytes:
    """Dex code, lambdas turned to classes: no Android knows what Java 8 makes of them."""
    entries = {p.relative_to(classes).as_posix(): p for p in sorted(classes.rglob("*.class"))}
    ours = write_zip(BUILD / "classes.jar", entries)
    options = ["--release", "--min-api", "26", "--lib", *jars(_OLDEST), "--output", BUILD]
    dexer = ["-cp", *jars("r8-*"), "com.android.tools.r8.D8"]
    run("java", *dexer, *options, ours, *shared())
    return (BUILD / "classes.dex").read_bytes()


def _contents(linked: Path, dex: bytes) -> dict[str, bytes | Path]:
    with zipfile.ZipFile(linked) as archive:
        entries: dict[str, bytes | Path] = {name: archive.read(name) for name in archive.namelist()}
    entries["classes.dex"] = dex
    for jar in jars("*-android-arm64", "*-android-x86_64"):
        with zipfile.ZipFile(jar) as archive:
            natives = [name for name in archive.namelist() if name.endswith(".so")]
            entries |= {name: archive.read(name) for name in natives}
    files = sorted(path for path in _ASSETS.rglob("*") if path.is_file())
    return entries | {f"assets/{path.relative_to(_ASSETS).as_posix()}": path for path in files}


def _key() -> list[str | Path]:
    """A debug key, kept: Android updates an app only by one of the same key."""
    store = BUILD / "debug.keystore"
    word = ["-storepass", "android", "-keypass", "android", "-alias", "debug"]
    kind = ["-keyalg", "RSA", "-keysize", "2048", "-validity", "10000", "-dname", "CN=Debug"]
    if not store.exists():
        run("keytool", "-genkeypair", "-keystore", store, *word, *kind)
    return ["--ks", store, "--ks-pass", "pass:android"]


def test() -> str:
    """JUnit: the core by itself, the screens in Robolectric on a current Android's own classes."""
    fetch("test")
    if not (BUILD / "unsigned.apk").exists():
        raise BuildError("the app's screens are tested with its APK: run 'make apk' first")
    framework, natives = jars(_CURRENT), jars(f"*-{desktop()}")
    libraries = [*shared(), *natives, *jars("junit-4.13*", "hamcrest-*")]
    robolectric = [*jars(*_ROBOLECTRIC), _robolectric_settings(), _monitor()]
    classes = BUILD / "tests"
    sources = [HERE / "core/src", HERE / "runtime/src/main", HERE / "app/src"]
    kotlinc(sources, [*libraries, *robolectric, *jars("json-*"), *framework], classes)
    core = _junit("core", [classes, *libraries, *jars("json-*")])
    return core + _junit("app", [classes, *libraries, *robolectric, *framework])


def _junit(module: str, path: list[Path]) -> str:
    tests = HERE / module / "src/test/kotlin"
    names = [test.relative_to(tests).with_suffix("") for test in sorted(tests.rglob("*Test.kt"))]
    offline = {"offline": "true", "usePreinstrumentedJars": "false", "dependency.dir": JARS}
    options = [f"-Drobolectric.{name}={value}" for name, value in offline.items()]
    folders = [f"-Dgolden={HERE.parent / 'tests/golden'}", f"-Dseen={BUILD / 'seen'}"]
    # Little memory, as an app has on a phone: what does not fit there must not fit here.
    options += ["-ea", "-Xmx1g", *folders, "-cp", _path(path)]
    classes = [".".join(name.parts) for name in names]
    return run("java", *options, "org.junit.runner.JUnitCore", *classes)


def _robolectric_settings() -> Path:
    """A folder with the file that tells Robolectric what the app consists of."""
    settings = BUILD / "robolectric/com/android/tools/test_config.properties"
    settings.parent.mkdir(parents=True, exist_ok=True)
    manifest, resources = _APP / "AndroidManifest.xml", BUILD / "unsigned.apk"
    settings.write_text(f"android_merged_manifest={manifest}\nandroid_resource_apk={resources}\n")
    return BUILD / "robolectric"


def _monitor() -> Path:
    """The classes of a library that comes in Android's own kind of archive."""
    (library,) = JARS.glob("monitor-*.aar")
    with zipfile.ZipFile(library) as archive:
        return Path(archive.extract("classes.jar", BUILD / "monitor"))


def kotlinc(sources: list[Path], libraries: list[Path], out: Path) -> None:
    """Compile Kotlin for Java 8, which every Android runs."""
    shutil.rmtree(out, ignore_errors=True)
    compiler = [
        _path(jars("kotlin-*", "annotations-13.*", "kotlinx-*")),
        "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
    ]
    options = ["-no-stdlib", "-no-reflect", "-Werror", "-jvm-target", "1.8"]
    run("java", "-cp", *compiler, *options, "-cp", _path(libraries), "-d", out, *sources)


def write_zip(path: Path, entries: Mapping[str, bytes | Path]) -> Path:
    """An archive that is the same whenever its entries are."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            # Android maps this one into memory as it is.
            kind = zipfile.ZIP_STORED if name == "resources.arsc" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), data, kind)
    return path


def _path(files: list[Path]) -> str:
    return ":".join(map(str, files))


def _wrap(line: str) -> list[str]:
    """Lines of a jar's manifest are 72 bytes long at most."""
    return [line[:70], *(f" {line[i : i + 69]}" for i in range(70, len(line), 69))]


if __name__ == "__main__":
    main()
