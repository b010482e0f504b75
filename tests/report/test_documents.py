"""Taken away: what is written is read back, part by part, and nothing in it could run, call out or name anyone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

import hybrid_toolkit as ht
from hybrid_toolkit.assess import ActionPlan, Agreements, Answer, Arrangement, Assessment, Entry, Record
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError, HybridToolkitError, OutputError, UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import Figure, Prose, Report, ReportTable, Section, TextBlock
from hybrid_toolkit.report.documents.excel import DANGEROUS, excel_bytes, safe_text
from hybrid_toolkit.report.documents.print_page import page_html
from hybrid_toolkit.report.documents.word import word_bytes
from hybrid_toolkit.report.export import FORMS, as_report, document_bytes, export
from hybrid_toolkit.report.metric_panel import MetricPanel
from hybrid_toolkit.report.plots.plot_style import png_bytes, svg_bytes
from hybrid_toolkit.report.practice_report import agreements_report, assessment_report, plan_report, record_report
from hybrid_toolkit.report.remeasured import plot_months, remeasure

DAY = date(2026, 3, 2)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ATTACKS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    ' =HYPERLINK("x")',
    "=cmd|'/c calc'!A0",
    "a\x00\x0b=b",
    "'=1",
)


@pytest.fixture(scope="module")
def small() -> ht.EvaluationData:
    return ht.load_synthetic("small")


@pytest.fixture(scope="module")
def months() -> ht.EvaluationData:
    size = ht.Size("months", 1, 12, 6, 26, 3)
    return ht.simulate_authority("null", size, seed=5, tables=["la", "team", "worker", "worker_month"])


def assessed(evidence: str = "Staff survey") -> Assessment:
    roles = ("practitioner", "supervisor", "senior_leader")
    return Assessment(tuple(Answer("S0-C1.1", r, "evidenced", evidence=evidence, on=DAY) for r in roles))


@pytest.fixture(scope="module")
def report(small: ht.EvaluationData) -> Report:
    side = MetricPanel(small)
    made = assessment_report(assessed('=HYPERLINK("https://example.org")').target("arrangement_formality", 0.6), on=DAY)
    found = side.of(["arrangement_formality", "turnover_rate_pct"], title="Beside", level=2.0)  # one row: hidden
    assert found.table is not None
    return as_report(
        Report("Self-assessment", (*made.sections[:4], Section("Data", (ReportTable(found.table),)))), on=DAY
    )


@pytest.fixture(scope="module")
def drawn(months: ht.EvaluationData) -> Report:
    gate = Gate(source=months)
    plan = ActionPlan().add("=Agree breaks.", "hr", DAY, measure="back_to_back_share", started=date(2025, 6, 1))
    moved = remeasure(months, "back_to_back_share", started=date(2025, 6, 1), gate=gate)
    return plan_report(plan, on=DAY, gate=gate, moved={1: moved})


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {n: book.read(n) for n in book.namelist()}


def test_word_has_headings_marked_headers_language_alt_text_and_no_author(drawn: Report) -> None:
    held = word_bytes(drawn)
    document: Any = Document(io.BytesIO(held))
    levels = [int(p.style.name[-1]) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1 and levels.count(1) == 1 and set(levels) <= {1, 2, 3}
    assert all(b - a <= 1 for a, b in pairwise(levels))
    body = ElementTree.fromstring(parts(held)["word/document.xml"])
    tables = list(body.iter(f"{W}tbl"))
    assert tables and all(t.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None for t in tables)
    assert all(t.find(f"{W}tblPr/{W}tblDescription") is not None for t in tables)
    pictures = [e for e in body.iter() if e.tag.endswith("}docPr")]
    assert len(pictures) == 1 and "by month" in pictures[0].get("descr", "")
    styles = ElementTree.fromstring(parts(held)["word/styles.xml"])
    assert [e.get(f"{W}val") for e in styles.find(f"{W}docDefaults").iter(f"{W}lang")] == ["en-GB"]  # type: ignore[union-attr]
    core = document.core_properties
    assert (core.author, core.last_modified_by, core.comments) == ("", "", "")
    assert core.language == "en-GB" and core.created.date() == DAY


def test_the_stamp_stands_on_every_page_and_every_sheet(report: Report, drawn: Report) -> None:
    for made in (report, drawn):
        document = Document(io.BytesIO(word_bytes(made)))
        assert all(SYNTHETIC_STAMP in s.header.paragraphs[0].text for s in document.sections)
        book = load_workbook(io.BytesIO(excel_bytes(made)))
        sheet: Any
        for sheet in book:
            assert SYNTHETIC_STAMP in [c.value for c in sheet["A"][:3]]
            assert SYNTHETIC_STAMP in (sheet.oddHeader.center.text or "")
        page = page_html(made)
        assert f'@top-center {{ content: "{SYNTHETIC_STAMP}"' in page and page.count(f">{SYNTHETIC_STAMP}<") >= 2


def test_no_stamp_where_no_simulated_data_stand_behind_it() -> None:
    made = assessment_report(assessed(), on=DAY)
    assert made.stamp == "" and "no data stand behind it" in page_html(made)
    assert SYNTHETIC_STAMP.encode() not in excel_bytes(made) + word_bytes(made)


@pytest.mark.parametrize("form", FORMS)
def test_origin_record_and_day_are_in_every_form(report: Report, small: ht.EvaluationData, form: str) -> None:
    held = document_bytes(report, form)
    text = _text(held, form)
    for needed in (small.hash, Gate().policy.hash, "2 March 2026", ht.__version__, "What was hidden, and why"):
        assert needed in text, needed
    assert "_disclosure" not in text and "[c]" in text


def _text(held: bytes, form: str) -> str:
    if form == ".html":
        return held.decode("utf-8")
    if form == ".docx":
        document = Document(io.BytesIO(held))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        return "\n".join([*(p.text for p in document.paragraphs), *cells])
    book = load_workbook(io.BytesIO(held))
    return "\n".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None)


@pytest.mark.parametrize("text", ATTACKS)
def test_no_cell_of_the_workbook_can_start_a_formula(text: str) -> None:
    """Read from the XML itself: no formula element, and every text is a string that no spreadsheet takes for one."""
    gate = Gate()
    frame = pd.DataFrame({"item": [text, "fine"], "words": ["plain", text]})
    block = ReportTable(gate.facts(frame, title=text, basis="assumption"))
    held = parts(excel_bytes(Report(text, (Section(text, (TextBlock(text), block)),), subtitle=text, footer=text)))
    seen = []
    for name, content in held.items():
        sheet = ElementTree.fromstring(content)
        assert sheet.find(f".//{MAIN}f") is None, name
        for cell in sheet.iter(f"{MAIN}c") if name.startswith("xl/worksheets/") else ():
            assert cell.get("t") in ("inlineStr", "s"), cell.attrib
            seen.append("".join(t.text or "" for t in cell.iter(f"{MAIN}t")))
    assert len(seen) >= 9 and not [t for t in seen if t.lstrip(" ").startswith(DANGEROUS)]
    assert any(text.strip()[-1] in t for t in seen), "the words themselves are kept"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_safe_and_can_be_written(text: str) -> None:
    safe = safe_text(text)
    assert not safe.startswith(DANGEROUS) and not safe.lstrip().startswith(DANGEROUS)


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=40))
def test_any_words_give_whole_documents(text: str) -> None:
    made = Report("Title", (Section("One", (TextBlock(text),)),))
    try:
        made_all = [document_bytes(made, form) for form in FORMS]
    except UnicodeEncodeError:
        assert any(0xD800 <= ord(c) <= 0xDFFF for c in text)
        return
    Document(io.BytesIO(made_all[0]))
    load_workbook(io.BytesIO(made_all[1]))


def test_numbers_are_numbers_and_hidden_ones_are_marked(report: Report) -> None:
    book = load_workbook(io.BytesIO(excel_bytes(report)))
    sheet: Any = next(s for s in book if s.title.endswith("Beside"))
    head = next(r for r in sheet.iter_rows() if r[0].value == "Measure")
    columns = {c.value: c.column for c in head}
    first = sheet.cell(head[0].row + 1, columns["Estimate"])
    assert isinstance(first.value, float) and first.data_type == "n"
    assert "[c]" in [sheet.cell(head[0].row + i, columns["Estimate"]).value for i in (1, 2)]
    assert sheet.freeze_panes and sheet.print_title_rows and sheet.auto_filter.ref


def test_the_page_needs_nothing_else_and_escapes(report: Report) -> None:
    made = as_report(Report('<script>alert("x")</script>', report.sections), on=DAY)
    page = page_html(made)
    assert "<script" not in page and "default-src 'none'" in page
    assert not re.findall(r'(?:src|href)="(?!data:|#)', page)


@pytest.mark.parametrize("form", FORMS)
def test_only_whole_files(report: Report, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / f"out{form}"
    place.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(place))

    with monkeypatch.context() as patch:
        patch.setattr("os.fdopen", full)
        with pytest.raises((OutputError, OSError)):
            export(report, place, on=DAY)
    assert place.read_text() == "before" and [p.name for p in tmp_path.iterdir()] == [place.name]
    assert export(report, place, on=DAY).stat().st_size > 1000
    with pytest.raises(OutputError):
        export(report, place / f"inside{form}", on=DAY)


def test_what_cannot_be_taken_away_is_refused(report: Report, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.docx"):
        export(report, tmp_path / "a.pdf", on=DAY)
    with pytest.raises(DisclosureError):
        export([pd.DataFrame({"worker": [1]})], tmp_path / "a.html", on=DAY)  # type: ignore[list-item]
    with pytest.raises(UsageError, match="dict"):
        export({}, tmp_path / "a.html", on=DAY)  # type: ignore[arg-type]
    release = Gate().text("Words.", title="Said")
    object.__setattr__(release, "_frame", pd.DataFrame({"text": ["Other words."]}))
    for form in FORMS:
        with pytest.raises(DisclosureError, match="changed"):
            document_bytes(Report("t", (Section("s", (Prose(release),)),)), form)


def _assessment(text: str) -> Report:
    return assessment_report(assessed(text), on=DAY)


def _plan(text: str) -> Report:
    return plan_report(ActionPlan().add(text, "hr", DAY), on=DAY, gate=Gate())


def _record(text: str) -> Report:
    return record_report(Record("risk", (Entry("S3-Q1", "some", text),)), on=DAY, gate=Gate())


def _agreements(text: str) -> Report:
    return agreements_report(Agreements((Arrangement("Duty", text),)), on=DAY, gate=Gate())


@pytest.mark.parametrize("make", [_assessment, _plan, _record, _agreements])
@pytest.mark.parametrize("text", ["ask jo@example.org", "lives at AB1 2CD", "943 476 5919"])
def test_a_personal_detail_is_refused_without_being_repeated(make: Callable[[str], Report], text: str) -> None:
    assert make("Agree breaks between meetings.").sections
    with pytest.raises(HybridToolkitError) as error:
        make(text)
    assert error.value.code == "TEXT-IDENTIFIER" and text.split()[-1] not in str(error.value)


def test_a_study_a_view_and_releases_can_be_taken_away(small: ht.EvaluationData) -> None:
    from hybrid_toolkit.widgets.explorer.metric_view import view_metric

    study = ht.headline_studies()[0]
    result = study.estimate(small)
    made = as_report(result, on=DAY, gate=Gate(source=small))
    assert made.title == study.question and made.stamp == SYNTHETIC_STAMP and small.hash in made.about["data-hash"]
    text = _text(document_bytes(made, ".docx"), ".docx")
    assert "What this does not show" in text and made.sections[1].blocks[0].text in text  # type: ignore[union-attr]
    view = as_report(view_metric(small, metric="choice_honoured", group="career_stage"), on=DAY)
    assert view.title == REGISTRY["choice_honoured"].name
    assert view.stamp == SYNTHETIC_STAMP and len(view.releases) >= 3
    released = as_report([view.releases[0]], on=DAY, title="One")
    assert released.title == "One" and released.about["data-hash"] == small.hash


def test_a_study_begins_with_a_board_summary_of_its_own_page(small: ht.EvaluationData, tmp_path: Path) -> None:
    study = ht.headline_studies()[2]
    made = as_report(study.estimate(small), on=DAY, gate=Gate(source=small))
    first, second = made.sections[:2]
    table, figure = first.blocks[:2]
    assert isinstance(table, ReportTable) and isinstance(figure, Figure) and second.new_page and not first.new_page
    rows = table.release.content.set_index("part")
    assert list(rows.index) == ["Answer", "How sure we are", "What it is based on", "What next"]
    assert rows.loc["Answer", "words_lead"] == "A difference, but not like-for-like."
    assert (
        "percentage points lower" in rows.loc["Answer", "words"]
        and "24 teams" in rows.loc["What it is based on", "words"]
    )
    assert "95% confidence interval" in rows.loc["How sure we are", "words"] and figure.says
    assert "record the values that are missing" in rows.loc["What next", "words"]
    document = Document(io.BytesIO(word_bytes(made)))
    assert len(first.blocks) == 2, "the first page holds one table and one figure"
    heads = {p.text: p.paragraph_format.page_break_before for p in document.paragraphs if p.style.name == "Heading 2"}
    assert heads["Annex: the answer in full"] and not heads["Summary"]
    bold = [r.text for row in document.tables[0].rows[1:2] for r in row.cells[1].paragraphs[0].runs if r.bold]
    assert bold == ["A difference, but not like-for-like. "]
    archive = export(made, tmp_path / "all.zip", on=DAY)
    with zipfile.ZipFile(archive) as held:
        names, told = held.namelist(), held.read("read-me.txt").decode("utf-8-sig")
        assert {"report.html", "report.docx", "report.xlsx", "read-me.txt"} <= set(names)
        assert [n for n in names if n.startswith("figures/") and n.endswith(".png")]
        assert ".." not in told and all(n in told for n in names if n != "read-me.txt") and SYNTHETIC_STAMP in told
        assert all(held.read(n).startswith(b"\xef\xbb\xbf") for n in names if n.endswith(".csv"))
        read = {
            n: pd.read_csv(io.BytesIO(held.read(n)), dtype=str).fillna("") for n in names if n.startswith("tables/")
        }
        book = load_workbook(io.BytesIO(held.read("report.xlsx")))
    sheets = [[c.value for c in sheet[4] if c.value is not None] for sheet in book.worksheets[1:]]
    assert len(read) == len(sheets)
    assert [list(table.columns) for table in read.values()] == [[*heads, "Data"] for heads in sheets]
    keys = [v for table in read.values() for v in (*table.columns, *table.stack()) if re.search(r"[a-z]_[a-z]", v)]
    assert not keys and all(set(table["Data"]) == {SYNTHETIC_STAMP} for table in read.values())
    estimates = next(table for name, table in read.items() if "estimates" in name)
    assert pd.to_numeric(estimates["Value"]).notna().all(), "numbers that a spreadsheet reads as numbers"


def test_months_are_judged_on_what_is_shown(months: ht.EvaluationData) -> None:
    moved = remeasure(months, "back_to_back_share", started="2025-06-01")
    shown = moved.months.content
    chart = moved.judged.chart
    assert moved.judged.kind == "control chart" and chart is not None and len(shown) == 26
    assert shown["n"].dropna().mod(5).eq(0).all() and not moved.months.content["suppressed"].any()
    base = shown["value"].iloc[: chart.n_baseline].astype(float)
    assert chart.centre == pytest.approx(base.mean(), abs=5e-4)
    ax = plot_months(moved, started="2025-06-01")
    assert svg_bytes(ax).startswith(b"<?xml") and png_bytes(ax).startswith(b"\x89PNG")


def test_hidden_months_stay_hidden_in_words_chart_and_figure(months: ht.EvaluationData) -> None:
    few = months.table("worker")["worker_id"].iloc[:6]
    late = months.table("worker_month")
    thin = late[(late["month"] < "2025-01-01") | late["worker_id"].isin(few)]
    cut = ht.EvaluationData({"worker": months.table("worker"), "team": months.table("team"), "worker_month": thin})
    moved = remeasure(cut, "back_to_back_share", started="2024-12-01")
    shown = moved.months.content
    assert shown.loc[shown["month"] >= "2025-01", "value"].isna().all()
    assert shown.loc[shown["month"] >= "2025-01", "suppressed"].all()


def test_a_figure_without_a_picture_shows_its_words_and_numbers() -> None:
    rows = pd.DataFrame({"mode": ["home", "video"], "n": [40, 30], "share": [0.5, 0.6]})
    release = Gate().table(rows, people="n", title="Choice", dims=["mode"], values=["share"])
    made = Report("t", (Section("s", (Figure(release, b"<svg/>", alt="Two bars."),)),))
    text = _text(word_bytes(made), ".docx")
    assert "Two bars." in text and "0.500" in text


def test_no_number_of_a_word_table_is_cut_in_its_column() -> None:
    """A digit of 9 points is 5 points wide, and Word leaves 0.19 cm on each side of a cell."""
    rows = pd.DataFrame(
        {
            "study": ["Families met the way they chose, over all the months", "Learning"],
            "estimate": [-0.8, 0.125],
            "unit": ["percentage points, for a worker spending 10 percentage points more desk time at home"] * 2,
            "conf_low": [-1.25, -2.5],
            "conf_high": [1.5, 2.25],
            "n": [11725, 13640],
        }
    )
    release = Gate().estimates(rows, people="n", title="Estimates", labels=["study", "unit"])
    table = ReportTable(release, caption="Estimates of the studies")
    whole = Report("Title", (Section("Part", (table,)),))
    made = Document(io.BytesIO(word_bytes(whole))).tables[-1]
    numbers = [(c.text, c.width.cm) for row in made.rows for c in row.cells if re.fullmatch(r"[\u2212\d.,]+", c.text)]
    assert len(numbers) >= 4
    assert all(width >= len(text) * 5 * 2.54 / 72 + 0.38 for text, width in numbers), numbers
    assert sum(c.width.cm for c in made.rows[0].cells) <= 17.01
