"""What is printed fits a terminal, and what is printed as JSON can be read back."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from rich.console import Console

from irrvit.benchmark.command import perform
from irrvit.benchmark.measurement import GoldenAgreement, HostParity
from irrvit.benchmark.report import table
from irrvit.benchmark.results import store
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows


def render(result):
    console = Console(width=80, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(table.to_table(result))
    return console.export_text()


@pytest.fixture
def slow(measurement):
    repeats = tuple(
        r.model_copy(update={"blocks_ms": tuple(tuple(20 * ms for ms in b) for b in r.blocks_ms)})
        for r in measurement.repeats
    )
    name = "timm:mobilenetv4_conv_small_with_a_name"
    return measurement.model_copy(update={"repeats": repeats, "variant": name})


def test_a_table_of_slow_networks_with_long_names_fits_80_columns(measurement, slow):
    text = render(MeasureResult(to_timed_rows([measurement, slow]), {}))
    assert max(map(len, text.splitlines())) <= 80
    assert "7.0" in text
    assert "141." in text
    assert text.count("valid") == 2


def test_answers_of_an_emulator_are_shown_without_a_time(measurement):
    answers = measurement.model_copy(
        update={
            "device": measurement.device.model_copy(update={"emulated": True}),
            "golden": GoldenAgreement(cases=6, failures=("coffee.jpg: names class 1",)),
            "repeats": (),
            "host_parity": HostParity(pictures=6, max_rel=2.5e-7, same_decisions=6),
        }
    )
    result = MeasureResult(to_timed_rows([answers]), {}, untimed=to_untimed_rows([answers]))
    text = render(result)
    assert max(map(len, text.splitlines())) <= 80
    assert all(word in text for word in ("5 of 6", "6 of 6", "2.5e-07", "WRONG"))
    assert " ms" not in text
    (printed,) = table.to_json(result)["measurements"]
    assert set(printed) == {"measurement", "valid", "issues"}
    assert result.exit_code == 1


def test_a_network_is_held_against_the_first(measurement, slow):
    text = " ".join(render(MeasureResult(to_timed_rows([measurement, slow]), {})).split())
    assert "20.000 x the time of the first (20.000 to 20.000): slower" in text
    assert "0.050 x its MACs per ms" in text


def test_an_invalid_number_is_compared_with_nothing(measurement, slow):
    busy = slow.model_copy(update={"background_cores": 1.0})
    text = " ".join(render(MeasureResult(to_timed_rows([measurement, busy]), {})).split())
    assert "cannot tell, for one of the two is invalid" in text
    assert "background-load: others kept 1.0 cores busy" in text


def test_names_are_no_markup(measurement, capsys):
    """Of files, of devices and of what they say: a slash in brackets was an error."""
    device = measurement.device.model_copy(update={"name": "[/red] {0} :smile:"})
    named = measurement.model_copy(update={"variant": "net[/b]", "device": device})
    act = SimpleNamespace(
        run=lambda options, notify: MeasureResult(to_timed_rows([named]), {}),
        to_table=table.to_table,
        to_json=table.to_json,
    )
    with pytest.raises(typer.Exit):
        perform.perform(cast(Any, act), None, as_json=False)
    printed = capsys.readouterr().out
    assert "net[/b]" in printed
    assert "[/red] {0} :smile:" in printed


def test_a_wrong_answer_is_shown_as_wrong(measurement):
    golden = GoldenAgreement(cases=6, failures=("cat.jpg: names class 3, the reference class 5",))
    text = render(
        MeasureResult(to_timed_rows([measurement.model_copy(update={"golden": golden})]), {})
    )
    assert "WRONG" in text
    assert "cat.jpg: names class 3" in text


def test_json_is_read_back_with_every_latency(measurement, slow, tmp_path):
    result = MeasureResult(to_timed_rows([measurement, slow]), {"x": "died"})
    path = tmp_path / "result.json"
    path.write_text(json.dumps(table.to_json(result), allow_nan=False))
    assert store.load(path) == store.StoreContent([measurement, slow], [])
    assert json.loads(path.read_text())["errors"] == [{"name": "x", "message": "died"}]


def test_one_repeat_has_no_end_of_its_interval_in_json(measurement, slow):
    pair = [m.model_copy(update={"repeats": m.repeats[:1]}) for m in (measurement, slow)]
    printed = table.to_json(MeasureResult(to_timed_rows(pair), {}))
    assert printed["measurements"][1]["against_first"]["high"] is None
    json.dumps(printed, allow_nan=False)
