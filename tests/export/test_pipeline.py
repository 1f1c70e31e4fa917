"""A network is folded and run before it is written; a layer is named where files are open."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from irrvit.export import pipeline, target
from irrvit.export.job import ExportJob
from irrvit.export.precision import Precision
from irrvit.export.target import TracesValues


def test_a_file_that_cannot_be_looked_into_names_no_layer(monkeypatch):
    name = target.names()[0]
    closed: Any = SimpleNamespace(FACTS=target.facts(name))
    assert not isinstance(closed, TracesValues)
    monkeypatch.setattr(target, "find", lambda name: closed)
    job = ExportJob(model="net", target=name, precision=Precision.FP32)
    unused: Any = None
    sentence = pipeline.explain_failure(job, Path("net.bin"), unused)
    assert sentence == f"the values inside a file of {name} cannot be read: no layer can be named"


def test_a_prepared_network_is_the_folded_one_with_its_reference_on_every_case(prepared_tiny):
    source = prepared_tiny.source
    names = [case.name for case in prepared_tiny.cases]
    assert list(prepared_tiny.reference) == names
    shapes = {(n, y.shape) for said in prepared_tiny.reference.values() for n, y in said.items()}
    assert shapes == {("logits", (len(source.labels),))}
    assert prepared_tiny.fold.max_rel < 1e-9
    assert prepared_tiny.macs > 1e6
    assert prepared_tiny.folded is not source.network
