"""A metric of one's own: declared in a few lines of Python or TOML, and then like any other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.data.wording.named import named_in, ranks_or_blames, says_cause, without_denials
from hybrid_toolkit.data.wording.text_form import odd_form
from hybrid_toolkit.errors import MeasureError, UnreadableError, toml_place
from hybrid_toolkit.metrics.custom.formula import Formula, parse_formula
from hybrid_toolkit.metrics.custom.formula_values import values
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import DIRECTIONS, NOT_CO_PRODUCED, MetricSpec
from hybrid_toolkit.metrics.unit_frames import look_up, month_of, optional, require

_LEAST_MIN_N = 10
"""The least that ``min_n`` may be: the smallest group that the disclosure policy shows."""
CO_PRODUCERS = (
    *("children", "young people", "care leavers", "parents", "carers", "foster carers", "families"),
    *("practitioners", "early-career practitioners", "supervisors", "managers", "senior leaders"),
    *("business partners", "quality assurance staff", "partner agencies", "community organisations", "researchers"),
)
"""Roles with whom a metric may have been co-produced: a record holds roles, never names."""
FAMILY_ROLES = CO_PRODUCERS[:7]
"""The roles of those whom the service is for."""
MAX_BYTES = 100_000
"""Size of a declaration file."""
_NEEDED = ("name", "question", "table", "formula", "unit")
_KEYS = (
    *("id", "name", "question", "table", "columns", "formula", "unit", "cluster", "direction", "low", "high"),
    *("min_n", "caveats", "co_produced_with", "co_produced_on"),
)
_CLUSTERS = ("team_id", "worker_id", "family_id", "child_id", "la_id", "lsoa")
_DATES = {"contact": ("held_date", "due_date"), "child_event": ("referral_date",), "worker": ()}
_KEPT = ("id", "code", "bool", "int")


@dataclass(frozen=True, slots=True)
class OwnFrame:
    """The unit frame of a declared metric: the rows of one table with their keys and the formula's values.

    Parameters
    ----------
    table : str
        Contract table.
    formula : Formula
        The formula that was read.
    also : tuple[str, ...], optional
        Columns to keep beside ids, codes and counts: a day that is part of a row's key.
    """

    table: str
    formula: Formula
    also: tuple[str, ...] = ()

    def __call__(self, data: EvaluationData) -> pd.DataFrame:
        """One row a row of the table that ``where`` keeps: keys, ``month`` where there is a date, the values.

        A row for which ``where`` cannot be known is kept with a missing value, so that it is counted.

        Raises
        ------
        CoverageError
            The table or a column of the formula is not there.
        """
        rows = require(data, self.table, *self.formula.columns)
        held = [c for c in TABLES[self.table].columns if c.name in rows]
        out = _linked(rows[[c.name for c in held if c.kind in _KEPT or c.name in self.also]], data)
        month = self._month(rows)
        if month is not None:
            out["month"] = month
        known = np.ones(len(rows)) if self.formula.where is None else values(self.formula.where, rows)
        for name, part in zip(self.names, self.formula.parts, strict=True):
            out[name] = np.where(np.isnan(known), np.nan, values(part, rows))
        kept: pd.DataFrame = out[known != 0].reset_index(drop=True)
        return kept

    def _month(self, rows: pd.DataFrame) -> pd.Series[pd.Timestamp] | None:
        dates = [c.name for c in TABLES[self.table].columns if c.kind in ("date", "month") and c.name in rows]
        chosen = [c for c in _DATES.get(self.table, dates[:1]) if c in rows]
        if not chosen:
            return None
        first = rows[chosen[0]]
        for other in chosen[1:]:
            first = first.fillna(rows[other])
        return month_of(first)

    @property
    def names(self) -> tuple[str, ...]:
        """Columns of the values: ``own_value``, or ``own_top`` and ``own_bottom`` of a ratio."""
        return ("own_top", "own_bottom") if self.formula.aggregate == "ratio" else ("own_value",)

    @property
    def statistic(self) -> MeanOf | RatioOf:
        """What is made of the values."""
        return RatioOf("own_top", "own_bottom") if self.formula.aggregate == "ratio" else MeanOf("own_value")


def _linked(frame: pd.DataFrame, data: EvaluationData) -> pd.DataFrame:
    """The rows with the worker, family, team and authority that their keys lead to."""
    steps = (
        ("contact", "contact_id", ("worker_id", "family_id")),
        ("worker", "worker_id", ("team_id",)),
        ("family", "family_id", ("la_id",)),
        ("team", "team_id", ("la_id",)),
    )
    for table, key, wanted in steps:
        for column in wanted:
            if key in frame and column not in frame and data.has(table, key, column):
                frame = look_up(frame, optional(data, table, key, column), key, [column])
    return frame.copy()


def declare_metric(
    name: str,
    *,
    question: str,
    table: str,
    formula: str,
    unit: str,
    id: str = "",
    columns: Sequence[str] | None = None,
    cluster: str | Sequence[str] | None = None,
    direction: str = "none",
    low: float | None = None,
    high: float | None = None,
    min_n: int = 10,
    caveats: Sequence[str] = (),
    co_produced_with: Sequence[str] = (),
    co_produced_on: date | str | None = None,
) -> MetricSpec:
    """Declare a metric of one's own; give it to ``measure``, or ``register`` it to have it everywhere by its id.

    Parameters
    ----------
    name : str
        Plain name.
    question : str
        The question it answers, ending in a question mark.
    table : str
        Contract table whose rows are its units.
    formula : str
        Over the columns of that table; the grammar is in ``hybrid_toolkit.metrics.custom.formula``.
    unit : str
        Unit of the figure, such as ``share`` or ``days``.
    id : str, optional
        Short id in lower case; made from the name where it is left out.
    columns : Sequence[str] | None, optional
        The columns the formula reads; if given, it must be exactly those.
    cluster : str | Sequence[str] | None, optional
        ``team_id``, ``worker_id``, ``family_id``, ``child_id``, ``la_id`` or ``lsoa``, best first; by default the team
        and then the worker, or the family, or the authority, as the table has them.
    direction : str, default "none"
        ``higher`` or ``lower`` is better, or ``none``.
    low : float | None, optional
        Lowest possible figure; a figure below it is flagged.
    high : float | None, optional
        Highest possible figure; a figure above it is flagged.
    min_n : int, default 10
        Units below which the figure is flagged; 10 at least.
    caveats : Sequence[str], optional
        Care to take, shown with the figure.
    co_produced_with : Sequence[str], optional
        Roles (``CO_PRODUCERS``), never names, of those with whom it was made; with ``co_produced_on``, the day. Until
        both are recorded it is shown as not co-produced.
    co_produced_on : date | str | None, optional
        Day on which it was made with them.

    Returns
    -------
    MetricSpec
        One metric: what it asks, of whom, from which columns, by which formula, and with what care.

    Raises
    ------
    MeasureError
        ``FORMULA-REFUSED`` with line and column, ``METRIC-DECLARATION``, or ``METRIC-WORDS``: a text names somebody or
        an authority, ranks or blames.

    Examples
    --------
    >>> m = declare_metric("Visits in time", question="Were visits kept?", table="contact",
    ...                    formula="share(held_date <= due_date)", unit="share", direction="higher", low=0, high=1)
    >>> m.id, m.columns["contact"], m.co_produced
    ('visits_in_time', ('held_date', 'due_date'), 'not co-produced')
    """
    given = dict(locals())
    own_id = id or re.sub(r"[^a-z0-9]+", "_", str(name).lower()).strip("_")
    _check_types(own_id, given)
    if table not in TABLES:
        raise _wrong(own_id, f"there is no table of that name; use one of {', '.join(TABLES)}")
    _check_words(own_id, given)
    read = parse_formula(formula, {c.name: c for c in TABLES[table].columns})
    if columns is not None and set(columns) != set(read.columns):
        raise _wrong(own_id, f"'columns' must be exactly those the formula reads: {', '.join(read.columns)}")
    frame = OwnFrame(table, read)
    who = _co_production(own_id, co_produced_with, co_produced_on)
    return MetricSpec(
        id=own_id,
        code="OWN",
        name=name,
        question=question,
        unit=table.replace("_", " "),
        columns={table: read.columns},
        formula=" ".join(formula.split()),
        low=low,
        high=high,
        direction=direction,
        min_n=min_n,
        value_unit=unit,
        source="Declared by the evaluator",
        caveats=(*caveats, _caveat(who)),
        source_questions=("S0-C8.4",),
        co_produced=who,
        frame=frame,
        statistic=frame.statistic,
        cluster=_clusters(own_id, table, cluster),
        own=True,
    )


def load_metric(path: str | Path) -> MetricSpec:
    """A metric of one's own from a TOML file, whose keys are the parameters of ``declare_metric``.

    Parameters
    ----------
    path : str | Path
        The TOML file.

    Returns
    -------
    MetricSpec
        A metric of one's own from a TOML file, whose keys are the parameters of ``declare_metric``.

    Raises
    ------
    UnreadableError
        The file is not there, is not TOML (with the place), or is over 100 kB.
    MeasureError
        An unknown or missing key, a value of the wrong type, or as ``declare_metric``.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "visits.toml"
    >>> _ = file.write_text("\\n".join([
    ...     "name = 'Visits in time'", "question = 'Were visits kept?'", "table = 'contact'",
    ...     "formula = 'share(held_date <= due_date)'", "unit = 'share'", "direction = 'higher'",
    ...     "low = 0", "high = 1"]))
    >>> load_metric(file).id
    'visits_in_time'
    """
    where = Path(path)
    fix = "Give a TOML file with the keys " + ", ".join(_NEEDED) + "."
    try:
        if where.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"'{where.name}' is over 100 kB.", fix=fix, code="METRIC-UNREADABLE")
        return parse_metric(where.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        kind = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else "cannot be read"
        raise UnreadableError(f"'{where.name}' {kind}.", fix=fix, code="METRIC-UNREADABLE") from None


def parse_metric(text: str) -> MetricSpec:
    """A metric of one's own from TOML text; raises as ``load_metric``.

    Examples
    --------
    >>> parse_metric('''
    ... name = "Contacts by video"
    ... question = "How often do we meet by video?"
    ... table = "contact"
    ... formula = 'share(mode == "video")'
    ... unit = "share"
    ... co_produced_with = ["parents", "practitioners"]
    ... co_produced_on = 2025-03-01
    ... ''').co_produced
    'with parents, practitioners (2025-03-01)'
    """
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of too many digits, a list too deep
        said = f" at {place}" if (place := toml_place(error)) else ""
        raise UnreadableError(
            f"the declaration is not TOML{said}.", fix="Put texts in quotes.", code="METRIC-UNREADABLE"
        ) from None
    odd, gone = [k for k in raw if k not in _KEYS], [k for k in _NEEDED if k not in raw]
    if odd or gone:
        near = [m for k in odd for m in get_close_matches(k, _KEYS, n=1)]
        what = "; ".join([f"unknown key {', '.join(odd)}"] * bool(odd) + [f"no key {', '.join(gone)}"] * bool(gone))
        said = f" (did you mean {', '.join(near)}?)" if near else ""
        raise _wrong(str(raw.get("id") or raw.get("name") or "of your own"), what + said)
    name = raw.pop("name")
    return declare_metric(name, **raw)


def _check_words(own_id: str, given: Mapping[str, Any]) -> None:
    """A metric's texts stand above every figure of it: they name nobody, rank nobody and blame nobody."""
    texts = {key: given[key].replace("_", " ") for key in ("name", "question", "unit", "id")}
    wrong, caveats = {}, {f"caveat {i}": text for i, text in enumerate(given["caveats"], start=1)}
    for key, text in (texts | caveats).items():
        said = without_denials(text) if key in caveats else text
        if (named := named_in(text)) or (form := odd_form(text)):
            wrong[key] = f"names {named}" if named else f"holds {' and '.join(form)}"
        elif ranks_or_blames(said, asks=key == "question"):
            wrong[key] = "ranks, blames or foretells"
        elif key not in caveats and says_cause(said):
            wrong[key] = "says what causes what"
    if wrong:
        raise MeasureError(
            f"the metric's {' and '.join(f'{key} {why}' for key, why in wrong.items())}.",
            fix="Name what is measured over all, in plain words, without names, ranks, blame or causes.",
            code="METRIC-WORDS",
        )


def _check_types(own_id: str, given: Mapping[str, Any]) -> None:
    for key in ("name", "question", "table", "formula", "unit", "id", "direction"):
        if not isinstance(given[key], str) or (key != "id" and not given[key].strip()):
            raise _wrong(own_id, f"'{key}' is a text that is not empty")
    for key, most in (("name", 120), ("question", 300), ("unit", 60)):
        if len(given[key]) > most or not given[key].isprintable():
            raise _wrong(own_id, f"'{key}' is one line of {most} characters at the most")
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,59}", own_id, re.ASCII):
        raise _wrong(own_id, "'id' is 3 to 60 small letters, digits and underscores, a letter first")
    if not given["question"].rstrip().endswith("?"):
        raise _wrong(own_id, "'question' ends in a question mark")
    if given["direction"] not in DIRECTIONS:
        raise _wrong(own_id, f"'direction' is one of {', '.join(DIRECTIONS)}")
    for key in ("low", "high"):
        value = given[key]
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value != value):
            raise _wrong(own_id, f"'{key}' is a number")
    if isinstance(given["min_n"], bool) or not isinstance(given["min_n"], int) or given["min_n"] < _LEAST_MIN_N:
        raise _wrong(own_id, f"'min_n' is a whole number, {_LEAST_MIN_N} at least")
    for key in ("columns", "caveats", "co_produced_with"):
        value = given[key]
        if value is not None and (isinstance(value, str) or not all(isinstance(v, str) for v in value)):
            raise _wrong(own_id, f"'{key}' is a list of texts")


def _clusters(own_id: str, table: str, cluster: str | Sequence[str] | None) -> tuple[str, ...]:
    here = set(TABLES[table].names)
    if "contact_id" in here:
        here |= {"worker_id", "family_id"}
    if "worker_id" in here:
        here.add("team_id")
    if here & {"team_id", "family_id"}:
        here.add("la_id")
    usable = [c for c in _CLUSTERS if c in here]
    if cluster is None:
        return tuple(c for c in usable if c in ("team_id", "worker_id", "family_id") or len(usable) == 1)
    asked = (cluster,) if isinstance(cluster, str) else tuple(cluster)
    if not asked or not set(asked) <= set(usable):
        raise _wrong(own_id, f"'cluster' is one or more of {', '.join(usable)} for this table")
    return asked


def _co_production(own_id: str, roles: Sequence[str], on: date | str | None) -> str:
    if not roles and on is None:
        return NOT_CO_PRODUCED
    if not roles or on is None:
        raise _wrong(own_id, "'co_produced_with' and 'co_produced_on' go together")
    if not set(roles) <= set(CO_PRODUCERS):
        raise _wrong(own_id, f"'co_produced_with' holds roles, never names: {', '.join(CO_PRODUCERS)}")
    try:
        day = date.fromisoformat(on) if isinstance(on, str) else on
    except ValueError:
        day = None
    if type(day) is not date or day > date.today():
        raise _wrong(own_id, "'co_produced_on' is a day that has been, as in 2025-01-31")
    return f"with {', '.join(dict.fromkeys(roles))} ({day.isoformat()})"


def _caveat(who: str) -> str:
    if who == NOT_CO_PRODUCED:
        return "Not co-produced: no work with families or practitioners on this metric is recorded."
    alone = "" if any(f in who for f in FAMILY_ROLES) else ", without children or families"
    return f"Co-produced {who}{alone}."


def _wrong(own_id: str, what: str) -> MeasureError:
    return MeasureError(
        f"metric '{own_id}' cannot be declared: {what}.",
        fix="Use only keys that declare_metric lists.",
        code="METRIC-DECLARATION",
    )
