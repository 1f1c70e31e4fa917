"""What was measured is kept, whatever happens to the file afterwards."""

import json
import os
from pathlib import Path

import pytest

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.results import store


def test_what_is_written_is_read(tmp_path, measurement):
    path = tmp_path / "new" / "folder" / "store.jsonl"
    other = measurement.model_copy(update={"variant": "other"})
    store.append(path, measurement)
    store.append(path, other)
    assert store.load(path) == store.StoreContent([measurement, other], [])
    assert path.read_bytes().count(b"\n") == 2


def test_a_line_cut_off_by_a_crash_is_named_and_the_rest_is_read(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    store.append(path, measurement)
    os.truncate(path, path.stat().st_size - 30)
    store.append(path, measurement)
    loaded = store.load(path)
    assert loaded.measurements == [measurement]
    assert loaded.damaged == [f"{path}, line 1: not whole JSON; cut off by a crash?"]


def test_a_row_with_a_wrong_field_is_named(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    row = json.loads(measurement.model_dump_json()) | {"macs": "many"}
    path.write_text(json.dumps(row) + "\n")
    (problem,) = store.load(path).damaged
    assert "line 1: macs" in problem


def test_the_first_of_several_wrong_fields_is_named(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    row = json.loads(measurement.model_dump_json()) | {"size_bytes": "many", "macs": "many"}
    path.write_text(json.dumps(row) + "\n")
    (problem,) = store.load(path).damaged
    assert "line 1: size_bytes" in problem


def test_a_damaged_measurement_of_a_printed_result_is_named_by_its_number(tmp_path, measurement):
    path = tmp_path / "baseline.json"
    entries = [{"measurement": measurement.model_dump(mode="json")}, {"measurement": {}}]
    path.write_text(json.dumps({"measurements": entries}))
    content = store.load(path)
    assert content.measurements == [measurement]
    assert content.damaged[0].startswith(f"{path}, measurement 2: ")


def test_a_row_of_another_schema_is_named(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    store.append(path, measurement.model_copy(update={"schema_version": 99}))
    (problem,) = store.load(path).damaged
    assert "schema 99" in problem


def test_what_was_printed_as_json_is_read_as_well(tmp_path, measurement):
    path = tmp_path / "baseline.json"
    entry = {"measurement": measurement.model_dump(mode="json"), "issues": []}
    path.write_text(json.dumps({"measurements": [entry]}, indent=2))
    assert store.load(path) == store.StoreContent([measurement], [])


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BadStore, match="cannot read"):
        store.load(tmp_path / "nothing.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only on Linux: it has /dev/full")
def test_a_full_disk_is_said(measurement):
    with pytest.raises(BadStore, match="store /dev/full: No space left"):
        store.append(Path("/dev/full"), measurement)
