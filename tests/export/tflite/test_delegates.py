"""What no delegate took is found from the output back to the input."""

from irrvit.export.tflite.delegates import left_out


def node(index, name, inputs, outputs):
    return {"index": index, "op_name": name, "inputs": inputs, "outputs": outputs}


CONV, GATHER = node(0, "CONV_2D", [0, 1, -1], [2]), node(1, "GATHER", [2], [3])
ADD = node(2, "ADD", [3, 2], [4])


def test_without_a_delegate_all_is_the_interpreters():
    assert left_out([CONV, GATHER, ADD], [4]) == [CONV, GATHER, ADD]


def test_what_a_delegate_makes_is_not():
    before, after = node(3, "DELEGATE", [0], [2]), node(4, "DELEGATE", [3, 2], [4])
    assert left_out([CONV, GATHER, ADD, before, after], [4]) == [GATHER]


def test_a_delegate_that_takes_all_leaves_nothing():
    assert left_out([CONV, GATHER, ADD, node(3, "DELEGATE", [0], [4])], [4]) == []
