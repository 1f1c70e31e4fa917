"""The camera page in a real browser: camera, canvas, workers, network and page together."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from irrvit.benchmark.browser.page_server import built_page
from irrvit.export.artifact import read_manifest
from irrvit.export.proof import cases

PHOTOGRAPHS = Path(cases.__file__).parents[1] / "cases"
FASHION = "models/irrvit_fashion-tflite-fp32"


def first_guess(page) -> str:
    return page.locator("#guesses li .name").first.inner_text()


def test_coffee_in_front_of_the_camera_is_an_espresso(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    wait_for_guess(page, "espresso")
    assert re.fullmatch(r"\d+\.\d ms", page.inner_text("#preprocessing"))
    assert re.fullmatch(r"\d+\.\d ms", page.inner_text("#inference"))
    assert int(page.inner_text("#rate")) > 0
    assert re.fullmatch(r"CPU \(WebAssembly\), \d threads?", page.inner_text("#ran"))
    assert page.inner_text("#check").startswith("✓ PyTorch 6/6")
    assert page.inner_text("#notice") == "Not on the GPU: this browser offers no WebGPU."


def test_another_network_is_picked_and_checked(open_page, coffee_camera):
    page = open_page(coffee_camera)
    page.get_by_label("Network").select_option("irrvit_fashion, fp32")
    page.wait_for_selector("#check[data-check=true]")
    page.wait_for_selector("#guesses:not(.empty)")
    labels = read_manifest(built_page() / FASHION).labels
    assert first_guess(page) in labels


def test_a_picture_file_is_named(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.set_input_files("#file", PHOTOGRAPHS / "chelsea.jpg")
    wait_for_guess(page, "tiger cat")
    assert page.is_visible("#picture")
    page.get_by_role("button", name="Back to camera").click()
    wait_for_guess(page, "espresso")
    assert not page.is_visible("#picture")


# How to lay a picture so that a file's EXIF orientation puts it upright again.
LAY = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def lying(picture: Path, lay: Image.Transpose | None, exif: int) -> dict[str, object]:
    """A picture file whose pixels lie so, and whose EXIF says this of it."""
    facts, content = Image.Exif(), io.BytesIO()
    facts[ExifTags.Base.Orientation] = exif
    with Image.open(picture) as image:
        turned = image.convert("RGB") if lay is None else image.convert("RGB").transpose(lay)
    turned.save(content, "JPEG", quality=100, subsampling=0, exif=facts)
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def test_a_picture_is_turned_upright_as_its_file_says(open_page, no_camera):
    page = open_page(no_camera, ready="#stage[data-view=failed]")

    def share(lay: Image.Transpose | None, exif: int) -> float:
        """How sure the network is of a cat, from the width of its bar."""
        page.evaluate("document.querySelector('#guesses').classList.add('empty')")
        page.set_input_files("#file", lying(PHOTOGRAPHS / "chelsea.jpg", lay, exif))
        page.wait_for_selector("#guesses:not(.empty)")
        first = page.locator("#guesses li").first
        assert first.locator(".name").inner_text() == "tiger cat" or exif == 1
        return float(first.evaluate("row => row.style.getPropertyValue('--share')"))

    upright = share(None, 1)
    assert {exif: share(lay, exif) for exif, lay in LAY.items()} == pytest.approx(
        dict.fromkeys(LAY, upright), abs=0.01
    )
    assert abs(share(LAY[6], 1) - upright) > 0.1  # On its side the cat is another.


def test_a_picture_is_dropped_on_the_page(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    content = list((PHOTOGRAPHS / "rocket.jpg").read_bytes())
    page.evaluate(
        """content => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([new Uint8Array(content)], "rocket.jpg"));
            document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true}));
        }""",
        content,
    )
    wait_for_guess(page, "missile")


def test_a_file_that_is_no_picture_is_refused(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.set_input_files(
        "#file", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    page.get_by_role("alert").get_by_text("notes.txt is not a picture").wait_for()
    page.get_by_role("button", name="Try again").click()
    wait_for_guess(page, "espresso")


def test_pause_and_go_on_by_key(open_page, coffee_camera):
    page = open_page(coffee_camera)
    page.keyboard.press("Space")
    page.get_by_text("Paused by you").wait_for()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()


def test_the_front_camera_is_a_mirror(open_page, coffee_camera, wait_for_guess):
    page = open_page(coffee_camera)
    page.get_by_role("button", name="Flip").click()
    page.wait_for_selector("video[data-facing=user]")
    assert page.evaluate("getComputedStyle(video).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
    wait_for_guess(page, "espresso")


@pytest.mark.parametrize("viewport", [(320, 568), (1280, 800)])  # Phones: tests/web/engines.
def test_result_and_controls_are_on_the_screen(open_page, coffee_camera, viewport, wait_for_guess):
    page = open_page(coffee_camera, viewport=viewport)
    wait_for_guess(page, "espresso")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport[0]
    for seen in ("#guesses li:first-child", "#pause", "#flip", "#open", "#check"):
        box = page.locator(seen).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= viewport[0]
        assert box["y"] + box["height"] <= viewport[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page, coffee_camera, scheme):
    page = open_page(coffee_camera, color_scheme=scheme)
    contrasts = page.evaluate(CONTRASTS)
    assert contrasts
    assert {name: ratio for name, ratio in contrasts.items() if ratio < 4.5} == {}


CONTRASTS = """() => {
    const luminance = color => {
        const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = element => {
        const color = getComputedStyle(element).backgroundColor;
        return color === "rgba(0, 0, 0, 0)" ? ground(element.parentElement) : color;
    };
    const texts = "h1, #check, #guesses li, dt, dd, #notice, #privacy, a, label, select";
    return Object.fromEntries([...document.querySelectorAll(texts)].map(element => {
        const both = [getComputedStyle(element).color, ground(element)].map(luminance);
        return [element.id || element.textContent.trim().slice(0, 20),
            (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)];
    }));
}"""


def test_what_is_seen_is_said_to_screen_readers(open_page, coffee_camera):
    page = open_page(coffee_camera)
    page.locator("[aria-live=polite]").get_by_text("espresso", exact=True).wait_for()
    for button in ("Pause", "Flip", "Open …"):
        assert page.get_by_role("button", name=button).count() == 1
    for picker in ("Network", "Run on"):
        assert page.get_by_label(picker, exact=True).count() == 1


def test_nothing_is_asked_of_another_host(open_page, coffee_camera, site):
    context_requests = []
    page = open_page(coffee_camera, service_workers="block")
    page.context.on("request", lambda request: context_requests.append(request.url))
    page.reload()
    page.wait_for_selector("#check[data-check=true]")
    page.set_input_files("#file", PHOTOGRAPHS / "chelsea.jpg")
    page.wait_for_selector("#picture:visible")
    elsewhere = [url for url in context_requests if not url.startswith((site.url, "blob:"))]
    assert context_requests
    assert elsewhere == []


def test_the_page_is_light(site):
    page = built_page()
    files = [path for path in page.rglob("*") if path.is_file()]
    own = [p for p in files if p.relative_to(page).parts[0] not in ("runtime", "models")]
    assert 10_000 < sum(path.stat().st_size for path in own) < 170_000


def test_the_page_can_be_installed(open_page, coffee_camera):
    page = open_page(coffee_camera)
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A test's context is one that forgets.
    assert [error for error in found if error["errorId"] != "in-incognito"] == []
    assert session.send("Page.getAppManifest")["errors"] == []
