"""Letting a phone in: by the code that it shows, and in a sentence why not."""

from __future__ import annotations

import os
import threading
import time

import pytest

from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.remote_browser.invite import Host, Typed, address_of_page, invitation

pytestmark = pytest.mark.needs("segno")


class Person:
    """Who sits at the computer: what it sees, and what it types."""

    def __init__(self):
        self.seen = ""
        reads, self._writes = os.pipe()
        self.typed = os.fdopen(reads)

    def say(self, text):
        self.seen += text

    def wait_for(self, text):
        end = time.monotonic() + 10
        while text not in self.seen:
            assert time.monotonic() < end, self.seen
            time.sleep(0.01)

    def type(self, line):
        os.write(self._writes, line.encode())

    def leave(self):
        os.close(self._writes)

    def address(self):
        """The last one that was shown."""
        return [line.strip() for line in self.seen.splitlines() if "#" in line][-1]


@pytest.fixture
def person():
    return Person()


@pytest.fixture
def welcome(session, server, person):
    """What comes of waiting for a phone, in the background: a guest, or a sentence."""
    found = []

    def wait(wait_s):
        try:
            host = Host(session, server.url, typed=Typed(person.typed), say=person.say)
            found.append(host.welcome(wait_s))
        except DeviceNotFound as error:
            found.append(str(error))

    def welcome(wait_s=10.0):
        threading.Thread(target=wait, args=(wait_s,), daemon=True).start()
        return found

    return welcome


def came_of(found):
    end = time.monotonic() + 10
    while not found:
        assert time.monotonic() < end
        time.sleep(0.01)
    return found[0]


def arrive(open_page, person):
    person.wait_for("#")
    page = open_page(person.address().partition("#")[2])
    code = page.pair()
    page.start()
    return page, code


def test_the_address_has_the_token_where_no_request_has_it():
    assert address_of_page("https://192.0.2.7:8444/", "TOKEN").partition("#")[2] == "TOKEN"


def test_the_invitation_is_a_qr_code_and_the_same_in_words():
    said = invitation("https://192.0.2.7:8444/", "T" * 22)
    assert "https://192.0.2.7:8444/?benchmark=remote#" + "T" * 22 in said
    assert said.count("\u2588") > 100, "no QR code"
    assert "so the phone warns" in said
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("spelled", ["{}", " {} ", "{:.3} {:.3}"])
def test_the_phone_whose_code_is_typed_is_let_in(open_page, person, welcome, session, spelled):
    found = welcome()
    page, code = arrive(open_page, person)
    person.wait_for("Type the code that it shows")
    assert page.device["name"] in person.seen
    person.type(f"{code[:3]} {code[3:]}\n" if ":" in spelled else spelled.format(code) + "\n")
    assert came_of(found).key == page.key
    assert code not in person.seen  # Read on the phone, or nowhere.


def test_a_wrong_code_may_be_corrected(open_page, person, welcome):
    found = welcome()
    page, code = arrive(open_page, person)
    for left, wrong in ((2, "no code"), (1, "000")):
        person.type(f"{wrong}\n")
        person.wait_for(f"({left} left)")
    person.type(f"{code}\n")
    assert came_of(found).key == page.key


def test_after_three_wrong_codes_it_ends(open_page, person, welcome, session):
    found = welcome()
    arrive(open_page, person)
    person.type("x\nx\nx\n")
    assert "none of the 3 codes that were typed" in came_of(found)


def test_where_nobody_comes_it_ends(welcome):
    assert "no phone opened the page within 0.3 s" in came_of(welcome(0.3))


def test_where_nobody_types_it_ends(open_page, person, welcome):
    found = welcome(1.0)
    arrive(open_page, person)
    assert "nobody typed the code that the phone shows within 1 s" in came_of(found)


def test_where_there_is_nothing_to_type_on_it_ends(open_page, person, welcome):
    found = welcome()
    person.leave()
    arrive(open_page, person)
    assert "run this in a terminal" in came_of(found)


def test_a_phone_that_leaves_before_is_replaced_by_a_new_code(open_page, person, welcome):
    found = welcome()
    page, _ = arrive(open_page, person)
    person.wait_for("Type the code")
    page.close()
    person.wait_for("It went away before its code was typed")
    person.wait_for("#")
    while person.address().endswith(page.token):
        time.sleep(0.01)
    second, code = arrive(open_page, person)
    person.type(f"{code}\n")
    assert came_of(found).key == second.key


def test_where_nothing_can_be_typed_nobody_is_waited_for(welcome, person):
    person.leave()
    assert "there is nothing to type on: run this in a terminal" in came_of(welcome())


def test_an_empty_line_is_no_wrong_code(welcome, person, open_page):
    found = welcome()
    _, code = arrive(open_page, person)
    for _ in range(5):
        person.type("\n")
    person.type(f"{code}\n")
    assert came_of(found).code == code
