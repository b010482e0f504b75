"""Several p-values at once: the one place where they are adjusted.

statsmodels adjusts them too, and calls Python's collector each time: a quarter of a second in a full notebook.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
    known = np.flatnonzero(~np.isnan(out))
    order = known[np.argsort(out[known])]
    steps = out[order] * np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(v) for v in out]
