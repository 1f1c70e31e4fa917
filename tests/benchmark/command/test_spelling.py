"""Every way to ask for an act that was ever documented leads to it, and no option to another."""

import re
import shlex
from pathlib import Path

import pytest

from irrvit.benchmark.acts.options import (
    AccuracyOptions,
    CallOptions,
    CrosscheckOptions,
    DeviceOptions,
    DevicesOptions,
    FileOptions,
    MeasureOptions,
    NoOptions,
    ProfileOptions,
    RepeatOptions,
    SetupOptions,
    ShowOptions,
)
from irrvit.benchmark.cli import CommandLine
from irrvit.benchmark.command import spelling
from irrvit.benchmark.errors import BadOptions

ROOT = Path(__file__).parents[3]
DOCUMENTS = ["README.md", "docs/*.md", "android_app/README.md"]
TAKES = CommandLine(lambda load, options, as_json: None).takes
FILES = FileOptions
PAIR = FILES(models=("timm:mobilenetv2_100", "irrvit_300m"))

# As README.md, docs/ and android_app/README.md had them before acts had names.
OLD = {
    "": ("measure", MeasureOptions()),
    "--runtime litert --model timm:mobilenetv2_100 --model irrvit_300m": (
        "measure",
        MeasureOptions(files=FILES(models=PAIR.models, runtimes=("litert",))),
    ),
    "artifacts/irrvit_300m/onnx-fp32 --threads 2": (
        "measure",
        MeasureOptions(
            files=FILES(artifacts=(Path("artifacts/irrvit_300m/onnx-fp32"),)),
            calls=CallOptions(threads=2),
        ),
    ),
    "--report page.html": ("measure", MeasureOptions(report=Path("page.html"))),
    "--compare before.json --fail-above 5%": (
        "measure",
        MeasureOptions(compare=Path("before.json"), fail_above="5%"),
    ),
    "--suite peers --runtime litert --store peers.jsonl --report peers.html": (
        "measure",
        MeasureOptions(
            files=FILES(suite="peers", runtimes=("litert",)),
            store=Path("peers.jsonl"),
            report=Path("peers.html"),
        ),
    ),
    "--suite article --runtime litert --iterations 15 --repeats 4": (
        "measure",
        MeasureOptions(
            files=FILES(suite="article", runtimes=("litert",)), repeats=RepeatOptions(15, 4)
        ),
    ),
    "--device pixel": ("measure", MeasureOptions(device=DevicesOptions(("pixel",)))),
    "--device browser --accelerator gpu": (
        "measure",
        MeasureOptions(device=DevicesOptions(("browser",), "gpu")),
    ),
    "--device pixel --benchmark-binary FILE": (
        "measure",
        MeasureOptions(device=DevicesOptions(("pixel",), own={"benchmark_binary": Path("FILE")})),
    ),
    "--device pixel --apk app.apk --clean": (
        "measure",
        MeasureOptions(
            device=DevicesOptions(("pixel",), own={"apk": Path("app.apk"), "clean": True})
        ),
    ),
    "--start-below 37 --sustained 10m --timeout 30": (
        "measure",
        MeasureOptions(calls=CallOptions(timeout_s=30), start_below_c=37, sustained="10m"),
    ),
    "--profile --model irrvit_300m": ("profile", ProfileOptions(FILES(models=("irrvit_300m",)))),
    "--profile --picture profile.svg": ("profile", ProfileOptions(picture=Path("profile.svg"))),
    "net.onnx --profile --report page.html --store mine.jsonl": (
        "profile",
        ProfileOptions(
            FILES(artifacts=(Path("net.onnx"),)),
            report=Path("page.html"),
            store=Path("mine.jsonl"),
        ),
    ),
    "--agreement --model irrvit_300m": (
        "crosscheck",
        CrosscheckOptions(FILES(models=("irrvit_300m",))),
    ),
    "--from docs/peers.jsonl": ("show", ShowOptions(Path("docs/peers.jsonl"))),
    "--from=docs/peers.jsonl --report page.html": (
        "show",
        ShowOptions(Path("docs/peers.jsonl"), report=Path("page.html")),
    ),
    "--from docs/peers.jsonl --model irrvit_300m --model timm:mobilenetv2_100": (
        "show",
        ShowOptions(Path("docs/peers.jsonl"), models=("irrvit_300m", "timm:mobilenetv2_100")),
    ),
    "--device arm64 --decisions fashion-mnist": (
        "accuracy",
        AccuracyOptions("fashion-mnist", device=DeviceOptions("arm64")),
    ),
    "--decisions pictures --limit 100 --data-root there": (
        "accuracy",
        AccuracyOptions("pictures", 100, Path("there")),
    ),
    "--devices": ("devices", NoOptions()),
    "--list": ("list", NoOptions()),
    "--setup arm64": ("setup", SetupOptions("arm64")),
    "--setup=browser": ("setup", SetupOptions("browser")),
}


@pytest.mark.parametrize("line", OLD)
def test_an_old_spelling_asks_for_the_same_as_before(understand, line):
    act, options, as_json = understand(*line.split())
    assert ((act, options), as_json) == (OLD[line], False)


@pytest.mark.parametrize("line", [line for line in OLD if not line.startswith("--l")])
def test_json_may_be_asked_for_of_every_act(understand, line):
    assert understand(*line.split(), "--json") == (*OLD[line], True)


def documented():
    """The calls in the code of our documents, without their comments and what follows a pipe.

    An option at the end that wants a value is only spoken of.
    """
    wanting = {name for takes in TAKES.values() for name, has_value in takes.items() if has_value}
    for path in (path for pattern in DOCUMENTS for path in sorted(ROOT.glob(pattern))):
        for call in re.findall(r"(?:^\$? *|`)irrvit-bench ?([^`\n]*)", path.read_text(), re.M):
            words = shlex.split(re.split(r"#|\||>", call)[0])
            if not wanting & set(words[-1:]):
                yield pytest.param(words, id=f"{path.name} {' '.join(words)}")


@pytest.mark.parametrize("words", list(documented()))
def test_every_call_that_is_documented_is_understood(understand, words):
    understand(*words)


@pytest.mark.parametrize("word", ["show", "profile", "list"])
def test_an_act_goes_before_a_file_of_its_name_which_has_a_path(understand, word, tmp_path):
    (tmp_path / word).touch()
    path = f"./{word}"
    assert understand(path).options == MeasureOptions(FILES(artifacts=(Path(path),)))
    named = understand("measure", word).options
    assert named == MeasureOptions(FILES(artifacts=(Path(word),)))
    assert understand("--threads", "2", word).act == "measure"


def test_what_follows_an_option_or_a_dash_dash_is_no_spelling_of_an_act(understand):
    assert understand("--store", "--profile").options.store == Path("--profile")
    assert understand("--", "--profile").options.files.artifacts == (Path("--profile"),)


def refused(capsys, understand, *words):
    with pytest.raises(SystemExit) as ended:
        understand(*words)
    assert ended.value.code == 2
    return capsys.readouterr().err


FOREIGN = [
    (act, option)
    for act in TAKES
    for option in sorted(set().union(*TAKES.values()) - TAKES[act].keys())
]


@pytest.mark.parametrize(("act", "option"), FOREIGN)
def test_every_option_is_refused_by_every_act_that_does_not_take_it(
    capsys, understand, act, option
):
    errors = refused(capsys, understand, act, option, "1")
    owners = [f"'irrvit-bench {name}'" for name, options in TAKES.items() if option in options]
    assert f"{option} belongs to " in errors
    assert all(owner in errors for owner in owners)
    assert f"leave it out of 'irrvit-bench {act}'" in errors


def test_there_are_options_to_refuse():
    assert ("profile", "--fail-above") in FOREIGN
    assert ("show", "--device") in FOREIGN


@pytest.mark.parametrize("option", spelling.OLD_SPELLINGS)
def test_an_act_and_an_old_spelling_of_one_are_not_mixed(capsys, understand, option):
    errors = refused(capsys, understand, "measure", option, "x")
    assert f"{option} is the old spelling of 'irrvit-bench " in errors


def test_two_acts_at_once_are_refused(capsys, understand):
    errors = refused(capsys, understand, "--from", "x.jsonl", "--profile")
    assert "--from and --profile do not go together: give one of them" in errors


@pytest.mark.parametrize(
    ("word", "act"), [("profil", "profile"), ("measrue", "measure"), ("device", "devices")]
)
def test_a_misspelled_act_is_answered_with_the_one_that_is_like_it(word, act):
    with pytest.raises(BadOptions, match=f"did you mean 'irrvit-bench {act}'"):
        spelling.to_act([word], TAKES)


def test_a_file_that_is_called_almost_as_an_act_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profil").touch()
    assert spelling.to_act(["profil"], TAKES) == ["measure", "profil"]
    assert spelling.to_act(["profil.onnx"], TAKES) == ["measure", "profil.onnx"]
