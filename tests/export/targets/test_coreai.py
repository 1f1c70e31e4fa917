"""What the target `coreai` says of its files."""

from irrvit.export import target
from irrvit.export.facts import Platform
from irrvit.export.precision import Precision
from irrvit.export.target import (
    InspectsFiles,
    KnowsDelegation,
    MeasuresLosses,
    RunsUnrounded,
    Target,
    TracesValues,
)
from irrvit.export.targets import coreai


def test_it_is_for_iphones_of_next_year_and_not_written_unless_asked_for():
    assert coreai.FACTS.platforms == (Platform.IOS,)
    assert coreai.FACTS.precisions == (Precision.FP32, Precision.FP16, Precision.W8)
    assert "coreai" not in target.names_in_all()


def test_its_files_can_be_looked_into_and_run_without_rounding():
    of_files: Target = coreai
    for capability in (TracesValues, RunsUnrounded):
        assert isinstance(of_files, capability)
    for capability in (KnowsDelegation, MeasuresLosses, InspectsFiles):
        assert not isinstance(of_files, capability)
