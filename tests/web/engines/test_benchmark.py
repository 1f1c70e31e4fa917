"""The page's benchmark in every engine: the record says what ran."""

import numpy as np
import pytest

from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import validity
from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import read_file

SIZE = 64
# What is offered for saving is kept where a test can read it.
KEEP = """
    const create = URL.createObjectURL;
    URL.createObjectURL = blob => {
        blob.text().then(text => { document.body.dataset.saved = text; });
        return create(blob);
    };
    const threads = document.querySelector("[name=threads]");
    const most = Number(threads.max);
    threads.removeAttribute("max");  // To ask for more than there are.
    threads.value = args[0];
    return most;
"""
SERVE = """
    const server = await window.irrvit;
    await server.prepare({runtime: args[0], accelerator: "cpu", threads: args[1]});
    const loaded = await server.load("benchmark/model");
    await server.set("benchmark/pixels");
    return {...loaded, logits: await server.logits()};
"""


def threads_here(engine, asked):
    """WebKitGTK gives pages no shared memory, and has no relaxed SIMD."""
    return 1 if engine.name == "webkit" else asked


@pytest.mark.parametrize("threads", [1, 2])
def test_the_record_says_how_many_threads_ran(shown, threads):
    shown.open("?benchmark=irrvit_fashion", ready="[name=threads][max]")
    most = shown.engine.run(KEEP, threads)
    assert (most > 1) == (threads_here(shown.engine, 2) == 2)
    shown.click("main button")
    shown.wait_for("[role=status]", "repeat 2 of 8")
    shown.click("[name=stop]")
    shown.wait_for("[role=status]", "stopped")
    shown.wait_for("body[data-saved]")
    record = shown.engine.run("return document.body.dataset.saved")
    measured = Measurement.model_validate_json(record)
    ran = threads_here(shown.engine, threads)
    assert (measured.config.threads, measured.placement.threads) == (threads, ran)
    assert measured.placement.accelerator == "cpu"
    assert f"threads: {ran}," in shown.find("main dl")
    assert measured.golden.passed
    codes = {issue.code for issue in validity.check(measured)}
    assert ("fell-back" in codes) == (ran != threads)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("runtime", ["litert", "onnxruntime"])
def test_both_runtimes_say_how_many_threads_they_have(shown, runtime, threads):
    shown.site.extra["/benchmark/model"] = read_file(f"linear:{SIZE}", runtime)[0]
    shown.site.extra["/benchmark/pixels"] = np.eye(SIZE, dtype="<f4").tobytes()
    shown.open("?benchmark=server", ready="body")
    answer = shown.engine.run(SERVE, runtime, threads)
    assert answer["threads"] == threads_here(shown.engine, threads)
    assert answer["accelerator"] == "cpu"
    np.testing.assert_allclose(answer["logits"], linear.weights(SIZE).ravel(), rtol=1e-5)
