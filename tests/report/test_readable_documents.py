"""Documents are read by a director: words for codes, shares in per cent, bands in order, numbers whole."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.report.documents.blocks import Figure, Report, ReportTable, Section, TableColumn
from hybrid_toolkit.report.documents.excel import excel_bytes
from hybrid_toolkit.report.documents.tables import TableGrid, make_grid
from hybrid_toolkit.report.report_columns import ESTIMATE_COLUMNS
from hybrid_toolkit.study.shipped_studies import declared_study
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.lenses.lens_career import view_career_stage
from hybrid_toolkit.widgets.lenses.lens_exclusion import view_digital_exclusion
from hybrid_toolkit.widgets.lenses.lens_files import lens_report
from hybrid_toolkit.widgets.lenses.lens_practice import PracticeQualityState, PracticeQualityViews
from hybrid_toolkit.widgets.lenses.lens_view import LensView, metric_panels
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.parts.state import ExplorerState
from hybrid_toolkit.widgets.planning.power_view import view_power
from hybrid_toolkit.widgets.planning.study_view import view_study

DAY = date(2026, 3, 2)
CODES = {
    "all",
    "asye",
    "early",
    "mid",
    "late",
    "home",
    "phone",
    "video",
    "office",
    "community",
    "True",
    "False",
    "share",
}
"""Codes of the tables that none of the documents below may show as they are."""
RAW = {"term", "estimate", "conf_low", "conf_high", "n", "n_clusters", "bin", "label", "light", "at", "people"}
FRACTION = re.compile(r"^[−-]?0\.\d+( \(|$)")


@pytest.fixture(scope="module")
def views() -> dict[str, LensView]:
    data = ht.simulate_authority("helpful-hump", ht.Size("documents", 1, 16, 7, 4, 1), seed=11)
    metrics = MetricViews(data)
    share = metrics.view(ExplorerState("choice_honoured"))
    stages = metrics.view(ExplorerState("remote_share_desk", "career_stage"))
    lens = {v.title: LensView(v.title, v.text, metric_panels(v, distribution=True), v.said) for v in (share, stages)}
    return {
        **lens,
        "practice": view_state(
            PracticeQualityViews(data, metrics=metrics), PracticeQualityState("engaged_share", "all")
        ),
        "careers": view_career_stage(data),
        "access": view_digital_exclusion(data),
        "power": view_power(over="response"),
        "study": view_study(declared_study("remote-practice")),
    }


def blocks(views: dict[str, LensView]) -> Iterator[tuple[str, ReportTable | Figure, TableGrid]]:
    for name, view in views.items():
        for section in lens_report(view, on=DAY).sections[: 1 + len(view.panels)]:
            for block in section.blocks:
                if isinstance(block, ReportTable | Figure):
                    yield name, block, make_grid(block.release, columns=block.columns)


def test_a_page_taken_away_has_words_for_columns_and_codes(views: dict[str, LensView]) -> None:
    seen = 0
    for name, block, grid in blocks(views):
        seen += 1
        assert block.columns is not None, (name, block.caption)
        heads = [h.text for h in grid.headings]
        assert not [h for h in heads if "_" in h or h.lower() in RAW], (name, heads)
        said = {c.text for row in grid.rows for c in row}
        assert not said & CODES, (name, said & CODES)
    assert seen >= 12


def test_no_share_is_printed_as_a_fraction(views: dict[str, LensView]) -> None:
    shares = 0
    for name, block, grid in blocks(views):
        assert block.columns is not None
        units = {how.unit for how in block.columns.values()} - {""}
        for row in grid.rows:
            for cell, how in zip(row, block.columns.values(), strict=True):
                if how.unit.startswith(("share", "difference of shares")):
                    shares += 1
                    assert not FRACTION.match(cell.text), (name, block.caption, cell.text)
        if "share" in units:  # the bins of a share have their ends in per cent too
            words = [w for how in block.columns.values() for w in how.words.values()]
            assert not [w for w in words if re.search(r"\d\.\d+(?!\d*%)", w)], (name, words)
    assert shares > 20
    stages = views["Remote share of desk hours"]
    assert "%" in stages.panels[1].says and not re.search(r"\b0\.\d", stages.panels[1].says), stages.panels[1].says


def test_bands_stand_from_least_to_most(views: dict[str, LensView]) -> None:
    curve = next(p for p in views["access"].panels if "outcome_share" in p.release.content)
    bands = [row[0].text for row in make_grid(curve.release, columns=curve.columns).rows]
    ends = [0.0 if b.startswith("Under") else 99.0 if b.startswith("All") else float(b.split()[0]) for b in bands]
    assert len(ends) >= 3 and ends == sorted(ends), bands
    grid = make_grid(views["Remote share of desk hours"].panels[0].release,
                     columns=views["Remote share of desk hours"].panels[0].columns)  # fmt: skip
    assert [r[0].text for r in grid.rows][:4] == ["Everyone", "ASYE", "Early", "Mid"]


def test_each_row_is_read_in_its_own_unit_and_excel_keeps_numbers() -> None:
    rows = pd.DataFrame(
        {
            "label": ["Honoured", "Gap", "Narrow", "Days"],
            "estimate": [0.554, -0.0213, 0.0404, 6.5],
            "conf_low": [0.53, -0.04, 0.036, 5.25],
            "conf_high": [0.581, 0.002, 0.045, 7.75],
            "unit": ["share", "difference of shares", "share of contacts", "days"],
            "n": [13640, 900, 800, 700],
        }
    )
    columns = {k: ESTIMATE_COLUMNS[k] for k in ("label", "estimate", "unit", "n")}
    release = Gate().estimates(rows, title="Four", people="n", labels=["label"])
    said = [[c.text for c in row] for row in make_grid(release, columns=columns).rows]
    assert [r[1] for r in said] == [
        "55% (53% to 58%)",
        "−2.1 (−4.0 to 0.2)",
        "4.0% (3.6% to 4.5%)",
        "6.50 (5.25 to 7.75)",
    ]
    assert [r[2] for r in said] == ["%", "percentage points", "% of contacts", "days"]
    book = load_workbook(io.BytesIO(excel_bytes(Report("Four", (Section("All", (ReportTable(release, columns),)),)))))
    sheet: Any = book.worksheets[1]
    cells = {row[0].value: row for row in sheet.iter_rows(min_row=4) if row[0].value in set(rows["label"])}
    assert sheet.cell(3, 2).value == "Value" and sheet.cell(3, 2).alignment.horizontal == "right"
    assert [cells[k][1].value for k in ("Honoured", "Gap", "Days")] == pytest.approx([0.554, -2.1, 6.5], abs=0.001)
    assert all(isinstance(c.value, int | float) for row in cells.values() for c in (*row[1:4], row[5]))
    assert (cells["Honoured"][1].number_format, cells["Gap"][2].number_format) == ("0.0%", "0.0")
    assert (cells["Days"][3].number_format, cells["Days"][5].number_format) == ("#,##0.00", "#,##0")


def test_numbers_that_people_counted_are_numbers_in_excel() -> None:
    rows = pd.DataFrame({"part": ["A", "B"], "raters": ["12", "3"], "level": ["1.5", "fewer than 3 raters"]})
    columns = {"part": TableColumn("Part"), "raters": TableColumn("Raters", "count"),
               "level": TableColumn("Level", "number")}  # fmt: skip
    release = Gate().facts(rows, title="Parts", basis="assumption")
    said = [[c.text for c in row] for row in make_grid(release, columns=columns).rows]
    assert said == [["A", "12", "1.50"], ["B", "3", "fewer than 3 raters"]]
    book = load_workbook(io.BytesIO(excel_bytes(Report("Parts", (Section("All", (ReportTable(release, columns),)),)))))
    held = [[c.value for c in row] for row in book.worksheets[1].iter_rows(min_row=4, max_row=5)]
    assert held == [["A", 12, 1.5], ["B", 3, "fewer than 3 raters"]]
