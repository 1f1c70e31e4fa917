"""What a host of a lab does for whoever asks: measure, and keep what came of it till it arrived."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from pydantic import Field, ValidationError

from irrvit.benchmark.acts.measure import on_device
from irrvit.benchmark.acts.options import MeasureOptions
from irrvit.benchmark.errors import BadOptions, BenchmarkError, DeviceNotFound
from irrvit.benchmark.lab import files, offer, spool
from irrvit.benchmark.lab.dispatch import Gone
from irrvit.benchmark.measurement import Measurement, Record
from irrvit.benchmark.run.rounds import RunResult
from irrvit.export.sweep import cluster


@dataclass(frozen=True)
class Request:
    """What a host is told to measure.

    Attributes:
        name: who asks: see `spool`.
        options: with neither files nor a device.
    """

    name: str
    device: offer.Offered
    sent: files.Sent
    options: MeasureOptions


class Answer(Record):
    """What came of a request, as it is kept and sent.

    Attributes:
        kept: what it is called where the host keeps it; empty where its disk is full.
    """

    host: str
    node: str
    measurements: tuple[Measurement, ...] = ()
    failures: dict[str, str] = Field(default_factory=dict)
    kept: str = ""


def fulfil(request: Request) -> Answer | Gone:
    """On a host: measure, and keep what was measured until it has arrived."""
    import ray

    # Ray sets it for its own workers, and what is measured would do with fewer threads.
    os.environ.pop("OMP_NUM_THREADS", None)
    host, node = cluster.this_host(), ray.get_runtime_context().get_node_id()
    try:
        outcome = _measured(request, host)
    except DeviceNotFound as error:
        return Gone(node, host, str(error))
    except (BenchmarkError, OSError) as error:
        return Answer(host=host, node=node, failures={request.device.model: str(error)})
    answer = Answer(
        host=host,
        node=node,
        measurements=tuple(m.model_copy(update={"host": host}) for m in outcome.measurements),
        failures=outcome.failures,
    )
    try:
        kept = spool.keep(request.name, answer.model_dump_json())
    except OSError as error:
        said = f"its disk takes nothing more ({error.strerror or error}); what was measured arrived"
        return answer.model_copy(update={"failures": answer.failures | {"disk": said}})
    return answer.model_copy(update={"kept": kept})


def waiting(name: str) -> list[Answer]:
    """On a host: what is kept for somebody."""
    import ray

    node = ray.get_runtime_context().get_node_id()
    try:
        kept = spool.kept(name)
    except OSError:  # What is sent to it will say so.
        return []
    return [_read(line, called, node) for called, line in kept.items()]


def _read(line: str, called: str, node: str) -> Answer:
    try:
        return Answer.model_validate_json(line).model_copy(update={"node": node, "kept": called})
    except ValidationError:
        said = "what was kept there cannot be read, by this version at least: delete it"
        return Answer(host=cluster.this_host(), node=node, failures={called: said})


def _measured(request: Request, host: str) -> RunResult:
    import ray

    _require_first(host)
    folders = tuple(files.received(request.sent, ray.get))
    options = replace(request.options, files=replace(request.options.files, artifacts=folders))
    with offer.held(request.device, _silent) as device:
        return on_device(device, options, _silent)


def _require_first(host: str) -> None:
    if os.nice(0) > 0:
        raise BadOptions(
            f"{host} lets everything else go first: start the lab's head with 'irrvit-bench lab "
            "head'"
        )


def _silent(name: str, stage: str) -> None:
    pass
