"""The page of metrics follows the specs."""

from __future__ import annotations

from hybrid_toolkit.metrics.specs import ALL
from tools.metrics_page import PAGE, page


def test_the_page_is_fresh_and_holds_every_metric() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(), "docs/metrics.md is not what the specs say; run: python -m tools.metrics_page"
    assert all(f"### `{s.id}`" in text for s in ALL)
