"""The protocol that every result follows, the names of its columns, and how every result shows itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import plural

_SMALLEST, _LARGEST = 0.01, 10_000
"""Sizes between which four decimals show at least three figures and no more than eight."""
SIGNS = 0.05
"""P-value under which a sentence says that there are signs of something; the value itself stands beside the word."""
SMALLEST_P = 0.001
"""P-values are written to three decimals; a smaller one is said to be under this (APA Publication Manual)."""

TIDY_COLUMNS = ("term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "n", "unit")
"""Columns of ``Result.tidy()``: one row an estimate."""

MOST_SHOWN = 40
"""Rows of a table of estimates that are shown; a screen holds about as many, and ``tidy()`` holds them all."""
_SIZES = {
    "n": "rows used",
    "n_missing": "rows left out",
    "n_dropped": "rows left out",
    "n_units": "units",
    "n_groups": "groups",
    "n_clusters": "clusters",
    "n_events": "events",
}
"""Columns of ``glance()`` that tell the sizes of a fit, in the order in which they are shown, and their words."""


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one check on an estimate.

    Parameters
    ----------
    name : str
        Short name, such as ``"clusters"``.
    passed : bool | None
        True, False, or None where the check only informs.
    message : str
        One plain sentence.
    value : float | None, optional
        The figure that was compared, where there is one.
    threshold : float | None, optional
        The figure it was compared with, where there is one.

    Examples
    --------
    >>> Check("clusters", True, "24 teams are enough for clustered intervals.", 24, 20).passed
    True
    """

    name: str
    passed: bool | None
    message: str
    value: float | None = None
    threshold: float | None = None


@runtime_checkable
class Result(Protocol):
    """What every result can do. A return type never depends on an argument."""

    def tidy(self) -> pd.DataFrame:
        """One row an estimate, with the columns of ``TIDY_COLUMNS``.

        Returns
        -------
        pd.DataFrame
            One row an estimate, with the columns of ``TIDY_COLUMNS``.
        """
        ...

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, method, convergence.
        """
        ...

    def summary(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        ...


class ResultBase(ABC):
    """What every fit and result shows of itself: its words, its coefficients with their intervals, its sizes.

    A result brings ``prose``, ``tidy`` and, where it has sizes, ``glance``; ``summary`` and the page of a notebook are
    made from them here and hold estimates and counts only, never a row of the data.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Mean(ResultBase):
    ...     estimate: float
    ...     def prose(self):
    ...         return f"The mean is {self.estimate:g}."
    ...     def tidy(self):
    ...         return pd.DataFrame({"term": ["mean"], "estimate": [self.estimate]})
    >>> Mean(3.5).summary().split("\\n")[0]
    'The mean is 3.5.'
    """

    __slots__ = ()

    @abstractmethod
    def prose(self) -> str:
        """What was done and its caveat, in words.

        Returns
        -------
        str
            What was done and its caveat, in words.
        """

    @abstractmethod
    def tidy(self) -> pd.DataFrame:
        """One row an estimate.

        Returns
        -------
        pd.DataFrame
            One row an estimate.
        """

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, method, convergence; nothing where a result has no sizes.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, method, convergence; nothing where a result has no sizes.
        """
        return pd.DataFrame()

    def shown(self) -> pd.DataFrame:
        """The rows that ``summary`` shows: those of ``tidy``, unless a result names fewer.

        Returns
        -------
        pd.DataFrame
            The rows that ``summary`` shows: those of ``tidy``, unless a result names fewer.
        """
        return self.tidy()

    def summary(self) -> str:
        """The words, then a table of the estimates with their confidence intervals, then the method and the sizes.

        Returns
        -------
        str
            The words, then a table of the estimates with their confidence intervals, then the method and the sizes.
        """
        table, more = estimate_table(self.shown(), level=getattr(self, "conf_level", None))
        lines = [self.prose(), "", table.to_string(index=False, justify="right")]
        return "\n".join([*lines, *more, *_sizes(self.glance())])

    def _repr_html_(self) -> str:
        """The same as a table for a notebook; every text escaped."""
        table, more = estimate_table(self.shown(), level=getattr(self, "conf_level", None))
        words = "".join(f"<p>{escape(line)}</p>" for line in (*more, *_sizes(self.glance())))
        return f"<div><p>{escape(self.prose())}</p>{html_table(list(table.columns), table.to_numpy())}{words}</div>"


class RowsHidden:
    """What an object that holds frames shows of itself: how many rows and columns each has, and none of them.

    Examples
    --------
    >>> @dataclass(frozen=True, repr=False)
    ... class Answers(RowsHidden):
    ...     frame: pd.DataFrame
    >>> html = Answers(pd.DataFrame({"worker_id": ["w1", "w2"], "score": [3, 4]}))._repr_html_()
    >>> "<td>2</td>" in html, "w1" in html
    (True, False)
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Counts of the frames, and the words of ``summary`` where there is one; every text escaped."""
        rows = [(name, f"{len(frame):,}", f"{frame.shape[1]:,}") for name, frame in held_frames(self)]
        tell = getattr(self, "summary", None)
        lines = str(tell()).splitlines() if callable(tell) else []
        words = "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())
        stamp = getattr(self, "stamp", "")
        above = f"<p><strong>{escape(stamp)}</strong></p>" if isinstance(stamp, str) and stamp else ""
        counts = html_table(["frame", "rows", "columns"], rows)
        named = ": ".join(n for n in (type(self).__name__, getattr(self, "label", "")) if n)
        return f"<div><p>{escape(named)}</p>{above}{words}{counts}</div>"


def held_frames(item: object) -> list[tuple[str, pd.DataFrame]]:
    """Name and frame of every public data frame that an object holds in its fields, alone or in lists and mappings.

    Parameters
    ----------
    item : object
        Any object, such as a result.

    Returns
    -------
    list[tuple[str, pd.DataFrame]]
        Name and frame of every public data frame that an object holds in its fields, alone or in lists and mappings.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Answers:
    ...     frame: pd.DataFrame
    ...     note: str = ""
    >>> [(name, len(frame)) for name, frame in held_frames(Answers(pd.DataFrame({"score": [3, 4]})))]
    [('frame', 2)]
    """
    out: list[tuple[str, pd.DataFrame]] = []
    for name in getattr(item, "__dataclass_fields__", {}):
        value = getattr(item, name)
        if isinstance(value, pd.DataFrame):
            out.append((name, value))
        elif isinstance(value, Mapping):
            out += [(str(k), v) for k, v in value.items() if isinstance(v, pd.DataFrame)]
        elif isinstance(value, tuple):
            out += [(f"{name} {i}", v) for i, v in enumerate(value, 1) if isinstance(v, pd.DataFrame)]
    return out


def estimate_table(rows: pd.DataFrame, *, level: float | None) -> tuple[pd.DataFrame, list[str]]:
    """Rows of estimates as text with plain headings, and what a reader must know of them.

    Parameters
    ----------
    rows : pd.DataFrame
        With the columns of ``TIDY_COLUMNS``, or any others.
    level : float or None
        Level of the intervals, for the heading.

    Returns
    -------
    tuple[pd.DataFrame, list[str]]
        (pd.DataFrame, list of str) The table, ``MOST_SHOWN`` rows at the most; what CI stands for, and how many rows
        are not shown.

    Examples
    --------
    >>> row = pd.DataFrame([("x", 0.51234, 0.1, 0.3, 0.7, 0.01, 90, "")], columns=list(TIDY_COLUMNS))
    >>> print(estimate_table(row, level=0.95)[0].to_string(index=False))
    term estimate std. error 95% CI low 95% CI high
       x   0.5123     0.1000     0.3000      0.7000
    """
    more = [f"{plural(len(rows) - MOST_SHOWN, 'more row')}: tidy() has them all."] if len(rows) > MOST_SHOWN else []
    rows = rows.head(MOST_SHOWN)
    ci = f"{100 * level:.6g}% CI" if level is not None else "CI"
    names = {"std_error": "std. error", "conf_low": f"{ci} low", "conf_high": f"{ci} high"}
    kept = [c for c in rows.columns if c not in ("p_value", "n", "n_clusters", "unit") or "term" not in rows.columns]
    kept = [c for c in kept if not (c in names and rows[c].isna().all())]
    more += [f"{ci}: {ci.replace('CI', 'confidence interval')}."] if "conf_low" in kept else []
    kept += ["unit"] if "unit" in rows.columns and (rows["unit"].astype(str) != "").any() else []
    return pd.DataFrame({names.get(str(c), str(c)): [figure(v) for v in rows[c]] for c in kept}), more


def figure(value: object) -> str:
    """A number for a table: four decimals, four figures where it is small or large; nothing where it is missing.

    Parameters
    ----------
    value : object
        What is shown; text is shown as it is.

    Returns
    -------
    str
        A number for a table: four decimals, four figures where it is small or large; nothing where it is missing.

    Examples
    --------
    >>> figure(0.51234), figure(0.00012345), figure(123456.7), figure(float("nan")), figure("x")
    ('0.5123', '0.0001234', '1.235e+05', '', 'x')
    """
    if isinstance(value, bool | str) or not isinstance(value, int | float | np.integer | np.floating):
        return "" if value is None or value is pd.NA else str(value)
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if np.isnan(value):
        return ""
    size = abs(float(value))
    return f"{value:.4f}" if size == 0 or _SMALLEST <= size < _LARGEST or np.isinf(size) else f"{value:.4g}"


def html_table(headings: Sequence[str], rows: object) -> str:
    """A plain table; every text escaped.

    Parameters
    ----------
    headings : Sequence[str]
        Headings of the columns.
    rows : object
        One list of cells for each row.

    Returns
    -------
    str
        A plain table; every text escaped.

    Examples
    --------
    >>> html_table(["group", "n"], [["office & home", 12]]).partition("<tbody>")[2].partition("</tbody>")[0]
    '<tr><td>office &amp; home</td><td>12</td></tr>'
    """
    head = "".join(f'<th scope="col">{escape(str(h))}</th>' for h in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(v))}</td>' for v in row)}</tr>" for row in rows)  # type: ignore[attr-defined]
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _sizes(glance: pd.DataFrame) -> list[str]:
    """The method and the sizes of one fit, a line each; nothing for several fits at once."""
    if len(glance) != 1:
        return []
    row = glance.iloc[0]
    sizes = [f"{words} {int(row[c]):,}" for c, words in _SIZES.items() if c in row and pd.notna(row[c])]
    sizes = [] if row.get("n") == 0 else sizes  # pooled figures whose rows nobody counted
    method = [f"Estimator: {row['method']}."] if "method" in row else []
    return [*method, *([f"{', '.join(sizes)}.".capitalize()] if sizes else [])]
