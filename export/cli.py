"""`irrvit-export`: from a network to files for phones, each compared with the network.

Only names are looked up here before work begins, so that --help and a mistyped option answer at
once; torch and the converters live in the worker processes.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from irrvit.export.command.help import GroupedHelp
from irrvit.model.data.find import dataset_choices

COULD_NOT_RUN = 2

# Options by the panel of --help that they are shown in.
_network = partial(typer.Option, rich_help_panel="Network")
_files = partial(typer.Option, rich_help_panel="Files")
_int8 = partial(typer.Option, rich_help_panel="In 8 bits")
_checks = partial(typer.Option, rich_help_panel="Checks")

app = typer.Typer(
    cls=GroupedHelp,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def export(
    context: typer.Context,
    model: Annotated[
        str,
        _network(
            metavar="NAME", help="A name that `list` shows, timm:NAME[.WEIGHTS], or FILE.pt2."
        ),
    ] = "irrvit_60m",
    models: Annotated[
        list[str] | None,
        _network(
            metavar="FILE|PATTERN",
            help="Many networks: names in a text file, or as in 'timm:mobilenet*'; may repeat.",
        ),
    ] = None,
    on: Annotated[
        str | None,
        _network(metavar="ray[://HEAD]", help="Export on a Ray cluster, or on all cores by it."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        _network(
            metavar="PATH",
            help="Weights: of safetensors or torch.save, an index, or a folder of save_pretrained.",
        ),
    ] = None,
    checkpoint_key: Annotated[
        str | None,
        _network(
            metavar="KEY",
            help="Which of several, as state_dict.  [default: an average (EMA) if there is one]",
        ),
    ] = None,
    mean: Annotated[
        str | None,
        _network(
            metavar="R,G,B",
            help="On the 0..1 scale, or one number; for a .pt2 that is not ImageNet's.",
        ),
    ] = None,
    std: Annotated[
        str | None,
        _network(metavar="R,G,B", help="As --mean."),
    ] = None,
    labels: Annotated[
        Path | None,
        _network(metavar="FILE", help="One label per line, or JSON."),
    ] = None,
    task: Annotated[
        str | None,
        _network(
            metavar="NAME",
            help="classification, embedding, dense or other.  [default: what its outputs say]",
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        _files(metavar="NAME", help="A format that `list` shows; may repeat.  [default: all]"),
    ] = None,
    precision: Annotated[
        list[str] | None,
        _files(
            metavar="NAME",
            help="fp32, fp16, int8, w8, w6 or w4; `list` shows which format has which; may "
            "repeat.  [default: the format's own]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        _files(metavar="DIR", help="[default: artifacts/<model>]"),
    ] = None,
    force: Annotated[
        bool,
        _files("--force", help="Export again although nothing changed."),
    ] = False,
    as_json: Annotated[
        bool,
        _files("--json", help="The result as JSON on stdout."),
    ] = False,
    calibration: Annotated[
        str | None,
        _int8(
            metavar="DATA",
            help=f"Pictures to find ranges on: {dataset_choices()}.  "
            "[default: what it was trained on, else the sample photographs]",
        ),
    ] = None,
    keep_float: Annotated[
        list[str] | None,
        _int8(metavar="MODULE", help="A module that is left as it is; may repeat."),
    ] = None,
    sensitivity: Annotated[
        bool,
        _int8("--sensitivity", help="What each module loses when it is the only one."),
    ] = False,
    require_delegated: Annotated[
        bool | None,
        _int8(
            "--require-delegated/--allow-undelegated",
            help="Fail if the delegate, as XNNPACK, leaves an operation out.  "
            "[default: for int8 where the format has one]",
        ),
    ] = None,
    allow_degraded: Annotated[
        bool,
        _checks(
            "--allow-degraded",
            help="Publish a file below fp32 that decides otherwise on a sample photograph.",
        ),
    ] = False,
    count_unfolded: Annotated[
        bool,
        _checks(
            "--count-unfolded",
            help="Also count what the file would hold without folding: one more conversion.",
        ),
    ] = False,
    explain: Annotated[
        bool,
        _checks("--explain", help="When parity fails, find the layer that departs."),
    ] = False,
    evaluate: Annotated[
        str | None,
        _checks(metavar="DATA", help=f"Try the files on labelled pictures: {dataset_choices()}."),
    ] = None,
    data_root: Annotated[
        Path | None,
        _checks(metavar="DIR", help="Where the files of a named data set are."),
    ] = None,
    tensorflow: Annotated[
        bool,
        _checks("--tensorflow", help="Run files that TensorFlow reads in its interpreter too."),
    ] = False,
    list_all: Annotated[bool, typer.Option("--list", help="As the command `list`.")] = False,
) -> None:
    """Export a network to files for phones, and prove that each file is the same network.

    Exits with 0 when every file agrees with PyTorch, 1 when one does not (it is not published),
    2 when something could not be done.
    """
    if context.invoked_subcommand is not None:
        return _refuse_options(context, str(context.invoked_subcommand))
    from irrvit.export.command.options import ExportOptions
    from irrvit.export.command.perform import complain, perform

    if list_all:
        _refuse_options(context, "--list", but="list_all")
        return list_names()
    options = ExportOptions(
        model=model,
        targets=tuple(target or ("all",)),
        precisions=tuple(precision or ()),
        checkpoint=checkpoint,
        checkpoint_key=checkpoint_key,
        out=out,
        mean=mean,
        std=std,
        labels=labels,
        task=task,
        tensorflow=tensorflow,
        explain=explain,
        force=force,
        evaluate=evaluate,
        data_root=data_root,
        calibration=calibration,
        keep_float=tuple(keep_float or ()),
        sensitivity=sensitivity,
        require_delegated=require_delegated,
        allow_degraded=allow_degraded,
        count_unfolded=count_unfolded,
    )
    if models or on is not None:
        from irrvit.export.sweep.perform import perform_sweep

        one = context.get_parameter_source("model")
        named = models or [model]
        if models and one is not None and one.name == "COMMANDLINE":
            complain("--model names one network and --models many: leave one of them out")
            raise typer.Exit(COULD_NOT_RUN)
        raise typer.Exit(perform_sweep(options, named, on, as_json=as_json))
    raise typer.Exit(perform(options, as_json=as_json))


@app.command("list")
def list_names() -> None:
    """Show the models and targets there are, and what of them works here."""
    from irrvit.export.command import listing

    print(*listing.lines(), sep="\n")


def _refuse_options(context: typer.Context, asked: str, *, but: str = "") -> None:
    """An option of the export beside what asks for something else would have no effect."""
    for name in (name for name in context.params if name != but):
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            print(
                f"irrvit-export: '{asked}' takes no option of an export, and "
                f"got {name}; leave it out",
                file=sys.stderr,
            )
            raise typer.Exit(COULD_NOT_RUN)


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
