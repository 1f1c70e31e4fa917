"""What services and tools of Android phones print; heat and battery are in a file of their own."""

import pytest

from irrvit.benchmark.android import parse


@pytest.mark.parametrize(
    ("text", "locked"),
    [
        (' User "Owner" (id=0, flags=0xc13) (current): trusted=0, deviceLocked=1, x=0', True),
        (' User "Owner" (id=0) (current): deviceLocked=false, strongAuthRequired=0x0', False),
        (' User "Compte 2" (id=10, flags=0x1030)(managed profile)', None),
    ],
)
def test_whether_it_is_locked(text, locked):
    assert parse.is_locked(f"Trust manager state:\n{text}") is locked


@pytest.mark.parametrize(
    ("text", "on"),
    [("  mWakefulness=Awake\n", True), ("  mWakefulness=Dozing\n", False), ("", None)],
)
def test_whether_its_screen_is_on(text, on):
    assert parse.is_screen_on(f"POWER MANAGER (dumpsys power)\n{text}") is on


def test_properties_are_read_a_line_each():
    text = "[ro.product.model]: [Pixel 8]\n[ro.empty]: []\nno property\n[a]: [b]: [c]\n"
    assert parse.properties(text) == {"ro.product.model": "Pixel 8", "ro.empty": "", "a": "b]: [c"}


def test_how_the_app_ended():
    said = "process=org.irrvit.mobile:bench reason=3 (LOW_MEMORY) subreason=0 (UNKNOWN) status=0"
    assert parse.exit_reason(said) == "low memory"
    assert parse.exit_reason("") is None


def test_the_version_of_an_app():
    said = "  Package [org.irrvit.mobile] (5f1c2b3):\n    versionCode=1\n    versionName=0.1.0\n"
    assert parse.version_name(said) == "0.1.0"
    assert parse.version_name("Unable to find package: org.irrvit.mobile") is None


RAILS = """
============= PowerStats HAL 2.0 energy meter ==============
                           Channel          Cumulative Energy
         [S4M_VDD_CPUCL0]:CPU(LITTLE)          1200.50 mWs
                  [VSYS_PWR_DISPLAY]:Display         99120.00 mWs
========== End of PowerStats HAL 2.0 energy meter ==========
"""


def test_the_rails_of_a_pixel():
    rails = {"[S4M_VDD_CPUCL0]:CPU(LITTLE)": 1200.5, "[VSYS_PWR_DISPLAY]:Display": 99120.0}
    assert parse.rails_mj(RAILS) == rails
    assert parse.rails_mj("Can't find service: android.hardware.power.stats") == {}


def test_what_is_free_is_read_below_the_heading():
    text = "Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/dm-52 100 40 60 40% /data\n"
    assert parse.free_bytes(text) == 60 * 1024


@pytest.mark.parametrize(
    ("text", "free"),
    [
        # A long name wraps the line.
        (
            "Filesystem 1K-blocks Used Available Use% Mounted on\n"
            "/dev/block/bootdevice/by-name/userdata\n 100 40 60 40% /data\n",
            60,
        ),
        ("Filesystem 1K-blocks Used Available Use% Mounted on\n 100 40 60 40% /data\n", 60),
        ("/dev/fuse 100 40 60 - /storage\n", 60),
        ("Filesystem 1K-blocks Used Available Use% Mounted on\n", None),
        # toolbox, before Android 6.
        ("Filesystem Size Used Free Blksize\n/data 12.5G 6.1G 6.4G 4096\n", None),
        ("df: /data/local/tmp: Permission denied\n", None),
        ("", None),
    ],
)
def test_what_is_free_is_read_from_whatever_line_has_it(text, free):
    assert parse.free_bytes(text) == (None if free is None else free * 1024)


def test_the_parts_that_lie_there_are_read_with_their_sizes():
    text = (
        "total 8196\n"
        "-rw-r--r-- 1 shell shell 4194304 2026-11-26 04:48 abc.part0\n"
        "-rw-rw-rw- shell    shell     77 2018-01-01 00:00 abc.part12\n"  # toolbox
        "-rw-r--r-- 1 shell shell 5 Nov  6 04:48 abc.part3\n"
        "-rw-r--r-- 1 shell shell 5 2026-11-26 04:48 def.part0\n"
        "-rw-r--r-- 1 shell shell 5 2026-11-26 04:48 abc.partial\n"
        "ls: abc.part7: Permission denied\n"
    )
    assert parse.part_sizes(text, "abc.part") == {0: 4194304, 12: 77, 3: 5}


@pytest.mark.parametrize(
    ("text", "count"),
    [("0-7", 8), ("0-3,6", 5), ("0", 1), ("", None), ("\n", None), ("7-0", None), ("N/A", None)],
)
def test_processors_are_counted(text, count):
    assert parse.cores(text) == count


def test_memory_is_in_kibibytes():
    assert parse.ram_bytes("MemFree: 5 kB\nMemTotal:        7812 kB\n") == 7812 * 1024
    assert parse.ram_bytes("") == 0


def test_a_processor_is_busy_with_all_but_idling_and_waiting():
    """user, nice, system, idle, iowait, irq, softirq, steal; a guest is in user already."""
    first = "cpu  1 20 300 4000 50000 600000 7000000 80000000 900000000 1"
    assert parse.busy_ticks(f"{first}\ncpu0 9 9 9 9 9 9 9 9 9 9\n") == 87600321


def test_processors_that_are_awake_are_counted():
    assert parse.online_cores("cpu  1 2 3\ncpu0 1 2 3\ncpu1 1 2 3\nintr 5\n") == 2
    assert parse.online_cores("") is None


@pytest.mark.parametrize("text", ["", "cpu", "cpu  a b c d e", "cpu 1 2 3"])
def test_a_processor_that_says_something_else_says_nothing(text):
    assert parse.busy_ticks(text) is None


def test_digits_without_an_end_take_no_longer_to_refuse():
    """A pattern that can divide them in many ways tries them all: years, for this line."""
    assert parse.busy_ticks(f"cpu {'1' * 5000}x") is None


STARTING = "Starting: Intent { cmp=org.irrvit.mobile/.BenchmarkActivity }\n"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (STARTING, None),
        (
            f"{STARTING}Warning: Activity not started, its task has been brought to the front",
            None,
        ),
        (f"{STARTING}Error type 3\nError: Activity class {{x}} does not exist.", "Error type 3"),
        (
            "Exception occurred while executing 'start':\njava.lang.SecurityException: Permission "
            "Denial: starting Intent { x } from null not exported from uid 1\n\tat a.b(C.java:1)",
            "java.lang.SecurityException: Permission Denial: starting Intent { x } from null not "
            "exported from uid 1",
        ),
        ("Security exception: Permission Denial: y", "Security exception: Permission Denial: y"),
        (
            "Exception occurred while executing 'start':",
            "Exception occurred while executing 'start':",
        ),
    ],
)
def test_why_an_activity_did_not_start_is_what_is_said_and_no_exit_code(said, why):
    assert parse.why_not_started(said) == why


@pytest.mark.parametrize(
    ("said", "installed"),
    [
        ("Success\n", True),
        ("Performing Streamed Install\r\nSuccess\r\n", True),
        ("Failure [INSTALL_FAILED_ABORTED: not Success]", False),
        ("", False),
    ],
)
def test_success_is_a_line_of_its_own(said, installed):
    assert parse.is_installed(said) is installed


def test_a_strange_name_does_not_change_a_sum():
    assert parse.sha256("\\ab12  /data/local/tmp/a\\nb") == "ab12"
    assert parse.sha256("") == ""
