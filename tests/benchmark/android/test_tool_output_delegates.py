"""Who ran a file in Google's tool, in the words of each year."""

from pathlib import Path

import pytest

from irrvit.benchmark.android import tool_output

RUN = Path(__file__).parents[1] / "recorded" / "android" / "benchmark_model_2018.txt"
CPU, GPU, CL = "TfLiteXNNPackDelegate", "TfLiteGpuDelegateV2", "LITERT_CL"


def _row(nodes, total, name, partitions, where):
    of = "" if total is None else f" out of {total}"
    return (
        f"INFO: Replacing {nodes}{of} node(s) with delegate ({name}) node, yielding {partitions} "
        f"partitions{where}.\n"
    )


@pytest.mark.parametrize(
    ("rows", "accelerator", "placed"),
    [
        # The forms of the sentence, oldest first.
        ([(269, None, CPU, 13, "")], "cpu", (None, 269, 13)),
        ([(58, 58, GPU, 1, " for the whole graph")], "gpu", (58, 58, 1)),
        ([(31, 31, CPU, 1, " for subgraph 0")], "cpu", (31, 31, 1)),
        ([(31, 31, CPU, 1, " for subgraph 0 (main)")], "cpu", (31, 31, 1)),
        ([(58, 58, CL, 1, " for subgraph 0 (main)")], "gpu", (58, 58, 1)),
        # Two subgraphs: 33 of 31 nodes it once was.
        (
            [(31, 31, CPU, 1, " for subgraph 0"), (2, 2, CPU, 1, " for subgraph 1")],
            "cpu",
            (33, 33, 2),
        ),
        ([(30, 31, CPU, 2, ""), (2, 3, CPU, 1, "")], "cpu", (34, 32, 3)),
        # What the GPU left, the CPU's delegate takes: it is of the same 58.
        (
            [(50, 58, GPU, 2, " for subgraph 0"), (8, 10, CPU, 2, " for subgraph 0")],
            "gpu",
            (58, 50, 2),
        ),
        ([(50, 58, GPU, 2, ""), (8, 10, CPU, 2, "")], "gpu", (58, 50, 2)),
        # Another delegate took some before.
        ([(5, 58, "TfLiteFlexDelegate", 2, ""), (53, 55, CPU, 2, "")], "cpu", (58, 53, 2)),
        # More than there are is no fact.
        (
            [(9, 9, CPU, 1, " for subgraph 0"), (9, 9, CPU, 1, " for subgraph 0")],
            "cpu",
            (None,) * 3,
        ),
    ],
)
def test_what_delegates_took_is_counted_in_all_subgraphs(rows, accelerator, placed):
    said = "".join(_row(*row) for row in rows)
    run = tool_output.tool_run(said + RUN.read_text())
    assert run is not None
    assert run.accelerator == accelerator
    assert (run.nodes_total, run.nodes_delegated, run.partitions) == placed


@pytest.mark.parametrize(
    ("said", "accelerator"),
    [
        ("Applied GPU delegate.", "gpu"),
        (
            "Applied GPU delegate, and the model graph will be partially executed w/ the delegate",
            "gpu",
        ),
        ("Though GPU delegate is explicitly applied, the model graph will not be executed", "cpu"),
        (
            "Explicitly applied XNNPACK delegate, and the model graph will be completely executed",
            "cpu",
        ),
    ],
)
def test_which_accelerator_ran_it_is_told_in_the_words_of_each_year(said, accelerator):
    run = tool_output.tool_run(f"{said}\n{RUN.read_text()}")
    assert run is not None
    assert run.accelerator == accelerator
