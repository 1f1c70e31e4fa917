"""What a file is called and written like after its conversion."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert")

from irrvit.export.tflite import graph

WRAPPED = (
    "irrvit.export.targets.tflite._NamedOutput/irrvit.export.pixels.ChannelsLast_network/"
    "irrvit.model.folding.fold.PixelInput_network"
)
NETWORK = f"{WRAPPED}/irrvit.model.network.irrvit.IRRViT_network"
CONV = "torch.nn.modules.conv.Conv2d"
STEM = f"{NETWORK}/torch.nn.modules.container.Sequential_stem"
EMBED = f"{NETWORK}/irrvit.model.network.patch_embed.FoldedTokenEmbed_patch_embed"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (f"{WRAPPED};1", "/"),
        (
            f"{STEM}/irrvit.model.network.layers.SeparableBlock_3/{CONV}_depthwise;2",
            "/stem.3.depthwise",
        ),
        (EMBED, "/patch_embed"),
        (f"{STEM}/torch.nn.modules.activation.ReLU_1;;{EMBED};1", "/stem.1"),
        ("serving_default_logits_output", ""),
        ("/stem.0", "/stem.0"),
        ("arith.constant12", ""),
    ],
)
def test_a_tensor_is_called_after_its_module(name, path):
    assert graph.module_name(name) == path


@pytest.mark.slow
@pytest.mark.needs("litert_torch")
class TestWrittenFile:
    @pytest.fixture
    def model(self, write_tiny):
        return graph.read(write_tiny("tflite").path.read_bytes())

    def test_operations_are_named_after_the_layers_that_they_are(self, model):
        names = [
            model.subgraphs[0].tensors[o.outputs[0]].name.decode()
            for o in model.subgraphs[0].operators
            if graph.kind(model, o) in ("CONV_2D", "FULLY_CONNECTED")
        ]
        assert names[0] == "/stem.0.0"
        assert "/blocks.1.attention.k" in names
        assert "/fusion.mlp.fc1" in names

    def test_weights_lie_where_the_schema_wants_them(self, write_tiny):
        from ai_edge_litert import schema_py_generated as schema

        content = np.frombuffer(write_tiny("tflite").path.read_bytes(), np.uint8)
        model: Any = schema.Model.GetRootAs(content, 0)
        buffers = [model.Buffers(i) for i in range(model.BuffersLength())]
        starts = [b.DataAsNumpy().ctypes.data for b in buffers if b.DataLength()]
        assert len(starts) > 20
        assert all((start - content.ctypes.data) % 16 == 0 for start in starts)

    def test_writing_what_was_read_changes_nothing(self, write_tiny, model):
        assert graph.write(model) == write_tiny("tflite").path.read_bytes()

    def test_equal_vectors_are_written_once(self, model):
        before = len(graph.write(model))
        model.subgraphs[0].tensors[1].shape = np.arange(1000, dtype=np.int32)
        once = len(graph.write(model))
        model.subgraphs[0].tensors[2].shape = np.arange(1000, dtype=np.int32)
        assert once - before > 3900
        assert len(graph.write(model)) - once < 100
