"""The first screen and the first printed page of a report: the answers and their one figure, both whole."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.report.documents.blocks import Figure, Report, ReportTable, Section, TextBlock
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.plots.summary_plot import plot_summary, summary_says

pytestmark = pytest.mark.browser
LONG = (
    "Estimate for a worker spending 10 percentage points more desk time at home. The share of contacts held in the way "
)
LONG += "the family preferred: 0.7 percentage points lower. A study of this size would detect it 27% of the time."
"""As long as the demonstration's own answers."""


def report() -> Report:
    asked = [f"{i}. Does working remotely change how often families are met?" for i in range(1, 4)]
    said = pd.DataFrame({"question": asked,
                         "answer": [LONG, LONG + LONG, LONG], "sure": [LONG[:150]] * 3})  # fmt: skip
    answers = Gate().facts(said, title="Answers", basis="simulation", source=vouch(said, SIMULATED))
    rows = pd.DataFrame({"term": list("abcd"), "panel": ["1. Met", "2a. Learning", "2b. Wellbeing", "3. Engaged"],
                         "role": "study", "estimate": 0.2, "conf_low": 0.1, "conf_high": 0.3, "truth": 0.2, "n": 288,
                         "unit": "points"})  # fmt: skip
    drawn = Gate(source=vouch(rows, SIMULATED)).estimates(
        rows, title="Estimates", people="n", labels=["panel", "role", "truth"]
    )
    ax = plot_summary(drawn, level=0.95)
    figure = Figure(drawn, svg_bytes(ax), alt="Four estimates.", caption="Own scales.", png=png_bytes(ax),
                    says=summary_says(drawn))  # fmt: skip
    annex = Section("Annex", (TextBlock("More."),), new_page=True)
    first = (ReportTable(answers, caption="Three questions"), figure, TextBlock("What it does not show."))
    return Report("An evaluation", (Section("Summary", first), annex), stamp="SYNTHETIC DATA", subtitle="Example.")


def test_the_first_screen_and_the_first_page_hold_the_answers_and_the_figure(browser: Browser, hand: Any) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_content(page_html(report()))
    for part in (page.locator("table").first.locator("tr").last, page.locator("figure img").first):
        box = part.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 720
    assert hand.findings(page) == []
    page.pdf(path=hand.folder / "report.pdf", prefer_css_page_size=True)
    pages = PdfReader(hand.folder / "report.pdf").pages
    text = pages[0].extract_text()
    assert "Own scales." in text and "3. Does working" in text and "Annex" not in text
    page.set_viewport_size({"width": 420, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.close()


def test_no_heading_is_cut_between_two_pages(browser: Browser, hand: Any) -> None:
    words = "is the link between desk work at home and informal learning another one early in a career than later on"
    titles = [f"Question {i} of thirty: {words}" for i in range(10, 40)]
    page = browser.new_page()
    sections = (Section(title, (TextBlock("One. " * (40 + 7 * i)),)) for i, title in enumerate(titles))
    page.set_content(page_html(Report("An evaluation", tuple(sections), stamp="SYNTHETIC DATA", subtitle="Example.")))
    page.pdf(path=hand.folder / "long.pdf", prefer_css_page_size=True)
    pages = ["".join(p.extract_text().split()) for p in PdfReader(hand.folder / "long.pdf").pages]
    cut = [title[:12] for title in titles if not any("".join(title.split()) in text for text in pages)]
    assert len(pages) > 5 and not cut
    page.close()
