"""The one figure of a first screen: each study's own estimate beside the table of answers, and nothing more."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.errors import DisclosureError, plural
from hybrid_toolkit.report.plots.estimate_plots import HIDDEN, NOTHING, TRUTH_WORDS
from hybrid_toolkit.report.plots.plot_style import (
    GREY,
    MARKS,
    TIMES,
    bar_words,
    draw_stamp,
    drawing,
    new_panels,
    number_label,
    wrapped,
)

_PANEL = 0.8
"""Inches of a panel: its question, its number, its bar and its scale; four fit beside a table on a screen 720 high."""
_FOOT = 0.62
"""Inches for what the marks mean, below the last panel."""


def plot_summary(release: Release, *, level: float | None = None) -> Axes:
    """The estimate of each study, one small panel each on its own scale, with the true value where it is known.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"`` with the label columns ``panel`` (title) and ``role``; the rows of the role ``"study"``
        are drawn. May hold ``truth``.
    level : float | None, optional
        Level of the intervals, which the figure names.

    Returns
    -------
    Axes
        Of the first panel.

    Raises
    ------
    DisclosureError
        ``release`` is not a release of estimates with a study in a panel.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["x"], "estimate": [0.2], "conf_low": [0.1], "conf_high": [0.3], "n": 288,
    ...                      "role": ["study"], "panel": ["Learning"], "unit": ["points"]})
    >>> ax = plot_summary(Gate().estimates(rows, title="T", people="n", labels=["role", "panel"]), level=0.95)
    >>> ax.get_title(loc="left")
    'Learning'
    """
    drawn = _studies(release)
    with drawing():
        axes = new_panels(len(drawn), height=_PANEL * len(drawn) + _FOOT)
        for ax, (_, row) in zip(axes, drawn.iterrows(), strict=True):
            _study(ax, row)
        known = "truth" in drawn and bool(drawn["truth"].notna().any())
        foot = f"{bar_words(level)}; upright line: {NOTHING}" + (f"\ndiamond: {TRUTH_WORDS.lower()}" if known else "")
        axes[-1].set_xlabel(foot, fontsize=8.5, loc="left")
        draw_stamp(axes[0], release.stamp)
    return axes[0]


def summary_says(release: Release) -> str:
    """What the figure shows: which studies' intervals are not consistent with no difference.

    Parameters
    ----------
    release : Release
        As ``plot_summary`` draws it.

    Returns
    -------
    str
        One or two sentences.

    Raises
    ------
    DisclosureError
        As ``plot_summary``.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["x", "x"], "estimate": [0.2, 0.0], "conf_low": [0.1, -0.1], "n": 288,
    ...                      "conf_high": [0.3, 0.1], "role": "study", "panel": ["Learning", "Wellbeing"]})
    >>> summary_says(Gate().estimates(rows, title="T", people="n", labels=["role", "panel"]))
    'The interval leaves out no difference for: Learning. For the other it includes it.'
    """
    drawn = _studies(release)
    known = drawn[drawn["conf_low"].notna()]
    nothing = [_nothing(row) for _, row in known.iterrows()]
    clear = known[(known["conf_low"] > nothing) | (known["conf_high"] < nothing)]
    rest, hidden = len(known) - len(clear), len(drawn) - len(known)
    tail = f" {hidden} {'is' if hidden == 1 else 'are'} hidden to protect people." if hidden else ""
    if clear.empty:
        return f"Every interval that is shown is consistent with no difference.{tail}"
    other = f" For the other {rest} it includes it." if rest > 1 else " For the other it includes it." if rest else ""
    return f"The interval leaves out no difference for: {'; '.join(map(str, clear['panel']))}.{other}{tail}"


def _studies(release: Release) -> pd.DataFrame:
    """The study's own row of each panel."""
    rows = require_release(release, kinds=("estimates",)).content
    drawn = rows[rows["role"].eq("study")] if {"role", "panel"} <= set(rows) else rows.iloc[:0]
    if drawn.empty:
        raise DisclosureError(
            f"The release holds {plural(len(rows), 'row')} and no study in a panel, which this figure shows.",
            fix="Name the columns panel and role when the release is made (labels=).",
            code="FIGURE-COLUMN",
        )
    return drawn


def _nothing(row: pd.Series) -> float:
    return 1.0 if str(row.get("unit") or "").startswith(TIMES) else 0.0


def _study(ax: Axes, row: pd.Series) -> None:
    value, low, high = (float(row[c]) for c in ("estimate", "conf_low", "conf_high"))
    truth = float(row["truth"]) if "truth" in row and pd.notna(row["truth"]) else np.nan
    unit = str(row.get("unit") or "").partition(", for ")[0]
    nothing = _nothing(row)
    title = str(row["panel"])
    ax.set_title(wrapped(title[:1].upper() + title[1:], 52), fontsize=8.5, fontweight="bold", loc="left", pad=14)
    if np.isnan(value):
        said = HIDDEN
    else:
        places = 3 if max(abs(v) for v in (value, low, high) if np.isfinite(v)) < 1 else 2
        figures = [number_label(v, decimals=places) for v in (value, low, high)]
        span = "" if np.isnan(low) else f" ({figures[1]} to {figures[2]})"
        said = f"{figures[0]}{span} {unit}".rstrip()
        mark, true = MARKS["study"], MARKS["truth"]
        ax.plot([low, high], [0, 0], color=mark.colour, linewidth=2.2, marker="|", markersize=8)
        ax.plot([value], [0], color=mark.colour, marker=mark.marker, markersize=7)
        ax.plot([truth], [0], color=true.colour, marker=true.marker, markersize=5, markerfacecolor="white", zorder=4)
    ax.axvline(nothing, color=GREY, linewidth=0.9, zorder=0)
    ax.text(0, 1.02, said, transform=ax.transAxes, fontsize=8.5, va="bottom")
    ends = [v for v in (value, low, high, truth, nothing) if np.isfinite(v)]
    pad = 0.08 * (max(ends) - min(ends)) or 0.1
    ax.set_xlim(min(ends) - pad, max(ends) + pad)
    ax.set_ylim(-1, 1)
    ax.set_yticks([])
    ax.tick_params(axis="x", labelsize=8)
    ax.xaxis.set_major_locator(MaxNLocator(4))
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
