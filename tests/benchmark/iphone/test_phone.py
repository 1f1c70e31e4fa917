"""An iPhone that went, or whose app was closed, is waited for; which of the two is told apart."""

from __future__ import annotations

import threading

import pytest

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.iphone import phone as iphone_phone
from irrvit.benchmark.iphone.phone import AppEnded, IPhone

SERIAL = "00008130-000A1B2C3D4E5F60"


def later(act):
    threading.Timer(0.3, act).start()


def test_an_app_that_is_opened_later_is_waited_for_and_said_once(start_iphones, listen, hello):
    played, port, said = start_iphones(), listen({"hello": hello}), []
    later(lambda: played.set(app_port=port))
    IPhone(SERIAL).wait_until_back(10.0, lambda name, stage: said.append((name, stage)))
    assert len(said) == 1
    assert said[0][0] == "all"
    assert said[0][1].startswith(f"waiting: nobody answers on iPhone {SERIAL}")


def test_an_iphone_that_is_plugged_in_later_is_waited_for(start_iphones, listen, hello):
    played, said = start_iphones("--app-port", listen({"hello": hello})), []
    played.set(plugged=False)
    later(lambda: played.set(plugged=True))
    IPhone(SERIAL).wait_until_back(10.0, lambda name, stage: said.append(stage))
    assert said == [f"waiting: iPhone {SERIAL} is gone: is its cable loose?"]


def test_one_that_does_not_come_back_is_lost_for_good(start_iphones):
    start_iphones("--phones", 0)
    with pytest.raises(DeviceLost, match=r"cable loose.*did not come back within 0 s") as caught:
        IPhone(SERIAL).wait_until_back(0.2, lambda name, stage: None)
    assert caught.value.is_final


def test_a_stream_that_ends_says_whether_the_cable_or_the_app_did_it(
    start_iphones, listen, monkeypatch
):
    monkeypatch.setattr(iphone_phone, "_NOTICE_S", 0.5)
    played = start_iphones("--app-port", listen({"hello": b""}))
    link = IPhone(SERIAL).link(5.0)
    later(lambda: played.set(plugged=False))
    with pytest.raises(DeviceLost, match="is gone: is its cable loose") as caught:
        link.ask("hello")
    assert not isinstance(caught.value, AppEnded)
    assert not caught.value.is_final
    link.close()
    played.set(plugged=True)
    link = IPhone(SERIAL).link(5.0)
    link._socket.shutdown(1)  # The app hangs up once nothing more comes.
    with pytest.raises(AppEnded, match="open its Benchmark page again; what was measured is kept"):
        link.ask("hello")
    link.close()


def test_a_daemon_that_goes_is_said_with_how_to_get_it(start_iphones, tmp_path, monkeypatch):
    start_iphones()
    monkeypatch.setenv("USBMUXD_SOCKET_ADDRESS", f"UNIX:{tmp_path / 'nobody'}")
    with pytest.raises(DeviceLost, match="iPhones are reached by usbmuxd, and nobody answers"):
        IPhone(SERIAL).hello()


@pytest.mark.parametrize(
    ("platform", "advice", "offer"),
    [("linux", "apt-get install usbmuxd", False), ("darwin", "restart this Mac", True)],
)
def test_what_to_do_is_said_for_this_system(start_iphones, monkeypatch, platform, advice, offer):
    start_iphones()
    monkeypatch.setattr(iphone_phone.sys, "platform", platform)
    with pytest.raises(CommandFailed) as caught:
        IPhone(SERIAL).hello()
    assert ("--bundle-id" in str(caught.value)) is offer
    assert advice in iphone_phone.no_daemon(iphone_phone.usbmux.NoMux("nobody answers"))
