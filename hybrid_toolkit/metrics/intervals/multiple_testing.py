"""Several p-values at once: the one place where they are adjusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from statsmodels.stats.multitest import multipletests


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment, which bounds the chance of any false finding; missing stays missing.

    Parameters
    ----------
    p_values : Sequence[float]
        Sequence of float From 0 to 1, in any order; a missing one is not counted among the tests.

    Returns
    -------
    list[float]
        The adjusted p-values, in the order given.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, 6,
    65-70.

    Examples
    --------
    >>> [round(p, 6) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    out = np.asarray(p_values, dtype=float).copy()
    known = ~np.isnan(out)
    if known.any():
        out[known] = multipletests(out[known], method="holm")[1]
    return [float(v) for v in out]
