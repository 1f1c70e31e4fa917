"""Real transcripts of phones and tools, compared as whole records.

`recorded/android/` has what `benchmark_model` printed on a Qualcomm board, a Chromebook, phones and
a board with RISC-V, and services of Android phones, as their owners published them.
"""

from pathlib import Path

import pytest

from irrvit.benchmark.android import parse
from irrvit.benchmark.android.parse import Battery, Thermal, ToolOp, ToolRun

FOLDER = Path(__file__).parents[1] / "recorded" / "android"


def read(name):
    return (FOLDER / f"{name}.txt").read_text()


def test_a_run_on_the_cpu():
    assert parse.tool_run(read("benchmark_model_cpu")) == ToolRun(
        calls=50,
        mean_ms=105.784,
        init_ms=87.639,
        peak_memory_bytes=None,
        accelerator="cpu",
        nodes_total=None,
        nodes_delegated=None,
        partitions=None,
    )


def test_a_run_on_the_gpu_says_what_ran_there_and_what_it_needed():
    run = parse.tool_run(read("benchmark_model_gpu"))
    assert run == ToolRun(
        calls=1694,
        mean_ms=35.1349,
        init_ms=842.225,
        peak_memory_bytes=round(74.6641 * 2**20),
        accelerator="gpu",
        nodes_total=58,
        nodes_delegated=58,
        partitions=1,
    )


def test_a_gpu_that_was_asked_for_and_took_nothing_is_none():
    text = read("benchmark_model_gpu").replace(
        "will be completely executed by the delegate", "will not be executed by the delegate"
    )
    run = parse.tool_run(text)
    assert run is not None
    assert run.accelerator == "cpu"


def test_partitions_are_read_behind_the_marks_of_a_log():
    run = parse.tool_run(read("benchmark_model_partly"))
    assert run is not None
    assert (run.nodes_total, run.nodes_delegated, run.partitions) == (836, 792, 21)
    assert (run.calls, run.mean_ms) == (10, 295.775)


def test_one_call_of_warmup_and_times_with_an_exponent_are_read():
    run = parse.tool_run(read("benchmark_model_one_call"))
    assert run is not None
    assert (run.calls, run.mean_ms) == (50, 2950.34)


@pytest.mark.parametrize("text", ["", "ERROR: Benchmarking failed.", "count=5 first=1 curr=2"])
def test_a_run_without_a_result_is_none(text):
    assert parse.tool_run(text) is None


def test_the_profile_has_the_operations_of_the_calls_and_no_others():
    assert parse.tool_profile(read("benchmark_model_profile")) == [
        ToolOp("QUANTIZE", 0.093),
        ToolOp("CONV_2D", 3.640),
        ToolOp("TfLiteGpuDelegateV2", 0.388),
        ToolOp("FULLY_CONNECTED", 3.142),
    ]


def test_the_profile_of_a_newer_version_has_a_column_less():
    kinds = [
        (op.kind, op.mean_ms) for op in parse.tool_profile(read("benchmark_model_profile_new"))
    ]
    assert kinds == [
        ("TfLiteNnapiDelegate", 4.011),
        ("RESIZE_NEAREST_NEIGHBOR", 0.058),
        ("TfLiteNnapiDelegate", 2.396),
    ]


def test_the_skin_is_what_the_sensors_say_now_and_the_warmest_of_several():
    assert parse.thermal(read("thermalservice")) == Thermal("light", 39.25)


def test_a_phone_without_the_service_says_nothing_of_heat():
    assert parse.thermal("Can't find service: thermalservice") == Thermal(None, None)


@pytest.mark.parametrize(
    ("number", "status"), [(0, "none"), (1, "light"), (6, "shutdown"), (7, "shutdown")]
)
def test_how_much_a_phone_slows_itself_down_is_named(number, status):
    assert parse.thermal(f"Thermal Status: {number}\n") == Thermal(status, None)


def test_heat_that_was_cached_or_is_of_another_sensor_is_not_the_skins():
    text = (
        "Cached temperatures:\n\tTemperature{mValue=50.0, mType=3, mName=skin, mStatus=0}\n"
        "Current temperatures from HAL:\n"
        "\tTemperature{mValue=60.0, mType=2, mName=battery, mStatus=0}\n"
        "\tTemperature{mValue=-1.5, mType=3, mName=skin, mStatus=0}\n"
    )
    assert parse.thermal(text) == Thermal(None, -1.5)


BATTERY = """Current Battery Service state:
  AC powered: false
  USB powered: true
  Wireless powered: false
  Max charging current: 500000
  status: 2
  health: 2
  present: true
  level: 43
  scale: 50
  voltage: 3874
  temperature: 323
  technology: Li-ion
"""


def test_the_battery():
    assert parse.battery(BATTERY) == Battery(86.0, 32.3, True, True)


def test_a_battery_that_says_nothing():
    assert parse.battery("Can't find service: battery") == Battery(None, None, None, False)


def test_a_battery_without_a_scale_is_in_percent():
    assert parse.battery("  level: 43\n").percent == 43.0


@pytest.mark.parametrize("how", ["AC", "USB", "Wireless", "Dock"])
@pytest.mark.parametrize("powered", [True, False])
def test_whatever_feeds_it_powers_it(how, powered):
    assert parse.battery(f"  {how} powered: {str(powered).lower()}\n").is_powered is powered


def test_a_battery_that_is_full_on_its_cable_is_powered_and_not_charging():
    full = parse.battery(BATTERY.replace("status: 2", "status: 5"))
    assert (full.is_charging, full.is_powered) == (False, True)


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


@pytest.mark.parametrize(("text", "count"), [("0-7", 8), ("0-3,6", 5), ("0", 1)])
def test_processors_are_counted(text, count):
    assert parse.cores(text) == count


def test_memory_is_in_kibibytes():
    assert parse.ram_bytes("MemFree: 5 kB\nMemTotal:        7812 kB\n") == 7812 * 1024
    assert parse.ram_bytes("") == 0


def test_a_processor_is_busy_with_all_but_idling_and_waiting():
    """user, nice, system, idle, iowait, irq, softirq, steal; a guest is in user already."""
    first = "cpu  1 20 300 4000 50000 600000 7000000 80000000 900000000 1"
    assert parse.busy_ticks(f"{first}\ncpu0 9 9 9 9 9 9 9 9 9 9\n") == 87600321


def test_a_strange_name_does_not_change_a_sum():
    assert parse.sha256("\\ab12  /data/local/tmp/a\\nb") == "ab12"
    assert parse.sha256("") == ""
