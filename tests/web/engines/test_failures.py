"""Whatever is missing or broken, the page goes on with less or ends in a sentence."""

import pytest

from irrvit.benchmark.browser.page_server import built_page

PICTURE = "/models/pictures/coffee.webp"
BROKEN = b'throw new RangeError("WebAssembly.Memory(): could not allocate memory");'
# What is said is on the screen, and no button lies on it.
HIDDEN = """
    const [check, message] = ["check", "message"].map(id => document.getElementById(id));
    const controls = document.querySelector("#controls button").getBoundingClientRect();
    const box = message.getBoundingClientRect();
    return check.scrollWidth > check.clientWidth || (!message.hidden && box.bottom > controls.top);
"""
CHECK = "#check[data-check=impossible]"


def files(pattern):
    page = built_page()
    found = [f"/{path.relative_to(page)}" for path in page.glob(pattern)]
    assert found, pattern
    return found


@pytest.mark.parametrize(
    ("pattern", "content", "said"),
    [
        ("runtime/litert/*.js", BROKEN, "Not enough memory"),
        ("assets/preprocessWorker-*.js", BROKEN, "Not enough memory"),
        ("models/pictures/coffee.webp", b"no picture", "The network cannot be used"),
        ("models/models.json", b"{", "The network cannot be used"),
    ],
    ids=["runtime", "preprocessing", "picture", "networks"],
)
def test_the_check_of_the_device_ends(shown, pattern, content, said):
    for file in files(pattern):
        shown.site.extra[file] = content
    shown.open(ready=CHECK)
    assert shown.find(CHECK) == f"✗ Not checked: {said}"
    for size in ((390, 844), (844, 390)):
        shown.engine.resize(*size)
        assert not shown.engine.run(HIDDEN), size


def test_the_check_does_not_wait_for_a_camera_that_nobody_allows(shown):
    shown.open_after("MediaDevices.prototype.getUserMedia = () => new Promise(() => undefined);")
    assert shown.find("#check").startswith("✓ PyTorch 6/6")
    assert shown.find("#loading") == "Loading the camera …"


def test_where_threads_fail_one_is_enough(shown):
    for file in files("runtime/litert/litert_wasm_threaded_internal.js"):
        shown.site.extra[file] = BROKEN
    shown.open()
    assert shown.find("#ran") == "CPU (WebAssembly), 1 thread"
    notice = shown.find("#notice")
    assert "could not allocate memory" in notice or "One thread: this browser has" in notice


def test_a_page_without_its_headers_has_one_thread_and_says_why(shown, site_without_headers):
    shown.site = site_without_headers
    shown.open()
    assert shown.find("#ran") == "CPU (WebAssembly), 1 thread"
    is_webkit = shown.engine.name == "webkit"
    why = "this browser has no relaxed SIMD" if is_webkit else "host does not send the headers"
    assert why in shown.find("#notice")


def test_a_firefox_that_falsifies_pictures_is_named_and_not_the_device(start_firefox, shown_by):
    shown = shown_by(start_firefox({"privacy.resistFingerprinting": True}))
    shown.open(ready=CHECK)
    assert shown.find(CHECK) == "✗ Not checked: This browser falsifies pictures"
    assert not shown.engine.run(HIDDEN)
    assert "privacy.resistFingerprinting" in shown.wait_for("#advice")
    shown.open("?benchmark=irrvit_fashion", ready="main button")
    shown.click("main button")
    shown.wait_for("[role=status]", "Not measured: this browser falsifies the pictures")
