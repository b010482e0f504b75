"""What the app's page offers is what the widget offers."""

from __future__ import annotations

from hybrid_toolkit.app.pages.study import _NUMBERS
from hybrid_toolkit.widgets.planning.power_view import RANGES


def test_the_page_and_the_slider_offer_the_same_numbers() -> None:
    """The page's process may not load the widget's libraries, so the numbers stand in both."""
    for name, (label, _, first, least, most) in _NUMBERS.items():
        each = 100 if "%" in label else 1
        low, high, _ = RANGES[name]
        assert (least, most) == (low * each, high * each)
        assert least <= first <= most
