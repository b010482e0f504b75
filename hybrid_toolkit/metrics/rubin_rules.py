"""Rubin's rules: estimates of several completed data sets made into one, with their degrees of freedom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.errors import MeasureError


@dataclass(frozen=True, slots=True)
class Pooled:
    """An estimate over imputed frames by Rubin's rules.

    Parameters
    ----------
    estimate : float
        Pooled estimate.
    std_error : float
        Pooled standard error.
    conf_low : float
        Lower end of the interval.
    conf_high : float
        Upper end of the interval.
    p_value : float
        The p-value of the test against zero.
    df : float
        Degrees of freedom of Barnard and Rubin.
    within : float
        Mean squared standard error.
    between : float
        Variance of the estimates between imputations.
    missing_information : float
        Fraction of the information lost to missing values (van Buuren 2018, eq. 2.28), which accounts for the
        imprecision of the variance between few imputations.
    n_imputations : int
        Frames pooled.
    missing_variance : float
        Share of the total variance that comes from missing values (lambda).

    References
    ----------
    - Barnard, J. and Rubin, D. B. (1999). Biometrika 86, 948-955.
    - van Buuren, S. (2018). Flexible Imputation of Missing Data, 2nd edition. Chapman and Hall/CRC.

    Examples
    --------

    >>> pooled = pool_rubin([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    >>> pooled.within, pooled.between, round(pooled.missing_variance, 2)
    (1.0, 1.0, 0.57)
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float
    df: float
    within: float
    between: float
    missing_information: float
    n_imputations: int
    missing_variance: float

    def tidy(self, term: str = "estimate") -> pd.DataFrame:
        """One row: term, estimate, std_error, conf_low, conf_high, p_value, df, missing_information, n_imputations.

        Parameters
        ----------
        term : str, default "estimate"
            Name of the row.

        Returns
        -------
        pd.DataFrame
            One row: term, estimate, std_error, conf_low, conf_high, p_value, df, missing_information, n_imputations.
        """
        row = (term, self.estimate, self.std_error, self.conf_low, self.conf_high, self.p_value, self.df)
        names = ["term", "estimate", "std_error", "conf_low", "conf_high", "p_value", "df"]
        return pd.DataFrame(
            [(*row, self.missing_information, self.n_imputations)],
            columns=[*names, "missing_information", "n_imputations"],
        )


def pool_rubin(
    estimates: Sequence[float],
    std_errors: Sequence[float],
    *,
    df_complete: float = float("inf"),
    conf_level: float = 0.95,
) -> Pooled:
    """Pool one estimate over imputed frames.

    Parameters
    ----------
    estimates : Sequence[float]
        Estimates, one a frame.
    std_errors : Sequence[float]
        Their standard errors, one a frame.
    df_complete : float, optional
        Degrees of freedom the estimate would have with nothing missing (clusters - 1 for clustered errors).
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    Pooled
        An estimate over imputed frames by Rubin's rules.

    Raises
    ------
    MeasureError
        Fewer than two frames, lists of unequal length, or values that are missing or below zero.

    Notes
    -----
    Total variance = within + (1 + 1/m) between (Rubin 1987); the fraction of missing information as in van Buuren
    (2018), Flexible Imputation of Missing Data, section 2.4. Degrees of freedom of Barnard and Rubin (1999): 1 / (1/a
    + 1/b), a = (m - 1) / lambda^2, b = (df_complete + 1) / (df_complete + 3) df_complete (1 - lambda).

    References
    ----------
    - Barnard, J. and Rubin, D. B. (1999). Biometrika 86, 948-955.
    - Rubin, D. B. (1987). Multiple Imputation for Nonresponse in Surveys.

    Examples
    --------
    >>> p = pool_rubin([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    >>> p.estimate, round(p.std_error**2, 4), round(p.df, 4)
    (2.0, 2.3333, 6.125)
    """
    q, se = np.asarray(estimates, dtype=float), np.asarray(std_errors, dtype=float)
    m = len(q)
    if m < 2 or len(se) != m or not (np.isfinite(q).all() and np.isfinite(se).all() and (se >= 0).all()):
        raise MeasureError(
            f"pooling needs two or more estimates, each with its standard error; there are {m} and {len(se)}, or some "
            "are missing or below zero.",
            fix="Provide one of each for every frame; check the analysis of the frames that gave none.",
            code="POOL-INPUT",
        )
    estimate, within, between = float(q.mean()), float((se**2).mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    lost = (1 + 1 / m) * between / total if total > 0 else 0.0
    old = (m - 1) / lost**2 if lost > 0 else float("inf")
    seen = df_complete if np.isinf(df_complete) else (df_complete + 1) / (df_complete + 3) * df_complete * (1 - lost)
    inverse = (0.0 if np.isinf(old) else 1 / old) + (0.0 if np.isinf(seen) else 1 / max(seen, 1e-9))
    df = 1 / inverse if inverse > 0 else float("inf")
    error = float(np.sqrt(total))
    half = float(stats.t.ppf(0.5 + conf_level / 2, df)) * error
    p = 2 * float(stats.t.sf(abs(estimate) / error, df)) if error > 0 else float("nan")
    # (r + 2 / (df + 3)) / (1 + r) with r the rise of the variance, r / (1 + r) = lost
    fraction = lost + (1 - lost) * 2 / (df + 3) if lost > 0 else 0.0
    return Pooled(estimate, error, estimate - half, estimate + half, p, df, within, between, fraction, m, lost)
