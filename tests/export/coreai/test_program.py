"""An `.aimodel` is read back as graphs of operations; a damaged one is refused in a sentence."""

import pytest
from torch import nn

from irrvit.export.errors import BadArtifact

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


def kinds(operations):
    return [operation.name.removeprefix("coreai.") for operation in operations]


def test_a_graph_that_is_called_is_one_operation_or_what_is_in_it(write_coreai):
    from irrvit.export.coreai import program

    read = program.load(write_coreai(nn.Sequential(nn.LayerNorm(6), nn.ReLU(), nn.LayerNorm(6))))
    assert kinds(read.operations()) == ["invoke", "relu", "invoke"]
    inside = kinds(read.with_calls())
    assert inside.count("rsqrt") == 2
    assert inside.index("relu") > inside.index("rsqrt")


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("main.mlirb", b"", "holds no program"),
        ("main.mlirb", b"nothing of the kind", "unexpected character|expected|custom op"),
        ("main.mlirb", None, "only .* remain"),
        ("metadata.json", b"{", "not in the correct format"),
    ],
)
def test_a_damaged_part_is_told_with_the_file(write_coreai, part, content, said):
    from irrvit.export.coreai import program

    path = write_coreai(nn.ReLU())
    file = path / part
    file.write_bytes(file.read_bytes()[:100] if content is None else content)
    with pytest.raises(BadArtifact, match=rf"Core AI cannot open .*net-fp32\.aimodel: .*({said})"):
        program.load(path)


def test_what_is_not_there_is_told(tmp_path):
    from irrvit.export.coreai import program

    with pytest.raises(BadArtifact, match=r"nothing\.aimodel"):
        program.load(tmp_path / "nothing.aimodel")
