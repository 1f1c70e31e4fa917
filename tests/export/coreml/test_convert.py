"""Layers of torch, converted, written, loaded and interpreted, equal torch: seed by seed."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export.errors import UnsupportedOp
from irrvit.export.precision import Precision
from irrvit.export.targets import coreml
from irrvit.model.spec import InputSpec

C, H, W = 6, 9, 12


class Layer(nn.Module):
    """Raw pixels (1, 3, 9, 12) to a map (1, 6, 9, 12), the layer, and all that comes out."""

    def __init__(self, layer):
        super().__init__()
        self.stem = nn.Conv2d(3, C, 1)
        self.layer = layer if isinstance(layer, nn.Module) else None
        self.function = layer

    def forward(self, x):
        x = self.stem(x / 127.5 - 1)
        y = self.function(x) if self.layer is None else self.layer(x)
        return y.flatten(1).float()


def _tokens(x):
    return x.flatten(2).transpose(1, 2)


def _windows(x):
    x = torch.roll(x, (1, -1), (2, 3)).reshape(1, C, 3, 3, 4, 3)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(12, 9, C)


class Attention(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.mask = mask

    def forward(self, x):
        t = _tokens(x)
        q, k, v = t[:, :60], t[:, 20:], t[:, 20:] * 2
        mask = torch.ones(60, 88, dtype=torch.bool).tril() if self.mask else None
        return F.scaled_dot_product_attention(q[None], k[None], v[None], attn_mask=mask)[0]


class Recombined(nn.Module):
    def forward(self, x):
        a, b, c = x.split([1, 2, 3], 1)
        return torch.cat([c, x[:, [5, 0, 2]], a.expand(1, 3, H, W), b.repeat(1, 2, 1, 1)], 1)


class Sampled(nn.Module):
    """The map sampled at places some of which lie outside."""

    def __init__(self, **options):
        super().__init__()
        self.options = options
        places = torch.rand(1, 5, 4, 2, generator=torch.Generator().manual_seed(0))
        self.register_buffer("places", places * 3 - 1.5)

    def forward(self, x):
        return F.grid_sample(x, self.get_buffer("places"), **self.options)


LAYERS = {
    "conv, uneven": nn.Conv2d(C, 8, (3, 2), (2, 1), (1, 0), (1, 2), groups=2),
    "conv, same": nn.Conv2d(C, 8, 4, padding="same", dilation=2),
    "conv, reflected": nn.Conv2d(C, 8, 3, padding=1, padding_mode="reflect"),
    "conv, replicated": nn.Conv2d(C, 8, 3, padding=2, padding_mode="replicate"),
    "transposed": nn.ConvTranspose2d(C, 4, 3, 2, 1, output_padding=1, groups=2),
    "transposed, dilated": nn.ConvTranspose2d(C, 4, 3, 2, 1, dilation=2),
    "max pool": nn.MaxPool2d(3, 2, 1),
    "max pool, ceil": nn.MaxPool2d(2, 2, ceil_mode=True),
    "avg pool": nn.AvgPool2d(3, 2, 1),
    "avg pool, padding left out": nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    "avg pool, ceil": nn.AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False),
    "adaptive pool": nn.AdaptiveAvgPool2d(3),
    "adaptive pool, uneven": nn.AdaptiveAvgPool2d((3, 5)),
    "upsample nearest": nn.Upsample(scale_factor=2),
    "upsample bilinear": nn.Upsample(scale_factor=2, mode="bilinear"),
    "upsample aligned": nn.Upsample(scale_factor=3, mode="bilinear", align_corners=True),
    "resize": nn.Upsample(size=(7, 17), mode="bilinear"),
    "group norm": nn.GroupNorm(2, C),
    "instance norm": nn.InstanceNorm2d(C, affine=True),
    "layer norm": nn.LayerNorm(W),
    "layer norm, channels": lambda x: F.layer_norm(x.permute(0, 2, 3, 1), (C,)),
    "prelu": nn.PReLU(C),
    "unfold": nn.Unfold(3, padding=1, stride=2),
    "pixel shuffle": lambda x: F.pixel_shuffle(x[:, :4], 2),
    "pixel unshuffle": lambda x: F.pixel_unshuffle(x[..., :8, :], 2),
    "constant padding": lambda x: F.pad(x, (1, 2, 3, 0), value=0.5),
    "einsum": lambda x: torch.einsum("nchw,ncuw->nhu", x, x * 2),
    "windows": _windows,
    "attention": Attention(mask=False),
    "masked attention": Attention(mask=True),
    "recombined": Recombined(),
    "topk": lambda x: torch.topk(x.flatten(), 5)[0][None],
    "argmax": lambda x: x.argmax(1),
    "where": lambda x: torch.where(x > 0.1, x, x.square() * 3),
    "masked fill": lambda x: x.masked_fill(x < 0, -2.0),
    "norm": lambda x: F.normalize(x, dim=1),
    "variance": lambda x: torch.cat([x.var((2, 3)), x.std((2, 3), unbiased=False)], 1),
    "cumsum": lambda x: x.cumsum(2),
    "strided": lambda x: x[:, ::2, 1::3, -5:-1],
    "flip": lambda x: x.flip(3).mean(1),
    "logsumexp": lambda x: x.logsumexp(1),
    "grid sample": Sampled(padding_mode="zeros", align_corners=False),
    "grid sample, border": Sampled(padding_mode="border", align_corners=True),
    "grid sample, nearest": Sampled(mode="nearest", align_corners=False),
    "grid sample, mirrored": Sampled(padding_mode="reflection", align_corners=False),
    "grid sample, mirrored at centres": Sampled(padding_mode="reflection", align_corners=True),
}
ACTIVATIONS = [
    "elu",
    "gelu",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softplus",
    "softsign",
    "tanh",
    "tanhshrink",
]


def _check(layer, seed, tmp_path):
    torch.manual_seed(seed)
    network = Layer(layer).eval()
    path = tmp_path / "layer.mlpackage"
    coreml.write(network, InputSpec(height=H, width=W), Precision.FP32, path)
    pixels = np.random.default_rng(seed).uniform(0, 255, (2, H, W, 3)).astype(np.float32)
    with torch.no_grad():
        expected = [network(torch.tensor(p[None]).permute(0, 3, 1, 2)).numpy() for p in pixels]
    ours = coreml.load(path).run(pixels)["logits"]
    joined = np.concatenate(expected).reshape(ours.shape)
    np.testing.assert_allclose(ours, joined, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_layer_equals_torch(name, tmp_path):
    _check(LAYERS[name], len(name), tmp_path)


def test_a_conversion_that_failed_leaves_the_names_of_the_next_one_alone(tmp_path):
    """A file is held against its twin by the names of their constants."""

    def constants(folder):
        path = tmp_path / folder / "layer.mlpackage"
        path.parent.mkdir()
        network = Layer(lambda x: x * 1.5 + 0.25).eval()
        coreml.write(network, InputSpec(height=H, width=W), Precision.FP32, path)
        return set(coreml.float_graph(path, path).constants)

    before = constants("before")
    network = Layer(lambda x: x.reshape(1, 2, 3, 9, 4, 3).sin().permute(0, 5, 4, 3, 2, 1))
    with pytest.raises(UnsupportedOp, match="rank <= 5"):
        coreml.write(network, InputSpec(height=H, width=W), Precision.FP32, tmp_path / "none")
    assert constants("after") == before


def test_activations_equal_torch(tmp_path):
    functions = [getattr(F, name) for name in ACTIVATIONS]
    _check(lambda x: torch.cat([f(4 * x) for f in functions], 1), 0, tmp_path)
