"""docs/protocol.md tells the commands, answers and file names that the sources have."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/protocol.md").read_text()
KOTLIN = ROOT / "android_app/runtime/src/main/kotlin/irrvit/runtime/BenchmarkWorker.kt"
# What only some workers answer, or take, as the page says in words.
ONLY_SOME = {
    "browser": {"time": {"calls_per_value"}},
    "android": {"load": {"accelerator"}, "set": {"base64"}},
}


def table(section: str, number: int = 0) -> list[list[set[str]]]:
    """Rows of a table below a heading: the words in code of each cell."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n)+", text, re.M)
    rows = tables[number].splitlines()[2:]
    return [[set(re.findall(r"`(\w+)`", cell)) for cell in row.split("|")[1:-1]] for row in rows]


def told(section: str, number: int = 0) -> set[str]:
    """The names in the first column."""
    return {name for first, *_ in table(section, number) for name in first}


def in_python(path: str) -> dict[str, tuple[set[str], set[str]]]:
    """Public methods of the worker in a module: their arguments, and the keys of their answers."""
    classes = [n for n in ast.parse((ROOT / path).read_text()).body if isinstance(n, ast.ClassDef)]
    (worker,) = (node for node in classes if node.name.endswith("Worker"))
    return {
        method.name: ({arg.arg for arg in method.args.args} - {"self"}, answer_keys(method))
        for method in worker.body
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_")
    }


def answer_keys(method: ast.FunctionDef) -> set[str]:
    answers = [
        node.value
        for node in ast.walk(method)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)
    ]
    keys = [key for answer in answers for key in answer.keys]
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)}


def in_kotlin() -> dict[str, set[str]]:
    """Commands of the app's worker: the keys of their answers."""
    source = KOTLIN.read_text()
    commands = re.findall(r'^ +"(\w+)" -> (.*)$', source, re.M)
    found = {}
    for name, act in commands:
        called = re.match(r"\w+", act)
        assert called is not None
        body = re.search(rf"fun {called[0]}\(.*?\n    }}\n", source, re.S)
        found[name] = set(re.findall(r'\.put\("(\w+)"', act + (body[0] if body else "")))
    return found


COMMANDS = {
    next(iter(command)): (arguments, answer, "host" not in where)
    for row in table("Commands")
    for command, arguments, answer in [row[:3]]
    for where in [PAGE.split(f"| `{next(iter(command))}` |")[1].split("\n")[0]]
}


def test_the_page_tells_commands():
    assert {"load", "set", "time", "logits", "memory"} <= set(COMMANDS)
    assert not COMMANDS["profile"][2]


def test_the_host_s_worker_has_exactly_these_commands_arguments_and_answers():
    told = {name: (arguments, answer) for name, (arguments, answer, _) in COMMANDS.items()}
    assert in_python("benchmark/worker/process.py") == told


def test_the_browser_s_worker_has_those_of_all_workers():
    told = {
        name: (arguments, answer | ONLY_SOME["browser"].get(name, set()))
        for name, (arguments, answer, everywhere) in COMMANDS.items()
        if everywhere
    }
    assert in_python("benchmark/browser/worker.py") == told


def test_the_app_s_worker_has_those_of_all_workers():
    told = {
        name: answer | (ONLY_SOME["android"].get(name, set()) - {"base64"})
        for name, (_, answer, everywhere) in COMMANDS.items()
        if everywhere
    }
    assert in_kotlin() == told


@pytest.mark.parametrize("name", ["load", "set", "time"])
def test_the_app_s_worker_reads_the_arguments(name):
    arguments = COMMANDS[name][0] | ONLY_SOME["android"].get(name, set())
    read = set(re.findall(r'\b(?:get|opt|has)\w*\("(\w+)"', KOTLIN.read_text()))
    assert arguments <= read


@pytest.mark.parametrize(
    ("number", "file", "interface"),
    [(0, "benchmarkServer.ts", "BenchmarkServer"), (1, "benchmarkWorker.ts", "Commands")],
)
def test_the_page_s_own_commands_are_those_of_its_interfaces(number, file, interface):
    source = (ROOT / "web_app/src/runtime" / file).read_text()
    body = source.split(f"export interface {interface} {{")[1].split("\n}")[0]
    assert set(re.findall(r"^  (\w+)\(", body, re.M)) == told("In the page", number)


SHARED = [
    (layer, name)
    for row in re.findall(r"^\| (core|runtime|app) \| ([A-Z]\w+(?:, \w+)*) \|$", PAGE, re.M)
    for layer in [row[0]]
    for name in row[1].split(", ")
]


def test_the_page_tells_names():
    assert {layer for layer, _ in SHARED} == {"core", "runtime", "app"}


@pytest.mark.parametrize(("layer", "name"), SHARED)
def test_a_file_of_every_app_is_in_each(layer, name):
    web = ROOT / "web_app/src" / layer / f"{name[0].lower()}{name[1:]}.ts"
    kotlin = list((ROOT / "android_app" / layer / "src/main/kotlin").rglob(f"{name}.kt"))
    assert (web.exists(), len(kotlin)) == (True, 1)


def test_every_file_of_the_apps_is_told():
    names = {name.lower() for _, name in SHARED}
    others = PAGE.split("| only some have |")[1]
    names |= {name.lower() for name in re.findall(r"`(\w+)`", others)}
    kotlin = [
        path
        for layer in ("core", "runtime", "app")
        for path in (ROOT / "android_app" / layer / "src/main/kotlin").rglob("*.kt")
    ]
    files = [*(ROOT / "web_app/src").rglob("*.ts"), *kotlin]
    small = {"main", "rounding"}  # Where the page starts, and a function of three lines.
    assert {path.stem.lower() for path in files} - names - small == set()
