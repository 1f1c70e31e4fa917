"""What the camera page has to do in every engine."""

import io

import pytest
from PIL import Image

from irrvit.export.proof import cases

FAILED = "#stage[data-view=failed]"
FIRST, SHARE = (f"#guesses li:first-child .{part}" for part in ("name", "share"))
COFFEE = "95 %"
# A camera that shows a photograph, in place of the engine's own.
PHOTOGRAPH = """
    MediaDevices.prototype.getUserMedia = async () => {
        const content = await (await fetch("models/pictures/coffee.webp")).blob();
        const picture = await createImageBitmap(content);
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [picture.width, picture.height];
        const context = canvas.getContext("2d");
        const draw = () => context.drawImage(picture, 0, 0);
        draw();
        setInterval(draw, 50);
        return canvas.captureStream(20);
    };
"""
DROP = """
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([await (await fetch(args[0])).blob()], args[0]));
    document.body.dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true}));
"""
OLD = """
    delete window.VideoFrame;
    delete HTMLVideoElement.prototype.requestVideoFrameCallback;
"""
LAYOUT = """
    const seen = ["#guesses li:first-child", "#pause", "#flip", "#open", "#check"];
    return {
        page: [innerWidth, innerHeight], wide: document.documentElement.scrollWidth,
        boxes: seen.map(name => document.querySelector(name).getBoundingClientRect().toJSON()),
    };
"""


def test_it_gives_the_answers_of_pytorch_and_says_what_ran(shown):
    shown.open()
    assert shown.find("#check").startswith("✓ PyTorch 6/6 · ±")
    has_threads = shown.engine.run("return navigator.hardwareConcurrency") > 1
    notice = shown.find("#notice")
    if shown.engine.name == "webkit":
        assert "One thread: this browser has no relaxed SIMD" in notice
        has_threads = False
    expected = "CPU (WebAssembly), 1 thread"
    assert shown.find("#ran").startswith(expected[:-8])
    assert (shown.find("#ran") != expected) == has_threads


def test_a_still_picture_is_named(shown):
    shown.open()
    shown.engine.run("document.querySelector('#sample').click()")
    shown.wait_for(FIRST, "espresso")
    assert shown.find(SHARE) == COFFEE
    assert shown.find("#rate") == "still"


def test_the_engines_own_camera_gives_frames(shown):
    shown.open()
    shown.wait_for("#stage[data-view=running]")
    shown.wait_for("#guesses:not(.empty) .name")
    shown.engine.run("await new Promise(done => setTimeout(done, 1500))")
    assert int(shown.find("#rate")) > 0
    assert shown.find(FAILED) is None


@pytest.mark.parametrize(
    ("lacking", "said"),
    [("", ""), (OLD, "This browser gives pages no camera frames and no word of new ones.")],
    ids=["all", "no frames"],
)
def test_a_camera_that_shows_coffee_sees_an_espresso(shown, lacking, said):
    shown.open_after(lacking + PHOTOGRAPH)
    shown.wait_for(FIRST, "espresso")
    # As of the picture's file: no colour has changed its place, and the whole picture is seen.
    assert shown.find(SHARE) == COFFEE
    assert int(shown.find("#rate")) > 0
    assert said in shown.find("#notice")


def test_it_opens_without_its_host(shown):
    shown.open()
    shown.wait_for("#guesses:not(.empty) .name")
    shown.site.close()
    shown.engine.open(shown.site.url)
    assert shown.wait_for("#check[data-check=true]").startswith("✓ PyTorch 6/6")
    shown.wait_for("#guesses:not(.empty) .name")


@pytest.mark.parametrize("size", [(390, 844), (844, 390)], ids=["upright", "lying"])
def test_result_and_controls_are_on_the_screen(shown, size):
    shown.engine.resize(*size)
    shown.open_after(PHOTOGRAPH)
    shown.wait_for(FIRST, "espresso")
    found = shown.engine.run(LAYOUT)
    assert found["page"] == list(size)
    assert found["wide"] <= size[0]
    for box in found["boxes"]:
        assert box["left"] >= 0
        assert box["right"] <= size[0]
        assert box["bottom"] <= size[1]


def test_a_picture_larger_than_a_phones_canvas_is_named(shown):
    """iPhones have canvases of 4096 x 4096 pixels at most, and draw nothing on larger ones."""
    coffee = next(path for path in cases.pictures() if path.stem == "coffee")
    content = io.BytesIO()
    with Image.open(coffee) as picture:
        picture.convert("RGB").resize((4200, 4000)).save(content, "JPEG", quality=60)
    shown.site.extra["/large.jpg"] = content.getvalue()
    shown.open()
    shown.engine.run(DROP, "large.jpg")
    shown.wait_for(FIRST, "espresso")
    shown.wait_for("#rate", "still")
