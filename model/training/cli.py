"""`irrvit-train`: train a variant on labelled pictures, and leave a checkpoint that says its input.

Only names are looked up here before work begins, so that --help answers at once.
"""

from __future__ import annotations

import logging
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irrvit.model.data.find import dataset_choices
from irrvit.model.once import OnceCommand
from irrvit.model.training.recipes.find import recipe_choices

if TYPE_CHECKING:
    from irrvit.model.training.command import TrainingResult
    from irrvit.model.training.options import TrainingOptions

COULD_NOT_RUN, INTERRUPTED = 2, 130

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(cls=OnceCommand)
def train(
    model: Annotated[
        str, typer.Option(help="A variant, as irrvit_60m+average, or mobilenetv2_60m.")
    ],
    data: Annotated[str, typer.Option(help=f"{dataset_choices()}; a folder is DIR/CLASS/PICTURE.")],
    out: Annotated[
        Path | None, typer.Option(help="[default: artifacts/train/<model>]; continued if begun.")
    ] = None,
    recipe: Annotated[str, typer.Option(help=f"{recipe_choices()}.")] = "plain",
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    batch: Annotated[int | None, typer.Option(help="Pictures a step, all processes.")] = None,
    lr: Annotated[float | None, typer.Option(help="Highest learning rate.")] = None,
    seed: Annotated[int, typer.Option(help="Of weights, order and augmentation.")] = 0,
    init: Annotated[Path | None, typer.Option(help="A checkpoint to begin with.")] = None,
    test: Annotated[
        bool, typer.Option("--test", help="At the end, look at the test pictures, once.")
    ] = False,
    data_root: Annotated[
        Path | None, typer.Option(help="Where the files of a named data set are.")
    ] = None,
    download: Annotated[
        bool, typer.Option("--download", help="Fetch a named data set into --data-root.")
    ] = False,
    teacher: Annotated[
        str | None, typer.Option(help="A network to learn from too, as efficientnet_lite0.")
    ] = None,
    teacher_views: Annotated[
        int | None, typer.Option(help="Views of each picture that it looks at.  [default: 2]")
    ] = None,
    teacher_weight: Annotated[
        float | None, typer.Option(help="Of what it says in the loss.  [default: 0.7]")
    ] = None,
    mixed_precision: Annotated[
        str | None, typer.Option(help="bf16: faster where the processor has it.  [default: none]")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="[default: all cores]")] = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Train the article's ablation of --model instead.")
    ] = False,
    seeds: Annotated[
        int | None, typer.Option(help="How many, from --seed on, for --ablation.  [default: 2]")
    ] = None,
    parts: Annotated[
        list[str] | None,
        typer.Option(
            "--part", metavar="PART", help="Of --ablation, as conv14; may repeat.  [default: all]"
        ),
    ] = None,
) -> None:
    """Train a network, and write its checkpoint, a record, a log and its curves.

    Run the same command again to go on after an interruption. For several GPUs or
    machines: accelerate launch --module irrvit.model.training.cli --model ...

    Exits with 0 when the training is done and 2 when it could not be.
    """
    # Threads that wait by spinning starve one another as soon as anything else runs: 8 x slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    level = logging.WARNING if int(os.environ.get("RANK", "0")) else logging.INFO
    logging.basicConfig(level=level, format="%(message)s", stream=sys.stderr)
    from irrvit.model.training.options import TrainingOptions

    options = TrainingOptions(
        model=model,
        data=data,
        out=out or Path("artifacts/train") / model,
        recipe=recipe,
        overrides={
            "epochs": epochs,
            "batch": batch,
            "lr": lr,
            "seed": seed,
            "mixed_precision": mixed_precision,
        },
        test=test,
        data_root=data_root,
        download=download,
        teacher=teacher,
        teacher_views=teacher_views,
        teacher_weight=teacher_weight,
        threads=threads,
        init=init,
        ablation=ablation,
        seeds=seeds,
        parts=tuple(parts or ()),
        command=shlex.join(["irrvit-train", *sys.argv[1:]]),
    )
    result = _execute(options)
    if os.environ.get("RANK", "0") == "0":
        print(result.path)


def _execute(options: TrainingOptions) -> TrainingResult:
    from irrvit.model.errors import ModelError
    from irrvit.model.training.command import execute

    try:
        return execute(options)
    except ModelError as error:
        print(f"irrvit-train: {error}", file=sys.stderr)
        raise typer.Exit(COULD_NOT_RUN) from error
    except OSError as error:
        print(f"irrvit-train: '{error.filename}': {error.strerror}", file=sys.stderr)
        raise typer.Exit(COULD_NOT_RUN) from error
    except KeyboardInterrupt:
        print(
            "irrvit-train: interrupted; run the same command again to go on from the last save",
            file=sys.stderr,
        )
        raise typer.Exit(INTERRUPTED) from None


def main() -> None:
    """The command `irrvit-train`."""
    app()


if __name__ == "__main__":
    main()
