"""A network is traced once for all who look at its operations, and again when it is another."""

import torch
from torch import nn

from irrvit.export.proof.operations import decomposed, exported, run_operations

IMAGE = torch.rand(1, 3, 8, 8)


def network():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5)).eval()


def last(net, image=IMAGE):
    return list(run_operations(net, image).values())[-1]


def test_the_same_network_is_traced_once():
    net = network()
    assert exported(net, IMAGE) is exported(net, torch.zeros_like(IMAGE))
    assert decomposed(net, IMAGE) is decomposed(net, torch.zeros_like(IMAGE))


def test_an_equal_network_is_another():
    assert exported(network(), IMAGE) is not exported(network(), IMAGE)


def test_numbers_that_change_are_the_programs_too():
    net = network()
    torch.testing.assert_close(last(net), net(IMAGE))
    with torch.no_grad():
        net.get_parameter("3.weight").mul_(2)
    torch.testing.assert_close(last(net), net(IMAGE))


def test_a_module_in_the_place_of_another_is_seen():
    net = network()
    last(net)
    net[1] = nn.Sigmoid()
    torch.testing.assert_close(last(net), net(IMAGE))


def test_numbers_in_the_place_of_others_are_seen():
    net = network()
    last(net)
    net[3].weight = nn.Parameter(torch.ones(5, 144))
    torch.testing.assert_close(last(net), net(IMAGE))


def test_a_picture_of_another_size_is_seen():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1)).eval()
    assert last(net).shape == (1, 4, 1, 1)
    larger = torch.rand(1, 3, 12, 10)
    torch.testing.assert_close(last(net, larger), net(larger))
