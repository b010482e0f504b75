"""Why two groups differ: how much is who they are, and how much is what happens to people alike.

Kitagawa (1955) splits a difference in rates over a table of strata; Oaxaca (1973) and Blinder (1973) split a
difference in means by a linear model. Both are arithmetic of an observed difference and carry no causal meaning: the
part called "composition" is composition only on the variables that were given.

Intervals come from leaving out one cluster at a time (jackknife) with a t reference, so they respect teams.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.columns.numeric_columns import plain
from hybrid_toolkit.errors import MeasureError, plural
from hybrid_toolkit.metrics.measured_columns import check_table, measured
from hybrid_toolkit.result import ResultBase

LEAST_LEFT_OUT = 3
"""Leaving out one of two clusters leaves one, within which nothing between clusters varies."""


@dataclass(frozen=True, slots=True)
class Decomposition(ResultBase):
    """A difference between two groups and its parts.

    ``parts`` has one row a part with the columns of ``TIDY_COLUMNS``; the part rows add up to the row
    ``difference``. ``method`` is "kitagawa" or "oaxaca-blinder".

    Parameters
    ----------
    method : str
        ``kitagawa`` or ``oaxaca-blinder``.
    parts : pd.DataFrame
        One row a part, with the columns of ``TIDY_COLUMNS``.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Number of clusters.
    reference : str
        The group, or the coefficients, that the other is compared with.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1, 1, 0, 1, 0, 0, 1, 0.0], "g": list("aaaabbbb"), "s": [1, 1, 1, 2, 1, 2, 2, 2]})
    >>> found = kitagawa(f, outcome="y", group="g", reference="b", strata=["s"])
    >>> found.tidy()[["term", "estimate"]].round(2).values.tolist()
    [['difference', 0.5], ['composition', -0.17], ['rates', 0.67]]
    """

    method: str
    parts: pd.DataFrame = field(repr=False)
    n: int
    n_missing: int
    n_clusters: int
    reference: str

    @property
    def converged(self) -> bool:
        """Always True: nothing is searched for."""
        return True

    def tidy(self) -> pd.DataFrame:
        """One row a part.

        Returns
        -------
        pd.DataFrame
            One row a part.
        """
        return self.parts.copy()

    def glance(self) -> pd.DataFrame:
        """One row: n, n_missing, n_clusters, method, converged.

        Returns
        -------
        pd.DataFrame
            One row: n, n_missing, n_clusters, method, converged.
        """
        row = {
            "n": self.n,
            "n_missing": self.n_missing,
            "n_clusters": self.n_clusters,
            "method": self.method,
            "converged": True,
        }
        return pd.DataFrame([row])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        lines = [
            f"{r.term}: {r.estimate:.3f} ({r.conf_low:.3f} to {r.conf_high:.3f})"
            for r in self.parts.itertuples(index=False)
        ]
        return (
            "; ".join(lines) + f". Reference: {self.reference}. This splits a difference; it does not say what would "
            "happen if the groups were made alike."
        )


def two_groups(
    frame: pd.DataFrame, *, columns: Sequence[str], group: str, reference: object, cluster: str | None
) -> tuple[pd.DataFrame, NDArray[np.bool_], NDArray[np.intp], int]:
    """The complete rows, which of them are of the reference, codes of their clusters, and how many were left out."""
    wanted = list(dict.fromkeys([*columns, group, *([cluster] if cluster else [])]))
    check_table(frame, wanted, code="DECOMPOSITION-COLUMN")
    kept = frame[wanted].dropna().reset_index(drop=True)
    kept = pd.DataFrame({c: plain(kept[c]) for c in wanted})
    found = kept[group].unique()
    if len(found) != 2 or reference not in found:
        raise MeasureError(
            f"Column '{group}' has {len(found)} groups among {len(kept)} usable rows; a decomposition compares two, "
            "one of them the reference.",
            fix="Keep two groups and name one of them as the reference.",
            code="GROUPS-NOT-TWO",
        )
    is_reference = (kept[group] == reference).to_numpy(dtype=bool)
    codes = pd.factorize(kept[cluster])[0] if cluster else np.arange(len(kept))
    if len(np.unique(codes)) < LEAST_LEFT_OUT:
        raise MeasureError(
            f"{plural(len(np.unique(codes)), 'cluster')}; leaving one out needs at least three.",
            fix="Use a finer cluster.",
            code="CLUSTERS-FEW",
        )
    alone = min(len(np.unique(codes[is_reference])), len(np.unique(codes[~is_reference])))
    if cluster and alone < 2:
        raise MeasureError(
            f"one of the two groups of '{group}' lies in 1 cluster of '{cluster}': an interval over clusters cannot be "
            "learned from one.",
            fix="Compare groups that several clusters hold; ask what one unit's change did of synthetic control or of "
            "an interrupted series.",
            code="ONE-CLUSTER",
        )
    return kept, is_reference, codes, len(frame) - len(kept)


def two_group_degrees(codes: NDArray[np.intp], is_reference: NDArray[np.bool_]) -> float:
    """Effective clusters less one: those of a difference of the two groups' means if rows had errors of their own."""
    size = np.where(is_reference, is_reference.sum(), (~is_reference).sum())
    weight = np.bincount(codes, weights=1 / size.astype(float) ** 2)
    return float(np.clip(weight.sum() ** 2 / (weight**2).sum() - 1, 1.0, len(weight) - 1.0))


def jackknife_parts(
    parts: Callable[[NDArray[np.bool_]], Floats],
    codes: NDArray[np.intp],
    names: Sequence[str],
    level: float,
    unit: str,
    df: float,
) -> pd.DataFrame:
    """Rows of the parts, each with the error of leaving out one cluster at a time."""
    everyone = np.ones(codes.size, dtype=bool)
    estimate = parts(everyone)
    groups = int(codes.max()) + 1
    left = np.array([parts(codes != c) for c in range(groups)])
    error = np.sqrt((groups - 1) / groups * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    half = stats.t.ppf(0.5 + level / 2, df) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stats.t.sf(np.abs(estimate / error), df)
    return pd.DataFrame(
        {
            "term": list(names),
            "estimate": estimate,
            "std_error": error,
            "conf_low": estimate - half,
            "conf_high": estimate + half,
            "p_value": p,
            "n": codes.size,
            "unit": unit,
        }
    )


def kitagawa(
    frame: pd.DataFrame,
    *,
    outcome: str,
    group: str,
    reference: object,
    strata: Sequence[str],
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> Decomposition:
    """Split the difference in mean outcome (group minus reference) over strata (Kitagawa 1955).

    With shares p and means m of stratum s: composition is ``sum (p1 - p0)(m1 + m0)/2``, rates is
    ``sum (m1 - m0)(p1 + p0)/2``. They add up to the difference.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a unit; rows with a missing value in a named column are left out and counted.
    outcome : str
        Numeric column.
    group : str
        Column with two values.
    reference : object
        The value to compare with.
    strata : Sequence[str]
        Columns whose combinations are the strata. Every stratum must be found in both groups.
    cluster : str | None, optional
        Column of the clusters.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Decomposition
        A difference between two groups and its parts.

    Raises
    ------
    MeasureError
        A column is absent, not two groups, too few clusters, or a stratum found in one group only.

    References
    ----------
    - Kitagawa, E. M. (1955). Journal of the American Statistical Association 50, 1168-1194.

    Examples
    --------
    >>> f = pd.DataFrame({"y": [1, 1, 0, 1, 0, 0, 1, 0.0], "g": list("aaaabbbb"), "s": [1, 1, 1, 2, 1, 2, 2, 2]})
    >>> kitagawa(f, outcome="y", group="g", reference="b", strata=["s"]).tidy()["estimate"].round(4).tolist()
    [0.5, -0.1667, 0.6667]
    """
    kept, is_reference, codes, missing = two_groups(
        frame, columns=[outcome, *strata], group=group, reference=reference, cluster=cluster
    )
    y = measured(kept[outcome], outcome)
    y = y - float(np.median(y))
    stratum = kept.groupby(list(strata), sort=False, observed=True).ngroup().to_numpy()
    size = int(stratum.max()) + 1
    counts = np.array([np.bincount(stratum[g], minlength=size) for g in (is_reference, ~is_reference)])
    alone = int((counts == 0).any(axis=0).sum())
    if alone:
        raise MeasureError(
            f"{alone} of {size} strata are found in one group only.",
            fix="Use fewer or broader strata, so that both groups are found in each.",
            code="STRATA-NO-OVERLAP",
        )

    def parts(keep: NDArray[np.bool_]) -> Floats:
        share, mean = [], []
        for g in (~is_reference & keep, is_reference & keep):
            n = np.bincount(stratum[g], minlength=size)
            share.append(n / n.sum())
            total = np.bincount(stratum[g], weights=y[g], minlength=size)
            mean.append(np.divide(total, n, out=np.zeros(size), where=n > 0))
        composition = ((share[0] - share[1]) * (mean[0] + mean[1]) / 2).sum()
        rates = ((mean[0] - mean[1]) * (share[0] + share[1]) / 2).sum()
        return np.array([composition + rates, composition, rates])

    table = jackknife_parts(
        parts,
        codes,
        ("difference", "composition", "rates"),
        conf_level,
        outcome,
        two_group_degrees(codes, is_reference),
    )
    return Decomposition("kitagawa", table, len(kept), missing, int(codes.max()) + 1, str(reference))
