"""How strong would something unmeasured have to be? The sensitivity analysis that designs of adjustment share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import DesignFit
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import e_value, robustness_value
from hybrid_toolkit.models.terms.terms import numbers
from hybrid_toolkit.result import Check

ConfounderScale: TypeAlias = Literal["difference", "log-odds", "log-rate", "log-hazard"]


def as_risk_ratio(value: float, scale: ConfounderScale, spread: float = 1.0) -> float:
    """A slope as an approximate risk ratio (VanderWeele and Ding 2017, table 2).

    Parameters
    ----------
    value : float
        The slope.
    scale : ConfounderScale
        What it is a slope on.
    spread : float, default 1.0
        Standard deviation of the outcome, for a difference.

    Examples
    --------
    >>> round(as_risk_ratio(0.5, "difference", 1.0), 2), round(as_risk_ratio(np.log(4), "log-odds"), 2)
    (1.58, 2.0)
    """
    if scale == "difference":
        return float(np.exp(0.91 * value / spread))
    if scale == "log-rate":
        return float(np.exp(value))
    root = float(np.exp(np.clip(value, -20, 20) / 2))
    if scale == "log-odds":
        return root
    ratio = root**2
    return float((1 - 0.5 ** np.sqrt(ratio)) / (1 - 0.5 ** np.sqrt(1 / ratio)))


def check_e_value(scale: ConfounderScale) -> Callable[[pd.DataFrame, DesignFit], Check | None]:
    """The E-value of the estimate, for one unit of exposure, and of the end of its interval nearer to nothing.

    Not for a difference of slopes, which no ratio of risks tells.
    """

    def check_e_value_of_estimate(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        values = (fit.estimate, *fit.interval)
        if not np.isfinite(values).all() or fit.plan.moderator:
            return None
        spread = float(np.nanstd(numbers(frame, fit.plan.outcome))) if scale == "difference" else 1.0
        ratio, low, high = (as_risk_ratio(v, scale, spread) for v in values)
        point, limit = e_value(ratio, low, high)
        message = (
            f"Something unmeasured would need risk ratios of {point:.1f} with both exposure and outcome to explain the "
            f"estimate away; {limit:.1f} would bring the interval to no difference."
            if limit > 1
            else "The interval already contains no difference; the estimate itself would need risk ratios of "
            f"{point:.1f}."
        )
        return Check("E-value", None, message, point)

    return check_e_value_of_estimate


def check_robustness(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """The share of what is left of exposure and outcome that a confounder would have to explain."""
    row = fit.row.iloc[0]
    try:
        found = robustness_value(float(row["estimate"]), float(row["std_error"]), df=max(2, fit.fit.n_clusters - 1))
    except EstimationError:
        return None
    message = (
        f"A confounder that explained {found.rv:.0%} of what is left of both exposure and outcome (counted in "
        f"clusters) would bring the estimate to nothing; {found.rv_alpha:.0%} would open the interval to it."
    )
    return Check("unmeasured confounding", None, message, found.rv)
