"""What cannot be profiled is said before anything runs, and what is profiled is drawn and shown."""

from dataclasses import replace

import pytest

from irrvit.benchmark.acts import profile
from irrvit.benchmark.acts.options import ProfileOptions
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.subject import Subject

SUBJECT = Subject(
    name="irrvit_fashion",
    path="net.tflite",
    target="tflite",
    precision="fp32",
    runtime="litert",
    sha256="ab" * 32,
    size_bytes=1,
    macs=1,
    golden=(),
)


def test_a_picture_that_would_be_none_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(BadOptions, match=r"expected a name that ends in \.svg"):
        profile.run(ProfileOptions(picture=tmp_path / "profile.png"), lambda *_: None)


def test_pytorch_has_no_profiler_that_is_known():
    with pytest.raises(BadOptions, match="no profiler of torch is known: expected coreml or"):
        profile.profile(None, replace(SUBJECT, runtime="torch"), RunConfig(runtime="torch"))  # pyright: ignore
