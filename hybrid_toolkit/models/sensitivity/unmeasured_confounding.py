"""How strong would something unmeasured have to be, to explain an estimate away?

Partial R-squared and robustness values follow Cinelli and Hazlett (2020, JRSS B 82, 39-67); E-values follow
VanderWeele and Ding (2017, Annals of Internal Medicine 167, 268-274).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.terms.arguments import check_arguments
from hybrid_toolkit.result import ResultBase


@dataclass(frozen=True, slots=True)
class Robustness(ResultBase):
    """Sensitivity of one linear-model coefficient to an unmeasured confounder.

    ``r2_yd`` is the share of the outcome's residual variance that the exposure explains. ``rv`` is the share of
    residual variance of both exposure and outcome that a confounder would have to explain to bring the estimate to
    zero; ``rv_alpha`` to bring it inside its own interval's reach of zero.

    Parameters
    ----------
    estimate : float
        The estimate.
    std_error : float
        Standard error of the estimate.
    t : float
        The t statistic.
    df : int
        Degrees of freedom.
    r2_yd : float
        Share of the outcome's residual variance that the exposure explains.
    rv : float
        Share of residual variance of both exposure and outcome that a confounder would have to explain to bring the
        estimate to zero.
    rv_alpha : float
        The same, to bring it inside its own interval's reach of zero.

    Examples
    --------
    >>> r = robustness_value(0.0973, 0.0233, df=783)
    >>> r.tidy().round(3).iloc[0].to_dict()
    {'estimate': 0.097, 'std_error': 0.023, 't': 4.176, 'df': 783.0, 'r2_yd': 0.022, 'rv': 0.139, 'rv_alpha': 0.076}
    """

    estimate: float
    std_error: float
    t: float
    df: int
    r2_yd: float
    rv: float
    rv_alpha: float

    def tidy(self) -> pd.DataFrame:
        """One row: estimate, std_error, t, df, r2_yd, rv, rv_alpha.

        Returns
        -------
        pd.DataFrame
            One row: estimate, std_error, t, df, r2_yd, rv, rv_alpha.
        """
        return pd.DataFrame([{f: getattr(self, f) for f in self.__slots__}])

    def prose(self) -> str:
        """Prose with its caveat.

        Returns
        -------
        str
            Prose with its caveat.
        """
        return (
            f"A confounder that explained {100 * self.rv:.1f}% of what is left of both exposure and outcome would "
            f"bring the estimate to zero; {100 * self.rv_alpha:.1f}% would make it compatible with zero. Whether one "
            "that strong exists is a question for those who know the service, not for the data."
        )


def robustness_value(estimate: float, std_error: float, *, df: int, q: float = 1.0, alpha: float = 0.05) -> Robustness:
    """Partial R-squared and robustness values of a coefficient with its standard error and residual df.

    ``q`` is the share of the estimate that is to be explained away. Raises EstimationError if ``std_error`` or
    ``df`` is not above zero.

    Parameters
    ----------
    estimate : float
        The estimate.
    std_error : float
        Standard error of the estimate.
    df : int
        Degrees of freedom.
    q : float, default 1.0
        Share of the estimate that the confounder is to explain away.
    alpha : float, default 0.05
        Level of the two-sided test.

    Returns
    -------
    Robustness
        Sensitivity of one linear-model coefficient to an unmeasured confounder.

    Examples
    --------
    >>> r = robustness_value(0.0973, 0.0233, df=783)
    >>> round(r.r2_yd, 3), round(r.rv, 3), round(r.rv_alpha, 3)
    (0.022, 0.139, 0.076)
    """
    check_arguments(robustness_value, locals())
    if not (std_error > 0 and df > 1):
        raise EstimationError(
            "A robustness value needs a standard error above zero and more than one residual degree of freedom.",
            fix="Run the model on more rows than it has terms.",
            code="ROBUSTNESS-DF",
        )
    t = estimate / std_error
    f = q * abs(t) / np.sqrt(df)
    critical = float(stats.t.ppf(1 - alpha / 2, df - 1)) / np.sqrt(df - 1)
    partial = t**2 / (t**2 + df)
    compatible = _robustness(f - critical, f, critical)
    return Robustness(float(estimate), float(std_error), float(t), df, float(partial), _robustness(f), compatible)


def _robustness(reach: float, f: float | None = None, critical: float = 0.0) -> float:
    """The robustness value for an effect of ``reach`` in partial Cohen's f (equations 5 and 18 of the paper)."""
    if reach <= 0:
        return 0.0
    if f is not None and reach > 0 and f > 1 / critical:
        return float((f**2 - critical**2) / (1 + f**2))
    return float((np.sqrt(reach**4 + 4 * reach**2) - reach**2) / 2)


def adjusted_for_confounder(
    estimate: float, std_error: float, *, df: int, r2_dz: float, r2_yz: float
) -> tuple[float, float, float]:
    """Estimate, standard error and t after a confounder of the given partial R-squareds (towards zero).

    ``r2_dz`` with the exposure, ``r2_yz`` with the outcome, each given the other covariates; both in [0, 1).

    Parameters
    ----------
    estimate : float
        The estimate.
    std_error : float
        Standard error of the estimate.
    df : int
        Degrees of freedom.
    r2_dz : float
        Partial R2 of the confounder with the exposure.
    r2_yz : float
        Partial R2 of the confounder with the outcome.

    Returns
    -------
    tuple[float, float, float]
        Estimate, standard error and t after a confounder of the given partial R-squareds (towards zero).

    Examples
    --------
    >>> [round(v, 4) for v in adjusted_for_confounder(0.0973158, 0.0232565, df=783, r2_dz=0.0091643, r2_yz=0.1246409)]
    [0.0752, 0.0219, 3.4389]
    """
    check_arguments(adjusted_for_confounder, locals())
    if df < 2:
        raise EstimationError("df must be 2 or more.", fix="Pass the fit's residual degrees of freedom.", code="DF")
    if not (0 <= r2_dz < 1 and 0 <= r2_yz <= 1):
        raise EstimationError(
            "The confounder's partial R-squareds must lie from 0 up to (for the exposure, below) 1.",
            fix="Pass shares of residual variance.",
            code="R2-RANGE",
        )
    bias = std_error * np.sqrt(df) * np.sqrt(r2_yz * r2_dz / (1 - r2_dz))
    adjusted = np.sign(estimate) * (abs(estimate) - bias)
    error = std_error * np.sqrt((1 - r2_yz) / (1 - r2_dz)) * np.sqrt(df / (df - 1))
    return float(adjusted), float(error), float(adjusted / error)


def benchmark_confounder(r2_dx: float, r2_yx: float, *, times: float = 1.0) -> tuple[float, float]:
    """The partial R-squareds of a confounder ``times`` as strong as an observed covariate.

    ``r2_dx`` is the covariate's partial R-squared with the exposure given the other covariates, ``r2_yx`` with the
    outcome given the exposure and the other covariates. Raises EstimationError where so strong a confounder is
    impossible.

    Parameters
    ----------
    r2_dx : float
        Partial R2 of the observed covariate with the exposure.
    r2_yx : float
        Partial R2 of the observed covariate with the outcome.
    times : float, default 1.0
        How many times as strong the confounder is.

    Returns
    -------
    tuple[float, float]
        The partial R-squareds of a confounder ``times`` as strong as an observed covariate.

    Examples
    --------
    >>> [round(v, 3) for v in benchmark_confounder(0.009081, 0.10893)]
    [0.009, 0.125]
    """
    check_arguments(benchmark_confounder, locals())
    if not (0 <= r2_dx < 1 and 0 <= r2_yx < 1 and times > 0):
        raise EstimationError(
            "The covariate's partial R-squareds must lie from 0 up to 1, and times above 0.",
            fix="Pass shares of residual variance, such as 0.01.",
            code="R2-RANGE",
        )
    r2_dz = times * r2_dx / (1 - r2_dx)
    if not r2_dz < 1:
        raise EstimationError(
            f"A confounder {times:g} times as strong as this covariate would explain all of the exposure.",
            fix="Ask for fewer times.",
            code="BENCHMARK-IMPOSSIBLE",
        )
    shared = times * r2_dx**2 / ((1 - times * r2_dx) * (1 - r2_dx))
    eta = (np.sqrt(times) + np.sqrt(shared)) / np.sqrt(1 - shared)
    return float(r2_dz), float(min(1.0, eta**2 * r2_yx / (1 - r2_yx)))


def e_value(risk_ratio: float, conf_low: float, conf_high: float) -> tuple[float, float]:
    """E-values of a risk ratio and of the limit of its interval nearer to 1.

    The association, on the risk-ratio scale, that an unmeasured confounder would need with both exposure and
    outcome. 1.0 for a limit beyond 1 means that the interval already holds no association.

    Parameters
    ----------
    risk_ratio : float
        The estimate, a risk ratio.
    conf_low : float
        Lower end of the interval.
    conf_high : float
        Upper end of the interval.

    Returns
    -------
    tuple[float, float]
        E-values of a risk ratio and of the limit of its interval nearer to 1.

    Examples
    --------
    >>> [round(v, 1) for v in e_value(3.9, 1.8, 8.7)]
    [7.3, 3.0]
    """
    check_arguments(e_value, locals())
    if not 0 < conf_low <= risk_ratio <= conf_high:
        raise EstimationError(
            "An E-value needs a risk ratio above zero that lies inside its interval.",
            fix="Pass exp(coefficient) and its exponentiated limits.",
            code="RISK-RATIO",
        )

    def reach(ratio: float) -> float:
        ratio = ratio if ratio >= 1 else 1 / ratio
        return float(ratio + np.sqrt(ratio * (ratio - 1)))

    if conf_low <= 1 <= conf_high:
        return reach(risk_ratio), 1.0
    return reach(risk_ratio), reach(conf_low if risk_ratio > 1 else conf_high)
