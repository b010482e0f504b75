"""The page: whole by itself, ordered headings, labelled tables, nothing but releases."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.documents.blocks import (
    Bullets,
    Figure,
    Prose,
    Report,
    ReportTable,
    Section,
    TableColumn,
    TextBlock,
)
from hybrid_toolkit.report.documents.html import render_html
from hybrid_toolkit.report.documents.tables import HIDDEN_MARK, make_grid
from hybrid_toolkit.report.plots import estimate_plots as plots
from hybrid_toolkit.report.plots import plot_style as style

FRAME = pd.DataFrame({"mode": ["home", "office", "<b>video"], "n": [50, 3, 90], "share": [0.7, 0.5, 0.6]})
TABLE = Gate().table(FRAME, people="n", title="By mode", dims=["mode"], values=["share"])


class Outline(HTMLParser):
    """Tags, ids and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        self.tags.append((tag, held))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if held.get("id"):
            self.ids.append(str(held["id"]))
        if tag not in {"meta", "img", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"<{tag}> closed out of turn"


def page() -> str:
    ax = plots.plot_groups(TABLE, value="share")
    text = Gate().text("Remote share is associated with <choice>.", title="claim")
    return render_html(
        Report(
            "Hybrid & working",
            (
                Section("Answer", (Prose(text, "lead"), Bullets((TextBlock("One"), Prose(text))))),
                Section(
                    "Detail", (ReportTable(TABLE), Figure(TABLE, style.svg_bytes(ax), alt="Share by mode")), level=3
                ),
            ),
            stamp="SYNTHETIC DATA",
            about={"data-hash": "ab"},
        )
    )


def outline(text: str) -> Outline:
    found = Outline()
    found.feed(text)
    return found


def test_headings_step_down_one_at_a_time_and_ids_are_unique() -> None:
    found = outline(page())
    assert found.headings == [1, 2, 3]
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))


def test_the_page_reaches_for_nothing_elsewhere() -> None:
    text = page()
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", text)
    assert "<script" not in text
    assert "default-src 'none'" in text


def test_the_page_states_its_language_skip_link_and_stamp() -> None:
    text = page()
    found = outline(text)
    assert ("html", {"lang": "en-GB"}) in found.tags
    assert '<a class="skip" href="#main">' in text
    assert "main" in found.ids
    assert text.count("SYNTHETIC DATA") == 2


def test_what_comes_from_data_is_escaped() -> None:
    text = page()
    assert "<b>video" not in text
    assert "&lt;b&gt;video" in text
    assert "&lt;choice&gt;" in text


def test_tables_have_captions_and_headings_with_a_scope() -> None:
    found = outline(page())
    tables = [held for tag, held in found.tags if tag == "table"]
    captions = [tag for tag, _ in found.tags if tag == "caption"]
    assert len(tables) == len(captions) == 2
    assert {held["scope"] for tag, held in found.tags if tag == "th"} == {"col", "row"}


def test_figures_have_words_and_their_numbers_beside_them() -> None:
    text = page()
    assert re.search(r'<img src="data:image/svg\+xml;base64,[\w+/=]+" alt="Share by mode">', text)
    assert text.index("<figure>") < text.index("as a table") < text.rindex("<table")


def test_hidden_cells_carry_a_mark_and_a_note() -> None:
    grid = make_grid(TABLE, columns={"mode": TableColumn("Mode"), "n": TableColumn("Contacts", "count")})
    assert [[c.text for c in row] for row in grid.rows] == [["<b>video", "90"], ["home", "50"], ["office", HIDDEN_MARK]]
    assert "hidden to protect people" in grid.note
    with pytest.raises(DisclosureError, match="TABLE-COLUMN"):
        make_grid(TABLE, columns={"other": TableColumn("Other")})


CHECK_COLUMNS_TRIED = {"check": TableColumn("Check"), "state": TableColumn("Result", "message")}


def test_verdicts_say_more_than_a_colour() -> None:
    facts = pd.DataFrame({"check": ["a", "b", "c"], "state": ["passed", "did not pass", "inconclusive"]})
    grid = make_grid(Gate().facts(facts, title="Checks", basis="metadata"), columns=CHECK_COLUMNS_TRIED)
    assert [row[1].text for row in grid.rows] == ["✓ Passed", "✗ Did not pass", "? Inconclusive"]


@pytest.mark.parametrize("block", [ReportTable, Prose])
def test_a_block_refuses_a_frame(block: type) -> None:
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        block(FRAME)
    with pytest.raises(DisclosureError, match="NOT-RELEASED"):
        Figure(FRAME, b"", "x")  # type: ignore[arg-type]
    with pytest.raises(DisclosureError, match="RELEASE-KIND"):
        Prose(TABLE)


def test_a_report_lists_each_release_once() -> None:
    report = Report("x", (Section("a", (ReportTable(TABLE), ReportTable(TABLE))), Section("b", (TextBlock("w"),))))
    assert [r.id for r in report.releases] == [TABLE.id]
