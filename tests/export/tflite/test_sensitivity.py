"""What each module loses alone, and what keeping the worst in float is worth."""

import numpy as np
import pytest

pytestmark = pytest.mark.needs("litert_torch", "ai_edge_quantizer")


@pytest.fixture(scope="module")
def measured(write_tiny):
    from irrvit.export.proof.cases import batch, photographs
    from irrvit.export.tflite.quantize import Quantization
    from irrvit.export.tflite.sensitivity import losses

    written = write_tiny("tflite")
    pictures = batch(photographs(written.prepared.cases))
    quantization = Quantization(written.path.read_bytes(), pictures)
    return quantization, pictures, losses(quantization, pictures)


@pytest.mark.slow
def test_every_layer_is_in_the_list_the_worst_first(measured):
    _, _, rows = measured
    modules = [row.module for row in rows]
    assert {"stem.0.0", "blocks.0.attention.q", "fusion.mlp.fc2", "head.1"} <= set(modules)
    assert len(set(modules)) == len(modules)
    assert [row.sqnr_db for row in rows] == sorted(row.sqnr_db for row in rows)


@pytest.mark.slow
def test_keeping_the_worst_module_in_float_gains_more_than_keeping_the_best(measured):
    from irrvit.export.tflite.runner import TFLiteRunner

    quantization, pictures, rows = measured
    reference = TFLiteRunner(quantization.content).run(pictures)["logits"]

    def error(*kept):
        logits = TFLiteRunner(quantization.write(kept)).run(pictures)["logits"]
        return float(np.square(logits - reference).mean())

    assert error(rows[0].module) < error(rows[-1].module)


def test_a_module_that_makes_most_of_the_noise_is_proposed():
    from irrvit.export.tflite.sensitivity import ranked

    rows = ranked({"a": 1e-6, "b": 1e-3, "c": 2e-6})
    assert [(row.module, row.keep_float) for row in rows] == [
        ("b", True),
        ("c", False),
        ("a", False),
    ]
    assert rows[0].sqnr_db == pytest.approx(30)


@pytest.mark.parametrize(("loud", "worth_it"), [(0.19, False), (0.21, True)])
def test_a_fifth_of_the_noise_is_worth_keeping_a_module_in_float(loud, worth_it):
    from irrvit.export.tflite.sensitivity import ranked

    noise = {"loud": loud, **{f"m{i}": (1 - loud) / 9 for i in range(9)}}
    assert [row.module for row in ranked(noise) if row.keep_float] == ["loud"] * worth_it


def test_what_belongs_to_no_module_cannot_be_kept_and_silence_need_not_be():
    from irrvit.export.tflite.sensitivity import ranked

    assert not any(row.keep_float for row in ranked({"": 1.0, "a": 0.1}))
    assert not any(row.keep_float for row in ranked({"a": 0.0, "b": 0.0}))
