"""Who stands behind a figure: the distinct workers, families or children of the units that were used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import cached

PersonCodes = npt.NDArray[np.int32]
"""Positions and codes; 32 bits, since a national year has some ten million contacts."""
PERSON_KEYS: Mapping[str, str] = {"worker_id": "worker", "family_id": "family", "child_id": "child"}
"""Key of a person in the contracts -> the word for whom it names; a family counts as one."""
LAST_KEY, LAST_PERSON = "rater_id", "rater"
"""Counted only where nobody else is named: ratings without their contacts."""


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


def with_people(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``measure`` with the column ``people`` that their table is protected by.

    The people behind each row; its units where nobody stands behind them, as in the statistics of authorities.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [20, 30], "n_people": pd.array([12, None], "Int64")})
    >>> with_people(rows)["people"].tolist()
    [12, 30]
    """
    return rows.assign(people=rows["n_people"].fillna(rows["n"]).astype("int64"))


def totals_note(rows: pd.DataFrame, hidden: Sequence[bool], unit: str) -> str:
    """Why a figure made of totals is hidden, in words; empty where no such figure is.

    Parameters
    ----------
    rows : pd.DataFrame
        As ``measure`` gives them.
    hidden : Sequence[bool]
        For each row, whether the gate hides it.
    unit : str
        What a unit of the metric is.

    Returns
    -------
    str
        Two sentences, or nothing.

    Examples
    --------
    >>> rows = pd.DataFrame({"n_people": pd.array([None], "Int64")})
    >>> totals_note(rows, [True], "authority-year").partition(", which")[0]
    'Your own figure is hidden because it is made of totals, one for each authority-year'
    >>> totals_note(rows, [False], "authority-year")
    ''
    """
    if not (rows["n_people"].isna().to_numpy() & np.asarray(hidden, dtype=bool)).any():
        return ""
    return (
        f"Your own figure is hidden because it is made of totals, one for each {unit}, which do not say how many "
        "people they include. Measures made from rows of workers, families or children count the people."
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
    tables = [t for t in spec.columns if person_kinds([c for c in TABLES[t].names if data.has(t, c)])]
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
