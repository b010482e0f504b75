"""Measures of an estimator over many trials where the truth is known, each with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from hybrid_toolkit.result import TIDY_COLUMNS

NEGLIGIBLE = 0.1
"""A truth below this share of the estimates' spread counts as none for power and errors of sign and size."""
_SHARES = ("coverage", "power", "false_positive", "type_s", "failures", "unadjusted_coverage")
"""Measures that are a share of trials."""
Measure: TypeAlias = tuple[float, float, int]
"""A measure, its Monte Carlo error and the trials behind it."""


def measure_draws(draws: pd.DataFrame, truth: float) -> dict[str, Measure]:
    """Bias, error, coverage, power, type S and M and failures of one estimate over many trials.

    Parameters
    ----------
    draws : pd.DataFrame
        One row a trial: ``estimate``, ``conf_low``, ``conf_high`` and ``error`` (a code, empty where the fit ran);
        ``unadjusted``, ``unadjusted_low`` and ``unadjusted_high`` where a unadjusted comparison stands beside it.
    truth : float
        The true value, in units of the estimate.

    Returns
    -------
    dict[str, Measure]
        Dict : ``truth``, ``bias``, ``rmse``, ``coverage``; ``power``, ``type_s`` and ``type_m``, or ``false_positive``
        where the truth is zero or negligible; ``failures``; ``unadjusted_bias`` and ``unadjusted_coverage``.

    Notes
    -----
    Morris, White and Crowther (2019), Statistics in Medicine 38, 2074-2102, table 6; type S and M as in Gelman and
    Carlin (2014), Perspectives on Psychological Science 9, 641-651.

    Examples
    --------
    >>> d = pd.DataFrame({"estimate": [1.0, 3.0], "conf_low": [0.0, 1.5], "conf_high": [2.0, 4.5], "error": ""})
    >>> got = measure_draws(d, 1.0)
    >>> got["bias"][0], got["coverage"][0], got["power"][0]
    (1.0, 0.5, 0.5)
    """
    ran = draws[draws["error"] == ""]
    off = ran["estimate"] - truth
    square, square_error, n = _mean(off**2)
    rmse = float(np.sqrt(square))
    apart = (ran["conf_low"] > 0) | (ran["conf_high"] < 0)
    clear, told = ran[apart], share(apart)
    out: dict[str, Measure] = {
        "truth": (truth, float("nan"), n),
        "bias": _mean(off),
        "rmse": (rmse, square_error / (2 * rmse) if rmse > 0 else 0.0, n),
        "coverage": share(ran["conf_low"].le(truth) & ran["conf_high"].ge(truth)),
    }
    if is_negligible(truth, ran["estimate"].to_numpy()):
        out["false_positive"] = told
    else:
        out["power"] = told
        out["type_s"], out["type_m"] = sign_and_size(clear["estimate"].to_numpy(), truth)
    out["failures"] = share(draws["error"] != "")
    if "unadjusted" in draws:
        out["unadjusted_bias"] = _mean(ran["unadjusted"] - truth)
        out["unadjusted_coverage"] = share(ran["unadjusted_low"].le(truth) & ran["unadjusted_high"].ge(truth))
    return out


def is_negligible(truth: float, estimates: NDArray[np.float64]) -> bool:
    """Whether a truth is zero, or so small beside the spread of the estimates that it counts as none."""
    ran = estimates[~np.isnan(estimates)]
    return not abs(truth) > NEGLIGIBLE * (float(ran.std(ddof=1)) if len(ran) > 1 else float("nan"))


def sign_and_size(told: NDArray[np.float64], truth: float) -> tuple[Measure, Measure]:
    """Type S and type M of the estimates that were told from none.

    Examples
    --------
    >>> sign, size = sign_and_size(np.array([2.0, 4.0, -3.0]), 2.0)
    >>> round(sign[0], 3), size[0]
    (0.333, 1.5)
    """
    return share(pd.Series(np.sign(told) != np.sign(truth))), _mean(pd.Series(np.abs(told) / abs(truth)))


def measure_rows(measures: Mapping[str, Measure]) -> pd.DataFrame:
    """The measures as tidy rows; ``std_error`` is the Monte Carlo error.

    The 95% intervals are Wilson's for shares, so that a share of 0 or 1 over few trials is not taken for certain.
    """
    rows = []
    for m, (v, e, k) in measures.items():
        low, high = share_interval(v, k) if m in _SHARES else (v - 1.96 * e, v + 1.96 * e)
        rows.append((m, v, e, low, high, np.nan, k, ""))
    return pd.DataFrame(rows, columns=list(TIDY_COLUMNS))


def share(hits: pd.Series[bool]) -> Measure:
    """A share of trials with its Monte Carlo error."""
    n = len(hits)
    p = float(hits.mean()) if n else float("nan")
    return p, float(np.sqrt(p * (1 - p) / n)) if n else float("nan"), n


def share_interval(p: float, n: int, *, conf_level: float = 0.95) -> tuple[float, float]:
    """Wilson's interval of a share of ``n`` trials, which is not empty at 0 or 1.

    Notes
    -----
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> [round(v, 3) for v in share_interval(0.5, 100)], share_interval(1.0, 100)[0] < 1
    ([0.404, 0.596], True)
    """
    if not n or np.isnan(p):
        return float("nan"), float("nan")
    z = float(stats.norm.ppf(0.5 + conf_level / 2))
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return float(max(middle - half, 0.0)), float(min(middle + half, 1.0))


def _mean(values: pd.Series[float]) -> Measure:
    n = len(values)
    return (float(values.mean()), float(values.std() / np.sqrt(n)), n) if n > 1 else (float("nan"), float("nan"), n)
