"""What those who did not answer may hide: answers weighted up, and the estimate if the silent are otherwise."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.designs.base import terms_of
from hybrid_toolkit.designs.checks import share_answered
from hybrid_toolkit.designs.model_columns import DesignFit
from hybrid_toolkit.models.weighting.nonresponse_weighting import fit_response_weighted

SILENT = {0.0: "those who did not answer show no difference", -1.0: "those who did not answer show the opposite"}
"""Slope among those who did not answer, in slopes of those who did -> name of the row. Weights can only bring back who
is like those who answered; these two say what is left where the silent are not."""


def response_weighted_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The same model with answers weighted up to all who were asked, by the columns of the model."""
    plan = fit.plan
    if not plan.responded or plan.fixed_effects or plan.instruments:
        return None
    asked = frame.assign(**{plan.responded: frame[plan.responded].fillna(False).astype(bool)})
    terms = terms_of(frame, plan)
    got = fit_response_weighted(
        asked,
        outcome=plan.outcome,
        terms=terms,
        response_terms=terms,
        cluster=plan.cluster,
        responded=plan.responded,
        conf_level=plan.conf_level,
    )
    rows = got.tidy()
    row = rows[rows["term"].eq(plan.target)]
    return row.assign(term="answers weighted to all in post", unit=plan.unit, role="sensitivity")


def silent_rows(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The estimate for all who were asked, if those who did not answer show no slope, or the opposite one.

    A pattern mixture: the share that answered times the estimate, and the rest times a slope that is assumed. Nothing
    in the data can tell which holds.

    References
    ----------
    Little (1993), Pattern-mixture models for multivariate incomplete data. Journal of the American Statistical
    Association, 88, 125-134.
    """
    share = share_answered(frame, fit)
    if share is None:
        return None
    rows = []
    for slope, name in SILENT.items():
        weight = share + (1 - share) * slope
        row = fit.as_row(name)
        numbers = {c: row[c] * weight for c in ("estimate", "conf_low", "conf_high")}
        low, high = (numbers["conf_low"], numbers["conf_high"])[:: 1 if weight >= 0 else -1]
        shown = {"estimate": numbers["estimate"], "conf_low": low, "conf_high": high}
        rows.append(row.assign(**shown, std_error=row["std_error"] * abs(weight)))
    return pd.concat(rows, ignore_index=True)
