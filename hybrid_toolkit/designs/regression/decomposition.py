"""The design of decomposition: how much of a difference between two groups goes with who is in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from hybrid_toolkit.designs import checks
from hybrid_toolkit.designs.base import Design, share_told, unadjusted_fit
from hybrid_toolkit.designs.model_columns import YES_NO, DesignFit, ModelColumns
from hybrid_toolkit.designs.regression import regression_checks as shared
from hybrid_toolkit.designs.regression import supplementary
from hybrid_toolkit.errors import EstimationError, MeasureError
from hybrid_toolkit.metrics.inequality.decomposition import Decomposition, kitagawa
from hybrid_toolkit.metrics.inequality.oaxaca_blinder_split import oaxaca_blinder
from hybrid_toolkit.models.terms.design_matrix import complete_rows
from hybrid_toolkit.models.terms.result_rows import varying
from hybrid_toolkit.models.terms.terms import as_term, design_columns
from hybrid_toolkit.result import Check

MIN_SUPPORT = 0.8
"""Share of rows in the range of both groups below which a split rests on the model more than on rows."""
_METHODS = ("oaxaca-blinder", "kitagawa")


def _fit(frame: pd.DataFrame, plan: ModelColumns, *, method: str, swap: bool = False) -> DesignFit:
    needed = [plan.outcome, plan.exposure, plan.cluster, *plan.confounders]
    rows = complete_rows(frame, needed)
    varying(rows, plan.outcome)
    groups = sorted(rows[plan.exposure].unique())
    if len(groups) != 2:
        raise EstimationError(
            f"'{plan.exposure}' has {len(groups)} groups among the complete rows; a decomposition compares two.",
            fix="Name a yes/no column as the exposure.",
            code="GROUPS-NOT-TWO",
        )
    reference = groups[1] if swap else groups[0]
    try:
        if method == "kitagawa":
            found = kitagawa(
                rows,
                outcome=plan.outcome,
                group=plan.exposure,
                reference=reference,
                strata=plan.confounders,
                cluster=plan.cluster,
                conf_level=plan.conf_level,
            )
        else:
            columns = design_columns(rows, [as_term(rows, c) for c in plan.confounders])
            plain = {f"x{i}": v for i, v in enumerate(columns.values())}
            own = rows[[plan.outcome, plan.exposure, plan.cluster]]
            found = oaxaca_blinder(
                pd.concat([own, pd.DataFrame(plain, index=own.index)], axis=1),
                outcome=plan.outcome,
                group=plan.exposure,
                reference=reference,
                covariates=list(plain),
                cluster=plan.cluster,
                conf_level=plan.conf_level,
            )
    except MeasureError as error:
        raise EstimationError(error.message, fix=error.fix, code=error.code) from None
    found = replace(found, n_missing=len(frame) - len(rows))
    if swap:  # the difference keeps its sign, whichever group's slopes are used
        turned = found.parts.assign(
            estimate=-found.parts["estimate"],
            conf_low=-found.parts["conf_high"],
            conf_high=-found.parts["conf_low"],
        )
        found = replace(found, parts=turned)
    row = found.tidy()
    row = row[row["term"] == "composition"].assign(unit=plan.unit)
    return DesignFit(plan, row.reset_index(drop=True), found)


def fit_composition(frame: pd.DataFrame, plan: ModelColumns) -> DesignFit:
    """The part of the difference that goes with who is in the groups."""
    return _fit(frame, plan, method=str(plan.setting("method", _METHODS[0])))


def all_parts(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The whole difference and its other part."""
    assert isinstance(fit.fit, Decomposition)
    rows = fit.fit.tidy()
    return rows[rows["term"] != "composition"].assign(role="part", unit=fit.plan.unit)


def other_reference(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame | None:
    """The split with the other group as the reference."""
    if fit.plan.setting("method", _METHODS[0]) == "kitagawa":
        return None
    return _fit(frame, fit.plan, method=_METHODS[0], swap=True).as_row("composition, the other group's slopes")


def check_reference(frame: pd.DataFrame, fit: DesignFit) -> Check | None:
    """Does the split hinge on whose slopes are used?"""
    other = other_reference(frame, fit)
    if other is None:
        return None
    value = float(other["estimate"].iloc[0])
    low, high = fit.interval
    good = bool(low <= value <= high)
    message = f"With the other group's slopes the part is {value:+.3f}, " + (
        "inside its interval." if good else "outside its interval: the split hinges on whose slopes are used."
    )
    return Check("choice of reference", good, message, value)


def check_common_support(frame: pd.DataFrame, fit: DesignFit) -> Check:
    """Both groups cover much the same values of what they are compared on."""
    plan = fit.plan
    rows = complete_rows(frame, [plan.outcome, plan.exposure, *plan.confounders])
    columns = design_columns(rows, [as_term(rows, c) for c in plan.confounders])
    one = (rows[plan.exposure] == sorted(rows[plan.exposure].unique())[1]).to_numpy()
    inside = np.ones(len(rows), dtype=bool)
    for x in columns.values():
        inside &= (x >= max(x[one].min(), x[~one].min())) & (x <= min(x[one].max(), x[~one].max()))
    share = float(inside.mean())
    good = share >= MIN_SUPPORT
    message = f"{share_told(share, frame)} of rows lie where both groups are found" + (
        "." if good else ": the split leans on a model outside the data."
    )
    return Check("common support", good, message, share, MIN_SUPPORT)


DECOMPOSITION = Design(
    id="decomposition",
    title="A difference between two groups, split into composition and the rest",
    grade="descriptive",
    estimand="The part of the difference in the mean outcome that goes with the groups' recorded make-up.",
    assumptions=(
        "The recorded features tell what composition means here; a feature that is not recorded counts as the rest.",
        "The outcome is linear in them within each group, or the strata hold all that matters.",
        "The split describes; nothing is said about what would happen if the groups were made alike.",
    ),
    identifies=("composition",),
    needs=("confounders",),
    check_list=(
        checks.check_clusters,
        checks.check_missing(0.30),
        check_common_support,
        check_reference,
        shared.check_left_out(fit_composition),
    ),
    supplementary=(all_parts, other_reference, supplementary.unadjusted_supplement(unadjusted_fit)),
    fit_with=fit_composition,
    settings={"method": _METHODS},
    exposure_kinds=(YES_NO,),
    leaves_aside=("fixed_effects", "instruments"),
)

ALL = (DECOMPOSITION,)
