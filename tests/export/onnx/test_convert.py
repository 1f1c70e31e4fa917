"""What profilers read in an `.onnx` file."""

import pytest


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_every_node_is_named_after_the_module_that_it_stands_in(write_tiny):
    import onnx

    written = write_tiny("onnx")
    folded = written.prepared.folded
    network = getattr(folded, "network", folded)  # Without what prepares its input.
    nodes = onnx.load(written.path).graph.node
    paths = [node.name.partition("/")[0] for node in nodes]
    assert len({node.name for node in nodes}) == len(nodes)
    assert {path.partition(".")[0] for path in paths if path} == {
        "stem",
        "patch_embed",
        "blocks",
        "fusion",
        "head",
    }
    assert set(paths) <= {name for name, _ in network.named_modules()}
