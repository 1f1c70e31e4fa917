"""A `.tflite` model in float32 arithmetic, with the numbers as they are stored.

Every 8-bit or float16 tensor becomes a float32 one, and the operators that converted between them
go: what then runs is the file's graph without its rounding. For the rounding that the file explains
itself, `run_rounded` puts a pair of operators behind every value that the file holds in 8 bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from irrvit.export.pixels import Outputs
from irrvit.export.proof.storage import Bound, Range, Stored, as_float16, exactly, in_steps
from irrvit.export.tflite import graph
from irrvit.export.tflite.runner import TFLiteRunner

_TYPES = schema.TensorType
_INTEGERS = {_TYPES.INT8: np.int8, _TYPES.UINT8: np.uint8, _TYPES.INT16: np.int16}
_STORED = {**_INTEGERS, _TYPES.INT32: np.int32, _TYPES.INT64: np.int64}


class TFLiteFloatGraph:
    """See `irrvit.export.proof.meaning.FloatGraph`."""

    def __init__(self, path: Path):
        self._content = path.read_bytes()
        rewriting = _Rewriting(self._content)
        rewriting.leave_out_rounding()
        self._model, self._held = rewriting.model, rewriting.held
        self.ranges: Mapping[str, Range] = {name: held for name, (_, held) in self._held.items()}
        self._where = dict(_constants(self._model))
        self.constants: Mapping[str, Stored] = {
            name: Stored(
                graph.floats(self._model, index).squeeze(), rewriting.bounds.get(index, exactly)
            )
            for name, index in self._where.items()
        }

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """See `FloatGraph.run`."""
        model = graph.read(graph.write(self._model)) if constants else self._model
        for name, stored in (constants or {}).items():
            tensor = model.subgraphs[0].tensors[self._where[name]]
            _put(model, tensor, stored.values.reshape(tensor.shape))
        return TFLiteRunner(graph.write(model)).run(pixels)

    def run_rounded(self, pixels: np.ndarray) -> Outputs:
        """As `run`, but every value that the file holds in 8 bits is rounded as it says."""
        rewriting = _Rewriting(self._content)
        rewriting.keep_rounding()
        return TFLiteRunner(graph.write(rewriting.model)).run(pixels)

    def observe(self, pixels: np.ndarray) -> Mapping[str, tuple[float, float]]:
        """See `FloatGraph.observe`."""
        interpreter = Interpreter(
            model_content=graph.write(self._model),
            num_threads=1,
            experimental_preserve_all_tensors=True,
        )
        interpreter.allocate_tensors()
        infer = interpreter.get_signature_runner()
        seen: dict[str, tuple[float, float]] = {}
        for picture in np.ascontiguousarray(pixels, np.float32):
            infer(image=picture[None])
            for name, (index, _) in self._held.items():
                value = interpreter.get_tensor(index)
                low, high = seen.get(name, (np.inf, -np.inf))
                seen[name] = min(low, float(value.min())), max(high, float(value.max()))
        return seen


class _Rewriting:
    """Makes a graph of a file in float32 arithmetic.

    Attributes:
        bounds: what the storage of a constant explains, by its tensor.
        held: of the values that the file holds in 8 bits: their tensor, and what they can be.
    """

    def __init__(self, content: bytes):
        self.model = graph.read(content)
        self._graph = self.model.subgraphs[0]
        self.bounds: dict[int, Bound] = {}
        self.held: dict[str, tuple[int, Range]] = {}
        self._rounded = {
            i: tensor.quantization
            for i, tensor in enumerate(self._graph.tensors)
            if _is_scaled(tensor) and not graph.is_constant(self.model, tensor)
        }
        self._types = {i: self._graph.tensors[i].type for i in self._rounded}
        self._same: dict[int, int] = {}  # Tensor -> the one that holds its value.
        for i, tensor in enumerate(self._graph.tensors):
            self._widen(i, tensor)

    def leave_out_rounding(self) -> None:
        """Compute every value in float32."""
        kept = []
        for operator in self._graph.operators:
            if graph.kind(self.model, operator) in ("QUANTIZE", "DEQUANTIZE"):
                self._same[operator.outputs[0]] = self._resolve(operator.inputs[0])
            else:
                operator.inputs = [self._resolve(i) for i in operator.inputs]
                kept.append(operator)
        self._finish(kept)
        for index in self._rounded:
            held = self._resolve(index)
            self.held[f"{held}"] = held, self._range(index)

    def keep_rounding(self) -> None:
        """Compute in float32, and round every value that the file holds in 8 bits."""
        kept = []
        for operator in list(self._graph.operators):
            kind = graph.kind(self.model, operator)
            operator.inputs = [self._resolve(i) for i in operator.inputs]
            if kind == "DEQUANTIZE":
                self._same[operator.outputs[0]] = operator.inputs[0]
            elif kind == "QUANTIZE":
                kept += self._pair(operator.inputs[0], operator.outputs[0])
            else:
                kept.append(operator)
                operator.outputs = list(operator.outputs)  # It was a view of the file.
                for slot, output in enumerate(list(operator.outputs)):
                    if output in self._rounded:
                        operator.outputs[slot] = self._new_tensor(output, _TYPES.FLOAT32)
                        kept += self._pair(operator.outputs[slot], output)
        self._finish(kept)

    def _widen(self, index: int, tensor: Any) -> None:
        if graph.is_constant(self.model, tensor):
            if tensor.type == _TYPES.FLOAT16:
                data = self.model.buffers[tensor.buffer].data.view(np.float16)
                _put(self.model, tensor, data.astype(np.float32).reshape(tensor.shape))
                self.bounds[index] = as_float16
            elif _is_scaled(tensor):
                values, step = _dequantized(self.model, tensor)
                _put(self.model, tensor, values)
                self.bounds[index] = in_steps(step.squeeze())
        elif index in self._rounded:
            tensor.type, tensor.quantization = _TYPES.FLOAT32, None

    def _resolve(self, index: int) -> int:
        return self._same.get(int(index), int(index))

    def _finish(self, operators: list[Any]) -> None:
        self._graph.operators = operators
        self._graph.outputs = [self._resolve(i) for i in self._graph.outputs]
        for signature in self.model.signatureDefs or ():
            for output in signature.outputs:
                output.tensorIndex = self._resolve(output.tensorIndex)

    def _range(self, index: int) -> Range:
        numbers = np.iinfo(_INTEGERS[self._types[index]])
        quantization = self._rounded[index]
        step, zero = float(quantization.scale[0]), int(quantization.zeroPoint[0])
        return Range((numbers.min - zero) * step, (numbers.max - zero) * step, step)

    def _pair(self, source: int, target: int) -> list[Any]:
        """Operators that round `source` as the file holds `target`."""
        middle = self._new_tensor(target, self._types[target])
        self._graph.tensors[middle].quantization = self._rounded[target]
        return [
            self._new_operator("QUANTIZE", source, middle),
            self._new_operator("DEQUANTIZE", middle, target),
        ]

    def _new_tensor(self, like: int, kind: int) -> int:
        model = self._graph.tensors[like]
        tensor: Any = schema.TensorT()
        tensor.shape, tensor.name, tensor.type, tensor.buffer = model.shape, b"", kind, 0
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _new_operator(self, kind: str, source: int, target: int) -> Any:
        number = getattr(schema.BuiltinOperator, kind)
        codes = self.model.operatorCodes
        at = next((i for i, code in enumerate(codes) if code.builtinCode == number), None)
        if at is None:
            code: Any = schema.OperatorCodeT()
            code.builtinCode = code.deprecatedBuiltinCode = number
            code.version = 1
            codes.append(code)
            at = len(codes) - 1
        operator: Any = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = at, [source], [target]
        return operator


def _is_scaled(tensor: Any) -> bool:
    scales = None if tensor.quantization is None else tensor.quantization.scale
    return tensor.type in _STORED and scales is not None and len(scales) > 0


def _dequantized(model: Any, tensor: Any) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that a constant stands for, and the size of its steps, of the same rank."""
    data = model.buffers[tensor.buffer].data.view(_STORED[tensor.type]).reshape(tensor.shape)
    quantization = tensor.quantization
    step = np.asarray(quantization.scale, np.float64)
    zero = np.asarray(quantization.zeroPoint, np.float64)
    shape = [1] * data.ndim
    if step.size > 1:
        shape[quantization.quantizedDimension] = -1
    step, zero = step.reshape(shape), zero.reshape(shape if zero.size > 1 else [1] * data.ndim)
    return ((data - zero) * step).astype(np.float32), np.broadcast_to(step, data.shape)


def _put(model: Any, tensor: Any, values: np.ndarray) -> None:
    """Give a tensor float32 numbers of its own."""
    graph.put(model, tensor, values.astype(np.float32))
    tensor.type, tensor.quantization = _TYPES.FLOAT32, None


def _constants(model: Any) -> Iterator[tuple[str, int]]:
    """The float constants of a graph, by the number of the operator and the input that reads them.

    Names would not do: all constants of a module bear its name.
    """
    tensors = model.subgraphs[0].tensors
    for number, operator in enumerate(model.subgraphs[0].operators):
        for slot, index in enumerate(operator.inputs):
            if index < 0 or not graph.is_constant(model, tensors[index]):
                continue
            if tensors[index].type == _TYPES.FLOAT32:
                yield f"{number} {graph.kind(model, operator)} input {slot}", int(index)
