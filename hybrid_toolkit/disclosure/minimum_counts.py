"""What must stand behind an estimate: enough people, and enough clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.cells import finish
from hybrid_toolkit.disclosure.digits import estimate_steps
from hybrid_toolkit.disclosure.extremes.extreme_rows import extreme_rows
from hybrid_toolkit.disclosure.extremes.in_words import refuse_values_as_counts, refuse_values_in_words, words_of
from hybrid_toolkit.disclosure.group_differences import hide_untold_groups
from hybrid_toolkit.disclosure.looks import is_count, refuse_person_keys, refuse_texts, share_scale
from hybrid_toolkit.disclosure.people_behind_rows import people_behind
from hybrid_toolkit.disclosure.policy import Policy, exempted, exemption
from hybrid_toolkit.disclosure.protect import Decisions, counted, policy_notes, rounding_note
from hybrid_toolkit.disclosure.release import Release, is_redrawn
from hybrid_toolkit.disclosure.screen import refuse_columns
from hybrid_toolkit.result import TIDY_COLUMNS

STILL_THERE = "share still there"
"""Unit of a survival curve."""
_STEPS, _WHOLE = 3, 1e-6
"""A curve that does not say so has three steps at least, each by a whole number of people."""
_READ_OFF = 1.2
"""Who left between chosen times is known by the error alone, which may be some per cent off where others are lost."""
_LEAST_OF_PLAIN, _MOST_OF_PLAIN = 0.97, 2.25
"""Error of a share still there over that of a share of the start: 1 where nobody was lost from sight, less a rounding;
1.75 where two thirds of those at risk were lost before most left, 1.82 at most in 2,000 curves of the attack."""
_BLUR = 0.02
"""By how much of itself a relative error may seem to fall where figures were rounded to three decimals."""
RESIDUAL_DF = "residual_df"
"""Column that says how many rows a regression has beyond its coefficients."""
_SAYS_HOW_SURE = {"std_error", "conf_low", "conf_high", "p_value"}
"""Columns of which a coefficient has one at least; a figure without any may be a share or a count of people."""
_INTERCEPTS = ("(intercept)", "intercept", "const", "_cons")
"""What an intercept is called here, by formulas, by statsmodels and by Stata."""
_TIME = r"^time (-?\d+)$"
"""How the row of an event study names its time."""


def protect_estimates(
    frame: pd.DataFrame,
    policy: Policy,
    *,
    n: str = "n",
    clusters: str | None = None,
    whole: bool = False,
    people: str | None = None,
    labels: Sequence[str] = (),
    digits: int = 2,
    derived_from: Release | Sequence[Release] | None = None,
    groups: Release | None = None,
    source: object = None,
) -> tuple[pd.DataFrame, tuple[str, ...], Decisions]:
    """The estimates that may be shown, their columns of numbers, and the decisions; arguments as in ``Gate.estimates``.

    Raises
    ------
    DisclosureError
        As ``refuse_columns``, ``refuse_texts``, ``is_redrawn``, ``people_behind`` and ``hide_untold_groups``.

    Examples
    --------
    >>> rows = pd.DataFrame({"term": ["late"], "estimate": [-0.2], "n": [6], "unit": "share"})
    >>> protect_estimates(rows, Policy(), people="n")[0]["estimate"].tolist()
    [nan]
    """
    frame, folded = fold_survival(frame, policy, n=n, redrawn=derived_from is not None)
    numbers = [c for c in ("estimate", "std_error", "conf_low", "conf_high", "p_value") if c in frame]
    sizes = [n, *([clusters] if clusters else [])]
    refuse_columns([*labels], [*numbers, *sizes], present=list(frame.columns))
    kept = [c for c in dict.fromkeys([*labels, *TIDY_COLUMNS, *sizes]) if c in frame.columns]
    said = frame[[c for c in kept if c not in (*numbers, *sizes)]]
    words = [str(c) for c in said.select_dtypes(include=["object", "string"])]
    for column in words:
        refuse_texts(frame[column].dropna().astype(str).unique().tolist(), what=column)
    refuse_person_keys(frame, words, source)
    redrawn = is_redrawn(frame, n, derived_from)
    if not redrawn:
        refuse_values_in_words(words_of(said, list(said.columns)), source, what="labels or names of columns")
        if clusters:
            refuse_values_as_counts(frame, [clusters], source)
    behind = people_behind(frame, n if redrawn else people, count=n, whole=whole)
    hide, hidden = hide_estimates(frame, policy, n=n, clusters=clusters, whole=whole, people=behind, look=not redrawn)
    hide, more = hide_untold_groups(frame, hide, groups)
    hidden = (*hidden, *more)
    if not exempted(policy, whole):
        hide, more = hide_saturated(frame, hide, policy, n=n)
        hidden = (*hidden, *more)
    if "term" in frame:
        hide, more = hide_paths(frame, hide, policy, n=n)
        hidden = (*hidden, *more)
    if policy.drop_extremes and not redrawn:
        hide, more = hide_extremes(frame, hide, numbers, words, source)
        hidden = (*hidden, *more)
    steps = estimate_steps(frame, policy, numbers, behind, digits=digits, look=not redrawn)
    plain = [clusters] if clusters else []
    out = finish(frame[kept].copy(), hide, policy, count=n, values=numbers, plain=plain, steps=steps)
    return out, tuple(numbers), (*policy_notes(policy), *folded, *hidden, *rounding_note(policy))


def hide_estimates(
    frame: pd.DataFrame,
    policy: Policy,
    *,
    n: str,
    clusters: str | None,
    whole: bool,
    people: NDArray[np.float64] | None = None,
    look: bool = True,
) -> tuple[NDArray[np.bool_], Decisions]:
    """Which estimates to hide, and the decisions.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an estimate.
    n : str
        Column with the people behind it.
    clusters : str | None
        Column with the clusters behind it; without it only people are counted.
    whole : bool
        Each cluster is a whole authority.
    people : NDArray[np.float64] | None, optional
        The people on whom each estimate rests, of shape (rows,); held to the threshold as well.
    look : bool, default True
        Whether to look for shares among the estimates, and hold who is in and out of them to the threshold.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": [40, 40, 4], "teams": [6, 3, 6]})
    >>> hide_estimates(rows, Policy(), n="n", clusters="teams", whole=False)[0].tolist()
    [False, True, True]
    >>> hide, decisions = hide_estimates(rows, Policy(), n="n", clusters="teams", whole=True)
    >>> hide.tolist(), [d.what for d in decisions]
    ([False, False, True], ['1 of 3 estimates hidden', 'Not held to 5 clusters'])
    """
    counts = pd.to_numeric(frame[n], errors="coerce").to_numpy(dtype=float)
    few: NDArray[np.bool_] = np.isnan(counts) | (counts < policy.threshold)
    decisions = counted("threshold", int(few.sum()), len(frame), "estimates", f"fewer than {policy.threshold}")
    if people is not None:
        alone = (np.isnan(people) | (people < policy.threshold)) & ~few
        why = f"they rest on fewer than {policy.threshold} people, however many rows were used"
        decisions += counted("people", int(alone.sum()), len(frame), "estimates", why)
        few = few | alone
    ends = _at_the_ends(frame, counts, policy) & ~few if look else np.zeros(len(frame), dtype=bool)
    decisions += counted("threshold", int(ends.sum()), len(frame), "estimates", "few are in or out of a share")
    few = few | ends
    if clusters is None:
        return few, decisions
    if exempted(policy, whole):
        return few, (*decisions, exemption(policy))
    groups = pd.to_numeric(frame[clusters], errors="coerce").to_numpy(dtype=float)
    hide = few | np.isnan(groups) | (groups < policy.minimum_clusters)
    why = f"fewer than {policy.minimum_clusters} clusters"
    return hide, (*decisions, *counted("clusters", int((hide & ~few).sum()), len(frame), "estimates", why))


def hide_extremes(
    frame: pd.DataFrame, hide: NDArray[np.bool_], numbers: Sequence[str], words: Sequence[str], source: object
) -> tuple[NDArray[np.bool_], Decisions]:
    """Hide the rows in which a number is a minimum, a maximum or a high percentile of the data, found by looking."""
    out = hide.copy()
    shown = frame[~hide]
    for column in numbers if len(shown) else ():
        out[~hide] |= extreme_rows(shown, column, dims=words, source=source)
    more = int((out & ~hide).sum())
    return out, counted("extremes", more, len(frame), "estimates", "one person's value stands in them")


def hide_saturated(
    frame: pd.DataFrame, hide: NDArray[np.bool_], policy: Policy, *, n: str
) -> tuple[NDArray[np.bool_], Decisions]:
    """Hide the estimates of a regression that has few rows beyond its coefficients.

    As many coefficients as rows give the outcome of every row to whoever knows the rest of it; a few rows more, nearly.
    The residual degrees of freedom are those that the frame says; where it lists an intercept its rows are the
    coefficients of one fit, found by looking.

    References
    ----------
    - Ritchie, F. (2019). Transactions on Data Privacy 12, 145-173.

    Examples
    --------
    >>> rows = pd.DataFrame({"term": ["(Intercept)", "fte"], "estimate": [3.1, 0.2], "n": [11, 11]})
    >>> hide_saturated(rows, np.array([False, False]), Policy(), n="n")[0].tolist()
    [True, True]
    """
    left = np.full(len(frame), np.inf)
    if RESIDUAL_DF in frame:
        said = pd.to_numeric(frame[RESIDUAL_DF], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        left = np.where(np.isnan(said), np.inf, said)
    if "term" in frame and frame["term"].astype(str).str.strip().str.lower().isin(_INTERCEPTS).any():
        counts = pd.to_numeric(frame[n], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        fitted = frame.drop_duplicates(["term"])  # several outcomes may be fitted with the same terms
        left = np.minimum(left, counts - len(fitted))
    few: NDArray[np.bool_] = (left < policy.minimum_residual_df) & ~hide
    why = f"fewer than {policy.minimum_residual_df} residual degrees of freedom"
    return hide | few, counted("residual_df", int(few.sum()), len(frame), "estimates", why)


def hide_paths(
    frame: pd.DataFrame, hide: NDArray[np.bool_], policy: Policy, *, n: str
) -> tuple[NDArray[np.bool_], Decisions]:
    """Hide further event times, so that a hidden one does not follow from the mean over all of them.

    The mean effect from the start on is a mean of the times with known weights, so that one hidden time follows from it
    and the others. On either side of the start none is hidden, or two or more that rest on the threshold together.

    Examples
    --------
    >>> rows = pd.DataFrame({"term": ["time 0", "time 1", "time 2"], "n": [60, 40, 4]})
    >>> hide_paths(rows, np.array([False, False, True]), Policy(), n="n")[0].tolist()
    [False, True, True]
    """
    time = pd.to_numeric(frame["term"].astype(str).str.extract(_TIME)[0], errors="coerce").to_numpy(dtype=float)
    counts = np.nan_to_num(pd.to_numeric(frame[n], errors="coerce").to_numpy(dtype=float, na_value=np.nan))
    by = frame["outcome"].astype(str).to_numpy() if "outcome" in frame else np.zeros(len(frame), dtype=str)
    out = hide.copy()
    for outcome in np.unique(by):
        for side in (time >= 0, time < 0):
            at = np.flatnonzero((by == outcome) & side)
            gone = out[at]
            while gone.any() and not gone.all() and (gone.sum() < 2 or counts[at][gone].sum() < policy.threshold):
                left = at[~gone]
                out[left[np.argmin(counts[left])]] = True
                gone = out[at]
    more = int((out & ~hide).sum())
    why = "a hidden time would follow from the mean over all times"
    return out, counted("secondary", more, len(frame), "estimates", why)


def fold_survival(
    frame: pd.DataFrame, policy: Policy, *, n: str, redrawn: bool = False
) -> tuple[pd.DataFrame, Decisions]:
    """A survival curve with a row only where enough people have left since the row before: one step is one person.

    The other rows are left out whole, since their times say when single people left. A curve is found by its unit or by
    looking: shares that never rise, by a whole number of those at risk in each row. What is redrawn was folded before.

    Examples
    --------
    >>> rows = pd.DataFrame({"term": ["1", "2", "3"], "estimate": [39 / 40, 28 / 40, 27 / 40], "n": [40, 39, 28]})
    >>> fold_survival(rows, Policy(), n="n")[0]["term"].tolist()
    ['2']
    """
    if redrawn or not {"estimate", "term", n} <= set(frame.columns):
        return frame, ()
    share = pd.to_numeric(frame["estimate"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    counts = pd.to_numeric(frame[n], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    said = np.zeros(len(frame), dtype=bool)
    if "unit" in frame:  # at times, and not of groups at one time
        timed = frame["term"].astype(str).str.fullmatch(r"(.* at )?[0-9.e+]+")
        said = (frame["unit"].astype(str).eq(STILL_THERE) & timed).to_numpy(dtype=bool)
    none = pd.Series(np.nan, index=frame.index)
    errors = pd.to_numeric(frame.get("std_error", none), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    kept = np.ones(len(frame), dtype=bool)
    for at in _curves(share, said):
        before = np.r_[1.0, share[at][:-1]]
        with np.errstate(divide="ignore", invalid="ignore"):
            left = counts[at] * (1 - share[at] / np.where(before > 0, before, 1.0))
        read_off = (counts[at] == counts[at][0]).all()  # at chosen times: the count is of the start
        steps = len(at) >= _STEPS and (left.round() >= 1).all() and (abs(left - left.round()) < _WHOLE).all()
        if not (said[at].all() or steps or (read_off and _greenwood(share[at], counts[at], errors[at]))):
            continue
        if read_off:
            left = _left_by_error(share[at], before, errors[at]) / _READ_OFF
        gone = 0.0
        for i, more in zip(at, left, strict=True):
            gone += more
            kept[i] = gone >= policy.threshold - 1e-6 and counts[i] >= policy.threshold
            gone = 0.0 if kept[i] else gone
    why = f"fewer than {policy.threshold} people left since the row before"
    return frame[kept].reset_index(drop=True), counted(
        "survival", int((~kept).sum()), len(frame), "steps of a survival curve", why
    )


def _greenwood(share: NDArray[np.float64], counts: NDArray[np.float64], errors: NDArray[np.float64]) -> bool:
    """Whether rows of one count look like shares still there at chosen times, whatever they are called.

    The shares fall, by a whole number of those at the start where nobody was lost from sight and nothing was rounded;
    else their errors are Greenwood's: those of a share of the start where nobody was lost, larger where some were, and
    relative to the share they never fall.
    """
    if len(share) < _STEPS or share[0] == share[-1]:
        return False
    there = share * counts
    if np.isnan(errors).all():
        return bool((abs(there - there.round()) < _WHOLE).all())
    known = (share > 0) & (share < 1) & (counts > 0)
    plain = np.sqrt(share * (1 - share) / np.where(counts > 0, counts, np.nan))
    with np.errstate(divide="ignore", invalid="ignore"):
        larger, relative = (errors / plain)[known], (errors / share)[known]
    usual = (larger > _LEAST_OF_PLAIN).all() and (larger < _MOST_OF_PLAIN).all()
    return bool(known.any() and usual and (np.diff(relative) > -_BLUR * relative[1:]).all())


def _left_by_error(share: NDArray[np.float64], before: NDArray[np.float64], errors: NDArray[np.float64]) -> Any:
    """About how many left between rows, by Greenwood's variance; none where there is no error.

    The relative variance grows by ``d / (n (n - d))`` and the share falls by ``d / n``, which give ``d``.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.diff(np.r_[0.0, np.square(errors / share)])
        fall = 1 - share / np.where(before > 0, before, 1.0)
        left = np.square(fall) / (grown * (1 - fall))
    return np.where(np.isfinite(left), left, 0.0)


def _curves(share: NDArray[np.float64], said: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Positions of rows in turn whose shares never rise: a curve each, a new one where they do."""
    able = (share >= 0) & (share <= 1)
    parts = np.split(np.arange(len(share)), np.flatnonzero(np.r_[False, (np.diff(share) > 0) | (np.diff(said) != 0)]))
    return [p for p in parts if len(p) and able[p].all()]


def _at_the_ends(frame: pd.DataFrame, counts: NDArray[np.float64], policy: Policy) -> NDArray[np.bool_]:
    """Estimates that are shares of the rows behind them, found by looking, with few in or out of the share."""
    if "estimate" not in frame:
        return np.zeros(len(frame), dtype=bool)
    column = {
        c: pd.to_numeric(frame[c], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        for c in ("estimate", "conf_low", "conf_high")
        if c in frame
    }
    share, out = column["estimate"], np.zeros(len(frame), dtype=bool)
    spread = np.zeros(len(frame), dtype=bool)
    if not _SAYS_HOW_SURE & set(frame.columns):  # read as the column of a table is
        part = 1 / np.maximum(counts, 1) if is_count(frame["estimate"], counts) else share_scale(share, counts)
        inside = share * part * counts
        return np.asarray((part > 0) & (np.round(np.fmin(inside, counts - inside)) < policy.threshold), dtype=np.bool_)
    if "metric" not in frame:  # a coefficient may be nought, and its interval may leave the range of a share
        spread |= (share == 0) | (column.get("conf_low", share) < 0) | (share == 1)
    for i in np.flatnonzero(~spread):  # rows may be figures of different kinds
        scale = share_scale(share[[i]], counts[[i]], vague=False)
        if scale:
            inside = share[i] * scale * counts[i]
            out[i] = bool(round(min(inside, counts[i] - inside)) < policy.threshold)
    return out
