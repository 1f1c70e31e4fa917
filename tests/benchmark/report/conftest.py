"""Pages of results, opened in a real browser."""

from contextlib import contextmanager

import pytest

from irrvit.benchmark.measurement import GoldenAgreement
from irrvit.benchmark.profiling.records import Profile, ProfileRow
from irrvit.benchmark.report import page
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows

LAPTOP = {"width": 1280, "height": 800}


@pytest.fixture
def several(measurement):
    """A first, a busy one of another size, one that says wrong things, and one with a long name."""
    golden = GoldenAgreement(cases=6, failures=("cat.jpg: names class 3, the reference class 5",))
    return [
        measurement,
        measurement.model_copy(update={"variant": "busy", "macs": 10**8, "background_cores": 1.0}),
        measurement.model_copy(update={"variant": "wrong", "golden": golden, "peak_gmacs": None}),
        measurement.model_copy(update={"variant": "timm:" + "long_name_" * 12, "macs": 6 * 10**8}),
    ]


@pytest.fixture
def profile():
    rows = (
        ProfileRow(module="stem", operations=12, ms=2.5),
        ProfileRow(module="<b>head</b>", operations=3, ms=0.5),
    )
    return Profile(
        artifact_sha256="ab" * 32,
        target="tflite",
        variant="irrvit_tiny",
        precision="fp32",
        runtime="litert",
        runtime_version="litert 2.3.0",
        threads=1,
        p50_ms=2.9,
        total_ms=3.0,
        rows=rows,
    )


@pytest.fixture
def result():
    """The result of these measurements."""

    def result(measurements, **more):
        return MeasureResult(
            to_timed_rows(measurements), {}, untimed=to_untimed_rows(measurements), **more
        )

    return result


@pytest.fixture
def look(chromium, tmp_path):
    """Open the page of a result; whatever it asks for or complains of fails the test."""

    @contextmanager
    def look(shown, profiles=(), viewport=LAPTOP, **context):
        path = tmp_path / "report.html"
        page.write(path, shown, profiles)
        opened = chromium.new_context(viewport=viewport, **context)
        tab, heard = opened.new_page(), []
        tab.on("console", lambda message: heard.append(message.text))
        tab.on("pageerror", lambda error: heard.append(str(error)))
        tab.on("request", lambda request: heard.append(request.url))
        tab.goto(path.as_uri())
        yield tab
        assert heard == [path.as_uri()]
        opened.close()

    return look
