"""Rows beside the estimate of a roll-out: by time since the start, other estimators, robust bounds, the naive one."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.designs.base import FitOf, RowsOf
from hybrid_toolkit.designs.model_columns import DesignFit
from hybrid_toolkit.designs.rollout.rollout_checks import NEAR, event_path_of
from hybrid_toolkit.designs.rollout.rollout_fits import before_after_fit, group_time
from hybrid_toolkit.models.sensitivity.parallel_trends_bounds import honest_bounds


def by_time(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Effects by time since the start against the last untreated period, with the treated rows and clusters of each."""
    rows = group_time(frame, fit.plan, base_period="universal").aggregate("dynamic").iloc[1:]
    rows = rows[~rows["std_error"].eq(0)]  # the reference; a time that rests on one cluster has no error and stays
    return rows.assign(unit=fit.plan.unit, role="event time")


def bounds(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """Intervals of the mean effect by time under bounded departures from parallel trends."""
    path = event_path_of(frame, fit).near(NEAR, NEAR)
    found = honest_bounds(path, sizes=(0.5, 1.0, 2.0), conf_level=fit.plan.conf_level).tidy()
    terms = [f"trends up to {m} times as uneven as before" for m in ("0.5", "1", "2")]
    return found.assign(term=terms, n=fit.fit.n, unit=fit.plan.unit, role="sensitivity")


def other_estimator(name: str, fit_with: FitOf) -> RowsOf:
    """The same question by another estimator."""

    def other_fit(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
        return fit_with(frame, fit.plan).as_row(name)

    return other_fit


def before_after_row(frame: pd.DataFrame, fit: DesignFit) -> pd.DataFrame:
    """The plain comparison before and after."""
    return before_after_fit(frame, fit.plan).as_row("unadjusted comparison", "unadjusted")
