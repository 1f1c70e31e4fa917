"""Doing what the command line asks of many networks: lines as they are done, an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from irrvit.export.command.export_files import COULD_NOT_RUN, PASSED
from irrvit.export.command.options import ExportOptions
from irrvit.export.command.perform import INTERRUPTED, complain
from irrvit.export.command.progress import progress
from irrvit.export.errors import ExportError
from irrvit.export.sweep import report
from irrvit.export.sweep.here import Here
from irrvit.export.sweep.names import networks
from irrvit.export.sweep.place import Exported, Place
from irrvit.export.sweep.sweep import each_network, sweep
from irrvit.model.errors import ModelError


def perform_sweep(
    options: ExportOptions, asked: Sequence[str], on: str | None, *, as_json: bool
) -> int:
    """Export each network, print what came of it, and return the exit code: the worst of them.

    Args:
        asked: as `networks` takes it.
        on: a cluster as `cluster.connected` takes it; None is this machine.
    """
    done: list[Exported] = []
    try:
        each = each_network(options, networks(asked))
        with _place(on) as place, progress() as notify:
            for one in sweep(each, place, notify):
                done.append(one)
                if not as_json:
                    _print(one, first=len(done) == 1)
                notify(one.options.model, "done" if one.result.exit_code == PASSED else "failed")
    except (ExportError, ModelError) as error:
        complain(str(error))
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        complain(f"interrupted after {len(done)}; the same command goes on from there")
        return INTERRUPTED
    print(json.dumps(report.to_json(done), indent=2) if as_json else report.summary(done))
    return max(one.result.exit_code for one in done)


@contextmanager
def _place(on: str | None) -> Iterator[Place]:
    if on is None:
        yield Here()
        return
    from irrvit.export.sweep.cluster import connected
    from irrvit.export.sweep.on_ray import OnRay

    with connected(on) as ray:
        yield OnRay(ray)


def _print(one: Exported, *, first: bool) -> None:
    lines = [report.HEADING] * first + report.lines(one)
    print(*lines, sep="\n", flush=True, file=sys.stdout)
