"""What a random-effects meta-analysis says: the pooled estimate, the spread between sites, a prediction interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from hybrid_toolkit.result import TIDY_COLUMNS, ResultBase

META_ANALYSIS_METHODS: Mapping[str, str] = MappingProxyType(
    {
        "reml": "restricted maximum likelihood",
        "paule-mandel": "Paule-Mandel",
        "dersimonian-laird": "DerSimonian-Laird",
        "ml": "maximum likelihood",
        "common": "one effect common to all sites, no variance between them",
    }
)
"""How the variance between sites is found."""
META_ANALYSIS_INTERVALS: Mapping[str, str] = MappingProxyType(
    {"hartung-knapp": "Hartung-Knapp", "normal": "normal (Wald)"}
)
MIN_FOR_PREDICTION = 3
"""Sites from which a prediction interval is given."""


@dataclass(frozen=True, slots=True)
class RandomEffects(ResultBase):
    """A random-effects mean over sites.

    Parameters
    ----------
    estimate : float
        Mean over sites, in the unit of the estimates.
    std_error : float
        Its standard error.
    conf_low : float
        Lower end of its interval.
    conf_high : float
        Upper end of its interval.
    p_value : float
        The p-value of the test that it is zero.
    prediction_low : float
        Lower end of where the true value of another site like these would lie; NaN under 3 sites, or where one effect
        is common to all.
    prediction_high : float
        Upper end of the same.
    tau2 : float
        Variance between sites.
    tau2_se : float
        Its standard error (NaN but for REML).
    i2 : float
        Share of the estimates' variance that is between sites.
    q : float
        Cochran's statistic of the test that sites do not differ.
    q_p_value : float
        Its p-value.
    k : int
        Number of sites.
    n : int
        Rows behind them where they were given.
    method : str
        Keys of ``META_ANALYSIS_METHODS``, ``META_ANALYSIS_INTERVALS`` and ``PREDICTIONS``.
    interval : str
        Keys of ``META_ANALYSIS_METHODS``, ``META_ANALYSIS_INTERVALS`` and ``PREDICTIONS``.
    prediction : str
        Keys of ``META_ANALYSIS_METHODS``, ``META_ANALYSIS_INTERVALS`` and ``PREDICTIONS``.
    conf_level : float
        Level of the intervals.
    converged : bool, default True
        Whether the search for the variance between sites ended.

    Examples
    --------
    >>> from hybrid_toolkit.models import fit_random_effects
    >>> fit = fit_random_effects([1.0, 2.0, 6.0], [1.0, 1.0, 1.0])
    >>> fit.k, round(fit.i2, 2), [round(v, 1) for v in (fit.prediction_low, fit.prediction_high)]
    (3, 0.86, [-10.7, 17.6])
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float
    p_value: float
    prediction_low: float
    prediction_high: float
    tau2: float
    tau2_se: float
    i2: float
    q: float
    q_p_value: float
    k: int
    n: int
    method: str
    interval: str
    prediction: str
    conf_level: float
    converged: bool = True

    def tidy(self, *, unit: str = "") -> pd.DataFrame:
        """Two rows: the mean over sites and the prediction interval.

        Parameters
        ----------
        unit : str, optional
            Unit of the estimates.

        Returns
        -------
        pd.DataFrame
            Two rows: the mean over sites and the prediction interval.
        """
        mean = (self.estimate, self.std_error, self.conf_low, self.conf_high, self.p_value)
        ahead = (self.estimate, np.nan, self.prediction_low, self.prediction_high, np.nan)
        rows = [("mean over sites", *mean, self.n, unit), ("prediction for another site", *ahead, self.n, unit)]
        return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))

    def glance(self) -> pd.DataFrame:
        """One row: sites, variance between them, heterogeneity, method, convergence.

        Returns
        -------
        pd.DataFrame
            One row: sites, variance between them, heterogeneity, method, convergence.
        """
        names = ("k", "n", "tau2", "i2", "q", "q_p_value", "method", "interval", "prediction", "converged")
        return pd.DataFrame({name: [getattr(self, name)] for name in names})

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        ahead = (
            f"another site like these would lie between {self.prediction_low:+.3f} and {self.prediction_high:+.3f}"
            if np.isfinite(self.prediction_low)
            else f"fewer than {MIN_FOR_PREDICTION} sites, or one effect common to all, give no prediction interval"
        )
        return (
            f"Mean over {self.k} sites {self.estimate:+.3f} ({self.conf_level:.0%} interval {self.conf_low:+.3f} to "
            f"{self.conf_high:+.3f}); {ahead}. Between sites: tau2 {self.tau2:.4f}, I2 {self.i2:.0%}, Q {self.q:.1f} "
            f"(p = {self.q_p_value:.3f}). {META_ANALYSIS_METHODS[self.method]}, "
            f"{META_ANALYSIS_INTERVALS[self.interval]} interval"
            f"{', too narrow where sites are few and differ' if self.interval == 'normal' else ''}. With few sites the "
            "variance between them is known only roughly; where some are much more precise than others as well, the "
            "interval is a little narrow."
        )
