"""Numbers in the unit that a person reads: per cent and not a share of 0.554, percentage points and not 0.02."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import pandas as pd

from hybrid_toolkit.report.plots.plot_style import number_label

VALUE_COLUMNS = ("estimate", "conf_low", "conf_high", "std_error", "truth", "error")
_NARROW = 2
"""Percentage points: the ends of a narrower interval would be one number, or two neighbours, without a decimal."""
_SHARE = re.compile(r"^shares?\b(?! per unit)(?P<rest>.*)$")
_DIFFERENCE = re.compile(r"^difference of shares\b(?P<rest>.*)$")


@dataclass(frozen=True, slots=True)
class ReadableUnit:
    """How values of a unit are printed.

    Parameters
    ----------
    scale : float
        What a value is multiplied by.
    words : str
        The unit for an axis.
    mark : str
        What stands directly after a number, such as ``"%"``; empty where nothing does.
    decimals : int | None
        Places after the point; None chooses them by size.
    """

    scale: float
    words: str
    mark: str
    decimals: int | None

    def label(self, value: float, *, decimals: int | None = None) -> str:
        """A value that is scaled already, as it is printed; ``decimals`` where the unit itself asks for none."""
        places = self.decimals if self.decimals is not None else decimals
        return number_label(value, decimals=places) + (self.mark if math.isfinite(value) else "")

    def span(self, low: float, high: float, *, decimals: int | None = None) -> str:
        """An interval as it is printed."""
        return f"{self.label(low, decimals=decimals)} to {self.label(high, decimals=decimals)}"


UNSCALED = ReadableUnit(1.0, "", "", None)
"""Values as they are."""


def readable_unit(unit: str) -> ReadableUnit:
    """The unit that a person reads for the unit of a measure.

    Parameters
    ----------
    unit : str
        As in ``MetricSpec.value_unit`` or the column ``unit`` of estimates.

    Returns
    -------
    ReadableUnit
        Shares in per cent, differences of shares in percentage points, all else as it is.

    Examples
    --------
    >>> readable_unit("share").label(55.4), readable_unit("share of runs").words
    ('55%', '% of runs')
    >>> readable_unit("difference of shares").words, readable_unit("hours a month").label(6.83, decimals=1)
    ('percentage points', '6.8')
    """
    if found := _DIFFERENCE.match(unit):
        return ReadableUnit(100.0, f"percentage points{found['rest']}", "", 1)
    if found := _SHARE.match(unit):
        return ReadableUnit(100.0, f"%{found['rest']}", "%", 0)
    return ReadableUnit(1.0, unit, "", None)


def readable_interval(
    estimate: float, low: float, high: float, unit: str
) -> tuple[tuple[float, float, float], ReadableUnit]:
    """One value with its interval, scaled to the unit that a person reads, and how to print the three.

    Parameters
    ----------
    estimate : float
        The value.
    low : float
        Lower end of its interval; NaN where there is none.
    high : float
        Upper end of its interval.
    unit : str
        Unit of the measure.

    Returns
    -------
    tuple[tuple[float, float, float], ReadableUnit]
        The three, and their unit; decimals as in ``in_readable_unit``.

    Examples
    --------
    >>> three, how = readable_interval(0.554, 0.53, 0.58, "share")
    >>> how.label(three[0]), how.span(*three[1:])
    ('55%', '53% to 58%')
    >>> three, how = readable_interval(0.034, 0.03, 0.038, "share of contacts")
    >>> how.label(three[0]), how.span(*three[1:])
    ('3.4%', '3.0% to 3.8%')
    """
    how = readable_unit(unit)
    estimate, low, high = (how.scale * v for v in (estimate, low, high))
    if how.mark and high - low < _NARROW:
        how = replace(how, decimals=1)
    return (estimate, low, high), how


def in_readable_unit(rows: pd.DataFrame, unit: str) -> tuple[pd.DataFrame, ReadableUnit]:
    """Rows with their values scaled to the unit that a person reads, and that unit.

    Parameters
    ----------
    rows : pd.DataFrame
        With any of ``VALUE_COLUMNS``.
    unit : str
        Unit of the measure.

    Returns
    -------
    tuple[pd.DataFrame, ReadableUnit]
        A copy, with the words of the unit in the column ``unit``; and how to print its values: per cent gets a
        decimal where an interval is narrower than 2 points, which whole numbers would print as one.

    Examples
    --------
    >>> rows, how = in_readable_unit(pd.DataFrame({"estimate": [0.5]}), "share")
    >>> how.label(rows["estimate"].iloc[0]), how.words
    ('50%', '%')
    """
    how = readable_unit(unit)
    held = [c for c in VALUE_COLUMNS if c in rows]
    out = rows.assign(**{c: rows[c].astype(float) * how.scale for c in held}, unit=how.words)
    if how.mark and {"conf_low", "conf_high"} <= set(out):
        narrow = bool(((out["conf_high"] - out["conf_low"]).dropna() < _NARROW).any())
        how = replace(how, decimals=1) if narrow else how
    return out, how
