"""The Core ML target: what is written is the network, and what is broken is seen."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export.errors import BadArtifact, UnsupportedOp
from irrvit.export.precision import Precision
from irrvit.export.proof import cases
from irrvit.export.targets import coreml
from irrvit.model.spec import InputSpec, read_picture

SPEC = InputSpec(height=32, width=48, resize=32)
WIDTHS = (Precision.FP32, Precision.FP16)


class Small(nn.Module):
    """A bit of everything a mobile transformer has; raw pixels (1, 3, H, W) -> (1, 7)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Hardswish(), nn.MaxPool2d(3, 2, 1)
        )
        self.depthwise = nn.Conv2d(8, 8, 3, 1, 1, groups=8)
        self.norm = nn.LayerNorm(8)
        self.qkv, self.head = nn.Linear(8, 24), nn.Linear(8, 7)

    def forward(self, x):
        x = self.stem((x - 120) / 60)
        x = x + F.gelu(self.depthwise(x))
        tokens = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(self.norm(tokens)).chunk(3, dim=-1)
        tokens = tokens + (q @ k.transpose(1, 2) / 8**0.5).softmax(-1) @ v
        return self.head(tokens.mean(1))


def _pictures(spec=SPEC):
    return np.stack([read_picture(path, spec) for path in cases.pictures()[:3]]).astype(np.float32)


def _reference(network, pixels):
    with torch.inference_mode():
        return network(torch.tensor(pixels).permute(0, 3, 1, 2)).numpy()


def _relative(candidate, reference):
    return np.abs(candidate - reference).max() / np.abs(reference).max()


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Small().eval()


@pytest.fixture(scope="module")
def packages(network, tmp_path_factory):
    folder = tmp_path_factory.mktemp("coreml")
    paths = {precision: folder / f"{precision}.mlpackage" for precision in WIDTHS}
    for precision, path in paths.items():
        assert coreml.write(network, SPEC, precision, path) == "iOS16, ML Program"
    return paths


@pytest.mark.parametrize("precision", WIDTHS)
def test_the_file_computes_what_the_network_does(precision, network, packages):
    pixels = _pictures()
    logits = coreml.load(packages[precision]).run(pixels)["logits"]
    reference = _reference(network, pixels)
    assert logits.dtype == np.float32
    assert logits.shape == reference.shape
    assert _relative(logits, reference) <= coreml.FACTS.tolerances[precision].max_rel


def test_fp16_is_emulated(network, packages):
    pixels = _pictures()
    reference = _reference(network, pixels)
    errors = {
        p: _relative(coreml.load(packages[p]).run(pixels)["logits"], reference) for p in WIDTHS
    }
    assert errors[Precision.FP16] > 20 * errors[Precision.FP32]


def test_swapped_channels_are_seen(network, packages):
    pixels = _pictures()
    logits = coreml.load(packages[Precision.FP16]).run(pixels[..., ::-1].copy())["logits"]
    limit = coreml.FACTS.tolerances[Precision.FP16].max_rel
    assert _relative(logits, _reference(network, pixels)) > limit


@pytest.mark.parametrize("precision", WIDTHS)
def test_a_perturbed_weight_in_the_file_is_seen(precision, network, packages, tmp_path):
    path = tmp_path / "broken.mlpackage"
    shutil.copytree(packages[precision], path)
    (weights,) = path.rglob("weight.bin")
    content = bytearray(weights.read_bytes())
    kind = np.float32 if precision is Precision.FP32 else np.float16
    # The first layer's kernel is found by its numbers; one of them becomes large.
    kernel = network.stem[0].weight.detach().numpy().ravel()[:4]
    scale = network.stem[1].weight.detach().numpy()[0] / np.sqrt(1 + 1e-5)
    needle = (kernel * scale).astype(kind)
    numbers = np.frombuffer(content[: len(content) // 4 * 4], kind)
    places = [
        i for i in range(len(numbers) - 4) if np.allclose(numbers[i : i + 4], needle, rtol=2e-3)
    ]
    assert len(places) == 1
    size = np.dtype(kind).itemsize
    content[places[0] * size : (places[0] + 1) * size] = np.array(5, kind).tobytes()
    weights.write_bytes(content)
    pixels = _pictures()
    logits, limit = (
        coreml.load(path).run(pixels)["logits"],
        coreml.FACTS.tolerances[precision].max_rel,
    )
    assert _relative(logits, _reference(network, pixels)) > limit


def test_multiply_accumulates_equal_a_count_by_hand(packages):
    pixels, tokens = 16 * 24, 8 * 12
    by_hand = pixels * 8 * 27 + tokens * 8 * 9 + tokens * 8 * 24 + 2 * tokens**2 * 8 + 8 * 7
    assert {coreml.count_macs(path) for path in packages.values()} == {by_hand}


def test_a_package_has_what_its_manifest_names_and_nothing_else(packages):
    package = packages[Precision.FP32]
    files = {p.relative_to(package).as_posix() for p in package.rglob("*") if p.is_file()}
    own = "Data/com.apple.CoreML"
    assert files == {"Manifest.json", f"{own}/model.mlmodel", f"{own}/weights/weight.bin"}


def test_operations_are_those_of_the_trace(packages):
    path = packages[Precision.FP32]
    names = [name for name, _ in coreml.trace(path, _pictures()[:1])]
    assert names[-1] == "logits"
    # `split` makes three values.
    assert coreml.count_operations(path) == len(names) - 2


def test_a_clean_network_has_no_findings(packages):
    assert coreml.inspect(packages[Precision.FP16], _pictures()[:1]) == []


def test_an_operation_that_coremltools_lacks_is_named(tmp_path):
    class Net(nn.Module):
        def forward(self, x):
            return torch.special.i1(x).mean((2, 3))

    with pytest.raises(UnsupportedOp, match="special_i1"):
        coreml.write(Net(), SPEC, Precision.FP32, tmp_path / "net.mlpackage")


@pytest.mark.parametrize("missing", ["coremltools", "google"])
def test_missing_coremltools_is_named(missing):
    code = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        "sys.modules['coremltools'] = None\n"
        "from irrvit.export import errors, target\n"
        "try:\n    target.get('coreml')\n"
        "except errors.MissingExtra as error:\n    print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "package coremltools" in result.stdout
    assert "irrvit-mobile[coreml]" in result.stdout


def test_a_tensor_of_too_many_axes_is_named(tmp_path):
    class Net(nn.Module):
        def forward(self, x):
            x = x.reshape(1, 3, 4, 8, 6, 8).sin().permute(0, 5, 4, 3, 2, 1)
            return x.flatten(1)

    with pytest.raises(UnsupportedOp, match="rank <= 5"):
        coreml.write(Net(), SPEC, Precision.FP32, tmp_path / "net.mlpackage")


def test_overflow_inside_the_network_is_found(tmp_path):
    class Net(nn.Module):
        def forward(self, x):
            return (x * x * 2).mean((2, 3)) / 65025

    path = tmp_path / "net.mlpackage"
    coreml.write(Net(), SPEC, Precision.FP16, path)
    findings = coreml.inspect(path, np.full((1, 32, 48, 3), 255, np.float32))
    assert any("1.3e+05" in finding for finding in findings), findings


@pytest.mark.parametrize("damage", ["model.mlmodel", "weight.bin", "Manifest.json"])
def test_a_damaged_package_is_refused(damage, packages, tmp_path):
    path = tmp_path / "broken.mlpackage"
    shutil.copytree(packages[Precision.FP32], path)
    (file,) = path.rglob(damage)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(BadArtifact, match=r"broken\.mlpackage"):
        coreml.load(path)


def test_a_missing_package_is_refused(tmp_path):
    with pytest.raises(BadArtifact, match=r"none\.mlpackage"):
        coreml.load(tmp_path / "none.mlpackage")


def _timm_network(name):
    """A timm network on raw pixels, with statistics of pictures, so that its outputs have a spread.

    Returns:
        the network, and pixels (N, H, W, 3).
    """
    timm = pytest.importorskip("timm")
    torch.manual_seed(0)
    scale = nn.BatchNorm2d(3, affine=False)
    scale.load_state_dict(
        {"running_mean": torch.full((3,), 120.0), "running_var": torch.full((3,), 60.0**2)},
        strict=False,
    )
    network = nn.Sequential(scale, timm.create_model(name, pretrained=False)).eval()
    for norm in network[1].modules():
        if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
            norm.train().momentum = None
            norm.reset_running_stats()
    pixels = _pictures(InputSpec())[:2]
    _reference(network, pixels)
    return network.eval(), pixels


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenetv3_small_100", "levit_128s", "deit_tiny_patch16_224"])
def test_whole_networks_agree_in_fp32(name, tmp_path):
    network, pixels = _timm_network(name)
    path = tmp_path / "net.mlpackage"
    coreml.write(network, InputSpec(), Precision.FP32, path)
    reference = _reference(network, pixels)
    assert np.ptp(reference) > 0.01
    assert _relative(coreml.load(path).run(pixels)["logits"], reference) < 1e-4
