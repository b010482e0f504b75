"""Digital access of workers, and who is reached (metrics MC3 and MC5); that of households is in ``unit_frames``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.contacts.contact_tables import is_remote
from hybrid_toolkit.metrics.unit_frames import (
    flag_values,
    household_access,
    look_up,
    month_of,
    number_values,
    optional,
    require,
)

ADEQUATE_MBPS = 30.0
"""Home download speed from which a worker's broadband counts as adequate."""
WAKING_HOURS = 487.0
"""Waking hours a month (16 a day), over which a household's broadband cost is spread. This project's proposal."""
NET_PAY: Mapping[str, float] = {"1": 1800.0, "2": 2150.0, "3": 2500.0, "4": 2900.0, "5": 3500.0}
"""Net pay a month, pounds, taken for each band where the authority gives none. This project's assumption."""


def contact_engagement(data: EvaluationData) -> pd.DataFrame:
    """Whether the family engaged, with the mode and the household's access, one row a held contact (MC3).

    Columns: ``contact_id``, ``family_id``, ``worker_id``, ``team_id``, ``month``, ``remote``, ``in_person`` and
    ``low_access`` (nullable booleans), ``engaged`` (0, 1 or missing; as the contract defines it), ``risk`` (1 to
    5), ``need``, ``rural``. Contacts that were not held are left out; missing values are kept.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Whether the family engaged, with the mode and the household's access, one row a held contact (MC3).

    Raises
    ------
    CoverageError
        ``contact`` lacks ``engaged`` or ``mode``, or ``access`` is there without a column of its.

    Examples
    --------
    >>> from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
    >>> access = pd.DataFrame({"family_id": ["f"], "date": pd.to_datetime(["2025-01-07"]),
    ...     **{k: [True] for k in ACCESS_FLAGS}})
    >>> contact = pd.DataFrame({"contact_id": ["c1"], "family_id": ["f"], "worker_id": ["w1"], "mode": ["video"],
    ...     "held_date": pd.to_datetime(["2025-02-01"]), "engaged": [True]})
    >>> rows = contact_engagement(EvaluationData({"access": access, "contact": contact}))
    >>> rows[["engaged", "remote"]].values.tolist()
    [[1.0, True]]
    """
    rows = require(data, "contact", "contact_id", "family_id", "held_date", "mode", "engaged")
    rows = rows[rows["held_date"].notna()]
    out = rows[["contact_id", "family_id"]].copy()
    out["worker_id"] = rows["worker_id"] if "worker_id" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    out = look_up(out, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    out["month"] = month_of(rows["held_date"])
    out["remote"] = is_remote(rows["mode"])
    out["in_person"] = ~out["remote"]
    recorded = household_access(data) if "access" in data else None
    out = look_up(out, recorded, "family_id", ["low_access"])
    out["low_access"] = out["low_access"].astype("boolean")
    out["engaged"] = flag_values(rows, "engaged").astype("float64")
    family = optional(data, "family", "family_id")
    out = look_up(out, family, "family_id", ["risk", "need", "rural"])
    out["risk"], out["rural"] = number_values(out, "risk"), flag_values(out, "rural")
    return out.reset_index(drop=True)


def worker_broadband(data: EvaluationData, *, net_pay: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Who bears the cost of home broadband and who travels instead, one row a worker (MC5, seed pathway E1).

    Columns: ``worker_id``, ``team_id``, ``role``, ``commute_min``; ``adequate`` (30 Mbit/s or more at home);
    ``rs_desk``, the worker's home share of desk hours over all months; ``work_share`` = home desk hours a month /
    487 waking hours; ``burden`` = 100 x monthly cost x work share / net pay (%); ``whole_burden`` = 100 x monthly
    cost / net pay (%), what the connection costs a worker who would have none without the work; ``travel_h``, hours
    of commuting and of travel to families a month, the mean of the worker's months; ``n_months``.

    Parameters
    ----------
    data : EvaluationData
        The data.
    net_pay : Mapping[str, float] | None, optional
        Pounds a month for each pay band; the default is an assumption of this project.

    Returns
    -------
    pd.DataFrame
        Who bears the cost of home broadband and who travels instead, one row a worker (MC5, seed pathway E1).

    Raises
    ------
    CoverageError
        ``worker.broadband_mbps`` or ``worker_month`` hours are not there.

    Examples
    --------
    >>> worker = pd.DataFrame({"worker_id": ["w1", "w2"], "team_id": ["T1", "T1"], "broadband_mbps": [50.0, 10.0],
    ...     "broadband_cost": [30.0, 0.0], "net_pay_band": ["3", "3"], "commute_min": [10.0, 20.0]})
    >>> months = pd.DataFrame({"worker_id": ["w1", "w2"], "month": pd.Timestamp("2025-01-01"), "h_home": [20.0, 5.0],
    ...     "h_office": [20.0, 35.0], "h_commute": [4.0, 12.0]})
    >>> rows = worker_broadband(EvaluationData({"worker": worker, "worker_month": months}))
    >>> rows.columns.tolist()[:3]
    ['worker_id', 'team_id', 'commute_min']
    """
    workers = require(data, "worker", "worker_id", "broadband_mbps")
    months = require(data, "worker_month", "worker_id", "month", "h_home", "h_office")
    hours = pd.DataFrame(
        {
            "home": number_values(months, "h_home"),
            "desk": number_values(months, "h_home") + number_values(months, "h_office"),
            "travel_h": number_values(months, "h_commute") + number_values(months, "h_visit_travel"),
        }
    ).groupby(months["worker_id"])
    mean, total = hours.mean(), hours.sum(min_count=1)
    columns = ["worker_id", *(c for c in ("team_id", "role", "commute_min") if c in workers)]
    out = workers[columns].copy()
    speed = number_values(workers, "broadband_mbps")
    out["adequate"] = speed.ge(ADEQUATE_MBPS).astype("boolean").where(speed.notna())
    out["rs_desk"] = workers["worker_id"].map(total["home"] / total["desk"].where(total["desk"] > 0))
    out["work_share"] = (workers["worker_id"].map(mean["home"]) / WAKING_HOURS).clip(upper=1.0)
    if "net_pay_band" in workers:
        pay = workers["net_pay_band"].map(dict(NET_PAY if net_pay is None else net_pay)).astype("float64")
    else:
        pay = pd.Series(np.nan, index=workers.index, dtype="float64")
    out["burden"] = 100.0 * number_values(workers, "broadband_cost") * out["work_share"] / pay
    out["whole_burden"] = 100.0 * number_values(workers, "broadband_cost") / pay
    out["travel_h"] = workers["worker_id"].map(mean["travel_h"])
    out["n_months"] = workers["worker_id"].map(months.groupby("worker_id").size()).fillna(0).astype("int64")
    return out.reset_index(drop=True)
