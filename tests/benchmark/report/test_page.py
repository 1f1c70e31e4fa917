"""The page in a real browser: its numbers, its looks, and that it asks nobody for anything."""

import os
import re

import pytest

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.report import page
from irrvit.benchmark.results.baseline import Gate, Gated
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows

STRANGE = "<script>document.title = 'taken'</script><img src=http://localhost/x onerror=alert(1)>"


def numbers(tab, table):
    """The exact values behind a table's figures, row by row."""
    return [
        [float(cell.get_attribute("value")) for cell in row.query_selector_all("data")]
        for row in tab.query_selector_all(f"table.{table} tbody tr")
    ]


def test_the_numbers_are_those_of_the_measurements(look, result, several):
    shown = result(several)
    rows = sorted(shown.rows, key=lambda row: row.summary.p50_ms)
    with look(shown) as tab:
        latencies = numbers(tab, "latencies")
        for row, (n, least, p50, low, high, p90, p99, load, first) in zip(
            rows, latencies, strict=True
        ):
            s, repeat = row.summary, row.measurement.repeats[0]
            assert (n, least, p50) == (s.n, s.min_ms, s.p50_ms)
            assert (low, high, p90, p99) == (s.low_ms, s.high_ms, s.p90_ms, s.p99_ms)
            assert (load, first) == (repeat.load_ms, repeat.first_ms)
        assert [speed[2] for speed in numbers(tab, "speeds")] == [row.gmacs for row in rows]
        memory = [[m.peak_memory_bytes, m.idle_memory_bytes, m.size_bytes] for m in several[:1]]
        assert numbers(tab, "memory")[:1] == memory
        compared = [row.against_first.ratio for row in rows if row.against_first]
        assert [ratio for (ratio,) in numbers(tab, "comparisons")] == compared
        assert re.findall(r"[\d.]+ ms", tab.inner_text(".figure")) == [f"{latencies[0][2]:.2f} ms"]


def test_valid_invalid_and_wrong_are_words_beside_their_reasons(look, result, several):
    with look(result(several)) as tab:
        chips = {
            row.query_selector("bdi").inner_text(): row.query_selector(".figure .chip").inner_text()
            for row in tab.query_selector_all(".row:has(.bar):has(.chip)")
        }
        assert chips["busy"] == "invalid"
        assert chips["wrong"] == "WRONG"
        assert chips["irrvit_tiny"] == "valid"
        assert "others kept 1.0 cores busy meanwhile" in tab.inner_text("body")
        assert "names class 3, the reference class 5" in tab.inner_text("table.answers")
        assert "2 of 4 numbers can be believed" in tab.inner_text("header")


def test_every_picture_has_a_table_that_the_keyboard_opens(look, result, several):
    with look(result(several)) as tab:
        pictures = tab.query_selector_all("section:has(.track, .plot, .spark)")
        assert len(pictures) == 5
        for section in pictures:
            section.query_selector("summary").focus()
            tab.keyboard.press("Enter")
            assert section.query_selector("table").is_visible()
            tab.keyboard.press("Tab")
            assert tab.evaluate("document.activeElement.getAttribute('role')") == "region"


def test_paper_shows_all_tables(look, result, several):
    with look(result(several)) as tab:
        assert not tab.query_selector("table.latencies").is_visible()
        tab.emulate_media(media="print")
        assert tab.query_selector("table.latencies").bounding_box()["height"] > 50
        assert "2026-01-01 00:00:00 UTC" in tab.inner_text("table.state")


def test_a_name_is_only_a_name_whatever_is_in_it(look, result, measurement):
    strange = measurement.model_copy(update={"variant": STRANGE, "runtime_version": STRANGE})
    device = measurement.device.model_copy(update={"name": STRANGE, "soc": STRANGE})
    problems = {STRANGE: STRANGE}
    shown = result([strange.model_copy(update={"device": device})])
    with look(MeasureResult(shown.rows, problems, [Gated(STRANGE, Gate.REFUSED, STRANGE)])) as tab:
        assert tab.title() == "irrvit-bench: 1 measurement"
        assert tab.query_selector_all("script, img") == []
        assert tab.inner_text("bdi").startswith("<script>")


def test_half_a_character_in_a_name_is_shown_as_unknown(look, result, measurement):
    with look(result([measurement.model_copy(update={"variant": "net\ud800"})])) as tab:
        assert tab.inner_text(".row bdi") == "net?"


def test_a_profile_is_shown_by_module(look, profile):
    with look(MeasureResult([], {}), [profile]) as tab:
        assert numbers(tab, "profile") == [[2.5], [0.5]]
        text = tab.inner_text("table.profile")
        assert "83%" in text
        assert "<b>head</b>" in text


def test_an_emulator_s_times_and_memory_are_not_shown(look, result, measurement):
    device = measurement.device.model_copy(update={"emulated": True})
    timed = measurement.model_copy(update={"device": device})
    untimed = timed.model_copy(update={"repeats": (), "variant": "untimed"})
    with look(result([timed, untimed])) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert not re.search(r"\d ms", tab.inner_text("main"))
        assert tab.inner_text("table.memory").count("not shown") == 4
        assert tab.inner_text("table.answers").count("6 of 6") == 2


@pytest.mark.parametrize(("own_cpu_ms", "cores"), [(None, "-"), (90.0, "0.9"), (180.0, "1.8")])
def test_the_cores_of_a_repeat_are_shown_where_they_are_known(
    measurement, own_cpu_ms, cores, result
):
    changes = {"blocks_ms": ((20.0, 30.0),), "calls_per_value": 2, "own_cpu_ms": own_cpu_ms}
    repeat = measurement.repeats[0].model_copy(update=changes)
    text = page.render(result([measurement.model_copy(update={"repeats": (repeat,)})]))
    table = text[text.index('<table class="repeats">') :]
    assert f"<td>{cores}</td></tr>" in table[: table.index("</table>")]


def test_what_was_not_measured_is_at_the_top(look, measurement):
    shown = MeasureResult(
        to_timed_rows([measurement]), {"net": "its process died (SIGSEGV)"}, interrupted=True
    )
    with look(shown) as tab:
        assert "its process died (SIGSEGV)" in tab.inner_text("main section:first-of-type")
        assert "Ctrl-C ended the run early" in tab.inner_text("header")


def test_every_call_is_drawn_even_one_that_is_slow_alone(look, result, measurement):
    """One repeat and few calls are no reason to draw nothing."""
    short = measurement.repeats[0].model_copy(update={"blocks_ms": ((7.0, 70.0),)})
    with look(result([measurement.model_copy(update={"repeats": (short,)})])) as tab:
        points = tab.query_selector(".spark .medians").get_attribute("points").split()
        assert points == ["25.00,100.00", "75.00,0.00"]


def test_a_page_that_cannot_be_written_leaves_the_old_one(tmp_path, measurement, result):
    path = tmp_path / "report.html"
    path.write_text("old")
    path.with_name("report.html.part").mkdir()  # Where the new one would be written first.
    with pytest.raises(BadStore, match="make the page from it: irrvit-bench show STORE"):
        page.write(path, result([measurement]))
    assert path.read_text() == "old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="only on systems with named pipes")
def test_a_device_or_pipe_is_not_replaced_by_the_page(tmp_path, measurement, result):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(BadStore, match="it is there and no file"):
        page.write(path, result([measurement]))
    assert path.is_fifo()


def test_an_estimate_is_not_called_a_profile(profile):
    estimated = profile.model_copy(update={"estimated_by": "Apple's MLComputePlan"})
    html = page.render(MeasureResult([], {}), [estimated])
    assert "shares estimated by\n    Apple&#39;s MLComputePlan" in html
    assert "ms profiled" not in html
    assert "ms profiled" in page.render(MeasureResult([], {}), [profile])
