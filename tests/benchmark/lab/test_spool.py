"""What was measured is kept on its host until it has arrived."""

import pytest

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.lab import spool

ONE, OTHER = "a" * 32, "b" * 32


def test_what_is_kept_for_one_is_not_anothers_and_is_forgotten_by_name():
    first, second = spool.keep(ONE, "first"), spool.keep(ONE, "second")
    spool.keep(OTHER, "not theirs")
    assert spool.kept(ONE) == {first: "first", second: "second"}
    spool.forget(ONE, [first, "never kept"])
    assert spool.kept(ONE) == {second: "second"}
    assert list(spool.kept(OTHER).values()) == ["not theirs"]


def test_a_name_that_leads_elsewhere_forgets_nothing(tmp_path):
    (tmp_path / "precious.json").write_text("kept")
    spool.forget(ONE, [str(tmp_path / "precious.json"), "../../precious.json"])
    assert (tmp_path / "precious.json").exists()


def test_a_store_has_one_name_for_ever(tmp_path):
    store = tmp_path / "new" / "measurements.jsonl"
    assert spool.name_of(store) == spool.name_of(store)
    assert spool.name_of(store) != spool.name_of(tmp_path / "other.jsonl")
    assert len(spool.name_of(store)) == 32


def test_a_name_that_somebody_changed_is_refused(tmp_path):
    store = tmp_path / "measurements.jsonl"
    spool.name_of(store)
    (tmp_path / "measurements.lab").write_text("../elsewhere")
    with pytest.raises(BadStore, match=r"measurements\.lab is not what was written there"):
        spool.name_of(store)


def test_a_place_where_nothing_can_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(BadStore, match="choose another file with --store"):
        spool.name_of(tmp_path / "file" / "measurements.jsonl")


def test_a_folder_in_the_place_of_a_name_is_said(tmp_path):
    (tmp_path / "measurements.lab").mkdir()
    with pytest.raises(BadStore, match=r"cannot write or read .*measurements\.lab"):
        spool.name_of(tmp_path / "measurements.jsonl")
