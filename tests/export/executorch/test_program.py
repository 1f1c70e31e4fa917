"""Reading a `.pte` file; what is none of ours is refused in a sentence."""

import pytest

from irrvit.export.errors import BadArtifact

pytestmark = [pytest.mark.slow, pytest.mark.needs("executorch")]


def test_operations_have_the_shapes_that_the_file_says(mixed_file):
    from irrvit.export.executorch import program

    (graph,) = program.load(mixed_file).delegates
    convolution = next(operation for operation in graph if operation.kind == "Conv2d")
    assert convolution.inputs == ((1, 16, 16, 3), (16, 4, 4, 3), (16,))
    assert convolution.output == (1, 4, 4, 16)
    assert convolution.settings["kernel_height"] == 4


@pytest.mark.parametrize("size", [0, 4, 100, -1])
def test_what_is_cut_off_or_empty_is_refused(mixed_file, size):
    from irrvit.export.executorch import program

    content = mixed_file.read_bytes()[:size] if size >= 0 else b"nothing of the kind" * 100
    with pytest.raises(BadArtifact, match=r"^net\.pte is no program of ExecuTorch"):
        program.read(content, "net.pte")
