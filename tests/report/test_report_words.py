"""No sentence of a study's report, in any form, says more than the design supports."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import pytest
from docx import Document
from openpyxl import load_workbook

import hybrid_toolkit as ht
from hybrid_toolkit.report.export import FORMS, as_report, document_bytes
from hybrid_toolkit.study.estimation.shown_words import overclaims
from hybrid_toolkit.study.estimation.study_result import StudyResult


def shown(content: bytes, form: str) -> list[str]:
    """Every piece of text of a document: paragraphs and cells."""
    if form == ".docx":
        held = Document(io.BytesIO(content))
        return [p.text for p in held.paragraphs] + [c.text for t in held.tables for row in t.rows for c in row.cells]
    if form == ".xlsx":
        book = load_workbook(io.BytesIO(content))
        return [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    page = re.sub(r"<(style|svg|script).*?</\1>", "", content.decode("utf-8"), flags=re.S)
    parts = re.split(r"</(?:p|li|td|th|h\d|dd|dt|figcaption|caption)>", page)
    return [html.unescape(re.sub(r"<[^>]+>", " ", part)) for part in parts]


def too_strong(texts: list[str], result: StudyResult) -> dict[str, tuple[str, ...]]:
    """Text -> words above its grade; assumptions are conditions, and what a study does not show names it."""
    claims = result.claims()
    names = {*result.study.columns, *(c.name for c in result.checks), *(c.name.capitalize() for c in result.checks)}
    denied = {text for claim in claims for text in claim.does_not_show}
    assumed = {text for o in result.study.outcomes for text in result.identification_for(o).assumptions}
    assumed |= {*result.assumptions}
    out = {}
    for text in dict.fromkeys(" ".join(t.split()).removeprefix("• ") for t in texts):
        says = "denial" if text in denied else "condition" if text in assumed else "finding"
        found = overclaims(text, grade=claims[0].row[1], says=says, names=names)  # type: ignore[arg-type]
        if found:
            out[text] = found
    return out


@pytest.fixture(scope="module")
def results() -> list[StudyResult]:
    data = ht.load_synthetic()
    return [study.estimate(data) for study in ht.headline_studies()[:2]]


@pytest.mark.parametrize("form", FORMS)
def test_a_report_says_no_more_than_its_design(results: list[StudyResult], form: str) -> None:
    for result in results:
        report = as_report(result, on=date(2026, 3, 1))
        texts = shown(document_bytes(report, form), form)
        assert len(texts) > 100 and any(result.study.question in t for t in texts)
        assert too_strong(texts, result) == {}
        planted = [*texts, "Working at home lowers engagement."]
        assert list(too_strong(planted, result).values()) == [("lowers",)]
