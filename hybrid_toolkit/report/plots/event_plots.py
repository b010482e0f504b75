"""An event study drawn: effects by time to and from the start of a policy, from a Release alone.

Times before the start are open squares, times from the start on filled circles, so that no figure depends on colour.
Its words (``describe_event_study``) give every number to those who do not see it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError, plural
from hybrid_toolkit.report.plots.estimate_plots import HIDDEN, TRUTH_WORDS
from hybrid_toolkit.report.plots.plot_style import (
    GREY,
    INK,
    MARKS,
    Mark,
    bar_words,
    draw_stamp,
    drawing,
    new_axes,
    number_label,
    wrapped,
)

BEFORE, AFTER = MARKS["unadjusted"], MARKS["study"]
PATTERN = r"^time (-?\d+)$"
"""How a row names its time since the start."""


def plot_event_study(
    release: Release,
    *,
    periods: str = "months",
    reference: int | None = None,
    level: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Effects with their intervals over time to and from the start, and a line at nought.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"``, whose terms are ``time -2``, ``time 0`` and so on, as an event study gives them; rows
        of other terms are not drawn. May hold the label column ``truth``, the true effect at each time.
    periods : str, default "months"
        What time is counted in, for the axis.
    reference : int | None, optional
        The time that the others are compared with, where the release does not hold it; an open circle at nought.
    level : float | None, optional
        Level of the intervals, which the axis names.
    ax : Axes | None, optional
        Where to draw; None makes a figure of its own.

    Raises
    ------
    DisclosureError
        Not a release of estimates, none of its terms is a time, or a time is there twice.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["time -2", "time 0"], "estimate": [0.0, 0.2], "conf_low": [-0.1, 0.1],
    ...                      "conf_high": [0.1, 0.3], "n": 288, "unit": "share"})
    >>> ax = plot_event_study(Gate().estimates(rows, title="Desk time at home", people="n"), reference=-1)
    >>> ax.get_xlabel().splitlines()[0]
    'months since the start'
    """
    rows = _times(release)
    with drawing():
        ax = new_axes(height=2.9) if ax is None else ax
        ax.axhline(0, color=GREY, linewidth=0.9, zorder=0)
        ax.axvline(-0.5, color=GREY, linestyle=":", linewidth=1.2, zorder=0)
        _marks(ax, rows[rows["time"] < 0], BEFORE)
        _marks(ax, rows[rows["time"] >= 0], AFTER)
        if reference is not None:
            ax.plot([reference], [0], marker="o", markersize=5, color=GREY, markerfacecolor="white", zorder=3)
        if _has_truth(rows):
            _truth(ax, rows)
        _frame(ax, rows, periods, level)
        ax.set_title(wrapped(release.title, 44), fontsize=9.5, fontweight="bold", loc="left")
        draw_stamp(ax, release.stamp)
    return ax


def describe_event_study(release: Release) -> str:
    """The words of an event study: every time with its number and interval, and the truth where it is known.

    Raises
    ------
    DisclosureError
        As ``plot_event_study``.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["time -2", "time 0"], "estimate": [0.0, 0.2], "conf_low": [-0.1, 0.1],
    ...                      "conf_high": [0.1, 0.3], "n": 288, "unit": "share"})
    >>> print(describe_event_study(Gate().estimates(rows, title="Desk time at home", people="n")))
    Desk time at home. Before the start: −2: 0.000 (interval −0.104 to 0.104). From the start on: 0: 0.208 (interval 0.104 to 0.295).
    """  # noqa: E501
    rows = _times(release)
    parts = [f"{release.title}."]
    for words, side in (("Before the start", rows["time"] < 0), ("From the start on", rows["time"] >= 0)):
        if side.any():
            told = "; ".join(_words(row) for _, row in rows[side].iterrows())
            parts.append(f"{words}: {told}.")
    return " ".join(parts)


def _times(release: Release) -> pd.DataFrame:
    """The rows that are times, in their order."""
    rows = require_release(release, kinds=("estimates",)).content
    found = rows["term"].astype(str).str.extract(PATTERN)[0] if "term" in rows else pd.Series(dtype=object)
    kept = rows.loc[found.notna()[found.notna()].index].assign(time=found.dropna().astype(int))
    if kept.empty or kept["time"].duplicated().any():
        raise DisclosureError(
            f"An event study shows each time once; the release holds {plural(len(kept), 'row')} of times, "
            f"{int(kept['time'].duplicated().sum())} of them again.",
            fix="Use a release of one outcome's rows 'time ...', as aggregate('dynamic') or the role 'event time' "
            "give them.",
            code="FIGURE-TIMES",
        )
    return kept.sort_values("time")


def _marks(ax: Axes, rows: pd.DataFrame, mark: Mark) -> None:
    face = mark.colour if mark.filled else "white"
    ax.vlines(rows["time"], rows["conf_low"], rows["conf_high"], color=mark.colour, linewidth=1.6, zorder=2)
    ax.plot(rows["time"], rows["estimate"], marker=mark.marker, color=mark.colour, markerfacecolor=face, markersize=5,
            linestyle="none", zorder=3)  # fmt: skip
    for at in rows.loc[rows["estimate"].isna(), "time"]:
        ax.text(
            at,
            0.97,
            "hidden",
            transform=ax.get_xaxis_transform(),
            fontsize=7,
            ha="center",
            va="top",
            color=INK,
            rotation=90,
        )


def _has_truth(rows: pd.DataFrame) -> bool:
    return "truth" in rows and bool(rows["truth"].notna().any())


def _truth(ax: Axes, rows: pd.DataFrame) -> None:
    mark = MARKS["truth"]
    for side in (rows["time"] < 0, rows["time"] >= 0):
        ax.plot(rows.loc[side, "time"], rows.loc[side, "truth"].astype(float), color=mark.colour, linestyle=mark.line,
                marker=mark.marker, markersize=3, linewidth=1.2, zorder=4)  # fmt: skip
    ax.plot([], [], color=mark.colour, linestyle=mark.line, marker=mark.marker, markersize=3, label=TRUTH_WORDS)
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.28), frameon=False)


def _frame(ax: Axes, rows: pd.DataFrame, periods: str, level: float | None) -> None:
    unit = next((str(u) for u in rows["unit"].dropna() if str(u)), "") if "unit" in rows else ""
    ax.set_xlabel(f"{periods} since the start\nline at 0: no difference; {bar_words(level)}", fontsize=8.5)
    ax.set_ylabel(wrapped(unit, 30), fontsize=8.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    ax.set_xlim(rows["time"].min() - 0.7, rows["time"].max() + 0.7)  # times that are hidden have no mark of their own
    ax.tick_params(labelsize=8.5)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _words(row: pd.Series[Any]) -> str:
    value, low, high = (float(row[c]) for c in ("estimate", "conf_low", "conf_high"))
    said = HIDDEN if np.isnan(value) else number_label(value, decimals=3)
    if not np.isnan(low):
        said += f" (interval {number_label(low, decimals=3)} to {number_label(high, decimals=3)})"
    if "truth" in row and pd.notna(row["truth"]):
        said += f", truth {number_label(float(row['truth']), decimals=3)}"
    return f"{number_label(int(row['time']), decimals=0)}: {said}"
