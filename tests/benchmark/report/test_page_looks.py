"""What the page looks like on a phone and a laptop, in the light and in the dark."""

import re

import pytest

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_nothing_is_wider_than_the_screen_even_with_all_tables_open(
    look, result, several, profile, viewport
):
    with look(result(several), [profile], viewport) as tab:
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert tab.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def contrast(tab, selector):
    """WCAG's ratio of an element's colour to the card behind it."""
    colours = tab.evaluate(
        """s => [getComputedStyle(document.querySelector(s)).color,
                 getComputedStyle(document.querySelector('section')).backgroundColor]""",
        selector,
    )

    def light(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        red, green, blue = (p / 12.92 if p <= 0.04 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted(map(light, colours), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_the_light_and_in_the_dark(look, result, several, scheme):
    with look(result(several), color_scheme=scheme) as tab:
        background = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (int(re.findall(r"\d+", background)[0]) < 64) == (scheme == "dark")
        for selector in (
            "section",
            ".note",
            ".chip.valid",
            ".chip.invalid",
            ".chip.wrong",
            "summary",
        ):
            assert contrast(tab, selector) >= 4.5, selector
