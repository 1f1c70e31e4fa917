"""What files made of labelled pictures: a table for each set, a row for each file, 80 columns."""

from pathlib import Path

import pytest
from rich.console import Console, Group

from irrvit.export.artifact import Artifact
from irrvit.export.command.accuracy_table import to_tables
from irrvit.export.manifest import Accuracy
from irrvit.export.precision import Precision

CLOTHES = Accuracy(
    data="clothes",
    data_sha256="0" * 64,
    pictures=10_000,
    right=9_310,
    low=0.9258,
    high=0.9358,
    reference_right=9_331,
    same_decisions=9_876,
)
IN_ORDER = "named otherwise: in sorted order, as torchvision's ImageFolder numbers them"


@pytest.fixture
def made(make_manifest):
    return lambda *known, **changes: Artifact(
        Path("out/net.bin"), make_manifest(accuracy=known, **changes)
    )


def shown(*artifacts):
    console = Console(width=80, color_system=None)
    with console.capture() as captured:
        console.print(Group(*to_tables(artifacts)))
    return [" ".join(line.split()) for line in captured.get().splitlines() if line.strip()]


def test_a_row_has_both_shares_the_interval_and_how_many_decisions_are_the_same(made):
    title, headings, _, row = shown(made(CLOTHES))
    assert title == "10,000 pictures of clothes, their classes named by the network's labels"
    assert headings == "file right 95 % interval PyTorch decided as PyTorch"
    assert row.endswith("93.10% 92.58% to 93.58% 93.31% 9,876 of 10,000")


def test_files_on_one_set_share_a_table_and_another_set_has_its_own(made):
    pets = CLOTHES.model_copy(update={"data": "pets", "data_sha256": "1" * 64})
    both = made(CLOTHES, pets), made(CLOTHES, precision=Precision.FP16)
    lines = shown(*both)
    titles = [i for i, line in enumerate(lines) if "pictures of" in line]
    assert [lines[i].split()[3] for i in titles] == ["clothes,", "pets,"]
    assert len(lines) == len(titles) * 3 + 3
    assert "fp16" in lines[4]


def test_which_rule_gave_the_classes_is_said(made):
    lines = shown(made(CLOTHES.model_copy(update={"naming": IN_ORDER})))
    assert IN_ORDER in " ".join(lines)


def test_nothing_tried_is_no_table(made):
    assert to_tables([made()]) == []
