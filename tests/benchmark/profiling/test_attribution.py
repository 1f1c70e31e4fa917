"""Which module of the network an operator belongs to."""

import pytest

from irrvit.benchmark.profiling.attribution import OTHER, any_module, irrvit_module, modules
from irrvit.benchmark.profiling.operation import FileOperation


def test_an_operator_between_two_of_one_module_is_that_modules_and_else_nobodys():
    operations = [
        FileOperation("A", "stem.0"),
        FileOperation("B", "stem.0"),
        FileOperation("C", "head"),
    ]
    assert modules([None, 0, None, 1, None, 2, None], operations, irrvit_module) == [
        OTHER,
        "stem.0",
        "stem.0",
        "stem.0",
        OTHER,
        "head",
        OTHER,
    ]


def test_the_sum_after_attention_is_attentions_and_the_one_after_the_mlp_is_the_mlps():
    paths = ["blocks.0.attention.project", "blocks.0", "blocks.0.mlp.fc2", "blocks.0"]
    operations = [FileOperation("X", path) for path in paths]
    attention, mlp = "blocks.0.attention", "blocks.0.mlp"
    assert modules(range(4), operations, irrvit_module) == [attention, attention, mlp, mlp]


@pytest.mark.parametrize(
    ("path", "ours", "any_"),
    [
        ("", "network", "network"),
        ("stem.3.depthwise", "stem.3", "stem.3"),
        ("patch_embed.patches.branches.1.expand.0", "patch_embed.branch1", "patch_embed.patches"),
        ("patch_embed.patches.1.expand.0", "patch_embed.branch1", "patch_embed.patches"),
        ("patch_embed.patches", "patch_embed", "patch_embed.patches"),
        ("blocks.2.norm2", "blocks.2.mlp", "blocks.2"),
        ("head.1", "head", "head.1"),
    ],
)
def test_a_path_names_a_part_of_our_network_and_two_levels_of_any(path, ours, any_):
    assert (irrvit_module(path), any_module(path)) == (ours, any_)
