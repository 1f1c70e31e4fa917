"""Whatever a device prints, it is read or it is unknown: nothing else comes of it.

Arbitrary text, and transcripts with something strange in them, go through every parser of what
Android phones, Google's tool and browsers print.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irrvit.benchmark import errors, machine
from irrvit.benchmark.android import app, attachment, gauge, identity, parse, server, tool_output
from irrvit.benchmark.browser import installed

RECORDED = Path(__file__).parent / "recorded" / "android"
TRANSCRIPTS = [path.read_text() for path in sorted(RECORDED.glob("*.txt"))]
PIECES = [
    *(
        "{0}",
        "{serial}",
        "{",
        "%s",
        "%(x)d",
        "\\1",
        "\x1b[2J",
        "[/red]",
        "\x00",
        "\ud800",
        "\r",
        "\n",
    ),
    *(
        "-",
        ".",
        "1.2.3",
        "9" * 5000,
        "1e999",
        "N/A",
        "nan",
        "-273",
        "33500",
        "0",
        "%",
        ":",
        "=",
        "(",
    ),
]
SETTINGS = settings(deadline=None, max_examples=40)


@st.composite
def spoilt(draw):
    """A transcript of which some places hold something else."""
    text = draw(st.sampled_from([*TRANSCRIPTS, *WRITTEN]))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + draw(st.one_of(st.sampled_from(PIECES), st.text())) + text[end:]
    return text


WRITTEN = [
    "  present: true\n  level: 43\n  scale: 100\n  temperature: 323\n  status: 2\n",
    "[ro.product.model]: [Pixel 8]\n[ro.serialno]: [39111FDJH00PLY]\n[ro.hardware]: [shiba]\n",
    "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/dm-52 100 40 60 40% /data\n",
    "-rw-r--r-- 1 shell shell 4194304 2026-11-26 04:48 abc.part0\n",
    "cpu  1 20 300 4000 50000 600000 7000000 80000000 900000000 1\ncpu0 1 2\n",
    "MemTotal:        7812 kB\n",
    "0-3,6\n",
    "============= PowerStats HAL 2.0 energy meter ====\n   [A]:CPU(LITTLE)   1200.50 mWs\n",
    "Starting: Intent { cmp=a/.B }\nError type 3\n",
    "process=a:bench reason=3 (LOW_MEMORY) subreason=0\n",
    "  Package [a] (5f):\n    versionName=0.1.0\n",
    "Chromium 156.0.8078.79 built on Debian\n",
    "adb-39111FDJH00PLY-a1B2c3._adb-tls-connect._tcp",
    "-233000",
]

OF_TEXT = {
    "properties": parse.properties,
    "battery": parse.battery,
    "thermal": parse.thermal,
    "is_locked": parse.is_locked,
    "is_screen_on": parse.is_screen_on,
    "exit_reason": parse.exit_reason,
    "version_name": parse.version_name,
    "why_not_started": parse.why_not_started,
    "is_installed": parse.is_installed,
    "rails_mj": parse.rails_mj,
    "free_bytes": parse.free_bytes,
    "part_sizes": lambda said: parse.part_sizes(said, "abc.part"),
    "sha256": parse.sha256,
    "ram_bytes": parse.ram_bytes,
    "cores": parse.cores,
    "online_cores": parse.online_cores,
    "busy_ticks": parse.busy_ticks,
    "tool_run": tool_output.tool_run,
    "tool_profile": tool_output.tool_profile,
    "identity": lambda said: identity.read(parse.properties(said)),
    "hardware_serial": lambda said: identity.hardware_serial({"ro.serialno": said}),
    "is_android_id": identity.is_android_id,
    "to_hash": identity.to_hash,
    "attachment": attachment.of,
    "why_unusable": lambda said: server.why_unusable(server.Attached(said, said)),
    "why_refused": lambda said: app.why_refused(said, said),
    "browser": installed.version_in,
    "warmest_c": lambda said: machine.warmest_c([said]),
}


def test_every_parser_of_what_phones_print_is_asked():
    for module, given_here in ((parse, OF_TEXT), (tool_output, OF_TEXT)):
        public = {
            name
            for name, value in vars(module).items()
            if callable(value) and value.__module__ == module.__name__ and name[0].islower()
        }
        assert public - {name.partition("-")[0] for name in given_here} == set()


@pytest.mark.parametrize("name", OF_TEXT)
@given(said=st.one_of(st.text(), spoilt()))
@SETTINGS
def test_any_text_is_read_or_unknown(name, said):
    OF_TEXT[name](said)


@given(said=st.one_of(st.text(), spoilt()))
@SETTINGS
def test_any_text_goes_into_a_message_as_one_line(said):
    line = errors.one_line(said)
    assert line.isprintable()
    assert len(line) <= 310


@given(said=st.lists(st.one_of(st.text(), spoilt()), min_size=1))
@SETTINGS
def test_any_gauge_is_read_or_disbelieved(said):
    with contextlib.suppress(gauge.Disbelieved):
        gauge.current_of(said)
    with contextlib.suppress(gauge.Disbelieved):
        gauge.volts(said[0])
