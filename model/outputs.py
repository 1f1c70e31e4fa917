"""What a network gives: the name, the shape and the meaning of each output, and so its task.

A network returns a tensor, which is then called `logits`, or a dictionary of tensors by name; for
one picture at a time all of them have fixed shapes. Whatever is done with a network follows from
its outputs: a classifier is one output that means logits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from math import prod
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from irrvit.model.spec import InputSpec

if TYPE_CHECKING:
    from torch import Tensor

LOGITS = "logits"


class Task(StrEnum):
    """What a network is for."""

    CLASSIFICATION = "classification"
    EMBEDDING = "embedding"
    DENSE = "dense"
    OTHER = "other"


class OutputMeaning(StrEnum):
    """What the numbers of an output say.

    Attributes:
        LOGITS: (1, classes), a number for each class; the largest is the answer.
        SCORE: one number.
        EMBEDDING: (1, D), a point; what is alike lies near.
        CLASS_MAP: (1, classes, H, W), logits for each place.
        VALUE_MAP: (1, H, W) or (1, 1, H, W), a number for each place, such as depth.
        INDICES: integers, such as the best class of each place.
        VALUES: any other numbers, such as boxes, or maps of several resolutions.
    """

    LOGITS = "logits"
    SCORE = "score"
    EMBEDDING = "embedding"
    CLASS_MAP = "class_map"
    VALUE_MAP = "value_map"
    INDICES = "indices"
    VALUES = "values"


_MAPS = (OutputMeaning.CLASS_MAP, OutputMeaning.VALUE_MAP)
# What people call them, where the shape alone leaves it open.
_NAMED = {
    "embed": OutputMeaning.EMBEDDING,
    "pooler": OutputMeaning.EMBEDDING,
    "feature": OutputMeaning.EMBEDDING,
    "logit": OutputMeaning.LOGITS,
    "class": OutputMeaning.LOGITS,
}


class Output(BaseModel):
    """One output for one picture.

    Attributes:
        shape: as a file gives it, with the picture's own axis where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    shape: tuple[NonNegativeInt, ...]
    dtype: Literal["float32", "int32"] = "float32"
    meaning: OutputMeaning

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


def classifier_outputs(classes: int) -> tuple[Output, ...]:
    """The outputs of a classifier."""
    return (Output(name=LOGITS, shape=(1, classes), meaning=OutputMeaning.LOGITS),)


def task_of(outputs: Iterable[Output]) -> Task:
    """What a network with these outputs is for."""
    found = [output.meaning for output in outputs]
    if found == [OutputMeaning.LOGITS]:
        return Task.CLASSIFICATION
    if set(found) == {OutputMeaning.EMBEDDING}:
        return Task.EMBEDDING
    is_dense = all(o.meaning in _MAPS or _is_index_map(o) for o in outputs)
    return Task.DENSE if found and is_dense else Task.OTHER


def named(answer: Tensor | Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a network returned, by name."""
    return dict(answer) if isinstance(answer, Mapping) else {LOGITS: answer}


def describe(
    answer: Mapping[str, Tensor], spec: InputSpec, task: Task | None = None
) -> tuple[Output, ...]:
    """Say what each output of a network is, from what it returned for one picture.

    Args:
        answer: by name; one that is alone may have none, "", and is then called what it means.
        task: what the network is for, where its shapes leave that open.
    """
    # What is alone and says a number for each of many is a classifier's, unless told otherwise.
    vector = OutputMeaning.LOGITS if len(answer) == 1 else OutputMeaning.VALUES
    outputs = tuple(
        _described(name, tensor, _of_shape(tensor, spec, task) or _of_vector(name, task, vector))
        for name, tensor in answer.items()
    )
    sizes = {output.shape[-2:] for output in outputs if output.meaning in _MAPS}
    if len(sizes) > 1 and task is None:  # Features, or a detector's: no map of the picture.
        outputs = tuple(_without_map(output) for output in outputs)
    if task_of(outputs) is Task.CLASSIFICATION:
        return tuple(output.model_copy(update={"name": LOGITS}) for output in outputs)
    return outputs


def _described(name: str, tensor: Any, meaning: OutputMeaning) -> Output:
    return Output(
        name=name or str(meaning),
        shape=tuple(tensor.shape),
        dtype="float32" if tensor.is_floating_point() else "int32",
        meaning=meaning,
    )


def _of_shape(tensor: Any, spec: InputSpec, task: Task | None) -> OutputMeaning | None:
    """What a tensor's shape says; None for a vector, which may be one thing or another."""
    shape = tuple(tensor.shape)
    if not tensor.is_floating_point():
        return OutputMeaning.INDICES
    if prod(shape) == 1:
        return OutputMeaning.SCORE
    if task is Task.OTHER:
        return OutputMeaning.VALUES
    if len(shape) == 2 and shape[0] == 1 and task is not Task.DENSE:
        return None
    is_map = task is Task.DENSE or (task is None and _is_at_scale(shape, spec))
    if is_map and len(shape) == 4 and shape[0] == 1 and shape[1] > 1:
        return OutputMeaning.CLASS_MAP
    if is_map and (len(shape) == 3 or (len(shape) == 4 and shape[1] == 1)) and shape[0] == 1:
        return OutputMeaning.VALUE_MAP
    return OutputMeaning.VALUES


def _of_vector(name: str, task: Task | None, otherwise: OutputMeaning) -> OutputMeaning:
    if task is Task.EMBEDDING:
        return OutputMeaning.EMBEDDING
    if task is Task.CLASSIFICATION:
        return OutputMeaning.LOGITS
    hints = (meaning for hint, meaning in _NAMED.items() if hint in name.lower())
    return next(hints, otherwise)


def _is_at_scale(shape: tuple[int, ...], spec: InputSpec) -> bool:
    """Whether the last two axes are the picture's height and width, both at one scale."""
    if len(shape) < 3:
        return False
    height, width = shape[-2:]
    return height > 1 and height * spec.width == width * spec.height


def _is_index_map(output: Output) -> bool:
    return output.meaning is OutputMeaning.INDICES and len(output.shape) > 2


def _without_map(output: Output) -> Output:
    if output.meaning not in _MAPS:
        return output
    return output.model_copy(update={"meaning": OutputMeaning.VALUES})
