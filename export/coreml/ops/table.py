"""The table: an operation of the Model Intermediate Language -> the function that computes it.

A function's parameters have the names of the operation's inputs. One annotated with Tensor gets a
tensor, any other the plain Python value; an input that has no parameter is refused, so that no
attribute is ever overlooked. A new operation is a function and a line in the file of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from irrvit.export.coreml.ops import (
    activation,
    elementwise,
    indexing,
    normalization,
    pooling,
    products,
    reduction,
    resizing,
    shape,
)

OPERATIONS: Mapping[str, Callable] = {
    **activation.OPERATIONS,
    **elementwise.OPERATIONS,
    **indexing.OPERATIONS,
    **normalization.OPERATIONS,
    **pooling.OPERATIONS,
    **products.OPERATIONS,
    **reduction.OPERATIONS,
    **resizing.OPERATIONS,
    **shape.OPERATIONS,
}
