"""Which module of the network each operator of a runtime belongs to: pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from irrvit.benchmark.profiling.operations import Operation

OTHER, NETWORK = "other", "network"
# XNNPACK's words for TFLite's; the others begin alike, as in SUB and Subtract.
_XNNPACK = {
    "CONV_2D": ("convolution", "fullyconnected"),
    "DEPTHWISE_CONV_2D": ("convolution",),
    "TRANSPOSE_CONV": ("deconvolution",),
    "BATCH_MATMUL": ("batchmatrixmultiply",),
    "LOGISTIC": ("sigmoid",),
    "RSQRT": ("reciprocalsquareroot",),
    "RESHAPE": ("staticreshape", "copy"),
    "CONCATENATION": ("copy", "concatenate"),
    "MAX_POOL_2D": ("maxpooling",),
    "AVERAGE_POOL_2D": ("averagepooling", "mean"),
    "SQRT": ("squareroot",),
    "SLICE": ("staticslice",),
    "STRIDED_SLICE": ("staticslice",),
    "SPLIT": ("copy", "evensplit"),
    "PAD": ("constantpad",),
    "RELU": ("clamp",),
    "RELU6": ("clamp",),
    "QUANTIZE": ("convert",),
    "DEQUANTIZE": ("convert",),
}
# How onnxruntime names what it makes of nodes: fused, or in a layout of its own.
_FUSED = re.compile(r"^(?:fused )?(.*?)(?:/MatMulAddFusion|_nchwc)?$")


def tflite_owners(operators: Sequence[str], nodes: Sequence[Operation]) -> list[int | None]:
    """Which node each operator of LiteRT runs, by the longest order that both have in common.

    XNNPACK keeps the order, drops some nodes (a padding goes into its convolution) and adds
    operators (a reshape before a layer): these have no node.
    """
    words = [_letters(operator.partition(" (")[0]) for operator in operators]
    return _common(words, [_words(node.kind) for node in nodes])


def _words(kind: str) -> tuple[str, ...]:
    return (*_XNNPACK.get(kind, ()), _letters(kind))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _common(words: Sequence[str], nodes: Sequence[tuple[str, ...]]) -> list[int | None]:
    """The longest common subsequence; `best[i][j]`: its length from word i and node j on."""
    best = [[0] * (len(nodes) + 1) for _ in range(len(words) + 1)]
    for i in reversed(range(len(words))):
        for j in reversed(range(len(nodes))):
            both = 1 + best[i + 1][j + 1] if words[i].startswith(nodes[j]) else 0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    owners: list[int | None] = [None] * len(words)
    i = j = 0
    while i < len(words) and j < len(nodes):
        if words[i].startswith(nodes[j]) and best[i][j] == 1 + best[i + 1][j + 1]:
            owners[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return owners


def onnx_owners(operators: Sequence[str], nodes: Sequence[Operation]) -> list[int | None]:
    """Which node each kernel of onnxruntime runs, by the name of the node or of what it makes."""
    by_name = {name: i for i, node in enumerate(nodes) for name in node.names}
    return [by_name.get(_FUSED.sub(r"\1", operator)) for operator in operators]


OWNERS: dict[str, Callable[[Sequence[str], Sequence[Operation]], list[int | None]]] = {
    "tflite": tflite_owners,
    "onnx": onnx_owners,
}

_BLOCK = re.compile(r"blocks\.\d+")
# The parts of IRRViT, by the paths of their modules.
_PARTS = (
    (re.compile(r"(stem\.\d+)\b.*"), r"\1"),
    (re.compile(r"patch_embed\.patches\.(?:branches\.)?(\d+)\b.*"), r"patch_embed.branch\1"),
    (re.compile(r"(blocks\.\d+)\.(?:norm1|attention)\b.*"), r"\1.attention"),
    (re.compile(r"(blocks\.\d+)\.(?:norm2|mlp)\b.*"), r"\1.mlp"),
    (re.compile(r"(blocks\.\d+|stem|patch_embed|fusion|head)\b.*"), r"\1"),
)


def irrvit_module(path: str) -> str:
    """The part of IRRViT that a module's path lies in."""
    for pattern, module in _PARTS:
        if pattern.fullmatch(path):
            return pattern.sub(module, path)
    return NETWORK


def any_module(path: str) -> str:
    """The first two levels of a module's path."""
    return ".".join(path.split(".")[:2]) or NETWORK


def modules(
    owners: Sequence[int | None], nodes: Sequence[Operation], module_of: Callable[[str], str]
) -> list[str]:
    """The module of each operator, in the order of the operators."""
    paths = [None if owner is None else nodes[owner].path for owner in owners]
    found = _sums_with_what_they_add([None if p is None else module_of(p) for p in paths])
    return _between(found)


def _sums_with_what_they_add(found: Sequence[str | None]) -> list[str | None]:
    """The two sums of a block stand in neither of its halves: each is part of the half before."""
    joined: list[str | None] = []
    before = ""
    for module in found:
        if module and _BLOCK.fullmatch(module) and before.startswith(f"{module}."):
            joined.append(before)
        else:
            joined.append(module)
            before = module or before
    return joined


def _between(found: Sequence[str | None]) -> list[str]:
    """What a runtime put between two operators of one module is that module's, else nobody's."""
    known = [i for i, module in enumerate(found) if module is not None]
    filled = [module or OTHER for module in found]
    for left, right in pairwise(known):
        if found[left] == found[right]:
            filled[left:right] = [filled[left]] * (right - left)
    return filled
