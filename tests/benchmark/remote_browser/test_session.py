"""The talk with one phone: once each, and in a sentence why not."""

from __future__ import annotations

import threading
import time

import pytest

from irrvit.benchmark.errors import CommandFailed, DeviceLost, NoAnswer
from irrvit.benchmark.remote_browser import session as talk
from irrvit.benchmark.remote_browser.session import PageEnded


@pytest.fixture
def ask(session):
    def ask(do="state", timeout_s=5.0, **arguments):
        return session.ask(do, timeout_s=timeout_s, page=session.page, **arguments)

    return ask


def later(seconds, act):
    threading.Timer(seconds, act).start()


def test_a_question_is_answered_once(page, ask):
    assert ask("state")["battery_percent"] == 80
    assert page.heard == ["state"]


def test_a_question_that_a_network_swallowed_is_asked_again(page, ask):
    """The page has not got it, and says so with its next request."""
    page.stop()
    time.sleep(0.1)
    with pytest.raises(NoAnswer):
        ask("state", timeout_s=0.1)
    answers = []
    later(0.0, lambda: answers.append(ask("state")))
    while not answers:
        said = {"page": page.page, "got": 0, "hidden": False}
        first, second = page.ask("next", said), page.ask("next", said)
        assert first == second
        page.tell(id=first["id"], battery_percent=7)
        time.sleep(0.1)
    assert answers[0]["battery_percent"] == 7


def test_a_late_answer_is_not_taken_for_that_of_the_next_question(page, ask):
    page.answers["time"] = lambda question: time.sleep(0.6) or {"late": True}
    with pytest.raises(NoAnswer, match=r"did not answer within 0\.3 s"):
        ask("time", timeout_s=0.3)
    assert "late" not in ask("state")


def test_what_the_page_cannot_is_said_in_its_words_and_obeyed_by_no_terminal(page, ask):
    page.answers["load"] = {"error": "no {room} [red]for\x1b[2J it\nat all"}
    with pytest.raises(CommandFailed, match="its runtime says: no room red for 2J it at all"):
        ask("load")


def test_a_page_that_is_hidden_is_said_to_be(page, ask, session):
    later(0.2, lambda: page.tell(hidden=True))
    page.answers["time"] = None
    with pytest.raises(DeviceLost, match="locked, or its page is in the background"):
        ask("time")


def test_what_was_timed_while_the_page_was_hidden_for_a_moment_is_not_taken(page, ask):
    page.answers["time"] = {"was_hidden": True}
    with pytest.raises(DeviceLost, match="was not in front all the time"):
        ask("time")


def test_a_page_that_is_closed_is_said_to_be(page, ask):
    page.answers["time"] = None
    later(0.1, page.close)
    with pytest.raises(DeviceLost, match="was closed: open it again") as lost:
        ask("time")
    assert not isinstance(lost.value, PageEnded)


def test_a_page_that_was_closed_and_opened_again_is_no_page_that_ended(page, ask, open_page):
    again = open_page(page.token, key=page.key)
    page.answers["time"] = None
    later(0.1, lambda: (page.stop(), page.tell(closed=True), again.start()))
    with pytest.raises(DeviceLost, match="was closed") as lost:
        ask("time")
    assert not isinstance(lost.value, PageEnded)


def test_a_phone_that_is_silent_is_missed(quick, page, ask):
    page.answers["time"] = None
    later(0.1, page.stop)
    with pytest.raises(DeviceLost, match="nothing was heard of the phone"):
        ask("time")


def test_a_page_that_works_for_long_is_not_missed(quick, page, ask):
    page.answers["time"] = None
    with pytest.raises(NoAnswer):
        ask("time", timeout_s=3 * talk.LOST_S)


def test_a_page_that_was_loaded_anew_has_none_of_the_files(page, ask, open_page, session):
    page.stop()
    again = open_page(page.token, key=page.key)
    later(0.2, again.start)
    page.answers["time"] = None
    with pytest.raises(PageEnded, match="ended by itself and was loaded anew"):
        ask("time")
    assert ask("state")["battery_percent"] == 80
    assert again.heard == ["state"]


def test_of_two_pages_with_one_key_the_later_is_asked(page, open_page, session, ask):
    """A tab that was duplicated."""
    again = open_page(page.token, key=page.key)
    again.start()
    while session.page != again.page:
        pass
    ask("state")
    with pytest.raises(Exception, match="409 this page was opened again elsewhere"):
        page.ask("next", {"page": page.page, "got": 0})
    page.tell(closed=True)
    assert session.absence() is None


def test_a_page_hears_that_it_is_over(page, session):
    session.end()
    assert session.guest is None
    assert page.post("next", {"page": page.page})[0] == 401


def test_after_the_end_no_phone_is_let_in(open_page, session):
    page = open_page()
    session.end(0)
    with pytest.raises(Exception, match="410 the run on the computer has ended"):
        page.pair()
