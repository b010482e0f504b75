"""No sentence of a study's report, in any form, says more than the design supports."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook

import hybrid_toolkit as ht
from hybrid_toolkit.data.privacy.identifiers import identifier_problems, refuse_identifiers
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.designs import DESIGNS
from hybrid_toolkit.errors import IdentifierError, with_article
from hybrid_toolkit.report.export import FORMS, as_report, document_bytes
from hybrid_toolkit.study.estimation.shown_words import overclaims, size_words
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.shipped_studies import every_study
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.units import UNITS


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


@pytest.mark.parametrize("study", every_study(), ids=lambda s: s.id)
def test_what_a_study_is_based_on_is_said_in_words(study: Study) -> None:
    """The report of the panel study said "each a authority and year" and "in 150 las"."""
    unit = UNITS[study.row_unit].name
    many = {"team_id": "teams", "la_id": "authorities", "worker_id": "workers", "family_id": "families"}
    one = {"team_id": "team", "la_id": "authority", "worker_id": "worker", "family_id": "family"}
    each = f"each {'an' if unit[0] in 'aeiou' else 'a'} {unit}"
    assert size_words(study, 1350.0, 150.0) == f"about 1,350 rows, {each} in 150 {many[study.cluster]}"
    assert size_words(study, 40.0, 1.0) == f"about 40 rows, {each} in 1 {one[study.cluster]}"
    assert size_words(study, float("nan"), 6.0) == f"in 6 {many[study.cluster]}"


def test_articles_follow_the_sound_of_every_unit_kind_and_identifier() -> None:
    words = [*(u.name for u in UNITS.values()), *(k for d in DESIGNS.values() for k in d.identifies), *TABLES]
    for word in words:
        assert with_article(word) == f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
    assert [with_article(f"{n}%") for n in (8, 11, 18, 70, 80, 100)] == [
        "an 8%", "an 11%", "an 18%", "a 70%", "an 80%", "a 100%",
    ]  # fmt: skip
    frame = pd.DataFrame({"e_mail": [f"someone{i}@example.org" for i in range(30)]})
    with pytest.raises(IdentifierError, match="an e-mail address"):
        refuse_identifiers(identifier_problems({"worker": frame}))
