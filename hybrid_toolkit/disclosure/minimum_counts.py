"""What must stand behind an estimate or a sentence: enough people, and enough clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.protect import Decisions, counted
from hybrid_toolkit.disclosure.release import Decision


def hide_estimates(
    frame: pd.DataFrame, policy: Policy, *, n: str, clusters: str | None, whole: bool
) -> tuple[NDArray[np.bool_], Decisions]:
    """Which estimates to hide, and the decisions.

    Parameters
    ----------
    frame : one row an estimate.
    n, clusters : columns with the people and the clusters behind it; without clusters only people are counted.
    whole : each cluster is a whole authority.

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
    if clusters is None:
        return few, decisions
    if exempted(policy, whole):
        return few, (*decisions, _exemption(policy))
    groups = pd.to_numeric(frame[clusters], errors="coerce").to_numpy(dtype=float)
    hide = few | np.isnan(groups) | (groups < policy.minimum_clusters)
    why = f"fewer than {policy.minimum_clusters} clusters"
    return hide, (*decisions, *counted("clusters", int((hide & ~few).sum()), len(frame), "estimates", why))


def withhold_text(policy: Policy, *, n: float | None, clusters: float | None, whole: bool) -> tuple[str, Decisions]:
    """What stands in place of a sentence that rests on too little, empty where it may be shown; and the decisions.

    Examples
    --------
    >>> withhold_text(Policy(), n=40, clusters=3, whole=False)[0]
    'Withheld: fewer than 5 clusters stand behind it.'
    """
    if n is not None and n < policy.threshold:
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
