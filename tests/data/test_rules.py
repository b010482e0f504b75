"""Every rule catches what it is for and lets the rest pass; reports hold counts and positions, never values."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.validation.rule_decorator import RULES, rule
from hybrid_toolkit.data.validation.validate import ValidationReport, validate_data, validate_frames
from hybrid_toolkit.errors import ContractError

Found = tuple[int, tuple[int, ...], str]
ERROR_1: Found = (1, (1,), "error")
NOTICE_1: Found = (1, (1,), "notice")
ORDERED = "child_event: child_id,referral_date,assessment_start_date,assessment_end_date"
STAFF = "worker: worker_id,start_date,leave_date | W1,2024-01-15,2024-03-10 | W2,,"
"""Tables are written ``name: columns | row | row``; an empty cell is missing."""

CASES: list[tuple[str, list[str], Found]] = [
    (
        "ORPHAN-WORKER-TEAM-ID",
        ["team: team_id | T1", "worker: worker_id,team_id | a,T1 | b,T9 | c,"],
        (1, (2,), "error"),
    ),
    (
        "ORPHAN-CONTACT-FAMILY-ID",
        ["family: family_id | F1", "contact: contact_id,family_id | 1,F1 | 2,F01"],
        (1, (2,), "error"),
    ),
    (
        "BACKWARDS-WORKER-START-LEAVE",
        ["worker: worker_id,start_date,leave_date | a,2024-05-02,2024-05-01 | b,2024-05-02,2024-05-02 | c,,2024-01-01"],
        (1, (1,), "error"),
    ),
    ("BACKWARDS-WORKER-REG-START", ["worker: worker_id,start_date,reg_date | a,2024-05-01,2024-09-01"], NOTICE_1),
    (
        "BACKWARDS-CHILD-EVENT-ASSESSMENT-START-ASSESSMENT-END",
        [f"{ORDERED} | a,2024-01-01,2024-02-01,2024-01-31 | b,2024-01-01,2024-02-01,2024-02-01"],
        ERROR_1,
    ),
    ("BACKWARDS-CHILD-EVENT-REFERRAL-ASSESSMENT-START", [f"{ORDERED} | a,2024-01-02,2024-01-01,"], ERROR_1),
    (
        "BACKWARDS-ALLOCATION-SPELL-START-END",
        ["allocation_spell: child_id,worker_id,start_date,end_date | a,w,2024-01-02,2024-01-01"],
        ERROR_1,
    ),
    (
        "SPELL-OVERLAP",
        [
            "arrangement_spell: spell_id,worker_id,start_date,end_date | 1,W1,2024-01-01,2024-01-31 "
            "| 2,W1,2024-02-01, | 3,W2,2024-01-01,2024-02-01 | 4,W2,2024-02-01,"
        ],
        (1, (4,), "error"),
    ),
    (
        "ALLOCATION-OVERLAP",
        [
            "allocation_spell: child_id,worker_id,start_date,end_date "
            "| c,w,2024-01-01, | c,w,2024-02-01, | c,v,2024-02-01,"
        ],
        (1, (2,), "error"),
    ),
    (
        "MONTH-BEFORE-START",
        [STAFF, "worker_month: worker_id,month | W1,2023-12-01 | W1,2024-01-01 | W2,1999-01-01"],
        ERROR_1,
    ),
    ("MONTH-AFTER-LEAVE", [STAFF, "worker_month: worker_id,month | W1,2024-03-01 | W1,2024-04-01"], (1, (2,), "error")),
    (
        "ATTENDANCE-AFTER-LEAVE",
        [STAFF, "attendance_day: worker_id,date,slot,site_id | W1,2024-03-10,am,home | W1,2024-03-11,am,home"],
        (1, (2,), "notice"),
    ),
    (
        "CONTACT-BEFORE-START",
        [STAFF, "contact: contact_id,family_id,worker_id,held_date | 1,f,W1,2024-01-14 | 2,f,W2,2024-01-14"],
        NOTICE_1,
    ),
    (
        "HOURS-OVER-DAY",
        ["worker_month: worker_id,month,h_home,h_visit | a,2024-02-01,400,297 | b,2024-02-01,348,348"],
        ERROR_1,
    ),
    (
        "HOURS-LONG",
        ["worker_month: worker_id,month,h_office | a,2024-02-01,310 | b,2024-02-01,311 | c,2024-02-01,500"],
        (2, (2, 3), "notice"),
    ),
    ("SICK-OVER-MONTH", ["worker_month: worker_id,month,sick_days | a,2024-02-01,30 | b,2024-02-01,29"], ERROR_1),
    (
        "ATTENDANCE-TWO-SITES",
        ["attendance_day: worker_id,date,slot,site_id | a,2024-02-01,am,home | a,2024-02-01,am,S | a,2024-02-01,pm,S"],
        (1, (2,), "error"),
    ),
    ("KEY-DUPLICATE", ["survey: worker_id,wave,instrument,item,value | a,1,i,x,1 | a,1,i,x,2"], (1, (2,), "error")),
    (
        "CONTACT-FAR-FROM-DUE",
        ["contact: contact_id,family_id,due_date,held_date | 1,f,2024-01-01,2025-01-02 | 2,f,2024-01-01,2025-01-01"],
        NOTICE_1,
    ),
    ("CONTACT-NO-DATE", ["contact: contact_id,family_id,due_date,held_date | 1,f,, | 2,f,2024-01-01,"], NOTICE_1),
    ("CONTACT-ENGAGED-NOT-HELD", ["contact: contact_id,family_id,engaged,held_date | 1,f,yes, | 2,f,,"], NOTICE_1),
    (
        "SURVEY-TWO-MONTHS",
        [
            "survey: worker_id,wave,instrument,item,value,month "
            "| a,1,i,x,1,2024-01-01 | b,1,i,x,1,2024-02-01 | c,2,i,x,1,2024-03-01"
        ],
        (2, (1, 2), "notice"),
    ),
    ("RATE-LEAVERS-OVER-IN-POST", ["la_year: la_id,year,leavers_fte,inpost_fte | a,2024,11,10"], NOTICE_1),
    (
        "RATE-ABSENCE-OVER-YEAR",
        ["la_year: la_id,year,working_days_lost_fte,inpost_fte | a,2024,2531,10 | b,2024,2530,10"],
        ERROR_1,
    ),
    ("RATE-CASES-WITHOUT-HOLDERS", ["la_year: la_id,year,cases,case_holders_fte | a,2024,11,0"], NOTICE_1),
    ("COLUMN-MISSING", ["worker: role | 5"], (1, (), "error")),
    ("VALUE-EMPTY", ["worker: worker_id,role | a,5 | ,5 | ,5"], (2, (2, 3), "error")),
    ("RANGE", ["worker: worker_id,fte | a,1 | b,1.2"], (1, (2,), "error")),
    ("CODE-UNKNOWN", ["worker: worker_id,role | a,5 | b,7"], (1, (2,), "error")),
    ("DATE-FAR", ["worker: worker_id,reg_date | a,2204-01-01 | b,2004-01-01"], ERROR_1),
    ("TYPE-NUMBER", ["worker: worker_id,fte | a,1.0 | b,full"], (1, (2,), "error")),
    ("EXAMPLE-ROW", ["la: la_id | EXAMPLE-LA | L1"], NOTICE_1),
    ("TABLE-EMPTY", ["la: la_id"], (0, (), "notice")),
    ("TABLE-UNKNOWN", ["nonsense: x | 1"], (0, (), "notice")),
    ("COLUMN-UNKNOWN", ["la: la_id,x,y | a,1,2"], (2, (), "notice")),
    ("SURVEY-UNLINKED", [STAFF, "survey: worker_id,wave,instrument,item,value | s1,1,i,x,1"], (1, (), "notice")),
]


def written(text: str) -> tuple[str, pd.DataFrame]:
    name, _, body = text.partition(":")
    header, *lines = [[cell.strip() or None for cell in line.split(",")] for line in body.split("|")]
    return name, pd.DataFrame(lines, columns=header, dtype="str")


def codes(report: ValidationReport) -> dict[str, Found]:
    return {p.code: (p.count, p.positions, p.severity) for p in report.problems}


@pytest.mark.parametrize(("code", "tables", "expected"), CASES, ids=[c[0] for c in CASES])
def test_a_rule_catches_what_it_is_for(code: str, tables: list[str], expected: Found) -> None:
    assert codes(validate_frames(dict(map(written, tables))))[code] == expected


def test_a_number_that_is_not_finite() -> None:
    hours = pd.DataFrame({"worker_id": ["a"], "month": ["2024-01-01"], "h_home": [float("inf")]})
    assert codes(validate_frames({"worker_month": hours}))["NUMBER-INFINITE"] == ERROR_1


def test_a_month_that_is_not_the_first_day() -> None:
    month = pd.to_datetime(pd.Series(["2024-01-01", "2024-01-02"])).astype("datetime64[us]")
    frame = pd.DataFrame({"worker_id": pd.array(["a", "a"], dtype="str"), "month": month})
    assert codes(validate_data(EvaluationData({"worker_month": frame}))) == {"MONTH-DAY": (1, (2,), "error")}


def test_validate_data_holds_types_to_the_contract() -> None:
    frame = pd.DataFrame({"la_id": ["A"], "imd": [1]})
    report = validate_data(EvaluationData({"la": frame}))
    assert codes(report) == {"TYPE": (1, (), "error")} and "float64" in report.problems[0].text
    assert validate_frames({"la": frame}).ok


def test_every_foreign_key_and_every_pair_of_dates_has_its_rule() -> None:
    foreign = sum(len(t.foreign) for t in TABLES.values())
    assert sum(c.startswith("ORPHAN") for c in RULES) == foreign
    for r in RULES.values():
        assert r.severity in ("error", "notice") and r.fix.endswith(".") and not r.text.endswith(".")
        for table, columns in r.fields.items():
            assert set(columns) | set(r.any_of) <= set(TABLES[table].names) or table != next(iter(r.fields))


def test_overlap_is_seen_past_a_short_spell_inside_a_long_one() -> None:
    spells = (
        "arrangement_spell: spell_id,worker_id,start_date,end_date | 1,W,2024-06-01, "
        "| 2,W,2024-01-01,2024-12-31 | 3,W,2024-02-01,2024-02-10"
    )
    assert codes(validate_frames(dict([written(spells)])))["SPELL-OVERLAP"] == (2, (1, 3), "error")


def test_every_failure_is_collected_and_no_value_is_told() -> None:
    canary = "canary-7c1"
    worker = pd.DataFrame(
        {
            "worker_id": [canary, canary, None],
            "role": [canary, "5", "5"],
            "fte": [canary, "9.75", "1"],
            "odd": [canary] * 3,
        }
    )
    report = validate_frames({"worker": worker, "team": pd.DataFrame({"team_id": ["T"], "rollout_month": [canary]})})
    found = {(p.where, p.code) for p in report.problems}
    assert {
        ("worker.worker_id", "KEY-DUPLICATE"),
        ("worker.worker_id", "VALUE-EMPTY"),
        ("worker.role", "CODE-UNKNOWN"),
        ("worker.fte", "TYPE-NUMBER"),
        ("worker.fte", "RANGE"),
        ("worker", "COLUMN-UNKNOWN"),
    } <= found
    assert any(where == "team.rollout_month" for where, _ in found)
    said = report.summary() + report.tidy().to_csv() + repr(report)
    with pytest.raises(ContractError, match="How to fix") as error:
        report.raise_if_bad()
    for text in (said, str(error.value)):
        assert canary not in text and "9.75" not in text


def test_the_report_reads_as_prose_with_the_worst_table_first() -> None:
    report = validate_frames(
        {
            "la": pd.DataFrame({"la_id": ["A", "A"]}),
            "family": pd.DataFrame({"family_id": ["a", None, "a"], "risk": [9, 1, 1]}),
        }
    )
    said = report.summary()
    assert said.startswith("Checked 2 tables, 5 rows: 4 errors, 0 notices.")
    assert said.index("Table 'family', 3 rows:") < said.index("Table 'la', 2 rows:")
    assert list(report.tidy().columns) == ["table", "column", "code", "severity", "count", "positions", "text", "fix"]
    assert report.tidy().loc[0, "positions"] == "2"
    validate_frames({"la": pd.DataFrame({"la_id": ["A"]})}).raise_if_bad()


def test_rules_wait_for_their_columns_and_change_nothing() -> None:
    worker = pd.DataFrame({"worker_id": ["a"], "start_date": ["2024-01-01"]}, index=[7])
    before = worker.copy(deep=True)
    assert validate_frames({"worker": worker}).ok
    pd.testing.assert_frame_equal(worker, before)
    with pytest.raises(ValueError, match="two rules are called SPELL-OVERLAP"):
        rule("SPELL-OVERLAP", {"la": ()}, "", "")(lambda la: la["la_id"].isna())


def test_positions_are_listed_up_to_five_and_counts_are_whole() -> None:
    report = validate_frames({"la": pd.DataFrame({"la_id": ["A"] * 9})})
    assert codes(report)["KEY-DUPLICATE"] == (8, (2, 3, 4, 5, 6), "error")
    assert report.tidy().loc[0, "positions"] == "2, 3, 4, 5, 6, ..."


def test_validation_cannot_be_switched_off_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    from pandera.config import config_context

    with config_context(validation_enabled=False):
        assert not validate_frames({"family": pd.DataFrame({"family_id": ["a"], "risk": [9]})}).ok
