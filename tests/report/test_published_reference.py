"""Published figures in documents to take away, HTML and Word: places, years, symbols and sources."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from lxml import html as lxml_html

import hybrid_toolkit as ht
from hybrid_toolkit import cli
from hybrid_toolkit.assess.maturity import Assessment
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.comparators import comparators
from hybrid_toolkit.report.export import as_report, document_bytes
from hybrid_toolkit.report.measured import measure_released, totals_note
from hybrid_toolkit.report.metric_panel import MetricPanel
from hybrid_toolkit.report.practice_report import assessment_report
from hybrid_toolkit.synth.committed import synthetic_folder
from hybrid_toolkit.widgets.explorer.metric_view import view_metric
from hybrid_toolkit.widgets.practice.self_assessment import SelfAssessment

HEAD = "time_period,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name"
ROWS = (
    ",National,E92000001,England,,,,,,12.0",
    ",Regional,E92000001,England,E12000001,North East,,,,11.0",
    ",Local authority,E92000001,England,E12000001,North East,841,E06000005,Darlington,10.0",
    ",Local authority,E92000001,England,E12000001,North East,805,E06000001,Hartlepool,x",
    ",Local authority,E92000001,England,E12000002,North West,351,E08000002,Bury,20.0",
)
DAY = date(2026, 3, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rates.csv").write_text(f"{HEAD},turnover_rate_fte\n" + "".join(f"2024{row}\n" for row in ROWS))
    (tmp_path / "model.csv").write_text(
        "old_la_code,la_name,region_name,SN_1,SN_1P,SN_2,SN_2P,SN_3,SN_3P\n"
        "841,Darlington,North East,351,Close,805,Close,999,Close\n"
        "805,Hartlepool,North East,841,Close,351,Close,340,Close\n"
    )
    own = pd.DataFrame({"la_id": ["A1"], "year": [2024], "inpost_fte": [100.0], "leavers_fte": [17.0]})
    (tmp_path / "own").mkdir()
    own.to_csv(tmp_path / "own" / "la_year.csv", index=False)
    return tmp_path


def tables(held: bytes, form: str) -> list[list[list[str]]]:
    """Every table of a document as rows of text."""
    if form == ".docx":
        return [[[c.text for c in row.cells] for row in t.rows] for t in Document(io.BytesIO(held)).tables]
    page = lxml_html.fromstring(held.decode())
    return [
        [[" ".join(c.text_content().split()) for c in row.iter("th", "td")] for row in t.iter("tr")]
        for t in page.iter("table")
    ]


def published(held: bytes, form: str) -> list[list[list[str]]]:
    return [t[1:] for t in tables(held, form) if t[0][0] == "Published for"]


@pytest.mark.parametrize("form", [".html", ".docx"])
def test_the_command_writes_places_symbols_and_sources_below_the_figure(folder: Path, form: str) -> None:
    out = folder / f"report{form}"
    given = ["--beside", str(folder / "rates.csv"), "--area", "Darlington", "--neighbours", str(folder / "model.csv")]
    asked = ["measure", str(folder / "own"), "--metric", "turnover_rate_pct", "--out", str(out)]
    assert cli.main([*asked, *given]) == 0
    [rows] = published(out.read_bytes(), form)
    assert rows[:5] == [
        ["Darlington, 2024", "This authority, published", "10.00", "rates.csv"],
        ["England, 2024", "England", "12.00", "rates.csv"],
        ["North East, 2024", "Region", "11.00", "rates.csv"],
        ["Bury, 2024", "Statistical neighbour", "20.00", "rates.csv"],
        ["Hartlepool, 2024", "Statistical neighbour", "marked 'x'", "rates.csv"],
    ], "places in their own order, and a symbol stays one"
    assert cli.main(asked) == 0
    assert not published(out.read_bytes(), form), "nothing stands there where nothing is asked for"


@pytest.mark.parametrize("form", [".html", ".docx"])
def test_without_files_the_norms_stand_there_with_their_sources(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"report{form}"
    assert (
        cli.main(["measure", str(synthetic_folder("small")), "--metric", "swemwbs", "--beside", "--out", str(out)]) == 0
    )
    [rows] = published(out.read_bytes(), form)
    lines = comparators("swemwbs").lines()
    assert [[r[0], r[3]] for r in rows] == lines[["label", "source"]].values.tolist()
    assert {r[1] for r in rows} == {"Norm"}


@pytest.fixture(scope="module")
def answers() -> ht.EvaluationData:
    """Answers to scales and nothing else, so that few metrics have to be measured."""
    small = ht.load_synthetic("small")
    return ht.EvaluationData({"survey": small["survey"]})


@pytest.mark.parametrize("form", [".html", ".docx"])
def test_a_view_carries_what_it_shows_to_the_document(answers: ht.EvaluationData, form: str) -> None:
    for beside, expected in (("published", 1), ("none", 0)):
        view = view_metric(answers, metric="swemwbs", beside=beside)
        assert len(published(document_bytes(as_report(view, on=DAY), form), form)) == expected


def test_the_self_assessment_shows_published_figures_below_its_measures(folder: Path) -> None:
    own = ht.load_data(folder / "own")
    given = Beside(folder / "rates.csv", "Darlington", folder / "model.csv")
    shown = SelfAssessment(own, today=DAY, published=given)
    for made in shown._exports():
        form = Path(made.name).suffix
        if form in (".html", ".docx"):
            [rows] = published(made.content, form)
            assert ["Hartlepool, 2024", "Statistical neighbour", "marked 'x'", "rates.csv"] in rows
    norms = assessment_report(Assessment(), on=DAY, beside=MetricPanel(own, published=Beside()))
    [rows] = published(document_bytes(norms, ".html"), ".html")
    assert {r[1] for r in rows} == {"Norm"}
    plain = assessment_report(Assessment(), on=DAY, beside=MetricPanel(own))
    assert not published(document_bytes(plain, ".html"), ".html")


def test_an_own_rate_of_few_years_is_hidden_and_the_reader_is_told_why(folder: Path) -> None:
    """Totals of years do not say how many people they include: the gate hides the figure, and a sentence says why."""
    own = ht.load_data(folder / "own")
    view = view_metric(own, metric="turnover_rate_pct", beside="published")
    one = measure_released(own, "turnover_rate_pct", beside=Beside())[0]
    assert view.cells[0].hidden and one.table.content["suppressed"].tolist() == [True]
    for notes in (view.notes, one.notes.content["note"]):
        assert sum("made of totals, one for each authority-year" in note for note in notes) == 1
    few = pd.DataFrame({"n_people": pd.array([4, None], "Int64")})
    assert not totals_note(few, [True, False], "contact"), "few people are few people, and no totals"
