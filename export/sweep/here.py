"""On this machine: one network after the other, the files of each side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from irrvit.export.command import workers
from irrvit.export.command.export_files import ExportResult, export_files
from irrvit.export.command.options import ExportOptions
from irrvit.export.errors import ExportError
from irrvit.export.sweep.place import Exported, about, could_not
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify


class Here:
    """This machine as a place."""

    decide = staticmethod(workers.run)

    def export(self, each: Sequence[ExportOptions], notify: Notify) -> Iterator[Exported]:
        """Export each network into its `out`; yield them as they are done."""
        for options in each:
            started = time.monotonic()
            result = _attempt(options, about(options.model, notify))
            yield Exported(options, result, seconds=time.monotonic() - started)


def _attempt(options: ExportOptions, notify: Notify) -> ExportResult:
    try:
        return export_files(replace(options, evaluate=None), notify)
    except (ExportError, ModelError) as error:
        return could_not(options, str(error))
