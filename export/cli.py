"""`irrvit-export`: from a network to files for phones, each compared with the network.

Only names are looked up here before work begins, so that --help and a mistyped option answer at
once; torch and the converters live in the worker processes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irrvit.model.data.find import dataset_choices

if TYPE_CHECKING:
    from irrvit.export.command.export_files import ExportResult
    from irrvit.export.command.options import ExportOptions

COULD_NOT_RUN, INTERRUPTED = 2, 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def export(
    model: Annotated[
        str, typer.Option(help="A name from --list, timm:NAME[.WEIGHTS], or FILE.pt2.")
    ] = "irrvit_fashion",
    target: Annotated[
        list[str] | None, typer.Option(help="A format; may repeat.  [default: all]")
    ] = None,
    precision: Annotated[
        str | None,
        typer.Option(
            help="fp32, fp16, int8; coreml: w8, w6, w4 too.  [default: fp16 for coreml, else fp32]"
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Weights: .safetensors, or .pth without code in it.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="[default: artifacts/<model>]")] = None,
    mean: Annotated[
        str | None, typer.Option(help="R,G,B on the 0..1 scale; for a .pt2 that is not ImageNet's.")
    ] = None,
    std: Annotated[str | None, typer.Option(help="As --mean.")] = None,
    labels: Annotated[Path | None, typer.Option(help="A file with one label per line.")] = None,
    tensorflow: Annotated[
        bool, typer.Option("--tensorflow", help="Run the .tflite in TensorFlow's interpreter too.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="When parity fails, find the layer that departs.")
    ] = False,
    evaluate: Annotated[
        str | None, typer.Option(help=f"Try the files on labelled pictures: {dataset_choices()}.")
    ] = None,
    data_root: Annotated[
        Path | None, typer.Option(help="Where the files of a named data set are.")
    ] = None,
    calibration: Annotated[
        str | None,
        typer.Option(
            help=f"Pictures for int8: {dataset_choices()}.  "
            "[default: what it was trained on, else the sample photographs]"
        ),
    ] = None,
    keep_float: Annotated[
        list[str] | None, typer.Option(help="A module that int8 leaves as it is; may repeat.")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="With int8: what each module loses alone.")
    ] = False,
    require_delegated: Annotated[
        bool | None,
        typer.Option(
            "--require-delegated/--allow-undelegated",
            help="Fail if XNNPACK leaves an operation out.  [default: for int8 tflite]",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Export again although nothing changed.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON on stdout.")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="Show models and targets.")] = False,
) -> None:
    """Export a network to ONNX, Core ML and TFLite, and prove that each file is the same network.

    Exits with 0 when every file agrees with PyTorch, 1 when one does not (it is not published),
    2 when something could not be done.
    """
    from irrvit.export.command.options import ExportOptions

    if list_all:
        return _list()
    options = ExportOptions(
        model=model,
        targets=tuple(target or ("all",)),
        precision=precision,
        checkpoint=checkpoint,
        out=out,
        mean=mean,
        std=std,
        labels=labels,
        tensorflow=tensorflow,
        explain=explain,
        force=force,
        evaluate=evaluate,
        data_root=data_root,
        calibration=calibration,
        keep_float=tuple(keep_float or ()),
        sensitivity=sensitivity,
        require_delegated=require_delegated,
    )
    result = _run(options)
    _print(result, as_json=as_json)
    raise typer.Exit(result.exit_code)


def _list() -> None:
    from irrvit.export import target
    from irrvit.model import sources

    print("models:  " + "\n         ".join([*sources.names(), "timm:NAME[.WEIGHTS]", "FILE.pt2"]))
    print("targets: " + "\n         ".join(target.names()))


def _run(options: ExportOptions) -> ExportResult:
    from irrvit.export.command.export_files import export_files
    from irrvit.export.command.progress import progress
    from irrvit.export.errors import ExportError
    from irrvit.model.errors import ModelError

    try:
        with progress() as notify:
            return export_files(options, notify)
    except (ExportError, ModelError) as error:
        print(f"irrvit-export: {error}", file=sys.stderr)
        raise typer.Exit(COULD_NOT_RUN) from error
    except KeyboardInterrupt:
        print("irrvit-export: interrupted; what was there before is untouched", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def _print(result: ExportResult, *, as_json: bool) -> None:
    from rich.console import Console

    from irrvit.export.command import output

    if len(set(result.errors.values())) == 1 and not result.artifacts:
        print(f"irrvit-export: {next(iter(result.errors.values()))}", file=sys.stderr)
    else:
        for target, message in result.errors.items():
            print(f"irrvit-export: {target}: {message}", file=sys.stderr)
    if as_json:
        print(json.dumps(output.to_json(result.model, result.artifacts, result.errors), indent=2))
    elif result.artifacts:
        console = Console()
        console.print(output.to_table(result.model, result.artifacts))
        for artifact in result.artifacts:
            console.print(f"  {artifact.path}", soft_wrap=True, highlight=False)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
