"""Rounding is held to what the same roundings cost the network itself."""

import numpy as np
import pytest
import torch
from torch import nn

from irrvit.export.proof.rounding import all_rounding, check_rounding, explained_by_float16

OUTPUTS = np.array([[0.0, 1.0], [1.0, 0.0]])


@pytest.mark.parametrize(("measured", "passes"), [(0.0300, True), (0.0302, False)])
def test_three_times_what_is_explained_passes_and_more_does_not(measured, passes):
    rounding = check_rounding(np.add(OUTPUTS, [[0, measured], [0, 0]]), OUTPUTS, 0.01, most=0.1)
    assert rounding.measured == pytest.approx(measured)
    assert rounding.limit == pytest.approx(0.0301)
    assert rounding.passed is passes


@pytest.mark.parametrize(("measured", "passes"), [(0.09, True), (0.11, False)])
def test_what_is_explained_may_still_be_too_much_for_the_precision(measured, passes):
    rounding = check_rounding(np.add(OUTPUTS, [[0, measured], [0, 0]]), OUTPUTS, 0.5, most=0.1)
    assert rounding.passed is passes
    assert passes or "differ too little for the precision" in rounding.failures[0]


def test_outputs_that_are_not_finite_fail():
    assert not check_rounding(OUTPUTS * np.nan, OUTPUTS, 0.01, most=0.1).passed


def test_float16_costs_about_its_last_place():
    network = nn.Sequential(nn.Flatten(), nn.Linear(48, 16), nn.ReLU(), nn.Linear(16, 4)).eval()
    explained = explained_by_float16(network, torch.rand(4, 3, 4, 4))["logits"]
    assert 2.0**-13 < explained < 2.0**-7


def test_the_network_is_left_as_it_was():
    linear = nn.Linear(48, 4)
    before = linear.weight.clone()
    explained_by_float16(nn.Sequential(nn.Flatten(), linear).eval(), torch.rand(2, 3, 4, 4))
    assert torch.equal(linear.weight, before)


def test_an_offset_makes_float16_useless_and_that_is_told():
    linear = nn.Linear(48, 4)
    with torch.no_grad():
        linear.bias.add_(2000.0)
    network = nn.Sequential(nn.Flatten(), linear).eval()
    assert explained_by_float16(network, torch.rand(4, 3, 4, 4))["logits"] > 0.1


def test_of_several_outputs_each_costs_what_it_costs():
    class Two(nn.Module):
        def forward(self, x):
            flat = x.flatten(1)
            return {"fine": flat, "far": flat[:, :2] + 2000.0}

    explained = explained_by_float16(Two().eval(), torch.rand(4, 3, 4, 4))
    assert explained["fine"] < 2.0**-10 < 0.1 < explained["far"]


def test_the_output_nearest_to_its_limit_stands_for_all_and_every_failure_is_said():
    good, bad = (
        check_rounding(np.add(OUTPUTS, [[0, by], [0, 0]]), OUTPUTS, 0.01, most=0.1)
        for by in (0.01, 0.05)
    )
    rounding = all_rounding({"boxes": bad, "scores": good})
    assert rounding.measured == bad.measured
    assert rounding.failures == (f"boxes: {bad.failures[0]}",)
    assert all_rounding({"logits": bad}) == bad
