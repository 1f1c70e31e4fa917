"""Labels are read as a person would read them."""

import pytest

from irrvit.model.errors import ModelError
from irrvit.model.sources.checkpoints.labelling import of_config, of_training, read_labels


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        (b"cat\ndog\n", ("cat", "dog")),
        (b"\xef\xbb\xbfcat\ndog", ("cat", "dog")),
        (b"cat\r\ndog\r\n", ("cat", "dog")),
        (b"cat\rdog\r", ("cat", "dog")),
        (b"\n cat \n\n\tdog\n\n", ("cat", "dog")),
        (b"crane\ncrane\n", ("crane", "crane")),
        ("café\n猫\n".encode(), ("café", "猫")),
        ("cat\u2028s\ndog".encode(), ("cat\u2028s", "dog")),
        ("cat\ndog\n".encode("utf-16"), ("cat", "dog")),
    ],
)
def test_a_label_is_a_line(tmp_path, content, labels):
    (tmp_path / "labels.txt").write_bytes(content)
    assert read_labels(tmp_path / "labels.txt") == labels


@pytest.mark.parametrize(
    "text",
    [
        '["cat", "dog"]',
        '\ufeff["cat", "dog"]',
        '{"0": "cat", "1": "dog"}',
        '{"1": "dog", "0": "cat"}',
        '{"cat": 0, "dog": 1}',
        '{"id2label": {"0": "cat", "1": "dog"}, "model_type": "vit"}',
        '{"label_names": ["cat", "dog"]}',
    ],
)
def test_labels_in_json(tmp_path, text):
    (tmp_path / "labels.json").write_text(text, encoding="utf-8")
    assert read_labels(tmp_path / "labels.json") == ("cat", "dog")


@pytest.mark.parametrize("text", ["{", "3", "[1, 2]", "[]", '{"0": "cat", "2": "dog"}', '"cat"'])
def test_json_without_labels_is_refused(tmp_path, text):
    (tmp_path / "labels.json").write_text(text)
    with pytest.raises(ModelError, match=r"--labels .*labels.json"):
        read_labels(tmp_path / "labels.json")


def test_codes_of_imagenet_become_words():
    words = {"n1": "tench", "n2": "goldfish"}
    own = {"label_names": ["n1", "n2"], "label_descriptions": words}
    assert of_config({"architecture": "m", "pretrained_cfg": own}) == ("tench", "goldfish")
    assert of_config({"label_names": ["n1", "n3"], "label_descriptions": words}) == ("n1", "n3")


def test_what_transformers_calls_classes_without_a_name_is_none():
    assert of_config({"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}) is None


def test_labels_beside_weights():
    assert of_training({"class_to_idx": {"dog": 1, "cat": 0}}) == ("cat", "dog")
    assert of_training({"state_dict": {}, "epoch": 3, "classes": 5}) is None
