"""What must stand behind an estimate or a sentence: enough people, and enough clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.looks import share_scale
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.protect import Decisions, counted
from hybrid_toolkit.disclosure.release import Decision

_TIME = r"^time (-?\d+)$"
"""How the row of an event study names its time."""


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
        return few, (*decisions, _exemption(policy))
    groups = pd.to_numeric(frame[clusters], errors="coerce").to_numpy(dtype=float)
    hide = few | np.isnan(groups) | (groups < policy.minimum_clusters)
    why = f"fewer than {policy.minimum_clusters} clusters"
    return hide, (*decisions, *counted("clusters", int((hide & ~few).sum()), len(frame), "estimates", why))


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
    if "metric" not in frame:  # a coefficient may be nought, and its interval may leave the range of a share
        spread |= (share == 0) | (column.get("conf_low", share) < 0) | (share == 1)
    for i in np.flatnonzero(~spread):  # rows may be figures of different kinds
        scale = share_scale(share[[i]], counts[[i]], vague=False)
        if scale:
            inside = share[i] * scale * counts[i]
            out[i] = bool(round(min(inside, counts[i] - inside)) < policy.threshold)
    return out


def withhold_text(
    policy: Policy, *, n: float | None, clusters: float | None, whole: bool, people: float | None = None
) -> tuple[str, Decisions]:
    """What stands in place of a sentence that rests on too little, empty where it may be shown; and the decisions.

    Examples
    --------
    >>> withhold_text(Policy(), n=40, clusters=3, whole=False)[0]
    'Withheld: fewer than 5 clusters stand behind it.'
    """
    least = min((v for v in (n, people) if v is not None), default=None)
    if least is not None and not least >= policy.threshold:
        told = f"Withheld: fewer than {policy.threshold} stand behind it."
        return told, (Decision("threshold", "1 of 1 texts withheld", "Too few stand behind it.", 1),)
    if clusters is not None and exempted(policy, whole):
        return "", (_exemption(policy),)
    if clusters is not None and clusters < policy.minimum_clusters:
        told = f"Withheld: fewer than {policy.minimum_clusters} clusters stand behind it."
        return told, (Decision("clusters", "1 of 1 texts withheld", "Too few clusters stand behind it.", 1),)
    return "", ()


def exempted(policy: Policy, whole: bool) -> bool:
    """Whether the least number of clusters is not asked for: they are whole authorities, which the policy exempts."""
    return whole and not policy.guard_authorities


def _exemption(policy: Policy) -> Decision:
    return Decision(
        "clusters",
        f"Not held to {policy.minimum_clusters} clusters",
        "Each cluster is a whole authority; the policy exempts them (guard_authorities is false).",
    )
