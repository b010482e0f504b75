"""What each metric and study needs, what can be measured with the data at hand, and what would open the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

import pandas as pd

from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import UsageError

_NAMED = 6
"""Studies and metrics named in one line before the rest are counted."""
PROVIDERS = ("hybrid_toolkit.study.fitting_studies", "hybrid_toolkit.metrics.specs.registry")
"""Modules with a function ``needs() -> tuple[Need, ...]``; imported when asked, so that this room imports no other."""

EMPTY_SAYS_SOMETHING = frozenset({"leave_date", "end_date", "rollout_month"})
"""Columns whose empty cells are an answer: nobody has left, the spell lasts, there is no policy yet."""

_STATUSES = ("ready", "trimmed", "missing")
COVERAGE_COLUMNS = ("id", "kind", "name", "question", "status", "missing", "opens_with", "unlocks", "cost")
"""Columns of the coverage frame."""


class TablesHeld(Protocol):
    """What is read of the data: ``EvaluationData`` has it, and asks here in its own ``coverage``."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...
    def has(self, table: str, *columns: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class StudyFit:
    """How a study runs on data that lack some of its columns.

    Parameters
    ----------
    needs : tuple[str, ...], optional
        ``table.column`` that it cannot do without and that the data lack; empty where it runs.
    without : tuple[str, ...], optional
        The study's columns that it runs without; empty where it runs as declared.
    cost : str, optional
        Which grade that loses, and why, in words.
    """

    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What one metric or study needs.

    Parameters
    ----------
    id : str
        Its id.
    kind : str
        ``"metric"`` or ``"study"``.
    name : str
        In plain words.
    question : str
        The question it answers.
    tables : Mapping[str, tuple[str, ...]]
        Table -> columns it reads.
    values : Mapping[str, tuple[str, ...]], optional
        ``table.column`` -> values of which each must occur, such as ``{"survey.instrument": ("ons4",)}``.
    tables_for : Callable[[Callable[..., bool]], Mapping[str, tuple[str, ...]]] | None, optional
        ``has`` of the data -> the tables and columns it reads of them, where others will do in place of ``tables``.
    fits : Callable[[TablesHeld], StudyFit] | None, optional
        Data -> what it cannot do without, or runs without and what that costs; asked where something is missing.

    Raises
    ------
    UsageError
        A table or column that no contract has.

    Examples
    --------
    >>> Need("x", "metric", "Mean fte", "How much do people work?", {"worker": ("fte",)}).columns
    (('worker', 'fte'),)
    """

    id: str
    kind: str
    name: str
    question: str
    tables: Mapping[str, tuple[str, ...]]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tables_for: Callable[[Callable[..., bool]], Mapping[str, tuple[str, ...]]] | None = None
    fits: Callable[[TablesHeld], StudyFit] | None = None

    def __post_init__(self) -> None:
        unknown = [f"{t}.{c}" for t, c in self.columns if t not in TABLES or c not in TABLES[t].names]
        unknown += [t for t in self.tables if t not in TABLES]
        if unknown:
            raise UsageError(
                f"{self.kind} '{self.id}' needs what no contract has: {', '.join(unknown)}.",
                fix="Use the table and column names of hybrid_toolkit.data.tables.contracts.TABLES.",
                code="NEED-UNKNOWN",
            )

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Every (table, column) it reads."""
        return tuple((t, c) for t, columns in self.tables.items() for c in columns)


def all_needs(providers: Sequence[str] = PROVIDERS) -> tuple[Need, ...]:
    """Needs of every metric and study, studies first.

    Parameters
    ----------
    providers : Sequence[str], default PROVIDERS
        Module names, each with a function ``needs()``.

    Raises
    ------
    ImportError
        A provider cannot be imported; it is never passed over.
    """
    return tuple(need for name in providers for need in import_module(name).needs())


def coverage(data: TablesHeld, *, needs: Sequence[Need] | None = None) -> pd.DataFrame:
    """What can be measured with these data, and for the rest what would open it, most useful first.

    Parameters
    ----------
    data : TablesHeld
        The data; a column without a single value counts as missing (but for dates whose absence is an answer).
    needs : Sequence[Need] | None, optional
        What to ask about; by default every metric and study.

    Returns
    -------
    pd.DataFrame
        One row a metric or study: ``id``, ``kind``, ``name``, ``question``, ``status`` (``"ready"``, ``"trimmed"``
        where a study runs without some of its columns, or ``"missing"``), ``missing`` (``table.column``, comma
        separated), ``opens_with`` (the table or ``table.column`` that would open it; several joined by `` + `` where
        one is not enough), ``unlocks`` (how many metrics and studies that opens, this one included) and ``cost``
        (what a trimmed study runs without and which grade that loses). Ready ones first, then trimmed, then missing:
        those that one item opens first, the most useful first.

    Examples
    --------
    >>> needs = (Need("a", "metric", "A", "", {"worker": ("fte",)}), Need("b", "study", "B", "", {"la": ("imd",)}))
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> data = EvaluationData({"worker": pd.DataFrame({"worker_id": ["W"], "fte": [1.0]})})
    >>> coverage(data, needs=needs)[["id", "status", "opens_with", "unlocks"]].values.tolist()
    [['a', 'ready', '', 0], ['b', 'missing', 'la', 1]]
    """
    asked = all_needs() if needs is None else tuple(needs)
    here = {(t, c) for t in data.tables for c in data.tables[t].columns if _holds(data.tables[t], c)}
    read = {n.id: n.tables if n.tables_for is None else n.tables_for(data.has) for n in asked}
    lacking = {
        i: [f"{t}.{c}" for t, columns in ts.items() for c in columns if (t, c) not in here] for i, ts in read.items()
    }
    fits: dict[str, StudyFit] = {}
    for n in asked:
        lacking[n.id] += [t for t, c in read[n.id].items() if not c and t not in data.tables]
        values = [f"{w}={v}" for w, some in n.values.items() for v in some if not _occurs(data, w, v)]
        if lacking[n.id] and n.fits is not None:
            fits[n.id] = n.fits(data)
            lacking[n.id] = list(fits[n.id].needs)
        lacking[n.id] += values
    items = {n.id: _items(lacking[n.id], data) for n in asked}
    rows = []
    for n in asked:
        wanted = items[n.id]
        fit = None if wanted else fits.get(n.id)
        unlocks = sum(bool(other) and set(other) <= set(wanted) for other in items.values()) if wanted else 0
        status = "missing" if wanted else "ready" if fit is None else "trimmed"
        cost = "" if fit is None else f"without {', '.join(fit.without)}: {fit.cost}"
        cost = fits[n.id].cost if status == "missing" and n.id in fits else cost
        row = (n.id, n.kind, n.name, n.question, status, ", ".join(lacking[n.id]), " + ".join(wanted), unlocks, cost)
        rows.append((_STATUSES.index(status), len(wanted), -unlocks, row))
    rows.sort(key=lambda r: (r[0], r[1], r[2], r[3][6]))
    frame = pd.DataFrame([r[3] for r in rows], columns=list(COVERAGE_COLUMNS))
    return frame.astype({"unlocks": "int64"})


def holds(data: TablesHeld, table: str, column: str) -> bool:
    """Whether data hold a column with at least one value (a date whose absence is an answer may be empty).

    Examples
    --------
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> data = EvaluationData({"worker": pd.DataFrame({"fte": [1.0], "sex": [None]})})
    >>> holds(data, "worker", "fte"), holds(data, "worker", "sex"), holds(data, "team", "service")
    (True, False, False)
    """
    return data.has(table, column) and _holds(data.tables[table], column)


def _holds(frame: pd.DataFrame, column: str) -> bool:
    return bool(frame[column].notna().any()) or (len(frame) > 0 and column in EMPTY_SAYS_SOMETHING)


def _occurs(data: TablesHeld, where: str, value: str) -> bool:
    table, _, column = where.partition(".")
    return data.has(table, column) and bool((data.tables[table][column] == value).any())


def _items(lacking: Sequence[str], data: TablesHeld) -> tuple[str, ...]:
    """What to add: a whole table that is not there (or has no rows), else the single columns."""
    absent = {t for t in TABLES if t not in data.tables or data.tables[t].empty}
    return tuple(dict.fromkeys(one.split(".")[0] if one.split(".")[0] in absent else one for one in lacking))


def coverage_summary(frame: pd.DataFrame, *, limit: int = 10) -> str:
    """Coverage in words: what can be measured, then what to add, most useful first.

    Parameters
    ----------
    frame : pd.DataFrame
        From ``coverage``.
    limit : int, default 10
        How many things to add are listed.

    Examples
    --------
    >>> needs = (Need("b", "metric", "Service mix", "", {"team": ("service",)}),)
    >>> from hybrid_toolkit.data.evaluation_data import EvaluationData
    >>> print(coverage_summary(coverage(EvaluationData({}), needs=needs)))
    0 of 1 metrics can be measured with these data.
    <BLANKLINE>
    What would open the rest, most useful first:
      table 'team' (with service) opens 1: Service mix.
    """
    lines = []
    for kind, plural, verb in (("study", "studies", "run"), ("metric", "metrics", "measured")):
        some = frame[frame["kind"] == kind]
        ready = some[some["status"] == "ready"]
        if len(some):
            trimmed = some[some["status"] == "trimmed"]
            also = f", and {len(trimmed)} more without some columns" if len(trimmed) else ""
            lines.append(f"{len(ready)} of {len(some)} {plural} can be {verb} with these data{also}.")
            lines += [f"  {r['id']}: {r['name']}" for r in ready.to_dict("records")]
            lines += [f"  {r['id']}: runs with --adapt {r['cost']}" for r in trimmed.to_dict("records")]
            if kind == "study":
                shut = some[some["status"] == "missing"].to_dict("records")
                lines += [f"  {r['id']}: needs {r['missing']}" + (f"; {c}" if (c := r["cost"]) else "") for r in shut]
    missing = frame[frame["status"] == "missing"]
    single = missing[~missing["opens_with"].str.contains(" + ", regex=False)]
    if len(missing):
        lines += ["", "What would open the rest, most useful first:"]
    listed = list(single.groupby("opens_with", sort=False))
    for item, opened in listed[:limit]:
        lines.append(f"  {_told(str(item), opened)} opens {len(opened)}: {_names(opened)}.")
    if len(listed) > limit:
        lines.append(f"  ... and {len(listed) - limit} more such items.")
    several = missing[missing["opens_with"].str.contains(" + ", regex=False)]
    if len(several):
        best = several.sort_values("unlocks", ascending=False, kind="stable")["opens_with"].iloc[0]
        what = "needs" if len(several) == 1 else "need"
        lines.append(f"  {len(several)} {what} more than one item; the nearest: {best}.")
    return "\n".join(lines)


def _told(item: str, opened: pd.DataFrame) -> str:
    if "=" in item:
        where, _, value = item.partition("=")
        return f"rows with {where} '{value}'"
    if "." in item:
        return f"column {item}"
    lacking = {m.split("=")[0] for row in opened["missing"] for m in row.split(", ")}
    columns = {m.split(".", 1)[1] for m in lacking if m.startswith(f"{item}.")}
    ordered = [c for c in TABLES[item].names if c in columns]
    return f"table '{item}'" + (f" (with {', '.join(ordered)})" if ordered else "")


def _names(opened: pd.DataFrame) -> str:
    names = list(opened["name"])
    return "; ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
