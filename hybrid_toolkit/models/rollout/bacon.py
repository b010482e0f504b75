"""What two-way fixed effects compare with what: every pair of groups with its weight (Goodman-Bacon)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.errors import EstimationError, from_extra
from hybrid_toolkit.models.rollout.panel_blocks import NEVER
from hybrid_toolkit.models.rollout.panel_data import PanelColumns
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

COMPARISON_KINDS = {
    "treated_vs_never": "treated against never treated",
    "earlier_vs_later": "earlier against later treated, before these start",
    "later_vs_earlier": "later against already treated",
}
"""Kinds of comparison; in the last, effects that still grow are taken off those of later groups."""


@dataclass(frozen=True, eq=False)
class BaconDecomposition(ResultBase):
    """A two-way estimate as the weighted mean of all comparisons of two groups.

    Parameters
    ----------
    outcome : str
        As asked for.
    two_way : float
        The estimate of two-way fixed effects.
    comparisons : pd.DataFrame
        One row a pair: ``treated``, ``control``, ``kind``, ``estimate``, ``weight``.
    n : int
        Rows used.
    n_units : int
        Units used.
    n_missing : int
        Rows of units left out because they lack a period.
    n_always : int
        Units left out because they were always treated.
    converged : bool, default True
        Always True: nothing is searched for.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aabb"), "year": [1, 2] * 2, "y": [0.0, 3, 0, 1], "start": [2, 2, 0, 0]})
    >>> found = bacon_decomposition(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> found.comparisons[["treated", "control"]].values.tolist(), round(found.two_way, 6)
    ([['2', 'never']], 2.0)
    """

    outcome: str
    two_way: float
    comparisons: pd.DataFrame = field(repr=False)
    n: int
    n_units: int
    n_missing: int
    n_always: int
    converged: bool = True

    @property
    def method(self) -> str:
        """What was done, in words."""
        return "two-way fixed effects as comparisons of two groups (Goodman-Bacon)"

    def tidy(self) -> pd.DataFrame:
        """The two-way estimate, then a row a kind: mean of its comparisons and their ``weight``.

        Returns
        -------
        pd.DataFrame
            ``TIDY_COLUMNS`` and ``weight``; a decomposition has no errors.
        """
        rows = [("two-way", self.two_way, 1.0)]
        for kind, words in COMPARISON_KINDS.items():
            c = self.comparisons[self.comparisons["kind"].eq(kind)]
            if len(c):
                weight = float(c["weight"].sum())
                rows.append((words, float(c["weight"].to_numpy() @ c["estimate"].to_numpy()) / weight, weight))
        made = [(term, b, *[np.nan] * 4, self.n, "", weight) for term, b, weight in rows]
        return pd.DataFrame(made, columns=[*TIDY_COLUMNS, "weight"])

    def glance(self) -> pd.DataFrame:
        """One row: rows, units, what was left out, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: rows, units, what was left out, method, convergence.
        """
        keep = ("n", "n_units", "n_missing", "n_always", "method", "converged")
        return pd.DataFrame([{name: getattr(self, name) for name in keep}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        parts = self.tidy().iloc[1:]
        told = "; ".join(
            f"{term}: {b:.3f}, weight {w:.0%}"
            for term, b, w in zip(parts["term"], parts["estimate"], parts["weight"], strict=True)
        )
        late = float(self.comparisons.loc[self.comparisons["kind"].eq("later_vs_earlier"), "weight"].sum())
        return (
            f"{self.outcome}: two-way fixed effects give {self.two_way:.3f}, the weighted mean of "
            f"{len(self.comparisons)} comparisons of two groups. {told}. {late:.0%} of the weight compares with groups "
            "under the policy already, which misleads where effects grow: then use group-time effects."
        )


def bacon_decomposition(
    frame: pd.DataFrame,
    *,
    outcome: str,
    panel_id: str,
    time: str,
    first_treated: str | None = None,
    treatment: str | None = None,
    unbalanced: str = "error",
) -> BaconDecomposition:
    """Take two-way fixed effects of a roll-out apart into every comparison of two groups.

    Parameters
    ----------
    frame : pd.DataFrame
        See ``fit_group_time``.
    outcome : str
        See ``fit_group_time``.
    panel_id : str
        See ``fit_group_time``.
    time : str
        See ``fit_group_time``.
    first_treated : str | None, optional
        See ``fit_group_time``.
    treatment : str | None, optional
        See ``fit_group_time``.
    unbalanced : str, default "error"
        See ``fit_group_time``.

    Returns
    -------
    BaconDecomposition
        Every comparison with its weight, and their mean, which is the two-way estimate.

    Raises
    ------
    EstimationError
        As ``fit_group_time``.
    CoverageError
        A column is not there.

    Notes
    -----
    Worked out by diff-diff with exact weights. Units treated from the first period are left out and counted.

    References
    ----------
    - Goodman-Bacon, A. (2021). Journal of Econometrics 225, 254-277, theorem 1.

    Examples
    --------
    >>> f = pd.DataFrame({"team": list("aaabbbccc"), "year": [1, 2, 3] * 3, "y": [0.0, 2, 2, 0, 0, 2, 0, 0, 0]})
    >>> f["start"] = [2] * 3 + [3] * 3 + [0] * 3
    >>> found = bacon_decomposition(f, outcome="y", panel_id="team", time="year", first_treated="start")
    >>> round(found.two_way, 6), round(float(found.comparisons["weight"].sum()), 6)
    (2.0, 1.0)
    """
    check_arguments(bacon_decomposition, locals())
    p = PanelColumns(
        outcome=outcome,
        panel_id=panel_id,
        time=time,
        first_treated=first_treated,
        treatment=treatment,
        unbalanced=unbalanced,
    ).read(frame)
    p.must_start()
    if len(p.cohorts) < 2 and not p.untreated.any():
        raise EstimationError(
            f"{len(p.start)} units all begin treatment in one period, and none has a comparison.{p.why_none_free}",
            fix="Add at least 1 untreated unit.",
            code="NO-UNTREATED",
        )
    with from_extra("engines"):
        from diff_diff import BaconDecomposition as Library

    units, periods = p.y.shape
    middle = float(np.median(p.y))
    size = float(np.abs(p.y - middle).max())  # the library stops its search at a fixed size
    rows = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), periods),
            "time": np.tile(np.arange(1, periods + 1), units),
            "start": np.repeat(np.where(p.start == NEVER, 0, p.start + 1), periods),
            "y": ((p.y - middle) / size).ravel(),
        }
    )
    found = Library(weights="exact").fit(rows, outcome="y", unit="unit", time="time", first_treat="start")
    table = found.to_dataframe()

    def label(group: object) -> str:
        return p.label(int(str(group)) - 1) if str(group).isdigit() else "never"

    comparisons = pd.DataFrame(
        {
            "treated": table["treated_group"].map(label),
            "control": table["control_group"].map(label),
            "kind": table["comparison_type"],
            "estimate": size * table["estimate"].astype(float),
            "weight": table["weight"].astype(float),
        }
    )
    return BaconDecomposition(
        outcome=outcome,
        two_way=float(comparisons["weight"].to_numpy() @ comparisons["estimate"].to_numpy()),
        comparisons=comparisons,
        n=int(p.y.size),
        n_units=units,
        n_missing=p.n_missing,
        n_always=p.n_always,
    )
