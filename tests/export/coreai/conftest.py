"""Small `.aimodel` files."""

from __future__ import annotations

import pytest


@pytest.fixture
def write_coreai(tmp_path):
    """A function of a network, of its picture's height and width and of a precision: a file."""
    for package in ("coreai", "coreai_torch"):
        pytest.importorskip(package)
    from irrvit.export.coreai import convert
    from irrvit.export.precision import Precision
    from irrvit.model.spec import InputSpec

    def write(network, height=6, width=6, precision="fp32"):
        path = tmp_path / f"net-{precision}.aimodel"
        spec = InputSpec(height=height, width=width, resize=max(height, width))
        convert.write(network.eval(), spec, Precision(precision), path)
        return path

    return write
