"""Who stands behind a figure, and into which groups and periods a figure may be split, or may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError, UsageError
from hybrid_toolkit.metrics.constructs.work_pattern import mode_of_work
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import STAGES, cached, career_stage, household_access, look_up, require

_WHOLE = 1e-6  # by which a number of people may miss a whole one
PersonCodes = npt.NDArray[np.int32]
"""Positions and codes; 32 bits, since a national year has some ten million contacts."""
PERSON_KEYS: Mapping[str, str] = {"worker_id": "worker", "family_id": "family", "child_id": "child"}
"""Key of a person in the contracts -> the word for whom it names; a family counts as one."""
LAST_KEY, LAST_PERSON = "rater_id", "rater"
"""Counted only where nobody else is named: ratings without their contacts."""

PERIODS = ("month", "quarter", "year", "wave")
"""Periods a figure may be split by; years are calendar years, or the year of an authority's return."""
NOT_RECORDED = "not recorded"
"""Group of the units whose group is missing."""
_PEOPLE = (*PERSON_KEYS, "contact_id", "rater_id", "spell_id")
LINKS = (
    ("contact", "contact_id"),
    ("worker", "worker_id"),
    ("team", "team_id"),
    ("family", "family_id"),
    ("la", "la_id"),
)
"""Table -> its key, in the order in which a group's column is looked for."""
_NAMES: Mapping[str, Mapping[str, str]] = {
    "career_stage": {"asye": "ASYE", "early": "Early", "mid": "Mid", "late": "Late", "supervisor": "Supervisor"},
    "low_access": {"yes": "Low access", "no": "Adequate access"},
}
_IN_ORDER = (("child", "age_band"), ("worker", "age_band"), ("family", "need"), ("la", "ofsted"))
"""Columns of codes that go from less to more; any other is a list without an order."""
_KINDS = ("code", "bool", "id")
_SMALL = ("rural_class", "risk", "n_children")


@dataclass(frozen=True, slots=True)
class Behind:
    """The people behind one figure.

    Parameters
    ----------
    n_people : int or None
        Distinct people; None where the units name nobody.
    person : str
        ``worker``, ``family``, ``child`` or ``rater``: the kind that was counted; empty where nobody is named.
    reason : str
        Why nobody is counted; empty where people are.
    """

    n_people: int | None
    person: str
    reason: str = ""

    def columns(self) -> dict[str, object]:
        """The three as columns of what ``measure`` gives."""
        return {
            "n_people": pd.NA if self.n_people is None else self.n_people,
            "person": self.person,
            "n_people_reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class People:
    """The people of every unit of one metric, as whole numbers, ready to be counted for any part of them.

    Parameters
    ----------
    kinds : Mapping
        Kind of person -> the position of a unit and the code of a person, two arrays of one length. A unit that
        several people share stands there once for each of them.
    unit : str
        What a unit is, for the reason where there are no people.
    """

    kinds: Mapping[str, tuple[PersonCodes, PersonCodes]]
    unit: str

    def count(self, used: npt.NDArray[np.bool_]) -> Behind:
        """The people of the units used: of several kinds, the one with the fewest, as each is protected.

        Parameters
        ----------
        used : npt.NDArray[np.bool]
            Array of bool One a unit.

        Examples
        --------
        >>> frame = pd.DataFrame({"worker_id": ["a", "a", "b"], "family_id": ["f", "g", "h"]})
        >>> People.named(frame, "contact").count(np.array([True, True, False]))
        Behind(n_people=1, person='worker', reason='')
        """
        if not self.kinds:
            return nobody(self.unit)
        found = {kind: _distinct(who[used[unit]]) for kind, (unit, who) in self.kinds.items()}
        kind = min(found, key=lambda k: found[k])
        return Behind(found[kind], kind)

    def telling(self, used: npt.NDArray[np.bool_], tell: Callable[[PersonCodes], float]) -> Behind:
        """As ``count``, of no more people than a slope over the units used rests on: ``tell`` of their codes."""
        behind = self.count(used)
        for unit, who in self.kinds.values():
            code = np.arange(len(used), dtype=np.int32) + int(who.max(initial=0)) + 1  # a unit of nobody by itself
            code[unit] = who
            least = int(tell(np.unique(code[used], return_inverse=True)[1].astype(np.int32)) + _WHOLE)
            behind = replace(behind, n_people=min(least, behind.n_people or 0))
        return behind

    @classmethod
    def named(cls, frame: pd.DataFrame, unit: str, position: PersonCodes | None = None) -> People:
        """The people that the key columns of a frame name; a kind that is missing throughout is left out.

        Parameters
        ----------
        frame : DataFrame
            Key columns such as ``worker_id``.
        unit : str
            What a unit is.
        position : PersonCodes | None, optional
            The unit of each row; the rows themselves where it is left out.
        """
        at: PersonCodes = np.arange(len(frame), dtype=np.int32) if position is None else position
        kinds = {}
        for key, kind in person_kinds(frame.columns).items():
            who: PersonCodes = pd.factorize(frame[key])[0].astype(np.int32)
            known = who >= 0
            if known.any():
                kinds[kind] = (at, who) if known.all() else (at[known], who[known])
        return cls(kinds, unit)


def _distinct(who: PersonCodes) -> int:
    """How many different codes there are, without sorting them."""
    seen = np.zeros(int(who.max(initial=-1)) + 1, dtype=np.bool_)
    seen[who] = True
    return int(seen.sum())


def person_kinds(columns: Sequence[str] | pd.Index[Any]) -> dict[str, str]:
    """Person key -> kind of person, for those among these columns; raters only where nobody else is there.

    Examples
    --------
    >>> person_kinds(["contact_id", "family_id", "rater_id"]), person_kinds(["rater_id"]), person_kinds(["la_id"])
    ({'family_id': 'family'}, {'rater_id': 'rater'}, {})
    """
    return {k: v for k, v in PERSON_KEYS.items() if k in columns} or (
        {LAST_KEY: LAST_PERSON} if LAST_KEY in columns else {}
    )


def people_of(data: EvaluationData, spec: MetricSpec, frame: pd.DataFrame) -> People:
    """The people of the units of a metric, worked out once for the same data.

    Parameters
    ----------
    data : EvaluationData
        What is measured.
    spec : MetricSpec
        The metric; its ``people`` names them where the unit frame cannot, because several share a unit.
    frame : DataFrame
        Its unit frame.

    Raises
    ------
    MeasureError
        The metric reads a table of people, and neither its frame nor its ``people`` names them.
    """
    kinds = cached(data, ("people", spec.frame, spec.people), lambda: _people(data, spec, frame).kinds)
    found = People(kinds, spec.unit)
    read = spec.columns_for(data.has) if spec.instead else spec.columns
    tables = [t for t in read if person_kinds([c for c in TABLES[t].names if data.has(t, c)])]
    if tables and not found.kinds and len(frame):
        key = next(iter(person_kinds(TABLES[tables[0]].names)))
        raise MeasureError(
            f"metric '{spec.id}' reads table '{tables[0]}', whose rows are of people, and its units name none of them: "
            f"the people behind a figure cannot be counted.",
            fix=f"Keep column '{key}' in the metric's frame, or give people=, which pairs units with people.",
            code="METRIC-PEOPLE",
        )
    return found


def nobody(unit: str) -> Behind:
    """Nobody behind the units, with the reason.

    Examples
    --------
    >>> nobody("authority-year").reason
    'no person stands behind an authority-year'
    """
    return Behind(None, "", f"no person stands behind {'an' if unit[:1] in 'aeiou' else 'a'} {unit}")


def _people(data: EvaluationData, spec: MetricSpec, frame: pd.DataFrame) -> People:
    if spec.people is None:
        return People.named(frame, spec.unit)
    pairs = spec.people(data)
    keys = [c for c in pairs.columns if c not in person_kinds(pairs.columns)]
    unit = frame[keys].assign(_unit=np.arange(len(frame)))
    joined = pairs.merge(unit, on=keys, how="inner")
    return People.named(joined, spec.unit, joined["_unit"].to_numpy(dtype=np.int32))


def group_names() -> tuple[str, ...]:
    """What ``by`` may be: the derived groups and the coded columns of the contracts.

    Examples
    --------
    >>> "career_stage" in group_names(), "worker_id" in group_names()
    (True, False)
    """
    columns = [
        c.name
        for table, _ in LINKS
        for c in TABLES[table].columns
        if (c.kind in _KINDS or c.name in _SMALL) and c.name not in (*_PEOPLE, "lsoa", "engaged", "mode_offered_choice")
    ]
    return tuple(dict.fromkeys(["career_stage", "mode_of_work", "low_access", *columns]))


def groups(frame: pd.DataFrame, data: EvaluationData, by: str) -> pd.Series[str]:
    """The group of each row of a unit frame, as text; units without one are in ``not recorded``.

    Raises
    ------
    MeasureError
        Groups that would be single people.
    UsageError
        No such group, or the metric's units have no link to it.
    CoverageError
        The data lack the table or column.
    """
    check_group(by)
    return _labels(_raw(frame, data, by))


def check_group(by: str) -> None:
    """Refuse groups that would be single people, and groups that do not exist, as ``groups`` says."""
    if by in _PEOPLE:
        raise MeasureError(
            f"figures by '{by}' would be figures of single people or families.",
            fix="Group by career_stage, service, role or another class.",
            code="GROUP-PERSON",
        )
    if by not in group_names():
        raise UsageError(
            f"there is no group '{by}'.", fix=f"Use one of {', '.join(group_names())}.", code="GROUP-UNKNOWN"
        )


def _raw(frame: pd.DataFrame, data: EvaluationData, by: str) -> pd.Series[str]:
    if by == "career_stage":
        return _stage(frame, data)
    if by in frame.columns:
        return frame[by]
    if by == "mode_of_work":
        if not {"worker_id", "month"} <= set(frame.columns):
            raise UsageError(
                "the units of this metric have no worker and month, so no mode of work.",
                fix="Choose another group.",
                code="GROUP-UNIT",
            )
        return mode_of_work(data, frame)
    if by == "low_access" and "family_id" in frame:
        return look_up(frame[["family_id"]], household_access(data), "family_id", ["low_access"])["low_access"]
    linked = frame
    if "la_id" not in linked and by in TABLES["la"].names and "team_id" in linked and data.has("team", "la_id"):
        linked = look_up(linked, data.table("team"), "team_id", ["la_id"])
    gone = ""
    for table, key in LINKS:
        if by in TABLES[table].names and key in linked.columns:
            if data.has(table, by):
                return look_up(linked[[key]], data.table(table), key, [by])[by]
            gone = f"table '{table}' has no column '{by}'"
    if gone:
        raise CoverageError(
            f"{gone}, which the groups need.", fix="Add it, or choose another group.", code="COLUMN-MISSING"
        )
    if by in linked.columns:
        return linked[by]
    raise UsageError(f"the units of this metric have no '{by}'.", fix="Choose another group.", code="GROUP-UNIT")


def _stage(frame: pd.DataFrame, data: EvaluationData) -> pd.Series[str]:
    if "worker_id" not in frame:
        raise UsageError("the units of this metric have no worker, so no career stage.", fix="Choose another group.",
                         code="GROUP-UNIT")  # fmt: skip
    worker = require(data, "worker", "worker_id", "role", "reg_date")
    rows = look_up(frame[["worker_id"]], worker, "worker_id", ["role", "reg_date", "asye"])
    if "month" in frame and frame["month"].notna().any():
        return career_stage(rows, pd.to_datetime(frame["month"]))
    dated = [("worker_month", "month"), ("contact", "held_date"), ("survey", "month"), ("worker", "start_date")]
    last = [data.table(t)[c].max() for t, c in dated if data.has(t, c)]
    known = [d for d in last if pd.notna(d)]
    if not known:
        raise CoverageError(
            "no date tells when to take the career stage.", fix="Add table 'worker_month'.", code="DATE-NONE"
        )
    return career_stage(rows, pd.Series(known[0], index=rows.index))


def _labels(values: pd.Series[str]) -> pd.Series[str]:
    if pd.api.types.is_bool_dtype(values.dtype):
        text = values.map({True: "yes", False: "no"}).astype("str")
    elif pd.api.types.is_numeric_dtype(values.dtype):
        text = values.map(lambda v: f"{v:g}", na_action="ignore").astype("str")
    else:
        text = values.astype("str")
    return text.where(values.notna(), NOT_RECORDED)


def group_order(labels: pd.Series[str]) -> list[str]:
    """Labels in their own order (stages, ages, ratings, numbers, else alphabetical), never in the order of a figure.

    Examples
    --------
    >>> group_order(pd.Series(["late", "asye", "not recorded", "mid"])), group_order(pd.Series(["10", "9"]))
    (['asye', 'mid', 'late', 'not recorded'], ['9', '10'])
    >>> group_order(pd.Series(["5-9", "10-15", "0"])), group_order(pd.Series(["G", "I", "O", "RI"]))
    (['0', '5-9', '10-15'], ['O', 'G', 'RI', 'I'])
    """
    if pd.to_numeric(labels.where(labels.ne(NOT_RECORDED)), errors="coerce").notna().eq(labels.ne(NOT_RECORDED)).all():
        return sorted(labels.unique(), key=lambda x: (x == NOT_RECORDED, 0.0 if x == NOT_RECORDED else float(x)))
    known = set(labels.unique()) - {NOT_RECORDED}
    scale = next((s for s in (STAGES, *_scales()) if known <= set(s)), ())
    rank = {name: n for n, name in enumerate(scale)}
    return sorted(labels.unique(), key=lambda x: (x == NOT_RECORDED, rank.get(x, len(rank)), x))


@cache
def _scales() -> tuple[tuple[str, ...], ...]:
    """Codes of the contracts that have an order, from the first to the last."""
    held = ((t.name, c) for t in TABLES.values() for c in t.columns)
    return tuple(tuple(c.codes) for table, c in held if (table, c.name) in _IN_ORDER)


def group_label(group: str, value: str) -> str:
    """A group's plain name, from the contracts where they hold it.

    Examples
    --------
    >>> group_label("career_stage", "asye"), group_label("role", "5"), group_label("caring", "yes")
    ('ASYE', 'Case holder', 'Yes')
    """
    if value == "all":
        return "Everyone"
    known = _NAMES.get(group) or next(
        (c.codes for t in TABLES.values() for c in t.columns if c.name == group and c.codes), {}
    )
    return str(known.get(value, value[:1].upper() + value[1:]))


def periods(frame: pd.DataFrame, period: str) -> pd.Series[str]:
    """The period of each row, as text: ``2025-03``, ``2025-Q1``, ``2025``, ``wave 1``; missing stays missing.

    Raises
    ------
    UsageError
        No such period.
    MeasureError
        The metric's units have no such date.
    """
    if period not in PERIODS:
        raise UsageError(
            f"there is no period '{period}'.", fix=f"Use one of {', '.join(PERIODS)}.", code="PERIOD-UNKNOWN"
        )
    if period == "wave" and "wave" in frame:
        return frame["wave"].map(lambda w: f"wave {int(w)}", na_action="ignore").astype("str")
    if period == "year" and "year" in frame:
        return frame["year"].map(lambda y: str(int(y)), na_action="ignore").astype("str")
    if period == "wave" or "month" not in frame:
        raise MeasureError(
            f"the units of this metric have no date by {period}.", fix="Leave period out.", code="PERIOD-UNIT"
        )
    month = pd.to_datetime(frame["month"])
    if period == "quarter":
        text = month.dt.year.astype("Int64").astype("str") + "-Q" + month.dt.quarter.astype("Int64").astype("str")
    else:
        text = month.dt.strftime("%Y-%m" if period == "month" else "%Y").astype("str")
    return text.where(month.notna())
