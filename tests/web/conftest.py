"""Browsers with a camera that shows the sample photographs, and the page as it was built."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from irrvit.benchmark.browser.page_server import PageServer, built_page
from irrvit.export.artifact import read_manifest
from irrvit.export.proof import cases

_PATIENCE_MS = 60_000
_CAMERA = ("--use-fake-device-for-media-stream",)
_ALLOWED = ("--use-fake-ui-for-media-stream",)


def write_video(path: Path, picture: Path, *, size: tuple[int, int]) -> None:
    """Two frames of a photograph as YUV4MPEG2, which Chromium plays over and over."""
    with Image.open(picture) as image:
        planes = ImageOps.fit(image.convert("RGB"), size).convert("YCbCr").split()
    half = (size[0] // 2, size[1] // 2)
    # A JPEG's numbers fill the range of a byte; those of a video do not.
    luma = np.asarray(planes[0], np.float32) * 219 / 255 + 16
    chroma = [
        (np.asarray(plane.resize(half, Image.Resampling.BOX), np.float32) - 128) * 224 / 255 + 128
        for plane in planes[1:]
    ]
    content = b"".join(plane.round().astype(np.uint8).tobytes() for plane in (luma, *chroma))
    header = f"YUV4MPEG2 W{size[0]} H{size[1]} F30:1 Ip A1:1 C420\n".encode()
    path.write_bytes(header + (b"FRAME\n" + content) * 2)


@pytest.fixture
def model_address():
    """The address of a network's file, with the hash that the page appends, by its folder."""

    def model_address(folder: str) -> str:
        manifest = read_manifest(built_page() / folder)
        return f"/{folder}/{manifest.file}?{manifest.sha256[:12]}"

    return model_address


@pytest.fixture(scope="module")
def launch(chromium_path):
    """Start a headless Chromium with some arguments, or take the one that has them already."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:

        @cache
        def launch(*arguments: str):
            quiet = ("--disable-gpu", "--disable-background-networking")
            return running.chromium.launch(executable_path=chromium_path, args=[*quiet, *arguments])

        yield launch


@pytest.fixture(scope="module")
def camera(launch, tmp_path_factory):
    """A browser whose camera sees an espresso, and may be used by every page."""

    def camera(size: tuple[int, int]):
        video = tmp_path_factory.mktemp("video") / "coffee.y4m"
        coffee = next(path for path in cases.pictures() if path.stem == "coffee")
        write_video(video, coffee, size=size)
        return launch(*_CAMERA, *_ALLOWED, f"--use-file-for-fake-video-capture={video}")

    return camera


@pytest.fixture(scope="module")
def coffee_camera(camera):
    return camera((1280, 720))


@pytest.fixture(scope="module")
def small_camera(camera):
    """Quick, because its frames are small."""
    return camera((320, 240))


@pytest.fixture
def site():
    server = PageServer(built_page(), address=("127.0.0.1", 0))
    yield server
    server.close()


@pytest.fixture(scope="module")
def no_camera(launch):
    return launch(*_ALLOWED)


@pytest.fixture(scope="module")
def refused_camera(launch):
    return launch(*_CAMERA, "--deny-permission-prompts")


@pytest.fixture
def open_page(site):
    """Open the page in a context of its own; what goes wrong unseen fails the test."""
    contexts, errors = [], []

    def open_page(browser, *, viewport=(390, 844), ready="#check[data-check=true]", **options):
        size = {"width": viewport[0], "height": viewport[1]}
        context = browser.new_context(viewport=size, **options)
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(site.url)
        page.wait_for_selector(ready)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def wait_for_guess():
    """Wait until the page names this first."""

    def wait(page, name: str) -> None:
        page.locator("#guesses li .name").first.get_by_text(name, exact=True).wait_for()

    return wait
