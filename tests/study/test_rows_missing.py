"""Data that lack the rows of a study, or values in what it names: what is missing and what can be used is told."""

from __future__ import annotations

import re

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.study_frames import build_frame
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.study.units import UNITS
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size
from tests.study.test_every_unit import study_of


@pytest.fixture(scope="module")
def data() -> EvaluationData:
    made: EvaluationData = simulate_authority("helpful-hump", Size("few", 1, 6, 7.0, 6, 1), 5)
    return made


def without(data: EvaluationData, table: str, column: str) -> EvaluationData:
    """The data with nothing in a column of theirs."""
    rows = data[table]
    return EvaluationData({**data.tables, table: rows.assign(**{column: rows[column].mask(rows[column].notna())})})


@pytest.mark.parametrize("unit", UNITS)
def test_where_there_are_no_rows_the_error_names_the_unit_and_the_empty_table(data: EvaluationData, unit: str) -> None:
    """It said "the data have no rows" and to check the filter, of a table that was full."""
    for table in dict.fromkeys(name.split(".")[0] for name in UNITS[unit].made_by):
        lacking = EvaluationData({**data.tables, table: data[table].iloc[:0]})
        told = f"the data have no {UNITS[unit].plural}, .*unit '{unit}'.*table '{table}' has no rows"
        with pytest.raises(StudyError, match=rf"ROWS-NONE.*{told}.*at least 2"):
            study_of(unit, UNITS[unit].measures[0]).estimate(lacking)


@pytest.mark.parametrize(
    ("unit", "table", "column"),
    [
        ("adjustment", "arrangement_spell", "ra_requested_date"),
        ("worker", "worker", "start_date"),
        ("worker-wave", "survey", "wave"),
        ("team-wave", "worker", "team_id"),
        ("authority-month", "team", "la_id"),
    ],
)
def test_a_full_table_without_what_makes_a_row_is_told(
    data: EvaluationData, unit: str, table: str, column: str
) -> None:
    told = f"no row of table '{table}' \\({len(data[table]):,}\\) has a value of '{column}'"
    with pytest.raises(StudyError, match=f"ROWS-NONE.*{told}"):
        study_of(unit, UNITS[unit].measures[0]).estimate(without(data, table, column))


def offered(refused: StudyError) -> list[str]:
    found = re.search(r"These rows have: ([\w, ]+?)(?:, \.\.\.)?\.$", refused.fix)
    return found.group(1).split(", ") if found else []


@pytest.mark.parametrize(
    ("study", "table", "column", "code"),
    [
        (study_of("rating", "skill", exposure="remote"), "contact", "contact_id", "EXPOSURE-CONSTANT"),
        (study_of("alliance", "alliance"), "alliance", "worker_id", "EXPOSURE-CONSTANT"),
        (study_of("contact", "remote"), "contact", "mode", "OUTCOME-EMPTY"),
        (
            study_of("worker-month", "sick_days", kind="slope-gap", design="adjusted-interaction",
                     moderators=("broadband",)),
            "worker", "broadband_mbps", "MODERATOR-CONSTANT",
        ),
    ],
)  # fmt: skip
def test_what_is_put_forward_varies_beside_the_rest_of_the_study(
    data: EvaluationData, study: Study, table: str, column: str, code: str
) -> None:
    """In place of a blank exposure, columns were put forward that were as blank."""
    lacking = without(data, table, column)
    with pytest.raises(StudyError) as refused:
        study.estimate(lacking)
    assert refused.value.code == code
    names = offered(refused.value)
    other = study.exposure if code == "OUTCOME-EMPTY" else study.outcome
    rows = build_frame(lacking, study.row_unit, [*names, other])
    assert names and all(rows[[n, other]].dropna().nunique().min() >= 2 for n in names)
    assert code != "MODERATOR-CONSTANT" or rows[names].isin([0, 1]).where(rows[names].notna(), True).all(axis=None)


def test_where_nothing_varies_nothing_is_put_forward(data: EvaluationData) -> None:
    lacking = without(data, "worker_month", "worker_id")
    with pytest.raises(StudyError, match=r"OUTCOME-EMPTY.*; no other column of these rows has 2 values\."):
        study_of("worker-month", "rs_desk_last").estimate(lacking)
