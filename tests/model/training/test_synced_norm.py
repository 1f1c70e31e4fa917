from __future__ import annotations

from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing.spawn import spawn

from irrvit.model.training.synced_norm import SyncedBatchNorm, sync_norms

PROCESSES = 2


def network() -> nn.Sequential:
    torch.manual_seed(1)
    layers = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.Conv2d(5, 2, 3))
    return layers.double()


def images() -> torch.Tensor:
    return torch.randn(8, 3, 6, 6, generator=torch.Generator().manual_seed(2)).double()


def train_a_step(layers: nn.Module, batch: torch.Tensor) -> dict[str, torch.Tensor]:
    """The gradients of a mean over the batch, and the buffers afterwards."""
    layers.train()(batch).square().mean().backward()
    found = {f"gradient {n}": p.grad for n, p in layers.named_parameters() if p.grad is not None}
    return found | dict(layers.named_buffers())


def one_of_two(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=PROCESSES
    )
    layers = network()
    sync_norms(layers)
    found = train_a_step(layers, images().chunk(PROCESSES)[rank])
    for name, value in found.items():
        if name.startswith("gradient"):
            dist.all_reduce(value)
            value /= PROCESSES
    torch.save(found, Path(folder) / f"{rank}.pt")
    dist.destroy_process_group()


@pytest.mark.slow
def test_two_processes_make_the_gradients_and_statistics_of_one(tmp_path):
    spawn(one_of_two, args=(str(tmp_path),), nprocs=PROCESSES)
    expected = train_a_step(network(), images())
    for rank in range(PROCESSES):
        found = torch.load(tmp_path / f"{rank}.pt")
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            assert torch.allclose(found[name], value, rtol=1e-12, atol=1e-14), name


def test_every_norm_is_replaced_and_keeps_its_numbers():
    layers = network()
    before = {k: v.clone() for k, v in layers.state_dict().items()}
    sync_norms(layers)
    assert isinstance(layers[1], SyncedBatchNorm)
    after = layers.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[k], after[k]) for k in before)


def test_needs_no_other_process_in_eval_mode():
    layers = network()
    expected = layers.eval()(images())
    sync_norms(layers)
    assert torch.equal(layers.eval()(images()), expected)
