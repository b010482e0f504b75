"""The specification curve of a design: the same estimate under other choices of what is held constant."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.base import CheckOf, FitOf
from hybrid_toolkit.designs.model_columns import DesignFit
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.result import Check

ALL_SETS = 4
"""Columns up to which every set of them is tried; beyond, none, each alone, all but each, and all."""


def sets_of(columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The sets of columns that a curve tries, the whole one last.

    Examples
    --------
    >>> sets_of(("a", "b"))
    [(), ('a',), ('b',), ('a', 'b')]
    >>> len(sets_of(tuple("abcdef")))
    14
    """
    n = len(columns)
    sizes = range(n + 1) if n <= ALL_SETS else (0, 1, n - 1, n)
    return [chosen for k in sizes for chosen in combinations(columns, k)]


def check_specifications(fit_with: FitOf) -> CheckOf:
    """How far the estimate hangs on which confounders are held constant; informs only."""

    def check_specification_curve(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
        found, failed = [], 0
        for chosen in sets_of(fit.plan.confounders) if fit.plan.confounders else ():
            try:
                one = fit_with(frame, replace(fit.plan, confounders=chosen))
            except EstimationError:
                failed += 1
                continue
            found.append((one.estimate, *one.interval))
        if len(found) < 2:
            return None
        value, low, high = np.array(found).T
        sign = np.sign(fit.estimate)
        lost = f" ({failed} could not be fitted)" if failed else ""
        message = (
            f"Over {len(found)} sets of variables to adjust for{lost} the estimate ranges from {value.min():+.3f} to "
            f"{value.max():+.3f}; {(np.sign(value) == sign).mean():.0%} have its sign and "
            f"{((low > 0) | (high < 0)).mean():.0%} an interval that excludes zero."
        )
        return Check("specification curve", None, message, float(np.ptp(value)))

    return check_specification_curve
