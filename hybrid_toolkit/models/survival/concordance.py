"""Concordance: how often the one with the higher risk score has the event first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.survival.kaplan_meier import read_spells
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes
from hybrid_toolkit.models.terms.result_rows import check_level, tidy_rows
from hybrid_toolkit.result import ResultBase

_ROWS_AT_ONCE = 500
"""Rows that are compared with all others at once, so that 20,000 need some 100 MB."""


@dataclass(frozen=True, slots=True)
class Concordance(ResultBase):
    """Share of comparable pairs in which the higher score goes with the earlier event; ties of the score count half.

    Parameters
    ----------
    estimate : float
        From 0 to 1; 0.5 is a coin.
    std_error : float
        By the infinitesimal jackknife over clusters.
    concordant : int
        Pairs in which the higher score had the event first.
    discordant : int
        Pairs in which the lower score did.
    tied : int
        Comparable pairs of one score.
    n : int
        Rows used.
    n_missing : int
        Rows left out for a missing value.
    n_clusters : int
        Clusters, or rows where there are none.
    conf_level : float
        Level of the interval.

    Examples
    --------
    >>> Concordance(0.8, 0.1, 8, 2, 0, 6, 0, 6, 0.95).tidy()[["conf_low", "conf_high"]].round(2).values.tolist()
    [[0.54, 0.93]]
    """

    estimate: float
    std_error: float
    concordant: int
    discordant: int
    tied: int
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float

    @property
    def converged(self) -> bool:
        """Always True: nothing is searched for."""
        return True

    @property
    def method(self) -> str:
        """What was done, in words."""
        return "concordance of a score with times to an event (Harrell), infinitesimal jackknife"

    def tidy(self) -> pd.DataFrame:
        """One row; the interval is made on the logit scale, and so lies between 0 and 1.

        Returns
        -------
        pd.DataFrame
            One row.
        """
        c = self.estimate
        row = tidy_rows(["concordance"], [c], [self.std_error], n=self.n, conf_level=self.conf_level)
        if 0 < c < 1 and self.std_error > 0:
            z = stats.norm.ppf(0.5 + self.conf_level / 2) * self.std_error / (c * (1 - c))
            ends = np.log(c / (1 - c)) + np.array([-z, z])
            row[["conf_low", "conf_high"]] = 1 / (1 + np.exp(-ends))
            row["p_value"] = 2 * stats.norm.sf(abs(c - 0.5) / self.std_error)
        return row

    def glance(self) -> pd.DataFrame:
        """One row: pairs, rows, clusters, method.

        Returns
        -------
        pd.DataFrame
            One row: pairs, rows, clusters, method.
        """
        keep = ("n", "n_missing", "n_clusters", "concordant", "discordant", "tied", "method", "converged")
        return pd.DataFrame([{name: getattr(self, name) for name in keep}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        pairs = self.concordant + self.discordant + self.tied
        return (
            f"Concordance {self.estimate:.3f} (standard error {self.std_error:.3f}) over {pairs:,} comparable pairs of "
            f"{self.n:,} rows. It judges a model, never a person: it says how well a score orders times, not whether "
            "it is right for anyone."
        )


def concordance(
    frame: pd.DataFrame,
    *,
    duration: str,
    event: str,
    score: str,
    cluster: str | None = None,
    conf_level: float = 0.95,
) -> Concordance:
    """How well a score orders times to an event.

    A pair is comparable where one of the two had the event while the other was still under observation, or was lost at
    that very time. Pairs of two events at one time are left out, as in R's survival.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a spell. Rows with a missing value in a named column are left out and counted.
    duration : str
        Column of time to the event or to the end of observation.
    event : str
        Yes/no column: whether it ended with the event.
    score : str
        Column of numbers; a higher one should go with an earlier event, as a linear predictor of ``fit_cox`` does.
    cluster : str | None, optional
        Column of the clusters; by default each row.
    conf_level : float, default 0.95
        Level of the interval.

    Returns
    -------
    Concordance
        The share, its error, and the pairs behind it.

    Raises
    ------
    EstimationError
        No comparable pair, no event, events other than yes and no, or times that are not above 0.
    CoverageError
        A column is not there.

    References
    ----------
    - Harrell, F. E., Lee, K. L. and Mark, D. B. (1996). Statistics in Medicine 15, 361-387.
    - Therneau, T. M. and Atkinson, E. (2024). Concordance. Vignette of the R package survival.

    Examples
    --------
    >>> f = pd.DataFrame({"days": [1.0, 2, 3, 4], "left": [1, 1, 0, 1], "risk": [4.0, 2, 3, 1]})
    >>> found = concordance(f, duration="days", event="left", score="risk")
    >>> found.concordant, found.discordant, found.estimate
    (4, 1, 0.8)
    """
    check_arguments(concordance, locals())
    check_level(conf_level)
    rows, time, ended, _ = read_spells(frame, duration, event, [score, *([cluster] if cluster else [])], None)
    score_of, had = numbers(rows, score), ended > 0
    more, less, same = _pairs(time, had, score_of)
    pairs = (more + less + same).sum() / 2
    if not pairs > 0:
        raise EstimationError(
            f"none of the pairs of {plural(len(rows), 'row')} can be compared: no event came before another row's end.",
            fix="Add at least 1 row whose event came while another was observed.",
            code="NO-PAIRS",
        )
    estimate = float((more + same / 2).sum() / 2 / pairs)
    moves = (more + same / 2 - estimate * (more + less + same)) / pairs
    group = codes(rows, cluster) if cluster else np.arange(len(rows))
    sums = np.bincount(group, weights=moves)
    return Concordance(
        estimate=estimate,
        std_error=float(np.sqrt((sums**2).sum())),
        concordant=round(more.sum() / 2),
        discordant=round(less.sum() / 2),
        tied=round(same.sum() / 2),
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_clusters=len(sums),
        conf_level=conf_level,
    )


def _pairs(time: Array, had: np.ndarray, score: Array) -> tuple[Array, Array, Array]:
    """Of each row, its concordant pairs, discordant ones, and comparable ones of one score."""
    out = np.zeros((3, len(time)))
    for a in range(0, len(time), _ROWS_AT_ONCE):
        at = slice(a, a + _ROWS_AT_ONCE)
        # the row had the event, and the other was still there after it, or was lost at that time
        first = had[at, None] & ((time > time[at, None]) | ((time == time[at, None]) & ~had))
        for k, kind in enumerate((score[at, None] > score, score[at, None] < score, score[at, None] == score)):
            there = first & kind
            out[k, at] += there.sum(axis=1)
            out[k] += there.sum(axis=0)
    return out[0], out[1], out[2]
