"""The JSON inside a `.pt2`, as far as it is accepted: what is not written down here is refused.

A parameter's name becomes source code that torch executes (`torch.fx.graph._format_target` puts it
between quotes as it is), so names have no quotes, and `plain` makes identifiers of them; guards do
too (`torch.export._unlift._convert_guards_code_to_fn`), so they are dropped unread, like comments.
`torch._export.serde.schema` says what each field means.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic import model_validator as validates

from irrvit.model.sources.program.text import check_expression, check_operator, check_tree

FLOAT, INTEGERS = 7, (1, 2, 3, 4, 5, 12)  # As torch._export.serde.schema.ScalarType has them.
_STRIDED = 7  # torch._export.serde.schema.Layout.Strided

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
# What stands between quotes in that source: no quote, no backslash, no line end.
DottedName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.:/+ -]*$")]
Number = float | Literal["Infinity", "-Infinity", "NaN"]
Operator = Annotated[str, AfterValidator(check_operator)]
Expression = Annotated[str, AfterValidator(check_expression)]
TreeText = Annotated[str, AfterValidator(check_tree)]
Modules = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.,;@$<>()\[\]' :/+-]*$")]
Text = Annotated[str, StringConstraints(pattern=r"^[ -~]{0,500}$")]


class Part(BaseModel):
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


class SymExpr(Part):
    expr_str: Expression
    hint: Hint | None = None


class Symbolic(_Choice):
    """A size, or a truth about sizes."""

    as_int: int = 0
    as_bool: bool = False
    as_expr: SymExpr | None = None


class TensorDevice(Part):
    type: Literal["cpu"]
    index: None = None


class TensorMeta(Part):
    dtype: int
    sizes: list[Symbolic]
    strides: list[Symbolic]
    storage_offset: Symbolic
    requires_grad: bool
    device: TensorDevice
    layout: Literal[7]


class TensorName(Part):
    name: Identifier


class OptionalTensorName(_Choice):
    as_tensor: TensorName | None = None
    as_none: bool = True


class SymArgument(_Choice):
    as_name: Identifier = ""
    as_int: int = 0
    as_bool: bool = False


class GraphArgument(Part):
    """What a region runs; `regions` puts it in the region's place."""

    name: Identifier
    graph: OperatorGraph


class Argument(_Choice):
    """What an operator may be given: no other operators, no Python objects; a region a graph."""

    as_none: bool = True
    as_tensor: TensorName | None = None
    as_tensors: list[TensorName] = []
    as_optional_tensors: list[OptionalTensorName] = []
    as_int: int = 0
    as_ints: list[int] = []
    as_float: Number = 0
    as_floats: list[Number] = []
    as_bool: bool = False
    as_bools: list[bool] = []
    as_string: Text = ""
    as_sym_int: SymArgument | None = None
    as_sym_ints: list[SymArgument] = []
    as_sym_bool: SymArgument | None = None
    as_scalar_type: int = 0
    as_memory_format: int = 0
    as_layout: Literal[7] = _STRIDED
    as_device: TensorDevice | None = None
    as_graph: GraphArgument | None = None


class NamedArgument(Part):
    name: str
    arg: Argument
    kind: int | None = None


class Metadata(Part):
    nn_module_stack: Modules = ""


class OperatorCall(Part):
    target: Operator
    name: Identifier | None = None
    inputs: list[NamedArgument]
    outputs: list[Argument]
    metadata: Metadata

    @property
    def given(self) -> dict[str, Argument]:
        return {argument.name: argument.arg for argument in self.inputs}

    @property
    def takes_statistics(self) -> bool:
        """Whether it normalizes by the statistics of what it is given, having none of its own."""
        trains = self.given.get("training", Argument(as_bool=False)).as_bool
        mean = self.given.get("running_mean")
        return trains and mean is not None and mean.as_tensor is None

    @validates(mode="after")
    def _is_evaluation(self) -> OperatorCall:
        trains = any(self.given[n].as_bool for n in ("train", "training") if n in self.given)
        drops = "dropout_p" in self.given and self.given["dropout_p"].as_float != 0
        if (trains and not self.takes_statistics) or drops:
            raise ValueError("the network was exported in training mode: call .eval() before")
        return self


class OperatorGraph(Part):
    inputs: list[Argument]
    outputs: list[Argument]
    nodes: list[OperatorCall]
    tensor_values: dict[Identifier, TensorMeta]
    sym_int_values: dict[Identifier, Symbolic] = {}
    sym_bool_values: dict[Identifier, Symbolic] = {}


class ParameterInput(Part):
    arg: TensorName
    parameter_name: DottedName


class BufferInput(Part):
    arg: TensorName
    buffer_name: DottedName
    persistent: bool


class ConstantInput(Part):
    arg: TensorName
    tensor_constant_name: DottedName


class UserValue(Part):
    arg: Argument


class GraphInput(_Choice):
    user_input: UserValue | None = None
    parameter: ParameterInput | None = None
    buffer: BufferInput | None = None
    tensor_constant: ConstantInput | None = None


class GraphOutput(_Choice):
    user_output: UserValue | None = None


class Signature(Part):
    input_specs: list[GraphInput]
    output_specs: Annotated[list[GraphOutput], Field(min_length=1)]


class CallSignature(Part):
    inputs: list[Argument]
    outputs: list[Argument]
    in_spec: TreeText
    out_spec: TreeText
    forward_arg_names: list[Identifier] | None = None


class ModuleCall(Part):
    fqn: Literal[""]
    signature: CallSignature


class GraphModule(Part):
    graph: OperatorGraph
    signature: Signature
    module_call_graph: list[ModuleCall]


class SizeRange(Part):
    min_val: int | None = None
    max_val: int | None = None


class SchemaVersion(Part):
    major: int
    minor: int


class Program(Part):
    """`models/model.json`."""

    graph_module: GraphModule
    opset_version: dict[str, int]
    range_constraints: dict[Identifier, SizeRange]
    schema_version: SchemaVersion
    verifiers: list[Literal["TRAINING", "ATEN"]]
    torch_version: Text
