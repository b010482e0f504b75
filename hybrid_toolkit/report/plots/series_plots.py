"""A long series drawn with the line fitted to it and what it foretells without the change, from a Release alone.

Observed values are dots, the fitted line is whole, what would have been expected is dashed, and an unchanged series
beside it is dotted, so that no figure depends on colour.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError, plural
from hybrid_toolkit.report.plots.plot_style import (
    BLUE,
    GREY,
    INK,
    RUST,
    draw_stamp,
    drawing,
    new_axes,
    number_label,
    wrapped,
)
from hybrid_toolkit.report.plots.readable_units import readable_unit

SERIES_COLUMNS = ("period", "observed", "fitted", "without")
CONTROL = "control"
MOST_DATES = 7
"""Dates under a figure 3.7 inches wide: seven of four letters stand apart, and 36 months are named by half years."""


def plot_series(
    release: Release, *, start: Any, unit: str = "", periods: str = "period", ax: Axes | None = None
) -> Axes:
    """The observed series, the fitted line, and the line that would have been expected without the change.

    Parameters
    ----------
    release : Release
        Of kind ``"figure"`` or ``"facts"`` with the columns ``period``, ``observed``, ``fitted`` and ``without``, as
        the ``path`` of an interrupted series holds them; may hold ``control``, an unchanged series.
    start : Any
        The first period with the change, in the form of ``period``.
    unit : str, optional
        Of the values, for the upright axis.
    periods : str, default "period"
        What time is counted in, for the axis of time, such as ``"month"``.
    ax : Axes | None, optional
        Where to draw; None makes a figure of its own.

    Raises
    ------
    DisclosureError
        Not such a release, or no period before the start or none from it on.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"period": [1, 2, 3], "observed": [1.0, 1.2, 3.0], "fitted": [1.0, 1.1, 3.0],
    ...                      "without": [1.0, 1.1, 1.2]})
    >>> from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
    >>> made = vouch(rows, SIMULATED)
    >>> release = Gate().facts(rows, title="Calls", basis="simulation", source=made)
    >>> ax = plot_series(release, start=3, unit="calls a month", periods="month")
    >>> ax.get_xlabel()
    'month'
    >>> [line.get_label() for line in ax.lines if not line.get_label().startswith("_")]
    ['observed', 'fitted', 'expected without the change']
    """
    rows, late = _rows(release, start)
    how = readable_unit(unit)
    rows = rows.assign(**{c: rows[c] * how.scale for c in (*SERIES_COLUMNS[1:], CONTROL) if c in rows})
    with drawing():
        ax = new_axes(height=3.1) if ax is None else ax
        x = rows["period"]
        ax.plot(x, rows["observed"], color=INK, marker="o", markersize=3, linestyle="none", label="observed", zorder=3)
        for side, label in ((~late, "fitted"), (late, "_")):
            ax.plot(x[side], rows.loc[side, "fitted"], color=BLUE, linewidth=2, zorder=2, label=label)
        ax.plot(x[late], rows.loc[late, "without"], color=RUST, linewidth=1.8, linestyle="--", zorder=2,
                label="expected without the change")  # fmt: skip
        if CONTROL in rows:
            ax.plot(x, rows[CONTROL], color=GREY, linewidth=1.2, linestyle=":", label="without the policy", zorder=1)
        ax.axvline(start, color=GREY, linestyle="-", linewidth=0.9, zorder=0)
        ax.text(start, 1.0, " start", transform=ax.get_xaxis_transform(), fontsize=8, va="bottom", ha="left")
        if pd.api.types.is_datetime64_any_dtype(x):
            ticks = AutoDateLocator(minticks=3, maxticks=MOST_DATES)  # type: ignore[no-untyped-call]
            ax.xaxis.set_major_locator(ticks)
            ax.xaxis.set_major_formatter(ConciseDateFormatter(ticks, show_offset=False))  # type: ignore[no-untyped-call]
        _frame(ax, release.title, how.words, periods)
        draw_stamp(ax, release.stamp)
    return ax


def describe_series(release: Release, *, start: Any) -> str:
    """The words of a series: how long, where its lines begin and end, and the mean gap after the start.

    Raises
    ------
    DisclosureError
        As ``plot_series``.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"period": [1, 2, 3], "observed": [1.0, 1.2, 3.0], "fitted": [1.0, 1.1, 3.0],
    ...                      "without": [1.0, 1.1, 1.2]})
    >>> from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
    >>> made = vouch(rows, SIMULATED)
    >>> print(describe_series(Gate().facts(rows, title="Calls", basis="simulation", source=made), start=3))
    Calls. 2 periods before the start, 1 from it on. The line before runs from 1.00 to 1.10, the one after from 3.00 to 3.00; without the change 1.20 to 1.20 would have been expected. Mean gap after the start: 1.80.
    """  # noqa: E501
    rows, late = _rows(release, start)
    lines = (rows.loc[~late, "fitted"], rows.loc[late, "fitted"], rows.loc[late, "without"])
    before, after, expected = (f"{_number(v.iloc[0])} to {_number(v.iloc[-1])}" for v in lines)
    gap = float((rows["fitted"] - rows["without"])[late].mean())
    hidden = int(rows["observed"].isna().sum())
    return (
        f"{release.title}. {int((~late).sum())} periods before the start, {int(late.sum())} from it on"
        f"{f', {hidden} hidden to protect people' if hidden else ''}. The line before runs from {before}, the one "
        f"after from {after}; without the change {expected} would have been expected. Mean gap after the start: "
        f"{_number(gap)}.{_unchanged(rows, late)}"
    )


def _unchanged(rows: pd.DataFrame, late: pd.Series[bool]) -> str:
    """What the series without the policy does at the start, where there is one."""
    if CONTROL not in rows:
        return ""
    before, after = (_number(float(rows.loc[side, CONTROL].mean())) for side in (~late, late))
    return f" The series without the policy: mean {before} before the start, {after} from it on."


def _rows(release: Release, start: Any) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """The rows in order of time, and which of them stand after the start."""
    rows = require_release(release, kinds=("figure", "facts")).content
    gone = [c for c in SERIES_COLUMNS if c not in rows]
    if gone:
        raise DisclosureError(
            f"The release has no column {', '.join(gone)}, which this figure shows.",
            fix="Use the release of an interrupted time series, with its 4 columns.",
            code="FIGURE-COLUMN",
        )
    rows = rows.sort_values("period").reset_index(drop=True)
    try:
        late = rows["period"] >= start
    except TypeError:
        raise DisclosureError(
            "the start cannot be compared with the periods of the release.",
            fix="Write the start in the same form as the periods, between the first and the last.",
            code="FIGURE-START",
        ) from None
    if late.all() or not late.any():
        raise DisclosureError(
            f"{plural(int((~late).sum()), 'period stands', 'periods stand')} before the start and {int(late.sum())} "
            "from it on; the figure shows both sides.",
            fix="Write the start in the same form as the periods, between the first and the last.",
            code="FIGURE-START",
        )
    return rows, late


def _number(value: float) -> str:
    return "hidden" if np.isnan(value) else number_label(value, decimals=3 if abs(value) < 1 else 2)


def _frame(ax: Axes, title: str, unit: str, periods: str) -> None:
    ax.set_xlabel(periods, fontsize=8.5)
    ax.set_ylabel(wrapped(unit, 30), fontsize=8.5)
    ax.tick_params(labelsize=8.5)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_title(wrapped(title, 44), fontsize=9.5, fontweight="bold", loc="left")
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.24), frameon=False, ncols=1)
