"""ONNX: one `.onnx` file, opset 18, run by onnxruntime."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from irrvit.export.errors import BadArtifact, UnsupportedOp
from irrvit.export.manifest import Delegation, ModuleLoss
from irrvit.export.pixels import ChannelsLast, one_by_one
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.target import QuantizationOptions
from irrvit.model.spec import InputSpec

SUFFIX = ".onnx"
OPSET = 18
# The exporter's note on a node: the paths of the modules that it stands in, then its own name.
_SCOPES = "pkg.torch.onnx.name_scopes"
# Measured with this pipeline, folded file against unfolded network, the worst of nine cases, for
# IRRViT, EfficientNet-Lite0 with ImageNet weights and twelve timm networks with random weights
# (`tests/export/test_zoo.py` and MobileOne).
#
# float32: at most 1.2e-5 (FastViT), SQNR from 99 dB on; 1e-4 is the project's limit everywhere.
# float16: MobileOne 6.2e-2, 26 dB, cosine 0.9988; FastViT 2.7e-2, 30 dB; the others at most 1.8e-2,
# 35 dB (EfficientNet-Lite0 8.9e-3, IRRViT 5.8e-3). The limits leave 1.6 times the worst, as those
# of Core ML: float16 hardware may accumulate in float16, this machine's kernels do not.
#
# int8, on the photographs alone, which its ranges are for: EfficientNet-Lite0 0.180, 12 dB, cosine
# 0.968; irrvit_300m 0.140, 17 dB; irrvit_fashion 0.048, 26 dB. With weights of 7 bits instead of
# those of `irrvit.export.onnx.quantize`: 0.237, 8.6 dB, 0.931; 0.180, 16 dB; 0.159, 17 dB. The
# limits leave 1.6 times the worst. The 0.5 points are the project's bar; irrvit_fashion loses 0.02.
TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80),
    Precision.FP16: Tolerance(max_rel=1e-1, min_cosine=0.996, min_sqnr_db=21, max_points_below=0.1),
    Precision.INT8: Tolerance(max_rel=0.3, min_cosine=0.95, min_sqnr_db=8, max_points_below=0.5),
}


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantizing: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`; half precision keeps float32 at input and output."""
    pixels = torch.zeros(1, spec.height, spec.width, 3)
    try:
        program = torch.onnx.export(
            ChannelsLast(network).eval(),
            (pixels,),
            dynamo=True,
            input_names=["image"],
            output_names=["logits"],
            opset_version=OPSET,
            external_data=False,
            verbose=False,
        )
    except torch.onnx.errors.OnnxExporterError as error:
        raise UnsupportedOp(f"ONNX: the exporter cannot express the network: {error}") from error
    assert program is not None
    model = _without_provenance(_named_after_modules(program.model_proto))
    if precision is Precision.FP16:
        model = _to_float16(model)
    if precision is Precision.INT8:
        assert quantizing is not None
        model = _to_int8(model, quantizing)
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


def _to_int8(model: onnx.ModelProto, quantizing: QuantizationOptions) -> onnx.ModelProto:
    from irrvit.export.onnx.quantize import quantize

    return quantize(model, quantizing)


def _without_provenance(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drop the exporter's notes: they name files of this machine and are of no use on a phone."""
    for record in (model, model.graph, *model.graph.node, *model.graph.value_info):
        del record.metadata_props[:]
        record.doc_string = ""
    return model


class OnnxRunner:
    """An `.onnx` file in onnxruntime on the CPU."""

    name = "onnxruntime"

    def __init__(self, model: bytes, *, optimize: bool = True):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if not optimize:
            level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
            options.graph_optimization_level = level
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def run(self, pixels: np.ndarray) -> np.ndarray:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> np.ndarray:
        return np.asarray(self.session.run(["logits"], {"image": image})[0])


def load(path: Path) -> OnnxRunner:
    """Open a file of ours: input `image`, output `logits`."""
    try:
        runner = OnnxRunner(path.read_bytes())
    except Exception as error:  # onnxruntime's exceptions share no base class
        raise BadArtifact(f"onnxruntime cannot open {path}: {error}") from error
    outputs = [output.name for output in runner.session.get_outputs()]
    if outputs != ["logits"]:
        raise BadArtifact(f"{path}: the outputs are {outputs}, expected ['logits']")
    return runner


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every node's outputs; the runtime's own fusions are off, so that each node is there."""
    model = onnx.load(path)
    known = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    model.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in known)
    session = OnnxRunner(model.SerializeToString(), optimize=False).session
    values = map(np.asarray, session.run(names, {"image": pixels}))
    yield from zip(names, values, strict=True)


def delegation(path: Path) -> Delegation | None:
    """The format's runtime has its own operations for the whole file."""
    return None


def losses(
    network: nn.Module, spec: InputSpec, quantizing: QuantizationOptions
) -> tuple[ModuleLoss, ...]:
    """Not told for this format; a module that loses much in TFLite loses much here."""
    return ()


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """Nothing is known to go wrong with this format."""
    return []


def count_operations(path: Path) -> int:
    """Nodes of the graph."""
    graph = onnx.load(path, load_external_data=False).graph
    return sum(node.op_type != "Constant" for node in graph.node)


def count_macs(path: Path) -> int:
    """Convolutions, Gemm and MatMul, from the shapes that onnx infers."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True).graph
    shapes: dict[str, list[int]] = {t.name: list(t.dims) for t in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    return sum(_node_macs(node, shapes) for node in graph.node)


def _node_macs(node: onnx.NodeProto, shapes: dict[str, list[int]]) -> int:
    if node.op_type == "Conv":
        return math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type == "MatMul":
        return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    if node.op_type == "Gemm":
        transposed = any(a.name == "transA" and a.i for a in node.attribute)
        return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if transposed else -1]
    if node.op_type == "Einsum":
        raise UnsupportedOp(f"ONNX: cannot count the multiply-accumulates of Einsum '{node.name}'")
    return 0
