"""Random weights that behave like trained ones, for networks that nobody has trained yet.

Fresh weights make many networks constant (zero-initialised branches and classifiers, layer scales
of 1e-5) or let them explode (normalization without statistics); comparing such outputs proves
nothing. After LSUV, "All you need is a good init" (Mishkin & Matas, arXiv 1511.06422), in one
pass: every layer is scaled to unit variance on a few pictures as the pictures reach it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from irrvit.model.spec import InputSpec

DESCRIPTION = "random (seed 0)"

_PICTURES = 6
_LEAVES = 60
_JITTER = 0.1  # What training does at least to a parameter that started as a constant.
_LOGIT_STD = 3.0
# Batch normalization before ReLU makes a random network chaotic, 1.2 x per layer (Yang et al.,
# arXiv 1902.08129), until rounding decides its logits; mostly positive activations keep it near
# linear.
_SHIFT = 1.0


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from `seed` inside, and leave the caller's random numbers as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def make_healthy(network: nn.Module, spec: InputSpec, *, seed: int = 0) -> None:
    """Change a network's weights in place so that its logits are finite and tell pictures apart.

    The same network and seed give the same bits, whatever the number of threads.
    """
    network.eval()
    with seeded(seed), _one_thread(), torch.no_grad():
        for module in network.modules():
            _unsettle(module)
        images = dead_leaves(spec, _PICTURES)
        answer = network(images[:1])
        classes = answer.shape[-1] if isinstance(answer, Tensor) else 0
        with _calibrating(network, classes):
            network(images)


def dead_leaves(spec: InputSpec, count: int) -> Tensor:
    """Draw pictures with a photograph's statistics, normalized (count, C, H, W).

    Dead leaves: discs of all sizes hide one another (Lee, Mumford and Huang, IJCV 2001), each with
    its own colour and grain.
    """
    y, x = torch.meshgrid(
        torch.linspace(0, 1, spec.height), torch.linspace(0, 1, spec.width), indexing="ij"
    )
    image = torch.rand(count, spec.channels, 1, 1).expand(-1, -1, spec.height, spec.width)
    for radius in torch.linspace(0.7, 0.02, _LEAVES):
        center = torch.rand(2, count, 1, 1)
        inside = (x - center[0]) ** 2 + (y - center[1]) ** 2 < radius**2
        colour = torch.rand(count, 1, 1, 1) + 0.2 * torch.randn(count, spec.channels, 1, 1)
        image = torch.where(inside[:, None], colour, image)
    grain = torch.randn(count, 1, spec.height, spec.width) * 0.2 * torch.rand(count, 1, 1, 1)
    mean, std = (torch.tensor(v).view(-1, 1, 1) for v in (spec.mean, spec.std))
    return ((image + grain).clamp(0, 1) - mean) / std


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums depend on how work is split; one thread always splits it alike."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _unsettle(module: nn.Module) -> None:
    """Replace constant parameters of one module by numbers around a useful constant."""
    for name, parameter in module.named_parameters(recurse=False):
        if parameter.numel() < 2 or parameter.min() != parameter.max():
            continue
        value = parameter.flatten()[0].item()
        is_scale = value != 0 or (name == "weight" and parameter.ndim == 1)
        if name == "weight" and parameter.ndim > 1:
            nn.init.normal_(parameter, std=parameter[0].numel() ** -0.5)
            continue
        # A layer scale starts at 1e-5 and a last normalization at 0 to mute their branch.
        center = (value if abs(value) > 0.1 else 1.0) if is_scale else 0.0
        if name == "bias" and isinstance(module, _BatchNorm):
            center = _SHIFT
        parameter.copy_(center + _JITTER * torch.randn_like(parameter))


@contextmanager
def _calibrating(network: nn.Module, classes: int) -> Iterator[None]:
    """Set every layer once, when the pictures reach it first."""
    done: set[nn.Module] = set()

    def normalize(module: nn.Module, args: tuple[Tensor, ...]) -> None:
        if module not in done and isinstance(module, _BatchNorm):
            done.add(module)
            _set_statistics(module, args[0])

    def scale(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
        if module in done or not isinstance(module, (nn.Linear, nn.Conv2d)):
            return None
        done.add(module)
        if output.ndim == 2 and output.shape[1] == classes:
            _spread_classes(module, output)
            return module.forward(*args)
        factor = 1 / _safe_std(output)
        for parameter in module.parameters(recurse=False):
            parameter.mul_(factor)
        # Others may treat their weights before they use them.
        plain = type(module) in (nn.Linear, nn.Conv2d)
        return output * factor if plain else module.forward(*args)

    with ExitStack() as hooks:
        for module in network.modules():
            hooks.callback(module.register_forward_pre_hook(normalize).remove)
            hooks.callback(module.register_forward_hook(scale).remove)
        yield


def _set_statistics(norm: _BatchNorm, inputs: Tensor) -> None:
    if norm.running_mean is None or norm.running_var is None:
        return
    dims = [d for d in range(inputs.ndim) if d != 1]
    variance = inputs.var(dims, correction=0)
    norm.running_mean.copy_(inputs.mean(dims))
    # A channel that these pictures leave silent must not deafen the network for others.
    norm.running_var.copy_(variance.clamp(min=0.05 * variance.mean().item() + 1e-6))


def _spread_classes(layer: nn.Linear | nn.Conv2d, logits: Tensor) -> None:
    """Scale a classifier (N, classes), and take from it what all pictures have in common."""
    factor = _LOGIT_STD / _safe_std(logits - logits.mean(0))
    layer.weight.mul_(factor)
    if layer.bias is not None:
        common = (logits - layer.bias).mean(0) * factor
        layer.bias.copy_(0.1 * torch.randn_like(common) - common)


def _safe_std(x: Tensor) -> float:
    return max(x.std().item(), 1e-6)
