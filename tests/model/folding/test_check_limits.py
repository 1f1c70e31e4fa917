"""Where the check of a fold begins to fail, on networks made by hand: just below, just above."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.errors import FoldError
from irrvit.model.folding.check import (
    LIMIT,
    WrongPrecision,
    check_fold,
    relative_difference,
)
from irrvit.model.folding.fold import Folded, PixelInput
from irrvit.model.folding.move import Move
from irrvit.model.spec import InputSpec


class Says(nn.Module):
    """A classifier that says the same of every picture."""

    def __init__(self, *logits: float) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.new_tensor([self.logits]).expand(len(x), -1)


def by_hand(network: nn.Module, *moves: Move) -> Folded:
    """A network with its input folded, as if by these moves."""
    zero = torch.zeros(1, 3, 1, 1, dtype=torch.float64)
    return Folded(PixelInput(network, zero, zero + 1 / 255), moves)


class TestLimits:
    """At each limit, just below and just above it; the logits of the reference span 1."""

    PLAIN = InputSpec(height=4, width=4, mean=(0, 0, 0), std=(1, 1, 1))

    def check(self, reference: nn.Module, candidate: nn.Module, *moves: Move):
        pixels = torch.full((1, 3, 4, 4), 255.0)
        return check_fold(reference, by_hand(candidate, *moves), self.PLAIN, pixels)

    @pytest.mark.parametrize("off", [0.0, 0.5 * LIMIT, 0.99 * LIMIT])
    def test_below_the_limit_passes(self, off):
        assert self.check(Says(0, 1), Says(off, 1)).max_rel == off

    @pytest.mark.parametrize("off", [LIMIT, 1.01 * LIMIT, 1e-6, float("nan"), float("inf")])
    def test_at_the_limit_and_above_fails(self, off):
        with pytest.raises(FoldError, match="changed the whole network"):
            self.check(Says(0, 1), Says(off, 1))

    def test_the_limit_is_what_float64_may_round(self):
        assert LIMIT == 1e-9

    def test_difference_is_of_the_range_and_not_of_the_size(self):
        assert self.check(Says(0, 1e6), Says(1e-4, 1e6)).max_rel == pytest.approx(1e-10)
        with pytest.raises(FoldError, match=r"differs by 1\.0e-04"):
            self.check(Says(1e6, 1e6 + 1), Says(1e6 + 1e-4, 1e6 + 1))

    @pytest.mark.parametrize("spread", [1.01e-9, 1e-6])
    def test_reference_that_tells_classes_apart_shows_something(self, spread):
        assert self.check(Says(1, 1 + spread), Says(1, 1 + spread)).max_rel == 0

    @pytest.mark.parametrize("spread", [0, 0.9e-9])
    def test_reference_that_hardly_does_shows_nothing(self, spread):
        with pytest.raises(FoldError, match="all the same"):
            self.check(Says(1, 1 + spread), Says(1, 1 + spread))


class Twice(nn.Module):
    """Asks its part twice, the second time about negative numbers."""

    def __init__(self, part: nn.Module, spare: nn.Module | None = None) -> None:
        super().__init__()
        self.part, self.spare = part, spare

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean((2, 3))
        return self.part(mean.clone()) + 2 * self.part(-mean.clone())


class DoubleInPlace(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mul_(2) + 1


class TestBlocks:
    COLOURS = torch.tensor([10.0, 20.0, 30.0]).view(1, 3, 1, 1).expand(1, 3, 4, 4)

    def check(self, reference: nn.Module, candidate: nn.Module, *moves: Move):
        folded = by_hand(candidate, *moves)
        return check_fold(reference, folded, TestLimits.PLAIN, self.COLOURS)

    def test_every_call_counts_and_the_worst_decides(self):
        moves = Move("x", ("part.a", "part.b"))
        with pytest.raises(FoldError, match="changed part:"):
            self.check(Twice(nn.Identity()), Twice(nn.ReLU()), moves)

    def test_part_that_never_ran_is_a_failure(self):
        moves = Move("x", ("spare.a", "spare.b"))
        networks = Twice(nn.Identity(), nn.Identity()), Twice(nn.Identity(), nn.Identity())
        with pytest.raises(FoldError, match=r"never ran, so nothing was compared: \['spare'\]"):
            self.check(*networks, moves)

    def test_part_that_writes_into_its_input_is_given_it_as_it_was(self):
        moves = Move("x", ("part.a", "part.b"))
        check = self.check(Twice(DoubleInPlace()), Twice(DoubleInPlace()), moves)
        assert check.blocks == (("part", 0.0),)


class TestRelativeDifference:
    A, B = torch.tensor([0.0, 1.0], dtype=torch.float64), torch.tensor([0.0, 4.0]).double()

    def test_the_worst_of_several_outputs_decides(self):
        assert relative_difference((self.A, self.B), (self.A, self.B + 1)) == 0.25
        assert relative_difference((self.A, self.B), (self.A + 0.5, self.B + 1)) == 0.5

    @pytest.mark.parametrize(
        "got",
        [
            (A, B * float("nan")),
            (A, B.view(1, 2)),
            (A,),
            (A, B, B),
            (),
        ],
        ids=["nan", "shape", "fewer", "more", "none"],
    )
    def test_what_cannot_be_compared_differs_without_bound(self, got):
        assert relative_difference((self.A, self.B), got) == float("inf")

    def test_nothing_compared_with_nothing_differs_without_bound(self):
        assert relative_difference((), ()) == float("inf")

    def test_a_constant_that_changed_differs_without_bound(self):
        one = torch.ones(3, dtype=torch.float64)
        assert relative_difference(one, one) == 0
        assert relative_difference(one, one + 1e-12) == float("inf")

    @pytest.mark.parametrize("pair", [(A.float(), A), (A, A.float())])
    def test_float32_is_not_judged_as_float64(self, pair):
        with pytest.raises(
            WrongPrecision, match=r"judged in torch\.float64 and got torch\.float32"
        ):
            relative_difference(*pair)

    def test_float32_is_judged_where_it_is_asked_for(self):
        assert relative_difference(self.B.float(), (self.B + 1).float(), torch.float32) == 0.25

    def test_a_counter_counts_as_a_number(self):
        counter = torch.tensor([3, 7])
        assert relative_difference((self.A, counter), (self.A, counter)) == 0
        assert relative_difference((self.A, counter), (self.A, counter + 1)) == 0.25
