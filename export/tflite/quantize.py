"""8 bits in a `.tflite` file, by ai-edge-quantizer: what, is for `quantization.rules` to say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from ai_edge_litert.schema_py_generated import TensorType
from ai_edge_quantizer import qtyping, quantizer

from irrvit.export.quantization.rules import Kind, QuantizableOperation, Rule, plan
from irrvit.export.tflite import biases, graph

_KINDS: Mapping[str, Kind] = {
    "CONV_2D": Kind.CONVOLUTION,
    "DEPTHWISE_CONV_2D": Kind.CONVOLUTION,
    "FULLY_CONNECTED": Kind.LINEAR,
    "ADD": Kind.ADD,
    "MUL": Kind.PRODUCT,
    "LOGISTIC": Kind.GATE,
    "RELU": Kind.ACTIVATION,
    "MEAN": Kind.REDUCTION,
    "SUM": Kind.REDUCTION,
    "AVERAGE_POOL_2D": Kind.REDUCTION,
    "MAX_POOL_2D": Kind.REDUCTION,
    "PAD": Kind.PADDING,
    "RESHAPE": Kind.LAYOUT,
    "TRANSPOSE": Kind.LAYOUT,
    "CONCATENATION": Kind.LAYOUT,
    "BATCH_MATMUL": Kind.MATMUL,
    "SOFTMAX": Kind.SOFTMAX,
}
Ranges = dict[str, dict[str, np.ndarray]]


class Quantization:
    """A float32 file with what it did on real pictures, to be quantized once or many times.

    Attributes:
        content: the file, its tensors called by number.
        operations: as the table of rules sees them; each is called after its first output.
    """

    def __init__(self, content: bytes, pictures: np.ndarray):
        """Run the file on pictures, (N, H, W, 3), and note the range of every value."""
        self._model = graph.read(content)
        graph.name_after_modules(self._model)
        self._modules = [tensor.name for tensor in self._model.subgraphs[0].tensors]
        _flatten_biases(self._model)
        for i, tensor in enumerate(self._model.subgraphs[0].tensors):
            tensor.name = f"t{i}".encode()  # The quantizer wants names that differ.
        self.content = graph.write(self._model)
        self.operations = list(_operations(self._model, self._modules))
        self._ranges = _ranges(self._model, self.content, pictures)

    def write(self, keep_float: tuple[str, ...] = ()) -> bytes:
        """Quantize by the table, all modules but some."""
        return self.write_planned(plan(self.operations, keep_float))

    def write_planned(self, planned: Mapping[str, Rule]) -> bytes:
        """Quantize the named operations by these rules."""
        quantizing = quantizer.Quantizer(self.content)
        for kind, rule, scope in _scopes(self.operations, self._model, planned):
            quantizing.update_quantization_recipe(
                regex=scope, operation_name=kind, op_config=_config(rule)
            )
        quantized = quantizing.quantize(self._ranges).quantized_model  # pyright: ignore[reportArgumentType]
        assert quantized is not None
        model = graph.read(bytes(quantized))
        biases.restore_saturated(model, self._model)
        for tensor in model.subgraphs[0].tensors:
            # The quantizer's own tensors are called after the one that they stand for.
            known = re.match(r"t(\d+)", tensor.name.decode())
            tensor.name = self._modules[int(known[1])] if known else b""
        return graph.write(model)


def _flatten_biases(model: Any) -> None:
    """Make a bias (1, N) of the converter's (N), as ai-edge-quantizer 0.10 expects it."""
    for operator in model.subgraphs[0].operators:
        has_bias = len(operator.inputs) > 2 and operator.inputs[2] >= 0
        if graph.kind(model, operator) == "FULLY_CONNECTED" and has_bias:
            bias = model.subgraphs[0].tensors[operator.inputs[2]]
            bias.shape = np.array([np.prod(bias.shape)], np.int32)


def _operations(model: Any, modules: list[bytes]) -> Iterator[QuantizableOperation]:
    tensors = model.subgraphs[0].tensors
    for operator in model.subgraphs[0].operators:
        output = int(operator.outputs[0])
        given = [i for i in operator.inputs if i >= 0]
        yield QuantizableOperation(
            name=f"t{output}",
            kind=_kind(graph.kind(model, operator), tensors[output]),
            module=_module(operator, modules),
            inputs=tuple(f"t{i}" for i in given if not graph.is_constant(model, tensors[i])),
            outputs=tuple(f"t{i}" for i in operator.outputs),
            meets_constants=any(_is_float_constant(model, tensors[i]) for i in given),
        )


def _module(operator: Any, modules: list[bytes]) -> str:
    """Of the output; the file's own is called otherwise, and then the weights say it."""
    names = [modules[i].decode() for i in (operator.outputs[0], *operator.inputs[1:2]) if i >= 0]
    return next((name[1:] for name in names if name.startswith("/")), "")


def _kind(operation: str, output: Any) -> Kind:
    return _KINDS.get(operation, Kind.OTHER) if _is_float(output) else Kind.OTHER


def _is_float_constant(model: Any, tensor: Any) -> bool:
    """Of several numbers."""
    is_constant = _is_float(tensor) and graph.is_constant(model, tensor)
    return is_constant and np.prod(tensor.shape) > 1


def _is_float(tensor: Any) -> bool:
    return tensor.type == TensorType.FLOAT32


def _scopes(
    operations: Iterable[QuantizableOperation], model: Any, planned: Mapping[str, Rule]
) -> Iterator[tuple[qtyping.TFLOperationName, Rule, str]]:
    """Operation, rule, and a regular expression for the outputs of all that it applies to."""
    groups: dict[tuple[str, Rule], list[str]] = {}
    for operation, operator in zip(operations, model.subgraphs[0].operators, strict=True):
        if operation.name in planned:
            group = groups.setdefault((graph.kind(model, operator), planned[operation.name]), [])
            group.append(operation.name)
    for (kind, rule), names in groups.items():
        yield qtyping.TFLOperationName(kind), rule, rf"^(?:{'|'.join(names)})\b"


def _config(rule: Rule) -> qtyping.OpQuantizationConfig:
    whole, channel = qtyping.QuantGranularity.TENSORWISE, qtyping.QuantGranularity.CHANNELWISE
    return qtyping.OpQuantizationConfig(
        activation_tensor_config=qtyping.TensorQuantizationConfig(
            num_bits=8, symmetric=False, granularity=whole
        ),
        weight_tensor_config=qtyping.TensorQuantizationConfig(
            num_bits=8,
            symmetric=True,
            granularity=channel if rule is Rule.PER_CHANNEL else whole,
        ),
        compute_precision=qtyping.ComputePrecision.INTEGER,
    )


def _ranges(model: Any, content: bytes, pictures: np.ndarray) -> Ranges:
    """Smallest and largest number of every computed value over all pictures."""
    tensors = model.subgraphs[0].tensors
    wanted = [i for i, t in enumerate(tensors) if _is_float(t) and not graph.is_constant(model, t)]
    interpreter = Interpreter(
        model_content=content,
        num_threads=1,
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    (image,) = (int(i) for i in model.subgraphs[0].inputs)
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    for picture in pictures:
        interpreter.set_tensor(image, picture[None].astype(np.float32))
        interpreter.invoke()
        values = [interpreter.get_tensor(i) for i in wanted]
        low = np.minimum(low, [value.min() for value in values])
        high = np.maximum(high, [value.max() for value in values])
    return {
        f"t{i}": {"min": _shaped(low[at], tensors[i]), "max": _shaped(high[at], tensors[i])}
        for at, i in enumerate(wanted)
    }


def _shaped(number: float, tensor: Any) -> np.ndarray:
    """As the quantizer wants it: as many axes as the tensor has."""
    return np.full((1,) * (0 if tensor.shape is None else len(tensor.shape)), number, np.float32)
