"""Figures, each drawn from a Release and from nothing else.

Every role has its own colour, marker and line style, every row its name and its number beside it, so that no figure
depends on colour. Figures of simulated data carry their stamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.plots.plot_style import (
    GREY,
    INK,
    MARKS,
    TIMES,
    Mark,
    bar_words,
    draw_stamp,
    drawing,
    new_axes,
    new_panels,
    number_label,
    wrapped,
)
from hybrid_toolkit.report.plots.readable_units import UNSCALED, ReadableUnit, in_readable_unit

HIDDEN = "hidden to protect people"
TRUTH_WORDS = "True value (set in the simulation)"
BELOW = 0.22
"""How far a row reaches below its mark, in rows."""
_NAME, _NUMBER = 0.5, 0.19
"""Where a row's name and its numbers begin above its mark, in rows: two lines of 8.5 points in 0.55 inches."""
_TITLE = 44
"""Letters of a line of a panel's title, which is 3.7 inches wide."""
_TITLE_LINE, _UNDER_LINE, _STAMP = 0.17, 0.15, 0.4
"""Inches of a line of 9.5 and of 8.5 points with their leading, and of the stamp, which stands once."""
NOTHING = "no difference"


def plot_estimates(release: Release, *, level: float | None = None, ax: Axes | None = None) -> Axes:
    """Estimates with their intervals, one row each, beside the true value where it is known.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"``; may hold the label columns ``label`` (name of the row), ``role`` (``"study"``,
        ``"unadjusted"`` or ``"other"``) and ``truth``.
    level : float | None, optional
        Level of the intervals, which the axis names.
    ax : Axes | None, optional
        Where to draw; None makes a figure of its own.

    Raises
    ------
    DisclosureError
        ``release`` is not a release of estimates.
    """
    rows = require_release(release, kinds=("estimates",)).content
    with drawing():
        if ax is None:
            ax = new_axes(height=_height(len(rows) + _has_truth(rows)) + _words_room(rows, release.title, level))
        _panel(ax, rows, title=release.title, level=level)
        draw_stamp(ax, release.stamp)
    return ax


def plot_headline(release: Release, *, columns: int = 1, level: float | None = None, ax: Axes | None = None) -> Axes:
    """The headline studies, one panel each, every panel on its own scale with its own unit.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"`` with the label columns ``panel`` (title), ``role``, and ``truth``.
    columns : int, default 1
        Panels side by side; one suits a phone, two a page.
    level : float | None, optional
        Level of the intervals, which the axes name.
    ax : Axes | None, optional
        Where to draw; its frame is switched off and the panels stand inside it, one under the other.

    Raises
    ------
    DisclosureError
        ``release`` is not a release of estimates with a column ``panel``.
    """
    rows = require_release(release, kinds=("estimates",)).content
    _need(rows, ["panel"])
    panels = list(dict.fromkeys(rows["panel"]))
    with drawing():
        if ax is None:
            held = [rows[rows["panel"] == p] for p in panels]
            tallest = max(_height(len(r) + _has_truth(rows)) + _words_room(r, str(p), level)
                          for r, p in zip(held, panels, strict=True)) - _STAMP  # fmt: skip
            lines = -(-len(panels) // columns)
            height = (_STAMP + 0.1 + lines * tallest) * len(panels) / lines  # as if they all stood in one column
            axes = new_panels(len(panels), height=height, columns=columns)
        else:
            ax.set_axis_off()
            step = 1 / len(panels)
            axes = [ax.inset_axes((0.3, 1 - (i + 0.75) * step, 0.45, 0.5 * step)) for i in range(len(panels))]
        for panel_ax, panel in zip(axes, panels, strict=True):
            _panel(panel_ax, rows[rows["panel"] == panel], title=str(panel)[:1].upper() + str(panel)[1:], level=level)
        draw_stamp(axes[0], release.stamp)
    return axes[0] if ax is None else ax


def plot_groups(
    release: Release,
    *,
    value: str,
    low: str | None = None,
    high: str | None = None,
    unit: str = "",
    level: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """One value a group, with its interval where there is one, in the order of the groups' names.

    Parameters
    ----------
    release : Release
        Of kind ``"table"`` or ``"figure"``, or of simulated facts, split by one dimension.
    value : str
        Column of the value.
    low : str | None, optional
        Column of the lower end of its interval.
    high : str | None, optional
        Column of the upper end of its interval.
    unit : str, optional
        Unit of the value; a share is shown in per cent.
    level : float | None, optional
        Level of the intervals, which the axis names.

    Raises
    ------
    DisclosureError
        Not a release of that kind, several dimensions, or a column that it does not hold.
    """
    rows = require_release(release, kinds=("table", "figure", "facts")).content
    _need(rows, [c for c in (value, low, high) if c])
    if len(release.dims) != 1:
        raise DisclosureError(
            f"This figure shows one dimension; the release has {len(release.dims)}.",
            fix="Use a release that is broken down by 1 column.",
            code="FIGURE-DIMENSIONS",
        )
    named, how = in_readable_unit(
        rows.assign(
            label=rows[release.dims[0]].astype(str),
            estimate=rows[value],
            conf_low=rows[low] if low else np.nan,
            conf_high=rows[high] if high else np.nan,
        ),
        unit,
    )
    with drawing():
        ax = new_axes(height=_height(len(rows))) if ax is None else ax
        _panel(ax, named, title=release.title, zero=False, how=how, level=level)
        draw_stamp(ax, release.stamp)
    return ax


def plot_diagnosis(release: Release, *, ax: Axes | None = None) -> Axes:
    """How often the interval held the truth over simulated authorities, with its Monte Carlo error and the 95% line.

    Parameters
    ----------
    release : Release
        Of kind ``"facts"`` with columns ``label``, ``coverage`` and ``coverage_mcse`` (shares of runs).

    Raises
    ------
    DisclosureError
        Not a release of facts with those columns.
    """
    rows = require_release(release, kinds=("facts",)).content
    _need(rows, ["label", "coverage", "coverage_mcse"])
    half = 1.96 * rows["coverage_mcse"].astype(float)
    named, how = in_readable_unit(
        rows.drop(columns="truth", errors="ignore").assign(
            estimate=rows["coverage"],
            conf_low=(rows["coverage"] - half).clip(0, 1),
            conf_high=(rows["coverage"] + half).clip(0, 1),
            error=rows["coverage_mcse"],
        ),
        "share of runs whose interval contains the true value",
    )
    with drawing():
        ax = new_axes(height=_height(len(rows))) if ax is None else ax
        _panel(ax, named, title=release.title, zero=False, how=how)
        ax.axvline(95, color=INK, linestyle=":", linewidth=1, zorder=1)
        ax.set_xlabel(f"{how.words}\n(dotted line: the target of 95%)", fontsize=8.5)
        draw_stamp(ax, release.stamp)
    return ax


def describe_estimates(release: Release) -> str:
    """The words of a figure of estimates, for those who do not see it.

    Raises
    ------
    DisclosureError
        ``release`` is not a release of estimates.
    """
    rows = require_release(release, kinds=("estimates",)).content
    parts = []
    for i, held in enumerate(_records(rows)):
        head = " ".join(str(held[k]) for k in ("panel", "label") if k in held and str(held[k]))
        parts.append(f"{head or held['term']}: {_words(held)}.")
        if "truth" in held and pd.notna(held["truth"]) and _last_of_panel(rows, i):
            parts.append(f"True value {number_label(float(held['truth']))}.")
    return " ".join(parts)


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]


def _height(rows: float) -> float:
    """Inches for a stamp, a title of one line, rows, and three lines under the axis."""
    return 1.25 + 0.55 * rows


def _words_room(rows: pd.DataFrame, title: str, level: float | None) -> float:
    """Inches for the lines of the title and under the axis that ``_height`` has no room for."""
    under = len("\n".join(_under_axis(rows, zero=True, level=level)).split("\n"))
    return _TITLE_LINE * (len(wrapped(title, _TITLE).split("\n")) - 1) + _UNDER_LINE * max(0, under - 3)


def _under_axis(rows: pd.DataFrame, *, zero: bool, level: float | None) -> list[str]:
    """The unit, what the bar is, and which side is which."""
    unit = next((str(u) for u in rows["unit"].dropna()), "") if "unit" in rows else ""
    below = [wrapped(unit, 50)] if unit else []
    if rows["conf_low"].notna().any():
        below.append(bar_words(level))
    if zero:
        below.append(f"← lower   {'1' if _nothing(rows) == 1 else '0'}: {NOTHING}   higher →")
    return below


def _places(*values: float) -> int:
    """Decimals for numbers that stand together."""
    known = [abs(v) for v in values if np.isfinite(v)]
    return 3 if known and max(known) < 1 else 2


def _words(held: dict[str, Any]) -> str:
    value, low, high = (float(held[k]) for k in ("estimate", "conf_low", "conf_high"))
    if np.isnan(value):
        return HIDDEN
    places = _places(value, low, high)
    inside = (
        ""
        if np.isnan(low)
        else f", interval {number_label(low, decimals=places)} to {number_label(high, decimals=places)}"
    )
    return f"{number_label(value, decimals=places)}{inside}"


def _last_of_panel(rows: pd.DataFrame, i: int) -> bool:
    return "panel" not in rows or i + 1 == len(rows) or rows["panel"].iloc[i] != rows["panel"].iloc[i + 1]


def _has_truth(rows: pd.DataFrame) -> bool:
    return "truth" in rows and bool(rows["truth"].notna().any())


def _need(rows: pd.DataFrame, columns: Sequence[str]) -> None:
    missing = [c for c in columns if c not in rows]
    if missing:
        raise DisclosureError(
            f"The release has no column {', '.join(missing)}, which this figure shows.",
            fix="Name the column when the release is made (values= or labels=).",
            code="FIGURE-COLUMN",
        )


def _panel(
    ax: Axes,
    rows: pd.DataFrame,
    *,
    title: str,
    zero: bool = True,
    how: ReadableUnit = UNSCALED,
    level: float | None = None,
) -> None:
    """Rows of estimates from top to bottom, the truth last; over each mark its name and below that its numbers.

    The line of the truth stands only at the marks of the rows that it belongs to, below their words.
    """
    held = _records(rows)
    places = _places(*(float(row[k]) for row in held for k in ("estimate", "conf_low", "conf_high")))
    _limits(ax, rows, zero=zero)
    for i, row in enumerate(held):
        _row(ax, -i, row, MARKS[str(row.get("role", "study"))], places, how)
    last = len(held) - 1
    if _has_truth(rows):
        last += 1
        _truth(ax, rows["truth"].to_numpy(dtype=np.float64), places)
    if zero:
        ax.axvline(_nothing(rows), color=GREY, linewidth=0.9, zorder=0)
    ax.set_ylim(-last - BELOW, 0.9)
    ax.set_yticks([])
    ax.tick_params(axis="x", labelsize=8.5)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    if below := _under_axis(rows, zero=zero, level=level):
        ax.set_xlabel("\n".join(below), fontsize=8.5)
    ax.set_title(wrapped(title, _TITLE), fontsize=9.5, fontweight="bold", loc="left")


def _truth(ax: Axes, truths: np.ndarray[Any, np.dtype[np.float64]], places: int) -> None:
    """Each known truth on a line at its own rows, and as a mark with its number on a row of its own at the foot."""
    mark, foot = MARKS["truth"], -len(truths)
    known = list(dict.fromkeys(truths[~np.isnan(truths)]))
    for truth in known:
        for y in (*(-np.flatnonzero(truths == truth)), foot):
            top = y + _NUMBER - 0.02
            ax.vlines(truth, y - BELOW, top, color=mark.colour, linestyle=mark.line, linewidth=1, zorder=1)
    ax.plot(known, [foot] * len(known), marker=mark.marker, color=mark.colour, markersize=6, linestyle="none", zorder=3)
    _words_above(ax, foot, TRUTH_WORDS, "; ".join(number_label(truth, decimals=places) for truth in known))


def _nothing(rows: pd.DataFrame) -> float:
    """Where there is no difference: 1 for ratios, whose unit is times, else 0."""
    units = rows["unit"].dropna().astype(str) if "unit" in rows else pd.Series(dtype=str)
    return 1.0 if len(units) and units.str.startswith(TIMES).all() else 0.0


def _row(ax: Axes, y: float, row: dict[str, Any], mark: Mark, places: int, how: ReadableUnit) -> None:
    value, low, high = (float(row[k]) for k in ("estimate", "conf_low", "conf_high"))
    name = str(row.get("label") or row.get("term") or "")
    if np.isnan(value):
        _words_above(ax, y, name, HIDDEN)
        return
    if not np.isnan(low):
        drawn = np.clip([low, high], *ax.get_xlim())  # an interval without an end runs to the edge and has no bar there
        ax.plot(drawn, [y, y], color=mark.colour, linestyle=mark.line, linewidth=2.2, zorder=2)
        for end in (e for e in (low, high) if np.isfinite(e)):
            ax.plot([end, end], [y - 0.1, y + 0.1], color=mark.colour, linewidth=1.6, zorder=2)
    face = mark.colour if mark.filled else "white"
    ax.plot([value], [y], marker=mark.marker, color=mark.colour, markerfacecolor=face, markersize=7, zorder=3)
    span = "" if np.isnan(low) else f" ({how.span(low, high, decimals=places)})"
    span = f" (±{how.label(float(row['error']), decimals=places)})" if "error" in row else span
    _words_above(ax, y, name, how.label(value, decimals=places) + span + _behind(row))


def _behind(row: dict[str, Any]) -> str:
    """The count behind a number and the share that is missing, where the release says them."""
    n, missing = row.get("n"), row.get("missing", row.get("missing_share"))
    told = f"; n {float(n):,.0f}" if n is not None and pd.notna(n) else ""
    return told + (f"; {float(missing):.0%} missing" if missing is not None and pd.notna(missing) else "")


def _words_above(ax: Axes, y: float, name: str, figure: str) -> None:
    """Name and numbers over a mark, one under the other, on white so that no line runs through them."""
    for above, words, weight in ((_NAME, name, "bold"), (_NUMBER, figure, "normal")):
        ax.text(0.0, y + above, words, transform=ax.get_yaxis_transform(), fontsize=8.5, ha="left", va="bottom",
                color=INK, fontweight=weight, zorder=4,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4})  # fmt: skip


def _limits(ax: Axes, rows: pd.DataFrame, *, zero: bool) -> None:
    columns = [c for c in ("estimate", "conf_low", "conf_high", "truth") if c in rows]
    numbers = rows[columns].to_numpy(dtype=float, na_value=np.nan).ravel()
    ends = [*numbers[np.isfinite(numbers)], *([_nothing(rows)] if zero else [])]
    if not ends:
        return
    low, high = min(ends), max(ends)
    pad = 0.07 * (high - low) or 0.1
    ax.set_xlim(low - pad, high + pad)
