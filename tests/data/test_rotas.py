"""Rotas with a day a column, and a month and its year in two columns: proposed, asked about, and counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from hybrid_toolkit.app.work.own_data import codes_left, with_codes
from hybrid_toolkit.data.known.rota_places import rota_places
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import Proposal, propose_mapping
from hybrid_toolkit.errors import MappingError

STAFF = [f"E{41000 + 37 * i}" for i in range(30)]
CODES = ("O", "H", "O/H", "L", "S")
"""At the office, at home, half and half, and at neither."""


def _staff(folder: Path) -> None:
    roles = ["Social Worker", "Team Manager"] * 15
    frame = {"Employee No": STAFF, "Job Title": roles, "FTE": [1.0] * 30, "Start Date": ["01/04/2020"] * 30}
    pd.DataFrame(frame).to_csv(folder / "HR staff list.csv", index=False)


def _book(folder: Path, name: str, sheet: str, rows: list[list[object]]) -> None:
    book = Workbook()
    book.worksheets[0].title = sheet
    for row in rows:
        book.worksheets[0].append(row)
    book.save(folder / name)


def _days(month: int, *, weekends: bool = False) -> list[dt.date]:
    whole = [dt.date(2025, month, 1) + dt.timedelta(k) for k in range(28)]
    return [d for d in whole if weekends or d.weekday() < 5]


def _cells(days: int, codes: tuple[str, ...] = CODES) -> list[list[str]]:
    """A code a day: worker ``i`` has code ``i + j`` on day ``j``, so that each stands equally often."""
    return [[codes[(i + j) % len(codes)] for j in range(days)] for i in range(len(STAFF))]


def _loaded(folder: Path) -> tuple[object, Proposal]:
    proposal = propose_mapping(folder)
    (folder.parent / "m.toml").write_text(proposal.toml, encoding="utf-8")
    return load_data(folder, mapping=folder.parent / "m.toml"), proposal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    _staff(made)
    return made


def _dates(folder: Path) -> None:
    days, cells = _days(4), _cells(20)
    rows: list[list[object]] = [["Team rota"], [], ["Staff No", *days]]
    _book(folder, "Rota.xlsx", "Sheet1", [*rows, *([s, *c] for s, c in zip(STAFF, cells, strict=True))])


def _numbers(folder: Path) -> None:
    days, cells = _days(4), _cells(20)
    rows: list[list[object]] = [["Agile working", "", "", "April 2025"]]
    rows.append(["Staff No", *(f"{d:%a} {d.day}" for d in days)])
    _book(folder, "Rota.xlsx", "Sheet1", [*rows, *([s, *c] for s, c in zip(STAFF, cells, strict=True))])


def _two_rows(folder: Path) -> None:
    days, cells = _days(4), _cells(20)
    rows: list[list[object]] = [["", *(f"{d:%a}" for d in days)], ["Emp ID", *(d.day for d in days)]]
    _book(folder, "Rota 2025.xlsx", "Apr", [*rows, *([s, *c] for s, c in zip(STAFF, cells, strict=True))])


def _no_year(folder: Path) -> None:
    days, cells = _days(4), _cells(20)
    frame = pd.DataFrame([[s, *c] for s, c in zip(STAFF, cells, strict=True)])
    frame.columns = pd.Index(["Payroll No", *(f"{d:%d-%b}" for d in days)])
    frame.to_csv(folder / "Office attendance 2025.csv", index=False)


def _weeks(folder: Path) -> None:
    rows = []
    for s, cells in zip(STAFF, _cells(20), strict=True):
        rows += [[s, dt.date(2025, 4, 7) + dt.timedelta(7 * w), *cells[5 * w : 5 * w + 5]] for w in range(4)]
    frame = pd.DataFrame(rows, columns=["Staff No", "Week commencing", "Mon", "Tue", "Wed", "Thu", "Fri"])
    frame.to_csv(folder / "In and out.csv", index=False)


@pytest.mark.parametrize("lay_out", [_dates, _numbers, _two_rows, _no_year, _weeks])
def test_a_rota_becomes_half_days_and_hours(folder: Path, lay_out: object) -> None:
    lay_out(folder)  # type: ignore[operator]
    data, proposal = _loaded(folder)
    assert proposal.questions == ()
    days, hours = data["attendance_day"], data["worker_month"]  # type: ignore[index]
    # of 600 days, 120 of each code: 240 halves at the office, 240 at home, 120 of either, and 240 days at neither
    assert days["site_id"].value_counts().to_dict() == {"home": 360, "office": 360}
    assert set(days["date"].dt.month) == {4, 5} if lay_out is _weeks else {4}
    assert len(days) == 720 and days["worker_id"].nunique() == 30
    assert hours["h_home"].sum() == pytest.approx(360 * 3.7) and hours["h_office"].sum() == pytest.approx(360 * 3.7)
    steps = proposal.matched
    made = set(zip(steps["table"], steps["column"], strict=True))
    assert {("attendance_day", c) for c in ("worker_id", "date", "slot", "site_id")} <= made
    assert {("worker_month", c) for c in ("worker_id", "month", "h_home", "h_office")} <= made


def test_mornings_and_afternoons_below_a_day_are_two_halves(folder: Path) -> None:
    days = _days(4)
    top: list[object] = ["", *(c for d in days for c in (f"{d:%d/%m/%Y}", ""))]
    low: list[object] = ["Staff No", *["AM", "PM"] * len(days)]
    cells = [[*("Office" if (i + j) % 2 else "WFH" for j in range(2 * len(days)))] for i in range(30)]
    _book(folder, "Rota.xlsx", "Sheet1", [["Rota"], top, low, *([s, *c] for s, c in zip(STAFF, cells, strict=True))])
    days_read = _loaded(folder)[0]["attendance_day"]  # type: ignore[index]
    assert len(days_read) == 1200 and days_read.groupby("slot")["site_id"].value_counts().tolist() == [300] * 4


def test_a_letter_that_is_new_is_asked_about_and_never_guessed(folder: Path) -> None:
    cells = _cells(20, ("O", "H", "Q"))
    rows: list[list[object]] = [["Staff No", *_days(4)], *([s, *c] for s, c in zip(STAFF, cells, strict=True))]
    _book(folder, "Rota.xlsx", "Sheet1", rows)
    proposal = propose_mapping(folder)
    assert len(proposal.questions) == 1 and "1 code in 'Rota.xlsx/Sheet1'" in proposal.questions[0]
    assert '# TODO "Q" = "..."' in proposal.toml and '"H" = "home"  # GUESS' in proposal.toml
    mapping = folder.parent / "m.toml"
    mapping.write_text(proposal.toml, encoding="utf-8")
    with pytest.raises(MappingError, match="200 cells of columns of days hold 1 code without a meaning") as told:
        load_data(folder, mapping=mapping)
    assert "Q" not in str(told.value)
    mapping.write_text(proposal.toml.replace('# TODO "Q" = "..."', '"Q" = ["office", ""]'), encoding="utf-8")
    data = load_data(folder, mapping=mapping)
    assert data["attendance_day"]["slot"].value_counts().to_dict() == {"am": 600, "pm": 400}


def test_the_key_of_a_sheet_says_what_its_letters_mean(folder: Path) -> None:
    cells = _cells(20, ("A", "B", "L"))
    rows: list[list[object]] = [["Staff No", *_days(4)], *([s, *c] for s, c in zip(STAFF, cells, strict=True))]
    _book(folder, "Rota.xlsx", "Sheet1", [*rows, [], ["Key: A = agile at home, B = in the office, L = leave"]])
    data, proposal = _loaded(folder)
    assert proposal.questions == ()
    assert data["attendance_day"]["site_id"].value_counts().to_dict() == {"home": 400, "office": 400}  # type: ignore[index]


def test_letters_are_read_where_no_word_says_otherwise() -> None:
    assert "H" not in rota_places(["H", "WFH", "Office"]), "beside WFH it may be a holiday"
    assert rota_places(["O", "WFH"])["O"] == ("office",) and "O" not in rota_places(["O", "L"])
    assert "off" not in rota_places(["off", "wfh", "office"]), "a day off, or the office"
    assert rota_places(["WFH am", "Office", "Home (pm)"]) == {
        "WFH am": ("home", ""),
        "Office": ("office",),
        "Home (pm)": ("", "home"),
    }


def test_leave_in_a_log_of_days_is_no_day_at_the_office(folder: Path) -> None:
    days = [f"{d:%d/%m/%Y}" for d in _days(4)]
    codes = ("Office", "WFH", "Annual leave", "Sick")
    rows = [[s, d, codes[(i + j) % 4]] for i, s in enumerate(STAFF) for j, d in enumerate(days)]
    pd.DataFrame(rows, columns=["Staff Number", "Date", "Location"]).to_csv(folder / "Location log.csv", index=False)
    data, _ = _loaded(folder)
    assert data["worker_month"]["h_office"].sum() == pytest.approx(150 * 7.4)  # type: ignore[index]
    assert data["attendance_day"]["site_id"].value_counts().to_dict() == {"home": 300, "Office": 300}  # type: ignore[index]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('month = "2025-04"', 'month = "2025-05"'), "the weekdays of the columns of days are not those of 2025-05"),
        (('month = "2025-04"', 'month = "April"'), 'must be a month such as "2025-04"'),
        ((', month = "2025-04"', ""), "do not say which days they are"),
        (('"H" = "home"', '"H" = "flat"'), 'must be "office", "home" or ""'),
        (('"Tue 1"', '"Staff No"'), "is no date, no day of a month and no weekday"),
    ],
)
def test_a_wrong_rota_is_refused_with_what_would_be_right(folder: Path, change: tuple[str, str], said: str) -> None:
    _numbers(folder)
    toml = propose_mapping(folder).toml
    assert change[0] in toml
    (folder.parent / "m.toml").write_text(toml.replace(*change), encoding="utf-8")
    with pytest.raises(MappingError, match=said):
        load_data(folder, mapping=folder.parent / "m.toml")


@pytest.mark.parametrize(
    ("month", "year", "first", "sure"),
    [
        (["Apr", "May", "Feb"], ["2024/25"] * 3, ["2024-04-01", "2024-05-01", "2025-02-01"], True),
        (["April", "May", "January"], ["2024", "2024", "2025"], ["2024-04-01", "2024-05-01", "2025-01-01"], True),
        (["4", "5", "6"], ["2024"] * 3, ["2024-04-01", "2024-05-01", "2024-06-01"], True),
        (["P1", "P2", "P10"], ["2024-25"] * 3, ["2024-04-01", "2024-05-01", "2025-01-01"], True),
        (["1", "2", "4"], ["2024/25"] * 3, ["2025-01-01", "2025-02-01", "2024-04-01"], False),
    ],
)
def test_a_month_and_its_year_in_two_columns_are_one_period(
    folder: Path, month: list[str], year: list[str], first: list[str], sure: bool
) -> None:
    rows = [[s, m, y, 10 + i % 9] for i, s in enumerate(STAFF) for m, y in zip(month, year, strict=True)]
    pd.DataFrame(rows, columns=["Staff No", "Month", "Year", "Caseload"]).to_csv(folder / "Caseloads.csv", index=False)
    data, proposal = _loaded(folder)
    months = data["worker_month"]["month"]  # type: ignore[index]
    assert proposal.questions == () and sorted(months.unique()) == sorted(pd.to_datetime(first)) and len(months) == 90
    told = proposal.matched.query("table == 'worker_month' and column == 'month'").iloc[0]
    assert (told["source_column"], told["sure"]) == ("Month", "sure" if sure else "guess")


def test_a_new_letter_is_answered_where_codes_are(folder: Path) -> None:
    cells = _cells(20, ("O", "H", "Q"))
    rows: list[list[object]] = [["Staff No", *_days(4)], *([s, *c] for s, c in zip(STAFF, cells, strict=True))]
    _book(folder, "Rota.xlsx", "Sheet1", rows)
    toml = propose_mapping(folder).toml
    asked = [(one["place"], one["code"]) for one in codes_left(toml)]
    assert asked == [("worker_month.places", "Q"), ("attendance_day.places", "Q")]
    answered = with_codes(toml, tuple((place, code, "neither") for place, code in asked))
    assert codes_left(answered) == []
    (folder.parent / "m.toml").write_text(answered, encoding="utf-8")
    days = load_data(folder, mapping=folder.parent / "m.toml")["attendance_day"]
    assert days["site_id"].value_counts().to_dict() == {"home": 400, "office": 400}
