"""Normalizations equal torch's, and their definition where torch has none of that form."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

SEEDS = st.integers(0, 1000)
EPSILON = np.float32(1e-3)


def _arrays(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.normal(0.5, 2, shape).astype(np.float32) for shape in shapes]


def _close(ours, expected):
    np.testing.assert_allclose(ours, np.asarray(expected), rtol=1e-4, atol=1e-5)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS, rank=st.integers(3, 4))
def test_batch_norm_equals_torch(seed, rank, mb, interpret):
    x, mean, gamma, beta = _arrays(seed, (2, 3, 4, 5)[:rank], 3, 3, 3)
    variance = np.abs(beta) + np.float32(0.1)
    (ours,) = interpret(
        lambda x: mb.batch_norm(
            x=x, mean=mean, variance=variance, gamma=gamma, beta=beta, epsilon=EPSILON
        ),
        x,
    )
    x, mean, variance, gamma, beta = map(torch.tensor, (x, mean, variance, gamma, beta))
    _close(ours, F.batch_norm(x, mean, variance, gamma, beta, eps=float(EPSILON)))


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_instance_norm_equals_torch(seed, mb, interpret):
    x, gamma, beta = _arrays(seed, (2, 3, 4, 5), 3, 3)
    (ours,) = interpret(lambda x: mb.instance_norm(x=x, gamma=gamma, beta=beta, epsilon=EPSILON), x)
    expected = F.instance_norm(
        torch.tensor(x), weight=torch.tensor(gamma), bias=torch.tensor(beta), eps=float(EPSILON)
    )
    _close(ours, expected)


@pytest.mark.parametrize("axes", [[-1], [1], [2, 3], [-3, -1], [0, 1, 2, 3]])
@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_layer_norm_over_any_axes_equals_coremltools(axes, seed, mb, interpret, fold_constants):
    shape = (2, 3, 4, 5)
    sizes = [shape[axis] for axis in sorted(axis % 4 for axis in axes)]
    x, gamma, beta = _arrays(seed, shape, sizes, sizes)

    def build(x):
        return mb.layer_norm(x=x, axes=axes, gamma=gamma, beta=beta, epsilon=EPSILON)

    _close(interpret(build, x)[0], fold_constants(build, x)[0])


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS, shape=st.sampled_from([(2, 3, 4), (2, 2, 3, 4)]))
def test_l2_norm_equals_coremltools(seed, shape, mb, interpret, fold_constants):
    (x,) = _arrays(seed, shape)

    def build(x):
        return mb.l2_norm(x=x, epsilon=EPSILON)

    _close(interpret(build, x)[0], fold_constants(build, x)[0])


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_local_response_norm_equals_its_definition(seed, mb, interpret):
    (x,) = _arrays(seed, (1, 5, 2, 2))
    alpha, beta, k = np.float32(0.5), np.float32(0.75), np.float32(1.5)
    (ours,) = interpret(
        lambda x: mb.local_response_norm(x=x, size=3, alpha=alpha, beta=beta, k=k), x
    )
    squares = np.pad(x**2, [(0, 0), (1, 1), (0, 0), (0, 0)])
    window = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
    _close(ours, x / (k + alpha / 3 * window) ** beta)
