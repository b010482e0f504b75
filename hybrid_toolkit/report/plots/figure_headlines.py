"""The sentence above a figure: what a reader should see in it, no stronger than the figure itself.

Each reads a Release and nothing else, names its interval, and says nothing of causes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.disclosure import Release, require_release
from hybrid_toolkit.report.plots.plot_style import TIMES, number_label
from hybrid_toolkit.report.plots.readable_units import ReadableUnit, in_readable_unit, readable_unit
from hybrid_toolkit.study.estimation.claims import format_estimates, format_level, range_with_direction, with_direction

_NAMED = 3
"""Intervals named one by one in a sentence before they are counted."""
_WANTED, _TWO_SIDED = 0.95, 1.96
"""What 95% intervals should hold, and the standard errors that chance alone exceeds in 1 run of 20."""
EVERYONE = "all"
"""The row of a measured table that stands for everyone."""
_STUDY_ROLES = ("study", "other")


def estimates_say(release: Release, *, level: float = 0.95) -> str:
    """What a figure of estimates shows: which intervals are consistent with no difference.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"``, as ``plot_estimates`` and ``plot_headline`` draw it.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    str
        One sentence or two.

    Raises
    ------
    DisclosureError
        Not a release of estimates.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["x"], "estimate": [2.0], "conf_low": [1.0], "conf_high": [3.0], "n": [288],
    ...                      "unit": ["points"]})
    >>> estimates_say(Gate().estimates(rows, title="Learning", people="n"))
    'X: 2.0 points higher, 95% confidence interval 1.0 to 3.0 points higher. It is not consistent with no difference.'
    """
    rows = require_release(release, kinds=("estimates",)).content
    mine = rows[rows["role"].isin(_STUDY_ROLES)] if "role" in rows and rows["role"].isin(_STUDY_ROLES).any() else rows
    shown = [{str(k): v for k, v in r.items()} for r in mine.to_dict("records")]
    known = [r for r in shown if pd.notna(r["conf_low"]) and pd.notna(r["conf_high"])]
    hidden = len(shown) - len(known)
    if not known:
        return "Every estimate is hidden to protect people."
    clear = [r for r in known if not float(r["conf_low"]) <= _nothing(r) <= float(r["conf_high"])]
    tail = f" {hidden} more {'is' if hidden == 1 else 'are'} hidden to protect people." if hidden else ""
    if len(known) == 1:
        return f"{_name(known[0])}: {_spoken(known[0], level)}. It {_holds(bool(clear))}.{tail}"
    if not clear:
        return f"All {len(known)} intervals ({format_level(level)}) are consistent with no difference.{tail}"
    if len(clear) > _NAMED:
        return (
            f"{len(clear)} of the {len(known)} intervals ({format_level(level)} confidence intervals) are not "
            f"consistent with no difference; {len(known) - len(clear)} are.{tail}"
        )
    told = "; ".join(f"{_name(r)}: {_spoken(r, level)}" for r in clear)
    rest = len(known) - len(clear)
    other = (
        f" The other {'interval is' if rest == 1 else f'{rest} intervals are'} consistent with no difference."
        * bool(rest)
    )
    return f"{told}.{other}{tail}"


def unadjusted_says(release: Release) -> str:
    """What a figure shows in which the unadjusted comparison and the study are set against a known true value.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"`` with ``role`` and ``truth``.

    Returns
    -------
    str
        One sentence.

    Raises
    ------
    DisclosureError
        Not a release of estimates.
    """
    rows = require_release(release, kinds=("estimates",)).content
    parts = []
    for role, name in (("unadjusted", "The unadjusted comparison"), ("study", "the study’s")):
        mine = rows[rows["role"].eq(role) & rows["conf_low"].notna() & rows["truth"].notna()]
        if len(mine):
            row = mine.iloc[0]
            inside = bool(row["conf_low"] <= row["truth"] <= row["conf_high"])
            parts.append(f"{name} interval {'contains' if inside else 'misses'} the true value")
    return f"{', '.join(parts).replace('comparison interval', 'comparison’s interval')}."


def coverage_says(release: Release) -> str:
    """What a figure of coverage shows: the lowest and highest share, and which are off by more than their error.

    Parameters
    ----------
    release : Release
        Of kind ``"facts"`` with ``label``, ``coverage`` and ``coverage_mcse``.

    Returns
    -------
    str
        One sentence or two.

    Raises
    ------
    DisclosureError
        Not a release of facts.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"label": ["1", "2"], "coverage": [0.95, 0.6], "coverage_mcse": [0.02, 0.03]})
    >>> from hybrid_toolkit.data.evaluation_data import SIMULATED, vouch
    >>> made = vouch(rows, SIMULATED)
    >>> coverage_says(Gate().facts(rows, title="Coverage", basis="simulation", source=made))
    'The intervals contain the true value in 60% to 95% of runs; the target is 95%. Below it by more than chance: 2.'
    """
    rows = require_release(release, kinds=("facts",)).content
    low, high = float(rows["coverage"].min()), float(rows["coverage"].max())
    off = rows[rows["coverage"] + _TWO_SIDED * rows["coverage_mcse"] < _WANTED]
    span = f"{low:.0%}" if f"{low:.0%}" == f"{high:.0%}" else f"{low:.0%} to {high:.0%}"
    tail = f" Below it by more than chance: {'; '.join(map(str, off['label']))}." if len(off) else ""
    return f"The intervals contain the true value in {span} of runs; the target is 95%.{tail}"


def groups_say(release: Release, *, unit: str = "", level: float = 0.95) -> str:
    """What a figure of a measure by one thing shows: whether the groups are about alike, or the two furthest apart.

    Parameters
    ----------
    release : Release
        Of kind ``"figure"`` or ``"table"`` with one dimension, ``estimate``, ``conf_low`` and ``conf_high``.
    unit : str, optional
        Unit of the measure.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    str
        One sentence or two.

    Raises
    ------
    DisclosureError
        Not such a release.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"mode": ["home", "video"], "n": [500, 400], "estimate": [0.55, 0.54],
    ...                      "conf_low": [0.52, 0.5], "conf_high": [0.58, 0.58]})
    >>> values = ["estimate", "conf_low", "conf_high"]
    >>> release = Gate().table(rows, people="n", title="Choice honoured", dims=["mode"], values=values)
    >>> print(groups_say(release, unit="share"))
    Home and video are about alike: 55% and 54% (95% confidence intervals 52% to 58% and 50% to 57%).
    """
    held = require_release(release, kinds=("figure", "table", "facts")).content
    rows, how = in_readable_unit(held, unit)
    if len(rows) > 1:  # everyone together is no group beside the others
        rows = rows[rows[release.dims[0]].astype(str) != EVERYONE]
    groups = len(rows)
    rows = rows[rows["estimate"].notna() & rows["conf_low"].notna()]
    hidden = groups - len(rows)
    tail = f" {hidden} {'group is' if hidden == 1 else 'groups are'} hidden to protect people." if hidden else ""
    if rows.empty:
        return "Every group is hidden to protect people."
    named = release.dims[0]
    most, least = rows.iloc[int(rows["estimate"].argmax())], rows.iloc[int(rows["estimate"].argmin())]
    if len(rows) == 1:
        return f"{_group(most[named])}: {_value(most, how, level)}.{tail}"
    top, bottom = (how.label(float(r["estimate"])) for r in (most, least))
    after = f" {how.words}" if how.words and not how.mark else ""
    high, low = _group(most[named]), str(least[named])
    if float(least["conf_high"]) < float(most["conf_low"]):
        told = f"{high}: {_value(most, how, level)}. {_group(low)}: {bottom}, {_span(least, how)}."
    elif len(rows) == 2:
        spans = f"{_span(most, how)} and {_span(least, how)}"
        told = f"{high} and {_lower(low)} are about alike: {top} and {bottom}{after} ({_intervals(level)} {spans})."
    else:
        told = (
            f"All {len(rows)} groups are about alike: {bottom} to {top}{after}, and their {_intervals(level)} overlap."
        )
    return f"{told}{tail}"


def event_study_says(release: Release, *, level: float = 0.95) -> str:
    """What an event study shows: how many intervals before and from the start on are consistent with none.

    Parameters
    ----------
    release : Release
        Of kind ``"estimates"`` with ``time``, as ``plot_event_study`` draws it.
    level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    str
        One sentence or two.

    Raises
    ------
    DisclosureError
        Not a release of estimates.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure import Gate
    >>> rows = pd.DataFrame({"term": ["time -2", "time 0"], "time": [-2, 0], "estimate": [0.0, 0.2], "n": 288,
    ...                      "conf_low": [-0.1, 0.1], "conf_high": [0.1, 0.3], "unit": "points"})
    >>> print(event_study_says(Gate().estimates(rows, title="Learning", people="n", labels=["time"])))
    Before the start, 1 of 1 interval (95%) is consistent with no difference; from the start on, 0 of 1.
    """
    rows = require_release(release, kinds=("estimates",)).content
    shown = rows[rows["conf_low"].notna() & rows["conf_high"].notna()]
    if shown.empty:
        return "Every time is hidden to protect people."
    clear = (shown["conf_low"].astype(float) > 0) | (shown["conf_high"].astype(float) < 0)
    early = shown["time"].astype(float) < 0
    count = int(early.sum())
    verb = "interval" if count == 1 else "intervals"
    told = (
        f"Before the start, {int((~clear & early).sum())} of {count} {verb} ({format_level(level)}) "
        f"{'is' if count == 1 else 'are'} consistent with no difference; from the start on, "
        f"{int((~clear & ~early).sum())} of "
        f"{int((~early).sum())}."
    )
    hidden = len(rows) - len(shown)
    return told + (f" {hidden} {'time is' if hidden == 1 else 'times are'} hidden to protect people." if hidden else "")


def series_says(release: Release, *, start: Any, unit: str = "") -> str:
    """What a long series shows: how far it is from the line expected from before, on average after the start.

    Parameters
    ----------
    release : Release
        As ``plot_series`` draws it.
    start : Any
        The first period with the change.
    unit : str, optional
        Unit of the values.

    Returns
    -------
    str
        One sentence.

    Raises
    ------
    DisclosureError
        Not such a release.
    """
    rows = require_release(release, kinds=("figure", "facts")).content
    how = readable_unit(unit)
    late = rows["period"] >= start
    gap = float((rows["fitted"] - rows["without"])[late].mean()) * how.scale
    if np.isnan(gap):
        return "The series after the start is hidden to protect people."
    words = "percentage points" if how.mark == "%" else how.words
    told = with_direction(format_estimates((gap,))[0], words) if gap else "no different"
    return f"After the start the series was on average {told} than the earlier trend continued."


def concentration_says(release: Release) -> str:
    """What a concentration curve shows: how much the half that comes first holds.

    Parameters
    ----------
    release : Release
        As ``release_curve`` makes it.

    Returns
    -------
    str
        One sentence.

    Raises
    ------
    DisclosureError
        Not such a release.
    """
    rows = require_release(release, kinds=("figure",)).content.sort_values("population_share")
    known = rows[rows["outcome_share"].notna()]
    if known.empty:
        return "The curve is hidden to protect people."
    nearest = known.iloc[int((known["population_share"] - 0.5).abs().argmin())]
    first, held = float(nearest["population_share"]), float(nearest["outcome_share"])
    return f"The {first:.0%} who come first hold {held:.0%} of the outcome; equal shares would give them {first:.0%}."


def _nothing(row: dict[str, Any]) -> float:
    return 1.0 if str(row.get("unit", "")).startswith(TIMES) else 0.0


def _holds(clear: bool) -> str:
    return "is not consistent with no difference" if clear else "is consistent with no difference"


def _name(row: dict[str, Any]) -> str:
    text = next((str(row[k]) for k in ("panel", "label", "term") if k in row and str(row[k]).strip()), "Estimate")
    return text[:1].upper() + text[1:]


def _spoken(row: dict[str, Any], level: float) -> str:
    figures = tuple(float(row[c]) for c in ("estimate", "conf_low", "conf_high"))
    unit = str(row.get("unit") or "").partition(", for ")[0]
    if unit.startswith(TIMES):
        size, low, high = (number_label(v, decimals=2) for v in figures)
        return f"{size} {TIMES}, {format_level(level)} confidence interval {low} to {high}"
    size, low, high = format_estimates(figures)
    span = range_with_direction(low, high, unit)
    return f"{with_direction(size, unit)}, {format_level(level)} confidence interval {span}"


def _intervals(level: float) -> str:
    return f"{format_level(level)} confidence intervals"


def _group(value: object) -> str:
    text = str(value)
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _value(row: pd.Series, how: ReadableUnit, level: float) -> str:
    unit = f" {how.words}" if how.words and not how.mark else ""
    return f"{how.label(float(row['estimate']))}{unit}, {format_level(level)} confidence interval {_span(row, how)}"


def _span(row: pd.Series, how: ReadableUnit) -> str:
    return f"{how.label(float(row['conf_low']))} to {how.label(float(row['conf_high']))}"
