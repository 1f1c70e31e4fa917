"""How numbers are stored in a file, and how far that may take it from the network."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

FP16_MAX = 65504.0


class Precision(StrEnum):
    """How numbers are stored.

    `int8`: weights in 8 bits, activations where `irrvit.export.quantization.rules` says so; which
    formats have any of these, their own files say.
    `w8`, `w6`, `w4`: each weight one of 256, 64 or 16 values of its layer.
    """

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"
    W8 = "w8"
    W6 = "w6"
    W4 = "w4"


class Tolerance(BaseModel):
    """How far a candidate may be from the reference; one per precision, in the target's file.

    Attributes:
        max_rel: largest difference, relative to what decides in the case: see
            `irrvit.export.proof.spread`.
        min_top1_agreement: share of cases in which both name the same class, decided cases only
            (see `irrvit.export.proof.parity`).
        max_points_below: how many points of top-1 on labelled pictures the file may lose.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_rel: float
    min_cosine: float
    min_sqnr_db: float
    min_top1_agreement: float = 1.0
    max_points_below: float = 0.0
