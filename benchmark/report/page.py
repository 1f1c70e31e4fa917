"""What was measured as one HTML page: no script, no request, for a phone, the dark and paper alike.

`entries` says what is shown, `charts` where it goes, the `templates/` how it looks.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.measurement import DeviceState, Repeat
from irrvit.benchmark.profiling.records import Profile
from irrvit.benchmark.report.entries import to_settings
from irrvit.benchmark.results.rows import MeasureResult
from irrvit.model.files import write_in_one_piece
from irrvit.model.progress import Notify

_FOLDER = Path(__file__).with_name("templates")


def keep(
    path: Path, result: MeasureResult, profiles: Sequence[Profile] = (), *, notify: Notify
) -> dict[str, str]:
    """Write the page; a full disk is a problem to be told, and no reason to print nothing."""
    try:
        write(path, result, profiles)
    except BadStore as error:
        return {"report": str(error)}
    notify("report", f"done: {path}")
    return {}


def write(path: Path, result: MeasureResult, profiles: Sequence[Profile] = ()) -> None:
    """Write the page, in one piece or not at all.

    Raises:
        BadStore: the disk is full, or the file cannot be written to.
    """
    if path.exists() and not path.is_file():
        # Renaming a file into its place would destroy a device or a pipe.
        raise BadStore(f"cannot write the report {path}: it is there and no file; name another")
    # A name may hold half a character, which no encoding has.
    content = render(result, profiles).encode(errors="replace")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_in_one_piece(path, lambda part: part.write_bytes(content))
    except OSError as error:
        raise BadStore(
            f"cannot write the report {path}: {error.strerror or error}; what was measured is in "
            "the store, so make the page from it: irrvit-bench show STORE --report ANOTHER"
        ) from error


def render(result: MeasureResult, profiles: Sequence[Profile] = ()) -> str:
    """The page as text; names and whatever else was read from files is escaped."""
    measured = [*result.rows, *result.untimed]
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ms": _ms,
        "mb": _mb,
        "share": _share,
        "state": _state,
        "cores": _cores,
        "median": statistics.median,
    }
    return environment.get_template("report.html").render(
        result=result,
        settings=list(to_settings(measured)),
        measured=measured,
        profiles=profiles,
        css=(_FOLDER / "report.css").read_text(encoding="utf-8"),
        version=version("irrvit-mobile"),
    )


def _ms(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.1f}"


def _mb(value: int | None) -> str:
    return "-" if value is None else f"{value / 1e6:.1f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.0%}"


def _cores(repeat: Repeat) -> str:
    """How many cores its own process kept busy while it was timed."""
    called_ms = repeat.calls_per_value * sum(repeat.latencies_ms)
    return "-" if repeat.own_cpu_ms is None else f"{repeat.own_cpu_ms / called_ms:.1f}"


def _state(state: DeviceState) -> str:
    facts = (
        ("others keep ", ".2f", " cores busy", state.load),
        ("", ".0f", " °C", state.temperature_c),
        ("", ".0f", " MHz", state.frequency_mhz),
        ("battery ", ".0f", " %", state.battery_percent),
        ("thermal status ", "", "", state.thermal_status),
        ("not believed: ", "", "", "; ".join(state.disbelieved) or None),
    )
    known = (f"{a}{value:{form}}{b}" for a, form, b, value in facts if value is not None)
    return ", ".join(known) or "unknown"
