"""The camera page for long: its memory, and how soon it shows the first result."""

from __future__ import annotations

import json
import time
from pathlib import Path
from statistics import median

import pytest

FRAMES = 10_000
# On a machine that is busy with other things fewer have to do.
LONGEST_S, FEWEST = 100, 1500
WARMUP = 500
# A loop as quick as the network, instead of as quick as the screen; all else is what it is.
EAGER = """
    HTMLVideoElement.prototype.requestVideoFrameCallback = function (work) {
        return setTimeout(work, 0);
    };
    HTMLVideoElement.prototype.cancelVideoFrameCallback = (work) => clearTimeout(work);
    window.seen = 0;
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message, transfer) {
        if ("picture" in message) window.seen++;
        post.call(this, message, transfer);
    };
"""


@pytest.fixture
def renderer_bytes(small_camera):
    """Memory of the browser's page processes that belongs to them alone."""
    session = small_camera.new_browser_cdp_session()

    def measure() -> int:
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        files = [Path(f"/proc/{p['id']}/status") for p in processes if p["type"] == "renderer"]
        fields = [line.split() for file in files for line in file.read_text().splitlines()]
        return sum(1024 * int(field[1]) for field in fields if field[0] == "RssAnon:")

    return measure


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").exists(), reason="only on Linux: memory is read from /proc")
def test_memory_does_not_grow_with_frames(open_page, small_camera, renderer_bytes, record_property):
    page = open_page(small_camera)
    page.add_init_script(EAGER)
    page.reload()
    page.wait_for_selector("#check[data-check=true]")
    page.get_by_label("Network").select_option("irrvit_fashion, fp32")
    page.wait_for_selector("#check[data-check=true]")
    sizes, frames, start = [], 0, time.monotonic()
    while frames < FRAMES and time.monotonic() - start < LONGEST_S:
        page.wait_for_timeout(1000)
        frames = page.evaluate("window.seen")
        if frames > WARMUP:
            sizes.append(renderer_bytes())
    record_property("frames", frames)
    record_property("bytes", json.dumps(sizes))
    assert frames >= FEWEST
    third = len(sizes) // 3
    growth = median(sizes[-third:]) - median(sizes[:third])
    # It goes up and down by as much; of 10,000 frames, one kept in a hundred would be 31 MB.
    assert growth < 20_000_000


def test_the_first_result_comes_within_three_seconds(open_page, coffee_camera, record_property):
    page = open_page(coffee_camera)
    times = [first_result_ms(page) for _ in range(3)]
    record_property("first_result_ms", json.dumps(times))
    # The best of three: others may use the machine too.
    assert min(times) < 3000


def first_result_ms(page) -> float:
    """From the beginning of a visit after the first one."""
    page.reload()
    page.wait_for_selector("#guesses .name:not(:empty)")
    return page.evaluate("performance.now()")
