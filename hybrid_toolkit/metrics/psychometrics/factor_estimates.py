"""Parameters of a fitted factor model in the items' own units, with standardised ones and standard errors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.psychometrics.factor_data import FactorData
from hybrid_toolkit.metrics.psychometrics.factor_indices import FitIndices, Spread, fit_indices, model_spread
from hybrid_toolkit.metrics.psychometrics.factor_model import (
    FactorLayout,
    Solution,
    fit_layout,
    lay_out_factors,
    matrices,
)


def parameter_table(
    ready: FactorData, layout: FactorLayout, values: Array, variance: Array
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Parameters in the items' own units, with standardised loadings, correlations and residual shares."""
    names, k = list(ready.factors), len(ready.factors)
    unit = np.ones(k)
    marked = np.flatnonzero(layout.loading[0] < 0)
    unit[ready.belongs[marked]] = ready.sd[marked]
    rows: list[tuple[object, ...]] = []
    heywood: list[str] = []

    def error(places: list[int], gradient: list[float]) -> float:
        kept = [(place, slope) for place, slope in zip(places, gradient, strict=True) if place >= 0]
        if not kept:
            return float("nan")
        at, by = [place for place, _ in kept], np.array([slope for _, slope in kept])
        return float(np.sqrt(max(by @ variance[np.ix_(at, at)] @ by, 0.0)))

    for g, group in enumerate(ready.groups):
        loadings, cov, residual, intercept, mean = matrices(layout, values, g)
        where = "" if len(ready.groups) == 1 else f" in group {group}"
        places = layout.factor_cov[g]
        for j, item in enumerate(ready.items):
            f = int(ready.belongs[j])
            load, phi, left, sd = loadings[j, f], cov[f, f], residual[j], ready.sd[j]
            total = load**2 * phi + left
            own = [int(layout.loading[g, j]), int(places[f, f]), int(layout.residual[g, j])]
            standard, standard_error = float("nan"), float("nan")
            share, share_error = float("nan"), float("nan")
            if phi > 0 and total > 0:
                standard = float(load * np.sqrt(phi / total))
                bend = left / total**1.5
                by = [np.sqrt(phi) * bend, 0.5 * load / np.sqrt(phi) * bend, -0.5 * load * np.sqrt(phi) / total**1.5]
                standard_error = error(own, by)
                share = 1 - standard**2
                share_error = 2 * abs(standard) * standard_error
            scale = sd / unit[f]
            rows.append(
                (group, "loading", names[f], item, load * scale, error(own[:1], [scale]), standard, standard_error)
            )
            rows.append(
                (group, "residual variance", "", item, left * sd**2, error(own[2:], [sd**2]), share, share_error)
            )
            at = int(layout.intercept[g, j])
            nan = float("nan")
            rows.append(
                (group, "intercept", "", item, ready.centre[j] + sd * intercept[j], error([at], [sd]), nan, nan)
            )
            if left < 0:
                heywood.append(f"residual variance of {item} below zero{where}")
        for a in range(k):
            if cov[a, a] <= 0:
                heywood.append(f"variance of {names[a]} not above zero{where}")
            for b in range(a + 1):
                scale, kind = unit[a] * unit[b], "factor variance" if a == b else "factor covariance"
                r, r_error = 1.0, float("nan")
                if a != b:
                    r, r_error = _correlation(cov, places, a, b, error)
                    if abs(r) > 1:
                        heywood.append(f"correlation of {names[b]} and {names[a]} beyond 1{where}")
                spot = (group, kind, names[b], names[a] if a != b else "")
                rows.append((*spot, cov[a, b] * scale, error([int(places[a, b])], [scale]), r, r_error))
            spot = (group, "factor mean", names[a], "")
            standard = float(mean[a] / np.sqrt(cov[a, a])) if cov[a, a] > 0 else float("nan")
            at = int(layout.factor_mean[g, a])
            rows.append((*spot, mean[a] * unit[a], error([at], [unit[a]]), standard, float("nan")))
    columns = ["group", "kind", "factor", "item", "estimate", "std_error", "standardized", "standardized_error"]
    frame = pd.DataFrame(rows, columns=columns)
    order = ["loading", "factor variance", "factor covariance", "factor mean", "intercept", "residual variance"]
    rank = frame["kind"].map({kind: n for n, kind in enumerate(order)})
    position = frame["group"].map({name: n for n, name in enumerate(ready.groups)})
    ordered = frame.assign(_r=rank, _p=position).sort_values(["_p", "_r"], kind="stable")
    return ordered.drop(columns=["_r", "_p"]).reset_index(drop=True), tuple(heywood)


def _correlation(cov: Array, places: npt.NDArray[np.int_], a: int, b: int, error: Any) -> tuple[float, float]:
    if cov[a, a] <= 0 or cov[b, b] <= 0:
        return float("nan"), float("nan")
    r = float(cov[a, b] / np.sqrt(cov[a, a] * cov[b, b]))
    slopes = [1 / np.sqrt(cov[a, a] * cov[b, b]), -0.5 * r / cov[a, a], -0.5 * r / cov[b, b]]
    return r, float(error([int(places[a, b]), int(places[a, a]), int(places[b, b])], slopes))


@dataclass(frozen=True, slots=True)
class FactorSolution:
    """A fitted model of prepared rows: layout, solution, the spread of the moments, and indices of fit."""

    layout: FactorLayout
    solution: Solution
    spread: Spread
    indices: FitIndices


def solve_factor_model(
    ready: FactorData,
    *,
    equal: Collection[str] = (),
    free: Collection[tuple[str, str]] = (),
    identification: str = "unit",
    max_iter: int = 500,
) -> FactorSolution:
    """Fit prepared rows, without a table of parameters.

    Raises
    ------
    MeasureError
        As ``plan``; or the rows do not identify the model.
    """
    layout = plan(ready, equal, free, identification)
    solution = fit_layout(layout, ready.moments, max_iter=max_iter)
    if solution.converged and not solution.full_rank:
        raise MeasureError(
            "these rows do not identify the model: some parameters can change without changing what it implies.",
            fix="Check that the items of each factor go together; a factor of two items must be related to another.",
            code="FACTOR-IDENTIFY",
        )
    seen = model_spread(layout, solution, ready.moments, ready.clusters)
    scale = float(np.log(ready.sd).sum())
    indices = fit_indices(layout, solution, ready.moments, seen, clusters=ready.clusters, log_scale=scale)
    return FactorSolution(layout, solution, seen, indices)


def plan(
    ready: FactorData, equal: Collection[str], free: Collection[tuple[str, str]], identification: str
) -> FactorLayout:
    """The layout of a model of prepared rows.

    Raises
    ------
    MeasureError
        ``free`` names an item that is not there, or leaves a factor nothing that is held equal.
    """
    at = {item: position for position, item in enumerate(ready.items)}
    gone = [item for _, item in free if item not in at]
    if gone:
        raise MeasureError(
            f"free names {', '.join(gone)}; no factor has it.", fix="Name items of the model.", code="FACTOR-ITEMS"
        )
    for kind in ("loadings", "intercepts"):
        for name, items in ready.factors.items():
            if kind in equal and all((kind, item) in free for item in items):
                raise MeasureError(
                    f"factor '{name}': no {kind} are left equal; groups have nothing in common to compare by.",
                    fix="Leave at least one, better two, items of each factor equal.",
                    code="FACTOR-IDENTIFY",
                )
    markers = None
    if identification == "marker":
        released = {item for kind, item in free if kind in ("loadings", "intercepts")}
        first = [next((i for i in items if i not in released), items[0]) for items in ready.factors.values()]
        markers = np.array([at[item] for item in first])
    return lay_out_factors(ready.belongs, len(ready.groups), equal, {(kind, at[item]) for kind, item in free}, markers)
