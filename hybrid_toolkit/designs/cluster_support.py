"""How many clusters the answer of a design rests on, and the refusal where one carries it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.designs.model_columns import DesignFit, ModelColumns, noun
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.cluster_support import ALONE, sides
from hybrid_toolkit.models.inference.randomised_trial import RandomisedFit
from hybrid_toolkit.models.rollout.random_order import RandomOrderFit
from hybrid_toolkit.models.rollout.two_by_two import TwoByTwoFit
from hybrid_toolkit.models.series.synthetic_did import SyntheticDidFit
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.terms import numbers

HOLD_WITH_FEW = (TwoByTwoFit, RandomOrderFit, RandomisedFit, SyntheticDidFit)
"""Fits whose inference is made for few treated units: Welch's on changes, lotteries, placebos."""


def clusters_behind(frame: pd.DataFrame, fit: DesignFit) -> float:
    """Clusters on the smaller side of what a design compares, or their effective number where that is less.

    As the fit counts them; where it does not, those of the plan's cluster that come under the policy, or never do, or
    that hold each value of a yes/no exposure. All clusters where the exposure takes many values.

    Examples
    --------
    >>> f = pd.DataFrame({"y": range(8), "x": [0, 0, 0, 0, 0, 0, 1, 1], "team": list("aabbccdd")})
    >>> class Fit:
    ...     n_clusters = 4
    >>> clusters_behind(f, DesignFit(ModelColumns("y", "x", "team"), pd.DataFrame(), Fit()))
    1.0
    """
    own = getattr(fit.fit, "clusters_behind", None)
    if own is not None:
        return float(own(fit.plan.target) if fit.plan.target in getattr(fit.fit, "terms", ()) else own())
    plan = fit.plan
    found = _of_policy(frame, plan) if plan.first_treated and plan.time else _of_exposure(frame, plan)
    return float(min(found, fit.fit.n_clusters))


def _of_policy(frame: pd.DataFrame, plan: ModelColumns) -> float:
    """Clusters that come under the policy within the periods, or those that are not under it when others are."""
    rows = complete_rows(frame, [plan.outcome, plan.cluster, plan.time])
    first_treated = frame.loc[rows.index, plan.first_treated]
    on = first_treated.notna() & (rows[plan.time] >= first_treated.where(first_treated.notna(), rows[plan.time].max()))
    if not on.any():
        return float(rows[plan.cluster].nunique())
    late = rows[plan.time] >= rows.loc[on, plan.time].min()
    return float(min(rows.loc[on, plan.cluster].nunique(), rows.loc[late & ~on, plan.cluster].nunique()))


def _of_exposure(frame: pd.DataFrame, plan: ModelColumns) -> float:
    """Clusters on the smaller side of a yes/no exposure, within the smaller group where there is a moderator."""
    names = [plan.outcome, plan.exposure, plan.cluster, *([plan.moderator] if plan.moderator else [])]
    rows = complete_rows(frame, names)
    if not len(rows):
        return np.inf
    text = not (pd.api.types.is_numeric_dtype(rows[plan.exposure]) or pd.api.types.is_bool_dtype(rows[plan.exposure]))
    x = codes(rows, plan.exposure).astype(np.float64) if text else numbers(rows, plan.exposure)
    group = codes(rows, plan.cluster)
    if not plan.moderator:
        return sides(x, group)
    inside = numbers(rows, plan.moderator) == 1
    parts = [(x[at], np.unique(group[at], return_inverse=True)[1]) for at in (inside, ~inside) if at.any()]
    return min(sides(values, code) for values, code in parts)


def not_alone(fit: DesignFit, frame: pd.DataFrame) -> DesignFit:
    """The fit itself, once more than one cluster stands on either side of what it compares.

    Raises
    ------
    EstimationError
        ``ONE-CLUSTER``, one does: an interval over clusters cannot be learned from it.
    """
    if isinstance(fit.fit, HOLD_WITH_FEW) or not clusters_behind(frame, fit) < ALONE:
        return fit
    one, many = noun(fit.plan.cluster), noun(fit.plan.cluster, many=True)
    raise EstimationError(
        f"1 {one} of '{fit.plan.cluster}' carries one side of what is compared, or nearly all of it "
        f"({fit.fit.n_clusters} {many} in all): an interval over {many} cannot be learned from one.",
        fix=f"Choose a design made for one {one} that changed: synthetic-control (5 or more unchanged "
        "units, 5 or more periods before) or interrupted-series (over 12 periods a side); with 2 or more changed "
        f"{many} of the design two-by-two, whose placebo in space is a randomisation test.",
        code="ONE-CLUSTER",
    )
