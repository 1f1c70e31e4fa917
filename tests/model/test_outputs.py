"""What an output means, by its shape and its name, and what a network is for by its outputs."""

from __future__ import annotations

import pytest
import torch

from irrvit.model.outputs import Task, classifier_outputs, describe, named, task_of
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=64, width=96, resize=64)


def floats(*shape):
    return torch.zeros(shape)


def meanings(answer, task=None):
    return {o.name: str(o.meaning) for o in described(answer, task)}


def described(answer, task=None):
    return describe(answer if isinstance(answer, dict) else {"": answer}, SPEC, task)


@pytest.mark.parametrize(
    ("shape", "meaning", "task"),
    [
        ((1, 10), "logits", "classification"),
        ((1, 2), "logits", "classification"),
        ((1, 1), "score", "other"),
        ((1,), "score", "other"),
        ((), "score", "other"),
        ((1, 5, 64, 96), "class_map", "dense"),
        ((1, 5, 2, 3), "class_map", "dense"),
        ((1, 5, 3, 2), "values", "other"),  # Turned: no map of the picture.
        ((1, 5, 1, 1), "values", "other"),
        ((1, 1, 32, 48), "value_map", "dense"),
        ((1, 32, 48), "value_map", "dense"),
        ((1, 197, 384), "values", "other"),
        ((8, 4), "values", "other"),
    ],
)
def test_a_bare_tensor_means_what_its_shape_says(shape, meaning, task):
    outputs = described(floats(*shape))
    assert [(o.name, o.shape, str(o.meaning)) for o in outputs] == [(meaning, shape, meaning)]
    assert str(task_of(outputs)) == task


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("logits", "logits"),
        ("class_scores", "logits"),
        ("image_embeds", "embedding"),
        ("pooler_output", "embedding"),
        ("features", "embedding"),
        ("boxes", "values"),
    ],
)
def test_a_vector_that_has_a_name_means_what_it_is_called(name, meaning):
    assert meanings({name: floats(1, 8), "other": floats(1, 3)})[name] == meaning


def test_integers_are_indices_whatever_their_shape():
    whole = torch.zeros(1, 64, 96, dtype=torch.int32)
    assert meanings(whole) == {"indices": "indices"}
    assert task_of(described(whole)) is Task.DENSE
    assert task_of(described(whole[0, 0])) is Task.OTHER


def test_maps_of_several_resolutions_are_features_of_a_network_and_no_maps_of_the_picture():
    pyramid = {"a": floats(1, 8, 32, 48), "b": floats(1, 16, 16, 24)}
    assert set(meanings(pyramid).values()) == {"values"}
    assert set(meanings(dict.fromkeys("ab", pyramid["a"])).values()) == {"class_map"}


@pytest.mark.parametrize(
    ("task", "shape", "meaning"),
    [
        (Task.EMBEDDING, (1, 512), "embedding"),
        (Task.CLASSIFICATION, (1, 512), "logits"),
        (Task.OTHER, (1, 512), "values"),
        (Task.OTHER, (1, 5, 64, 96), "values"),
        (Task.DENSE, (1, 30, 40), "value_map"),
        (Task.DENSE, (1, 5, 30, 40), "class_map"),
    ],
)
def test_a_task_decides_what_shapes_leave_open(task, shape, meaning):
    assert meanings(floats(*shape), task) == {meaning: meaning}


def test_several_outputs_are_for_what_all_of_them_are_for():
    embeddings = describe({"embed_a": floats(1, 8), "embed_b": floats(1, 4)}, SPEC)
    assert task_of(embeddings) is Task.EMBEDDING
    assert task_of((*embeddings, *classifier_outputs(3))) is Task.OTHER
    assert task_of((*classifier_outputs(3), *classifier_outputs(3))) is Task.OTHER
    assert task_of(()) is Task.OTHER


def test_a_classifier_is_one_output_that_means_logits():
    assert described(floats(1, 7)) == classifier_outputs(7)
    assert described({"scores": floats(1, 7)}) == classifier_outputs(7)
    assert described({"embeds": floats(1, 7)}) != classifier_outputs(7)
    assert list(named(floats(1, 7))) == ["logits"]
    assert list(named({"depth": floats(1, 7)})) == ["depth"]
    assert classifier_outputs(7)[0].size == 7
