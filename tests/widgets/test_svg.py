"""Figures drawn as SVG text: no line through words, shares in per cent, and the sentence above a lens's figure."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from hybrid_toolkit.app.drawings import rounds_svg
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg, interval_series_svg
from hybrid_toolkit.widgets.parts.svg_curves import Curve, curves_svg

NAN = float("nan")


def upright(drawn: str) -> list[tuple[float, float, float]]:
    """Each upright line: where it stands, and from where to where it runs."""
    found = re.findall(r'<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"', drawn)
    return [(float(a), float(b), float(d)) for a, b, c, d in found if a == c]


@pytest.mark.parametrize("words", [{"hidden": True}, {}])
def test_no_upright_line_crosses_a_row_that_stands_in_words(words: dict[str, bool]) -> None:
    rows = [
        DrawnInterval("A", 0.5, 0.4, 0.6),
        DrawnInterval("B", NAN, NAN, NAN, **words),
        DrawnInterval("England", 0.55, NAN, NAN, reference=True, line=True),
    ]
    drawn = interval_rows_svg(rows, title="T", description="D", axis="share")
    said = re.search(r'y="([\d.]+)" text-anchor="start" font-style="italic"', drawn)
    assert said is not None
    lines = upright(drawn)
    assert lines and not [x for x, top, bottom in lines if top < float(said[1]) < bottom]
    assert "stroke-dasharray" in drawn


def test_shares_on_an_axis_are_read_in_per_cent() -> None:
    drawn = curves_svg([Curve("", ((0.0, 0.0, NAN, NAN), (1.0, 0.5, NAN, NAN)))], title="T", description="D",
                       x_axis="share", y_axis="power", per_cent="xy", columns=1)  # fmt: skip
    labels = re.findall(r">([^<>]+)</text>", drawn)
    assert {"0%", "100%", "50%"} <= set(labels) and "0.5" not in labels


def test_words_beside_bars_stand_clear_of_the_scale() -> None:
    drawn = rounds_svg([("Local arrangements", [("Spring", 1.0), ("Autumn", NAN), ("Winter", 3.0)])])
    words = re.findall(r'<text [^>]*font-size="11"[^>]*>', drawn)
    assert [("paint-order" in w) or ('fill="#fff"' in w) for w in words] == [True] * 3


@pytest.mark.parametrize(
    ("second", "says"), [((5.0, 4.0, 6.0), "do not overlap"), ((2.5, 1.5, 3.5), "intervals overlap")]
)
def test_the_sentence_says_what_the_intervals_say(second: tuple[float, float, float], says: str) -> None:
    told = furthest_say([("Rural", 2.0, 1.0, 3.0), ("Urban", *second), ("Coast", NAN, NAN, NAN)])
    assert says in told and told.startswith("Highest: Urban") and "1 is hidden" in told


def test_times_under_a_series_stand_clear_of_each_other() -> None:
    rows = [
        DrawnInterval(label, 0.5, 0.4, 0.6) for label in ("Whole period", "Q4 2024", "Q1 2025", "Q2 2025", "Q3 2025")
    ]
    drawn = interval_series_svg(rows, title="T", description="D", axis="share")
    found = re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="middle"[^>]*>([^<]+)</text>', drawn)
    ends = [(float(x) - 3.6 * len(words), float(x) + 3.6 * len(words)) for x, words in found]  # 13 pixels: 7.2 a letter
    assert len(ends) >= 2 and all(a[1] < b[0] for a, b in pairwise(ends))
