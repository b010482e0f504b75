"""Which of two columns is meant is told by what they hold; and writings of days and names that were not known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.known.codes import known_code
from hybrid_toolkit.data.known.names import likeness, words
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.mapping.propose_mapping import propose_mapping
from hybrid_toolkit.data.tables.contracts import TABLES

STAFF = [f"{7000 + 13 * i}" for i in range(40)]
RNG = np.random.default_rng(3)
DAYS = pd.Series(pd.bdate_range("2024-04-01", periods=120))


def _matches(folder: Path) -> dict[tuple[str, str], str]:
    return {(r["table"], r["column"]): r["source_column"] for r in propose_mapping(folder).matched.to_dict("records")}


def _staff(folder: Path, **more: object) -> None:
    plain = {"Employee No": STAFF, "Job title": ["Social Worker", "Team Manager"] * 20}
    pd.DataFrame(plain | more).to_csv(folder / "Staff list.csv", index=False)


def test_of_hours_and_shares_of_one_post_the_share_is_taken_and_of_others_the_name_decides(tmp_path: Path) -> None:
    share = np.tile([1.0, 0.8, 0.5, 0.6], 10)
    _staff(tmp_path, **{"Contracted hours": 37 * share, "Post ratio fte": share})
    assert _matches(tmp_path)["worker", "fte"] == "Post ratio fte"
    _staff(tmp_path, **{"Contracted hours": 37 * share, "Fte budget share": share[::-1]})
    assert _matches(tmp_path)["worker", "fte"] == "Contracted hours", "another share says nothing of this post"


def test_the_number_that_others_repeat_is_the_key_and_no_other_that_is_called_one(tmp_path: Path) -> None:
    frame = pd.DataFrame({"Personnel number": [f"N{i:04d}" for i in range(40)], "Zq": STAFF, "FTE": 1.0})
    frame.assign(**{"Job title": "Social Worker"}).to_csv(tmp_path / "Staff list.csv", index=False)
    for name in ("Supervision A.csv", "Supervision B.csv"):
        who = RNG.choice(STAFF, 120)
        pd.DataFrame({"Zq": who, "Supervision date": DAYS.dt.strftime("%d/%m/%Y"), "Reflective?": "Yes"}).to_csv(
            tmp_path / name, index=False
        )
    assert _matches(tmp_path)["worker", "worker_id"] == "Zq"


def _visits(folder: Path, later: int) -> dict[tuple[str, str], str]:
    lag = pd.to_timedelta(RNG.integers(0, later + 1, 120), "D")
    pd.DataFrame(
        {
            "Form Id": [f"F{i:05d}" for i in range(120)],
            "Person Id": RNG.choice(np.arange(30000, 39999), 120),
            "Visit Date and Time": DAYS.dt.strftime("%d/%m/%Y 10:00"),
            "Completed On": (DAYS + lag).dt.strftime("%d/%m/%Y"),
            "How was the visit done": RNG.choice(["Home visit", "Video call", "Telephone"], 120),
        }
    ).to_csv(folder / "Visits.csv", index=False)
    return _matches(folder)


def test_of_two_days_of_a_visit_the_later_is_when_it_was_written_down(tmp_path: Path) -> None:
    found = _visits(tmp_path, 9)
    assert found["contact", "held_date"] == "Visit Date and Time"
    assert found["contact", "recorded_date"] == "Completed On"
    assert ("contact", "recorded_date") not in _visits(tmp_path, 0), "the same day tells nothing"


def test_a_team_is_known_by_the_teams_that_other_files_name(tmp_path: Path) -> None:
    teams = [f"Valley {n}" for n in ("A", "B", "C", "D")]
    _staff(tmp_path, Lvl6=teams * 10, Lvl4="Children")
    days = DAYS.dt.strftime("%d/%m/%Y")
    pd.DataFrame(
        {
            "Child ID": [str(90000 + i) for i in range(120)],
            "Referral date": days,
            "Assessment start date": days,
            "Assessing team": teams * 30,
        }
    ).to_csv(tmp_path / "Referrals.csv", index=False)
    assert _matches(tmp_path)["worker", "team_id"] == "Lvl6"


def test_months_need_no_year_where_days_stand_below_them(tmp_path: Path) -> None:
    _staff(tmp_path)
    grid = {m: [f"{d:02d}/{n:02d}/2024" for d in range(1, 29)] for n, m in enumerate(("June", "July", "August"), 6)}
    pd.DataFrame({"Employee No": STAFF[:28]} | grid).to_csv(tmp_path / "Supervision grid.csv", index=False)
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path).toml, encoding="utf-8")
    held = load_data(tmp_path, tmp_path / "m.toml")["supervision"]
    assert len(held) == 3 * 28 and sorted(held["date"].dt.month.unique()) == [6, 7, 8]


def test_one_value_in_every_row_is_the_key_of_nobody(tmp_path: Path) -> None:
    pd.DataFrame(
        {
            "Subject": "Supervision",
            "Held on": DAYS.dt.strftime("%d/%m/%Y"),
            "Location": RNG.choice(["Office", "Teams"], 120),
        }
    ).to_csv(tmp_path / "Visits.csv", index=False)
    assert "Subject" not in {h for (_, c), h in _matches(tmp_path).items() if c in ("child_id", "family_id")}


def test_days_with_the_year_first_and_slashes_are_read_and_far_ones_are_open(tmp_path: Path) -> None:
    _staff(tmp_path, **{"Hire Date": "2019/04/01", "Actual Termination Date": ["2024/12/31", "4712/12/31"] * 20})
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path).toml, encoding="utf-8")
    staff = load_data(tmp_path, tmp_path / "m.toml")["worker"]
    assert set(staff["start_date"]) == {pd.Timestamp("2019-04-01")}
    assert set(staff["leave_date"].dropna()) == {pd.Timestamp("2024-12-31")} and staff["leave_date"].isna().sum() == 20


def test_initials_of_a_date_and_encoded_blanks_are_read() -> None:
    assert likeness("DOL", "worker", "leave_date") > 0.85 and likeness("DOJ", "worker", "start_date") > 0.85
    assert likeness("DOB", "worker", "start_date") == likeness("DOB", "attendance_day", "date") == 0
    assert words("Agency_x003f_") == "agency" and words("Visit_x0020_Date") == "visit date"
    assert known_code(TABLES["worker"]["role"], "Newly Qualified SW") == "5"


def test_initials_in_the_name_of_a_file_point_to_no_table(tmp_path: Path) -> None:
    """ "ssd" was written out as "supervised", and a list of disabilities became a list of supervision."""
    _staff(tmp_path)
    pd.DataFrame({"disa_person_id": STAFF, "disa_disability_code": "MOB"}).to_csv(
        tmp_path / "ssd_disability.csv", index=False
    )
    assert "supervision" not in {t for t, _ in _matches(tmp_path)}


def test_one_worker_without_a_leading_zero_is_the_same_worker(tmp_path: Path) -> None:
    """Five of sixty stood twice: so few were not looked for."""
    numbers = [f"{v:05d}" for v in range(9990, 10030)]
    plain = {"Job title": "Social Worker", "Start date": "01/04/2020"}
    pd.DataFrame({"Employee No": [n.lstrip("0") for n in numbers]} | plain).to_csv(tmp_path / "HR.csv", index=False)
    who = [numbers[i % 40] for i in range(120)]
    pd.DataFrame({"Employee No": who, "Supervision date": DAYS.dt.strftime("%d/%m/%Y"), "Reflective?": "Yes"}).to_csv(
        tmp_path / "Supervision.csv", index=False
    )
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path).toml, encoding="utf-8")
    data = load_data(tmp_path, tmp_path / "m.toml")
    assert set(data["supervision"]["worker_id"]) == set(data["worker"]["worker_id"])


def test_a_list_of_children_and_households_gives_the_families_by_their_households(tmp_path: Path) -> None:
    """The family's key was the child's, while every contact was led to the household: all stood without a family."""
    child = [str(30000 + i) for i in range(40)]
    house = [str(15000 + i // 2) for i in range(40)]
    pd.DataFrame({"child_sk": child, "household_sk": house, "sex_cd": ["F", "M"] * 20}).to_csv(
        tmp_path / "dim_child.csv", index=False
    )
    seen = {"visit_sk": range(120), "child_sk": child * 3, "actual_dt": DAYS.dt.strftime("%Y-%m-%d"), "seen_ind": "Y"}
    pd.DataFrame(seen).to_csv(tmp_path / "fact_visit.csv", index=False)
    (tmp_path / "m.toml").write_text(propose_mapping(tmp_path).toml, encoding="utf-8")
    data = load_data(tmp_path, tmp_path / "m.toml")
    assert set(data["family"]["family_id"]) == set(house) == set(data["contact"]["family_id"])
