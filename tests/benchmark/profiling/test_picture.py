"""A profile as a browser sees it."""

import xml.etree.ElementTree as ET

import pytest

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.profiling import picture


def test_the_picture_is_svg_with_a_bar_for_each_row_as_long_as_its_time(tmp_path, profile):
    picture.write(tmp_path / "profile.svg", [profile, profile])
    drawing = ET.parse(tmp_path / "profile.svg").getroot()
    bars = [r for r in drawing.iter("{http://www.w3.org/2000/svg}rect") if r.get("height") == "16"]
    widths = [float(bar.get("width", 0)) for bar in bars]
    assert len(bars) == 6
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2)
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "irrvit_<300m> fp32, litert 2.3.0, 1 thread" in texts


def test_a_picture_that_cannot_be_written_leaves_nothing_behind(tmp_path, profile):
    (tmp_path / "taken.svg").mkdir()
    with pytest.raises(BadStore, match=r"cannot write .*taken\.svg"):
        picture.write(tmp_path / "taken.svg", [profile])
    assert [path.name for path in tmp_path.iterdir()] == ["taken.svg"]
