"""A form in which Apple's runtime departs from its documentation is refused by name."""

import numpy as np
import pytest

from irrvit.export.errors import UnsupportedOp

X = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)

REFUSED = {
    "mod": (lambda mb: lambda x: mb.mod(x=x, y=2.0), "sign of the dividend"),
    "gather_nd, computed": (
        lambda mb: lambda x: mb.gather_nd(x=x, indices=mb.cast(x=x, dtype="int32")),
        "indices that are computed",
    ),
    "gather_nd, negative": (
        lambda mb: lambda x: mb.gather_nd(x=x, indices=np.array([[0, -1]], np.int32)),
        "negative indices",
    ),
    "pad, reflected": (
        lambda mb: lambda x: mb.pad(x=x, pad=[1, 0, 0, 0, 0, 0], mode="reflect"),
        "'reflect' is refused outside the last two axes",
    ),
}
TAKEN = {
    "gather_nd": lambda mb: lambda x: mb.gather_nd(x=x, indices=np.array([[0, 1]], np.int32)),
    "pad, reflected": lambda mb: lambda x: mb.pad(x=x, pad=[0, 0, 1, 1, 1, 0], mode="reflect"),
    "pad, constant": lambda mb: lambda x: mb.pad(x=x, pad=[1, 1, 0, 0, 0, 0]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_apple_computes_otherwise_is_refused_and_named(name, mb, interpret):
    build, words = REFUSED[name]
    with pytest.raises(UnsupportedOp, match=f"departs? from .*'{name.split(',')[0]}'.*{words}"):
        interpret(build(mb), X)


@pytest.mark.parametrize("name", TAKEN)
def test_the_same_operation_in_another_form_is_taken(name, mb, interpret):
    interpret(TAKEN[name](mb), X)
