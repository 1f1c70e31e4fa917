"""The JSON inside a `.pt2`, as far as it is accepted: what is not written down here is refused.

A parameter's name becomes source code that torch executes (`torch.fx.graph._format_target` puts it
between quotes as it is), so names are identifiers; guards do too
(`torch.export._unlift._convert_guards_code_to_fn`), so they are dropped unread, like comments.
`torch._export.serde.schema` says what each field means.
"""

from __future__ import annotations

from math import prod
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic import model_validator as validates

from irrvit.model.sources.program.text import check_expression, check_operator, check_tree

FLOAT = 7  # torch._export.serde.schema.ScalarType.FLOAT
_STRIDED = 7  # torch._export.serde.schema.Layout.Strided

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Path = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.]*$")]
Float = float | Literal["Infinity", "-Infinity", "NaN"]
Operator = Annotated[str, AfterValidator(check_operator)]
Expression = Annotated[str, AfterValidator(check_expression)]
TreeText = Annotated[str, AfterValidator(check_tree)]
Modules = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.,;@$<>()\[\]' :-]*$")]
Text = Annotated[str, StringConstraints(pattern=r"^[ -~]{0,500}$")]


class _Part(BaseModel):
    """What is not a field is dropped."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Choice(BaseModel):
    """Exactly one of the fields, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @validates(mode="after")
    def _has_one(self) -> _Choice:
        if len(self.model_fields_set) != 1:
            raise ValueError("expected exactly one kind of value")
        return self


class Hint(_Choice):
    as_int: int = 0
    as_bool: bool = False


class SymExpr(_Part):
    expr_str: Expression
    hint: Hint | None = None


class Symbolic(_Choice):
    """A size, or a truth about sizes."""

    as_int: int = 0
    as_bool: bool = False
    as_expr: SymExpr | None = None


class Device(_Part):
    type: Literal["cpu"]
    index: None = None


class TensorMeta(_Part):
    dtype: int
    sizes: list[Symbolic]
    strides: list[Symbolic]
    storage_offset: Symbolic
    requires_grad: bool
    device: Device
    layout: Literal[7]


class Tensor(_Part):
    name: Name


class OptionalTensor(_Choice):
    as_tensor: Tensor | None = None
    as_none: bool = True


class SymArgument(_Choice):
    as_name: Name = ""
    as_int: int = 0
    as_bool: bool = False


class Argument(_Choice):
    """What an operator may be given: no graphs, no other operators, no Python objects."""

    as_none: bool = True
    as_tensor: Tensor | None = None
    as_tensors: list[Tensor] = []
    as_optional_tensors: list[OptionalTensor] = []
    as_int: int = 0
    as_ints: list[int] = []
    as_float: Float = 0
    as_floats: list[Float] = []
    as_bool: bool = False
    as_bools: list[bool] = []
    as_string: Text = ""
    as_sym_int: SymArgument | None = None
    as_sym_ints: list[SymArgument] = []
    as_sym_bool: SymArgument | None = None
    as_scalar_type: int = 0
    as_memory_format: int = 0
    as_layout: Literal[7] = _STRIDED
    as_device: Device | None = None


class NamedArgument(_Part):
    name: str
    arg: Argument
    kind: int | None = None

    @validates(mode="after")
    def _is_evaluation(self) -> NamedArgument:
        trains = self.name in ("train", "training") and self.arg.as_bool
        if trains or (self.name == "dropout_p" and self.arg.as_float != 0):
            raise ValueError("the network was exported in training mode: call .eval() before")
        return self


class Metadata(_Part):
    nn_module_stack: Modules = ""


class Node(_Part):
    target: Operator
    name: Name | None = None
    inputs: list[NamedArgument]
    outputs: list[Argument]
    metadata: Metadata


class Graph(_Part):
    inputs: list[Argument]
    outputs: list[Argument]
    nodes: list[Node]
    tensor_values: dict[Name, TensorMeta]
    sym_int_values: dict[Name, Symbolic] = {}
    sym_bool_values: dict[Name, Symbolic] = {}


class Parameter(_Part):
    arg: Tensor
    parameter_name: Path


class Buffer(_Part):
    arg: Tensor
    buffer_name: Path
    persistent: bool


class Constant(_Part):
    arg: Tensor
    tensor_constant_name: Path


class User(_Part):
    arg: Argument


class InputSpec(_Choice):
    user_input: User | None = None
    parameter: Parameter | None = None
    buffer: Buffer | None = None
    tensor_constant: Constant | None = None


class OutputSpec(_Choice):
    user_output: User | None = None


class Signature(_Part):
    input_specs: list[InputSpec]
    output_specs: Annotated[list[OutputSpec], Field(min_length=1, max_length=1)]


class CallSignature(_Part):
    inputs: list[Argument]
    outputs: list[Argument]
    in_spec: TreeText
    out_spec: TreeText
    forward_arg_names: list[Name] | None = None


class Call(_Part):
    fqn: Literal[""]
    signature: CallSignature


class Module(_Part):
    graph: Graph
    signature: Signature
    module_call_graph: list[Call]


class Range(_Part):
    min_val: int | None = None
    max_val: int | None = None


class SchemaVersion(_Part):
    major: int
    minor: int


class Program(_Part):
    """`models/model.json`."""

    graph_module: Module
    opset_version: dict[str, int]
    range_constraints: dict[Name, Range]
    schema_version: SchemaVersion
    verifiers: list[Literal["TRAINING", "ATEN"]]
    torch_version: Text


class Payload(_Part):
    """A tensor of the file: raw numbers, never a pickle or a custom object."""

    path_name: Annotated[str, StringConstraints(pattern=r"^(weight|tensor)_[0-9]+$")]
    is_param: bool
    use_pickle: Literal[False]
    tensor_meta: TensorMeta

    @property
    def elements(self) -> int:
        return prod(size.as_int for size in self.tensor_meta.sizes)


class Payloads(_Part):
    """`data/weights/model_weights_config.json` and `data/constants/model_constants_config.json`."""

    config: dict[Path, Payload]
