"""From a network to an `.onnx` file, by torch's own exporter."""

from __future__ import annotations

import ast
from pathlib import Path

import onnx
import torch
from torch import nn

from irrvit.export.converting import converting
from irrvit.export.pixels import ChannelsLast, image_tensor
from irrvit.export.precision import Precision
from irrvit.export.rewriting.program import rewritten
from irrvit.export.rewriting.rules import ONNX
from irrvit.export.target import QuantizationOptions
from irrvit.model.spec import InputSpec

OPSET = 18
# The exporter's note on a node: the paths of the modules that it stands in, then its own name.
_SCOPES = "pkg.torch.onnx.name_scopes"


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`; half precision keeps float32 at input and output."""
    pixels = torch.zeros(1, spec.height, spec.width, spec.channels)
    image = image_tensor(pixels.numpy()).contiguous()
    network = rewritten(network, image, ONNX)
    wrapped = ChannelsLast(network).eval()
    with torch.no_grad():
        names = list(wrapped(pixels))
    with converting("torch.onnx", network, image):
        program = torch.onnx.export(
            wrapped,
            (pixels,),
            dynamo=True,
            input_names=["image"],
            output_names=names,
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    assert program is not None
    model = _without_provenance(_named_after_modules(program.model_proto))
    if precision is Precision.FP16:
        model = _to_float16(model)
    if precision is Precision.INT8:
        from irrvit.export.onnx.quantize import quantize

        assert quantization is not None
        model = quantize(model, quantization)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return f"ONNX opset {OPSET}"


def _to_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    from onnxruntime.transformers.float16 import convert_float_to_float16
    from onnxruntime.transformers.onnx_model import OnnxModel

    half = OnnxModel(convert_float_to_float16(model, keep_io_types=True))
    half.topological_sort()  # the casts of inputs are appended, behind the nodes that read them
    return half.model


def _named_after_modules(model: onnx.ModelProto) -> onnx.ModelProto:
    """Put a module's path before the names of its nodes, `stem.0.1/node_relu`, for profilers."""
    for node in model.graph.node:
        notes = {note.key: note.value for note in node.metadata_props}
        *modules, _operation = ast.literal_eval(notes.get(_SCOPES, "['']"))
        path = modules[-1].split(".") if modules else []
        while path[:1] == ["network"]:  # What wraps the network keeps it under this name.
            path = path[1:]
        node.name = f"{'.'.join(path)}/{node.name}"
    return model


def _without_provenance(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop the exporter's notes: they name files of this machine and are of no use on a phone."""
    for record in (model, model.graph, *model.graph.node, *model.graph.value_info):
        del record.metadata_props[:]
        record.doc_string = ""
    return model
