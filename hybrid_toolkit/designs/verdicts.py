"""What a check may say: p-values in words, and whether it could have told anything at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from hybrid_toolkit.designs.model_columns import DesignFit

POWER = 0.8
_LEVEL = 0.05
_REACH = float(stats.norm.ppf(POWER))


def p_words(p: float) -> str:
    """A p-value in words, never rounded to nought.

    Examples
    --------
    >>> p_words(0.0), p_words(0.0042), p_words(0.049), p_words(0.88), p_words(float("nan"))
    ('p < 0.001', 'p = 0.004', 'p = 0.049', 'p = 0.88', 'p not known')
    """
    if not np.isfinite(p):
        return "p not known"
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def minimum_detectable(std_error: float, half_width: float) -> float:
    """The smallest departure that a test with this error and interval shows four times in five.

    Examples
    --------
    >>> round(minimum_detectable(1.0, 1.96), 1)
    2.8
    """
    return half_width + _REACH * std_error


def judge_departure(row: pd.Series[Any], fit: DesignFit) -> tuple[bool | None, str]:
    """Whether a departure that should be nought is one, and what to add where that could not be told.

    Parameters
    ----------
    row : pd.Series[Any]
        A tidy row of what should be nought, on the scale of the estimate.
    fit : DesignFit
        The design's estimate. A departure as large as it must be one that the check would have shown; else the check
        did not pass, it could not tell.

    Returns
    -------
    passed : bool | None
        False where there is a departure, None where one as large as the estimate could have gone unseen.
    words : str
        What follows in the sentence; empty unless passed is None.

    Examples
    --------
    >>> from hybrid_toolkit.designs.model_columns import ModelColumns
    >>> fit = DesignFit(ModelColumns("y", "x", "g"), pd.DataFrame({"estimate": [0.5]}), None)
    >>> sharp = pd.Series({"std_error": 0.1, "conf_low": -0.2, "conf_high": 0.2, "p_value": 0.9})
    >>> judge_departure(sharp, fit), judge_departure(sharp * 10, fit)[0]
    ((True, ''), None)
    """
    error, low, high, p = (float(row[c]) for c in ("std_error", "conf_low", "conf_high", "p_value"))
    if not np.isfinite([error, low, high]).all() or error <= 0:
        return None, "; it has no interval, so this says little"
    if p < _LEVEL if np.isfinite(p) else not low <= 0 <= high:
        return False, ""
    least = minimum_detectable(error, (high - low) / 2)
    if least < abs(fit.estimate):
        return True, ""
    return None, f"; with {POWER:.0%} power only {least:.3f} or more would have shown, so this says little"
