"""Figures of measures: concentration curve, dots with intervals, small multiples; each from a Release alone.

Every figure has its words (``describe_...``) for those who do not see it, and its numbers are the release's table.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from hybrid_toolkit.disclosure import Gate, Release, require_release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.metrics.inequality.concentration import concentration_curve
from hybrid_toolkit.metrics.people_and_groups import PERIODS
from hybrid_toolkit.report.plots.estimate_plots import HIDDEN, plot_groups
from hybrid_toolkit.report.plots.plot_style import BLUE, GREY, INK, bar_words, draw_stamp, drawing, new_axes
from hybrid_toolkit.report.plots.readable_units import in_readable_unit

MEASURE_PEOPLE, MEASURE_COUNTS = "population_share", "outcome_share"
MOST_PANELS = 12
TIMES_ACROSS = ("period", *PERIODS)
"""Names of a dimension that is time: its points are joined."""
LETTERS_UNDER = 21
"""Letters of 7 points that stand apart under a panel 1.9 inches wide."""


def release_curve(
    gate: Gate, frame: pd.DataFrame, *, outcome: str, rank_by: str, title: str, points: int = 11
) -> Release:
    """The concentration curve through the gate: one row a step of the ranking, counted by the units in it.

    Raises
    ------
    MeasureError
        As ``concentration_curve``.
    DisclosureError
        As ``Gate.figure_data``.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [0.0] * 100 + [1.0] * 100, "rank": range(200)})
    >>> release_curve(Gate(), f, outcome="y", rank_by="rank", title="Curve", points=3).content["outcome_share"].tolist()
    [0.0, 1.0]
    """
    curve = concentration_curve(frame, outcome=outcome, rank_by=rank_by, points=points)
    units = len(frame[[outcome, rank_by]].dropna())
    upto = np.floor(curve[MEASURE_PEOPLE].to_numpy() * units).astype(int)
    steps = curve.iloc[1:].assign(n=np.diff(upto))
    return gate.figure_data(
        steps, title=title, dims=[MEASURE_PEOPLE], values=[MEASURE_COUNTS], people="n", cumulative=[MEASURE_COUNTS]
    )


def plot_concentration(release: Release, *, ax: Axes | None = None) -> Axes:
    """The share of the outcome held by the lowest share of units, against the line of equal shares.

    Parameters
    ----------
    release : Release
        As ``release_curve`` makes it.

    Raises
    ------
    DisclosureError
        Not such a release.
    """
    rows = _curve(release)
    with drawing():
        ax = new_axes(height=3.6) if ax is None else ax
        ax.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1.2)
        ax.plot(
            [0, *rows[MEASURE_PEOPLE]], [0, *rows[MEASURE_COUNTS]], color=BLUE, marker="o", markersize=4, linewidth=1.8
        )
        ax.text(0.42, 0.47, "equal shares", fontsize=8.5, color=GREY, ha="right")
        ax.set_xlim(0, 1)
        ax.set_ylim(0, max(1.0, float(rows[MEASURE_COUNTS].max(skipna=True)) * 1.02))
        for axis, words in ((ax.xaxis, "share of units, lowest first"), (ax.yaxis, "share of the outcome")):
            axis.set_major_formatter(PercentFormatter(1, decimals=0))
            axis.set_label_text(words, fontsize=8.5)
        _plain(ax, release.title)
        draw_stamp(ax, release.stamp)
    return ax


def describe_concentration(release: Release) -> str:
    """The words of a concentration curve.

    Raises
    ------
    DisclosureError
        Not such a release.
    """
    parts = []
    for share, held in zip(*(_curve(release)[c] for c in (MEASURE_PEOPLE, MEASURE_COUNTS)), strict=True):
        said = HIDDEN if pd.isna(held) else f"hold {held:.0%} of the outcome"
        parts.append(f"the lowest {share:.0%} {said}")
    return f"{release.title}: {'; '.join(parts)}. With equal shares each would hold as much as it counts."


def plot_measured(release: Release, *, unit: str = "", level: float | None = None, ax: Axes | None = None) -> Axes:
    """Dots with intervals, one a group, of a release with ``estimate``, ``conf_low`` and ``conf_high``.

    Raises
    ------
    DisclosureError
        Not such a release, or one of several dimensions.
    """
    return plot_groups(release, value="estimate", low="conf_low", high="conf_high", unit=unit, level=level, ax=ax)


def plot_multiples(
    release: Release, *, unit: str = "", columns: int = 2, level: float | None = None, ax: Axes | None = None
) -> Axes:
    """Small multiples on one scale: a panel for each value of the first dimension, dots with intervals over the second.

    Parameters
    ----------
    release : Release
        Of kind ``"figure"`` or ``"table"``, split by two dimensions, with ``estimate``, ``conf_low`` and ``conf_high``.
        Panels stand in the release's order.
    unit : str, optional
        Unit of the values; a share is shown in per cent.
    columns : int, default 2
        Panels side by side.
    level : float | None, optional
        Level of the intervals, which the figure names.

    Raises
    ------
    DisclosureError
        Not such a release, or more panels than can be read.
    """
    held, panel, across = _two_ways(release)
    rows, how = in_readable_unit(held, unit)
    names, steps = (list(dict.fromkeys(rows[d].astype(str))) for d in (panel, across))
    with drawing():
        deep = -(-len(names) // columns)
        ax = new_axes(height=0.9 + 1.25 * deep, width=2.3 * columns) if ax is None else ax
        ax.set_axis_off()
        wide, high = 1 / columns, 1 / deep
        limits = _limits(rows)
        for i, name in enumerate(names):
            left, top = (i % columns) * wide, 1 - (i // columns) * high
            one = ax.inset_axes((left + 0.13 * wide, top - 0.76 * high, 0.82 * wide, 0.5 * high))
            mine = rows[rows[panel].astype(str) == name]
            _dots(one, mine.set_index(mine[across].astype(str)).reindex(steps), steps, timed=across in TIMES_ACROSS)
            one.set_ylim(limits)
            one.set_title(name, fontsize=8.5, loc="left", color=INK)
        ax.set_title(release.title, fontsize=9.5, fontweight="bold", loc="left")
        if unit:
            told = f"{how.words}; every panel on the same scale; {bar_words(level)}"
            ax.text(0, -0.02, told, transform=ax.transAxes, fontsize=8.5, va="top")
        draw_stamp(ax, release.stamp)
    return ax


def describe_measured(release: Release, *, unit: str = "") -> str:
    """The words of dots with intervals or of small multiples: every group with its number and interval.

    Parameters
    ----------
    release : Release
        What is drawn.
    unit : str, optional
        Unit of the values; a share is told in per cent.

    Returns
    -------
    str
        One sentence a group.

    Raises
    ------
    DisclosureError
        The release holds no estimates.
    """
    held = require_release(release, kinds=("figure", "table", "facts")).content
    _need(held, ("estimate", "conf_low", "conf_high"))
    rows, how = in_readable_unit(held, unit)
    parts = []
    for row in rows.to_dict("records"):
        name = ", ".join(str(row[d]) for d in release.dims)
        value, low, high = (float(row[c]) for c in ("estimate", "conf_low", "conf_high"))
        span = "" if np.isnan(low) else f" (interval {how.span(low, high)})"
        parts.append(f"{name}: {HIDDEN if np.isnan(value) else how.label(value) + span}")
    return f"{release.title}. {'; '.join(parts)}."


def _dots(ax: Axes, rows: pd.DataFrame, steps: list[str], *, timed: bool) -> None:
    """Dots with their bars; over time they are joined, with a gap where one is hidden."""
    x = np.arange(len(steps))
    value, low, high = (rows[c].to_numpy(dtype=float) for c in ("estimate", "conf_low", "conf_high"))
    ax.vlines(x, low, high, color=BLUE, linewidth=1.6)
    ax.plot(x, value, color=BLUE, marker="o", markersize=4, linewidth=0.8, linestyle="-" if timed else "none")
    for at in x[np.isnan(value)]:
        ax.text(at, 0.04, "hidden", transform=ax.get_xaxis_transform(), fontsize=7, ha="center", color=INK, rotation=90)
    ax.set_xlim(-0.5, len(steps) - 0.5)
    most = max(2, LETTERS_UNDER // max(len(s) for s in steps))
    shown = x[:: -(-len(steps) // most)]
    ax.set_xticks(shown, [steps[i] for i in shown], fontsize=7)
    ax.tick_params(axis="y", labelsize=7)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    numbers = rows[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float).ravel()
    known = numbers[~np.isnan(numbers)]
    if not known.size:
        return 0.0, 1.0
    pad = 0.06 * (known.max() - known.min()) or 0.1
    return float(known.min() - pad), float(known.max() + pad)


def _plain(ax: Axes, title: str) -> None:
    ax.tick_params(labelsize=8.5)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.set_title(title, fontsize=9.5, fontweight="bold", loc="left")


def _curve(release: Release) -> pd.DataFrame:
    rows = require_release(release, kinds=("figure",)).content
    _need(rows, (MEASURE_PEOPLE, MEASURE_COUNTS))
    return rows.sort_values(MEASURE_PEOPLE)


def _two_ways(release: Release) -> tuple[pd.DataFrame, str, str]:
    rows = require_release(release, kinds=("figure", "table", "facts")).content
    _need(rows, ("estimate", "conf_low", "conf_high"))
    panels = rows[release.dims[0]].nunique() if release.dims else 0
    if len(release.dims) != 2 or panels > MOST_PANELS:
        raise DisclosureError(
            f"Small multiples show two dimensions and at most {MOST_PANELS} panels; the release has "
            f"{len(release.dims)} and {panels}.",
            fix="Use a release that is broken down by 2 columns, the panels first.",
            code="FIGURE-DIMENSIONS",
        )
    return rows, release.dims[0], release.dims[1]


def _need(rows: pd.DataFrame, columns: tuple[str, ...]) -> None:
    gone = [c for c in columns if c not in rows]
    if gone:
        raise DisclosureError(
            f"The release has no column {', '.join(gone)}, which this figure shows.",
            fix="Name the column when the release is made (values=).",
            code="FIGURE-COLUMN",
        )
