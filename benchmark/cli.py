"""`irrvit-bench`: how fast files are on a device, and whether the number can be believed."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from irrvit.model.data.find import dataset_choices

if TYPE_CHECKING:
    from irrvit.benchmark.acts.measure import Request

COULD_NOT_RUN, INTERRUPTED = 2, 130
DEFAULT_MODEL = "irrvit_fashion"
_FOLDERS = ("crosscheck", "accuracy", "profile")  # What comes of these is no measurement.

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def bench(
    artifacts: Annotated[
        list[Path] | None, typer.Argument(help="Folders or files that irrvit-export wrote.")
    ] = None,
    device: Annotated[
        str, typer.Option(help="A kind of device from --list, or a phone: its model or serial.")
    ] = "host",
    model: Annotated[
        list[str] | None,
        typer.Option(help="A network; exported first if need be; may repeat.  [irrvit_fashion]"),
    ] = None,
    suite: Annotated[str | None, typer.Option(help="A set of networks from --list.")] = None,
    runtime: Annotated[
        str | None, typer.Option(help="litert, onnxruntime or torch.  [default: each file's own]")
    ] = None,
    accelerator: Annotated[
        str, typer.Option(help="cpu; gpu too where a device can be asked for it.")
    ] = "cpu",
    threads: Annotated[int, typer.Option(min=1, help="Threads of the runtime.")] = 1,
    iterations: Annotated[
        int, typer.Option(min=1, help="Timed calls of a repeat, at least; and at least 1 s.")
    ] = 50,
    repeats: Annotated[int, typer.Option(min=1, help="Whole runs, in new processes.")] = 8,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds until it counts as hung.")] = 120,
    start_below: Annotated[
        float | None, typer.Option(help="Wait until it is cooler, in C.  [phones: 37]")
    ] = None,
    sustained: Annotated[
        str | None, typer.Option(help="Call each file for long, such as 10m, to see it slow down.")
    ] = None,
    benchmark_binary: Annotated[
        Path | None, typer.Option(help="On a phone: Google's benchmark_model instead of the app.")
    ] = None,
    apk: Annotated[Path | None, typer.Option(help="On a phone: the app to install.")] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="On a phone: remove what was sent before, first.")
    ] = False,
    store: Annotated[
        Path | None, typer.Option(help="[default: artifacts/measurements.jsonl]")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Measure nothing: show the latest of each kind in a store."),
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="A store or a result of --json to be held against.")
    ] = None,
    fail_above: Annotated[
        str, typer.Option(help="With --compare: how much slower is too slow.")
    ] = "5%",
    report: Annotated[
        Path | None,
        typer.Option(help="Write a page, FILE.html, too; with --profile, measure for it as well."),
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Show where the time goes, by module, instead.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="With --profile: draw it too, FILE.svg.")
    ] = None,
    decisions: Annotated[
        str | None,
        typer.Option(help=f"Time nothing: name the classes of pictures; {dataset_choices()}."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="With --decisions: of how many.")] = 1000,
    data_root: Annotated[
        Path | None, typer.Option(help="Where the files of a named data set are.")
    ] = None,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Hold our p50 against other tools' instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
    setup: Annotated[
        str | None, typer.Option(help="Install what a kind of device needs: arm64, browser.")
    ] = None,
    list_all: Annotated[
        bool, typer.Option("--list", help="Show kinds of devices, and suites.")
    ] = False,
    devices: Annotated[
        bool, typer.Option("--devices", help="Show the devices that are attached.")
    ] = False,
) -> None:
    """Measure files on a device: latency, memory, MACs a second, and whether the answers are right.

    Exits with 0 when every number is valid and, with --compare, none is slower; 1 when one is
    invalid, wrong or slower; 2 when something could not be measured.
    """
    from irrvit.benchmark.acts.measure import Request, choose

    if list_all:
        return _list()
    if devices:
        return _list_devices()
    if setup is not None:
        return _setup(setup)
    own = {"benchmark_binary": benchmark_binary, "apk": apk, "clean": clean}
    request = Request(
        device=device,
        artifacts=tuple(artifacts or ()),
        models=tuple(model or (() if artifacts or suite or source else (DEFAULT_MODEL,))),
        suite=suite,
        runtime=runtime,
        accelerator=accelerator,
        threads=threads,
        iterations=iterations,
        repeats=repeats,
        timeout_s=timeout,
        start_below_c=start_below,
        sustained=sustained,
        options={name: value for name, value in own.items() if value},
        store=store,
        source=source,
        compare=compare,
        fail_above=fail_above,
        decisions=decisions,
        data_root=data_root,
        limit=limit,
        picture=picture,
    )
    asked = {"show": source, "accuracy": decisions, "crosscheck": agreement, "profile": profile}
    with _told(interrupted=""):
        act = choose([name for name, value in asked.items() if value], request, report)
    result = _run(act, request)
    _print(result, act=act, as_json=as_json)
    raise typer.Exit(_write_page(report, request, result) if report else result.exit_code)


def _write_page(path: Path, request: Request, result: Any) -> int:
    """What was profiled is measured as well: the page shows how fast, and where the time goes."""
    from irrvit.benchmark.acts.profile.records import Profiles
    from irrvit.benchmark.report import page

    measured, profiles = result, []
    if isinstance(result, Profiles):
        measured, profiles = _run("measure", replace(request, picture=None)), result.profiles
    with _told(interrupted="interrupted before the report was written"):
        page.write(path, measured, profiles)
    print(f"irrvit-bench: wrote {path}", file=sys.stderr)
    return max(result.exit_code, measured.exit_code)


def _list() -> None:
    from irrvit.benchmark import kinds, suite

    print("devices: " + ", ".join(kinds.names()))
    for name in suite.names():
        print(f"{name}: {suite.get(name).about}\n  " + "\n  ".join(suite.get(name).models))


def _list_devices() -> None:
    from rich.console import Console

    from irrvit.benchmark import kinds
    from irrvit.benchmark.report import table

    Console().print(table.to_device_table(kinds.seen()))


def _setup(kind: str) -> None:
    from irrvit.benchmark.acts import setup
    from irrvit.export.command.progress import bar

    with _told(interrupted="interrupted; what was there before is untouched"), bar() as progress:
        said = setup.run(kind, progress)
    print(said)


def _run(act: str, request: Request) -> Any:
    """Do with a request what a module of this package, or of a folder of it, does."""
    from irrvit.export.command.progress import progress

    module = f"{act}.session" if act in _FOLDERS else act
    run = importlib.import_module(f"irrvit.benchmark.acts.{module}").run
    with _told(interrupted="interrupted before anything was measured"), progress() as notify:
        return run(request, notify)


@contextmanager
def _told(*, interrupted: str) -> Iterator[None]:
    """Say in a sentence why something could not be done, and exit accordingly."""
    from irrvit.benchmark.errors import BenchmarkError

    try:
        yield
    except BenchmarkError as error:
        print(f"irrvit-bench: {error}", file=sys.stderr)
        raise typer.Exit(COULD_NOT_RUN) from error
    except KeyboardInterrupt:
        print(f"irrvit-bench: {interrupted}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _print(result: Any, *, act: str, as_json: bool) -> None:
    """Show a result as the folder of what was done does."""
    from rich.console import Console

    name = f"acts.{act}.report" if act in _FOLDERS else "report.table"
    module = importlib.import_module(f"irrvit.benchmark.{name}")
    for name, message in result.problems.items():
        print(f"irrvit-bench: {name}: {message}", file=sys.stderr)
    if as_json:
        print(json.dumps(module.to_json(result)))
    else:
        Console().print(module.to_table(result))


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
