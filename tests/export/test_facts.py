"""What a target says of itself when it says no more than it must."""

from irrvit.export.facts import Facts, Platform
from irrvit.export.precision import Precision, Tolerance

LIMITS = Tolerance(max_rel=1, min_cosine=0, min_sqnr_db=0)


def facts(*precisions):
    return Facts(
        suffix=".bin",
        description="a format",
        platforms=(Platform.WEB,),
        runner="runner",
        written_by=("writer",),
        run_by=("runner",),
        tolerances=dict.fromkeys(precisions, LIMITS),
        export_seconds=1,
    )


def test_precisions_are_in_the_order_of_their_definition_and_not_of_the_file():
    some = (Precision.W4, Precision.FP32, Precision.INT8)
    assert facts(*some).precisions == (Precision.FP32, Precision.INT8, Precision.W4)


def test_a_format_is_float32_uncalibrated_undelegated_and_part_of_all_unless_it_says_so():
    plain = facts(Precision.FP32)
    assert plain.default_precision is Precision.FP32
    assert plain.fp16_arithmetic == {Precision.FP16}
    assert (plain.calibrated, plain.delegated, plain.delegate) == (frozenset(), frozenset(), None)
    assert plain.second_runners == ()
    assert plain.is_in_all
