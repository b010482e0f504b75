"""Frames of units: how tables are read into them, and those that many metrics and studies start from.

Those are a worker's career stage (MB1), a worker's month with the exposure to hybrid working (ME1 to ME8), and a
household's digital access (MC1).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS, TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError, plural

STAGES = ("asye", "early", "mid", "late", "supervisor")
"""Career stages in order: assessed and supported year, 1 to under 3 years, 3 to under 10, 10 and over, supervisors."""
EARLY_STAGES = ("asye", "early")
"""The stages counted as early career."""
SUPERVISOR_ROLES = ("1", "2", "3")
"""Roles of the workforce census that supervise: senior, middle and first-line managers."""
WORKED_HOURS = ("h_home", "h_office", "h_visit", "h_visit_travel", "h_court")
"""Hours that count as worked; commuting is not among them."""


def require(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame:
    """One table, after asking that it has these columns.

    Raises
    ------
    CoverageError
        The table, or one of the columns, is not there; the message names it and what it holds.

    Examples
    --------
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})})
    >>> require(d, "la", "imd")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.CoverageError: [COLUMN-MISSING] table 'la' has no column 'imd' (average deprivation score). \
How to fix: Add the column to table 'la', or see in the coverage report what can be measured without it.
    """
    frame = data.table(table)
    gone = [c for c in columns if c not in frame.columns]
    if gone:
        contract = TABLES[table]
        known = {c.name: c.text for c in contract.columns}
        what = ", ".join(f"'{c}' ({known[c][:1].lower()}{known[c][1:]})" if c in known else f"'{c}'" for c in gone)
        raise CoverageError(
            f"table '{table}' has no column{'s' if len(gone) > 1 else ''} {what}.",
            fix=f"Add the column{'s' if len(gone) > 1 else ''} to table '{table}', "
            "or see in the coverage report what can be measured without it.",
            code="COLUMN-MISSING",
        )
    return frame


def check_kinds(data: EvaluationData, columns: Mapping[str, Sequence[str]]) -> None:
    """Ask that columns hold what their contract says: numbers, dates or yes/no. Empty columns pass.

    Raises
    ------
    MeasureError
        A column of another type; loaded data never have one.
    """
    for table, names in columns.items():
        known = {c.name: c.kind for c in TABLES[table].columns}
        for name in names:
            wanted = _KINDS.get(known.get(name, ""))
            values = data.tables[table][name]
            if wanted is not None and not wanted[1](values.dtype) and values.notna().any():
                raise MeasureError(
                    f"column '{name}' of table '{table}' holds {values.dtype} in "
                    f"{plural(int(values.notna().sum()), 'row')}, not {wanted[0]}.",
                    fix="Load the table with load_data, which says which cells are wrong, or convert the column.",
                    code="COLUMN-TYPE",
                )


def _is_number(dtype: Any) -> bool:
    return bool(pd.api.types.is_numeric_dtype(dtype))


def _is_date(dtype: Any) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(dtype))


def _is_yes_no(dtype: Any) -> bool:
    types = pd.api.types
    return bool(types.is_bool_dtype(dtype) or types.is_numeric_dtype(dtype) or types.is_object_dtype(dtype))


_KINDS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("int", "float"), ("numbers", _is_number)),
    **dict.fromkeys(("date", "month"), ("dates", _is_date)),
    "bool": ("yes or no", _is_yes_no),
}


def optional(data: EvaluationData, table: str, *columns: str) -> pd.DataFrame | None:
    """The table when it has all of these columns, else None."""
    return data.table(table) if data.has(table, *columns) else None


def number_values(frame: pd.DataFrame, column: str) -> pd.Series[float]:
    """A column as floats with NaN for missing; a column of NaN when the frame has none of that name."""
    if column not in frame.columns:
        return pd.Series(np.nan, index=frame.index, dtype="float64")
    return frame[column].astype("float64")


def flag_values(frame: pd.DataFrame, column: str) -> pd.Series[bool]:
    """A column as nullable booleans; all missing when the frame has none of that name."""
    if column not in frame.columns:
        return pd.Series(pd.NA, index=frame.index, dtype="boolean")
    return frame[column].astype("boolean")


def month_of(days: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    """First day of each date's month; missing stays missing.

    Examples
    --------
    >>> month_of(pd.Series(pd.to_datetime(["2025-03-17"]))).dt.strftime("%Y-%m-%d").tolist()
    ['2025-03-01']
    """
    dates = pd.to_datetime(days).dt.normalize()
    return (dates - pd.to_timedelta(dates.dt.day - 1, unit="D")).astype("datetime64[us]")


def safe_ratio(top: pd.Series[float], bottom: pd.Series[float]) -> pd.Series[float]:
    """Row-wise ratio; NaN where the bottom is zero or either side is missing.

    Examples
    --------
    >>> safe_ratio(pd.Series([1.0, 1.0]), pd.Series([2.0, 0.0])).tolist()
    [0.5, nan]
    """
    return top / bottom.where(bottom > 0)


def look_up(frame: pd.DataFrame, other: pd.DataFrame | None, key: str, columns: Iterable[str]) -> pd.DataFrame:
    """The frame with columns of another table added by key; all missing where that table is not there.

    The other table's key is taken as unique (its contract says so; validation checks it): the first row wins,
    so a join never multiplies rows.
    """
    out, wanted = frame.copy(), list(columns)
    there = [c for c in wanted if c in other.columns] if other is not None and key in other.columns else []
    found = None
    if other is not None and there:
        once = other[[key, *(c for c in there if c != key)]].drop_duplicates(key).set_index(key, drop=False)
        found = once[there].reindex(pd.Index(out[key])).set_axis(out.index)
    for column in wanted:
        if found is not None and column in found:
            out[column] = found[column]
        else:
            out[column] = pd.Series(pd.NA, index=out.index, dtype="str")
    return out


_T = TypeVar("_T")
_KEPT: dict[int, tuple[weakref.ref[EvaluationData], dict[Hashable, object]]] = {}


def cached(data: EvaluationData, key: Hashable, make: Callable[[], _T]) -> _T:
    """What ``make`` gives, asked once for these data and this key. Nobody changes it in place: copy it first.

    Examples
    --------
    >>> import pandas as pd
    >>> d = EvaluationData({"la": pd.DataFrame({"la_id": ["a"]})})
    >>> cached(d, "answer", lambda: 1), cached(d, "answer", lambda: 2)
    (1, 1)
    """
    place = id(data)
    there = _KEPT.get(place)
    if there is None or there[0]() is not data:
        there = _KEPT[place] = (weakref.ref(data, lambda _: _KEPT.pop(place, None)), {})
    if key not in there[1]:
        there[1][key] = make()
    return cast("_T", there[1][key])


def registered_years(reg_date: pd.Series[pd.Timestamp], on: date | pd.Series[pd.Timestamp]) -> pd.Series[float]:
    """Completed years from first registration to a day; missing where either is, or where the day comes first.

    Examples
    --------
    >>> reg = pd.Series(pd.to_datetime(["2022-03-02", "2022-03-01"]))
    >>> registered_years(reg, date(2025, 3, 1)).tolist()
    [2.0, 3.0]
    """
    start = pd.to_datetime(reg_date)
    day = pd.to_datetime(on) if isinstance(on, pd.Series) else pd.Series(pd.Timestamp(on), index=start.index)
    not_yet = (day.dt.month < start.dt.month) | ((day.dt.month == start.dt.month) & (day.dt.day < start.dt.day))
    years = (day.dt.year - start.dt.year).astype("float64") - not_yet.astype("float64")
    return years.where(start.notna() & day.notna() & (day >= start))


def career_stage(worker: pd.DataFrame, on: date | pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """Career stage of each worker on a day, from first registration, the ASYE flag and the role.

    Supervisors are the managers of the census (roles 1 to 3), whatever their years. Others: ``asye`` in the first
    twelve months of registration, or while flagged ASYE in the second year or with no registration date; ``early``
    1 to under 3 years; ``mid`` 3 to under 10; ``late`` 10 and over. Time in one authority is not a stand-in and is
    not used. Missing where there is no registration date and no flag, or the day comes before registration.

    Parameters
    ----------
    worker : pd.DataFrame
        Rows with ``role``, ``reg_date`` and, where known, ``asye``; one a worker, or already joined to worker-months.
    on : date | pd.Series[pd.Timestamp]
        One day for all, or one a row (same index).

    Returns
    -------
    pd.Series[str]
        Career stage of each worker on a day, from first registration, the ASYE flag and the role.

    Raises
    ------
    CoverageError
        ``role`` or ``reg_date`` is not there.

    Examples
    --------
    >>> w = pd.DataFrame({"role": ["5", "5", "3"], "asye": [True, False, False],
    ...                   "reg_date": pd.to_datetime(["2025-01-10", "2020-01-10", "2024-01-10"])})
    >>> career_stage(w, date(2025, 6, 1)).tolist()
    ['asye', 'mid', 'supervisor']
    """
    gone = [c for c in ("role", "reg_date") if c not in worker.columns]
    if gone:
        raise CoverageError(
            f"table 'worker' has no column {', '.join(gone)}; career stage needs role and first registration.",
            fix="Add the column, or leave career stage out.",
            code="COLUMN-MISSING",
        )
    years = registered_years(worker["reg_date"], on)
    asye = flag_values(worker, "asye").fillna(False).astype(bool)
    in_asye = years.lt(1) | (asye & (years.lt(2) | worker["reg_date"].isna()))
    choices = [worker["role"].isin(SUPERVISOR_ROLES), in_asye, years.lt(3), years.lt(10), years.ge(10)]
    names = ["supervisor", "asye", "early", "mid", "late"]
    picked = np.select([c.to_numpy(dtype=bool) for c in choices], names, default="")
    stage = pd.Series(picked, index=worker.index, dtype="str", name="stage")
    return stage.where(stage != "")


def worker_month_exposure(data: EvaluationData) -> pd.DataFrame:
    """Exposure to hybrid working, one row a worker and month.

    Columns: ``worker_id``, ``month``, ``team_id``; ``rs_desk`` = home / (home + office) desk hours (ME1, primary);
    ``rs_all`` = home / all worked hours without commuting; ``rs_attendance`` = home half-days / all half-days of
    ``attendance_day`` in that month, a second measure that does not share the hours' error, missing where none
    was kept; ``desk_h``; ``co_presence`` (ME3) and ``senior_overlap`` (ME4) as recorded; ``loo_team_office_rate`` =
    the office share of the desk hours of the worker's colleagues, without the worker. All shares are 0 to 1.
    Hours of zero, or missing, give a missing share: nothing is filled.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Exposure to hybrid working, one row a worker and month.

    Raises
    ------
    CoverageError
        ``worker_month`` lacks ``h_home`` or ``h_office``.

    Examples
    --------
    >>> month = pd.to_datetime(["2025-01-01"] * 2)
    >>> d = EvaluationData({
    ...     "worker": pd.DataFrame({"worker_id": ["a", "b"], "team_id": ["t", "t"]}),
    ...     "worker_month": pd.DataFrame(
    ...         {"worker_id": ["a", "b"], "month": month, "h_home": [30.0, 10.0], "h_office": [10.0, 30.0]})})
    >>> worker_month_exposure(d)[["worker_id", "rs_desk", "loo_team_office_rate"]]
      worker_id  rs_desk  loo_team_office_rate
    0         a     0.75                  0.75
    1         b     0.25                  0.25
    """
    rows = require(data, "worker_month", "worker_id", "month", "h_home", "h_office")
    out = look_up(rows[["worker_id", "month"]], optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    home, office = number_values(rows, "h_home"), number_values(rows, "h_office")
    desk = home + office
    worked = pd.concat([number_values(rows, c) for c in WORKED_HOURS], axis=1).sum(axis=1, skipna=False)
    out["rs_desk"] = safe_ratio(home, desk)
    out["rs_all"] = safe_ratio(home, worked)
    out["rs_attendance"] = _attendance_share(data, out)
    out["desk_h"] = desk
    out["co_presence"] = number_values(rows, "co_presence")
    out["senior_overlap"] = number_values(rows, "senior_overlap")
    out["loo_team_office_rate"] = _others_rate(out, office.where(desk.notna()), desk.where(office.notna()))
    return out.reset_index(drop=True)


def _others_rate(keys: pd.DataFrame, top: pd.Series[float], bottom: pd.Series[float]) -> pd.Series[float]:
    """Ratio of sums over a worker's team and month, without the worker."""
    pair = pd.DataFrame({"top": top, "bottom": bottom}).fillna(0.0)
    total = pair.groupby([keys["team_id"].fillna(""), keys["month"]]).transform("sum")
    rate = safe_ratio(total["top"] - pair["top"], (total["bottom"] - pair["bottom"]).round(9))
    return rate.where(keys["team_id"].notna())


def _attendance_share(data: EvaluationData, keys: pd.DataFrame) -> pd.Series[float]:
    days = optional(data, "attendance_day", "worker_id", "date", "site_id")
    if days is None or days.empty:
        return pd.Series(np.nan, index=keys.index, dtype="float64")
    home = days["site_id"].eq("home").astype("float64").where(days["site_id"].notna())
    share = home.groupby([days["worker_id"], month_of(days["date"]).rename("month")]).mean()
    index = pd.MultiIndex.from_arrays([keys["worker_id"], keys["month"].astype("datetime64[us]")])
    return pd.Series(share.reindex(index).to_numpy(), index=keys.index)


def household_access(data: EvaluationData) -> pd.DataFrame:
    """Digital access of each household at its latest record (MC1).

    Columns: ``family_id``; ``la_id``, ``lsoa``, ``rural``, ``need``, ``risk`` where known; ``date`` of the record;
    ``asked`` (whether there is a record at all) and ``recorded`` (all ten answered); ``count`` of the ten met (0 to
    10, missing where any flag is); ``meets`` = all ten, after the Minimum Digital Living Standard: False as soon as one
    is known not to be met; ``low_access`` = not ``meets``. A share of ``meets`` among the households where it is known
    falls as flags are left blank, since one flag is enough to know that a household does not meet the standard and
    ten are needed to know that it does. Three columns do not: ``meets_complete``, ``meets`` of households with all ten
    answered; ``meets_lower`` and ``meets_upper``, of all that were asked, with blanks read as not met and as met.
    Families without a record stay, with missing values: access is not recorded at random, and a share among the
    recorded is not a share of families.

    Parameters
    ----------
    data : EvaluationData
        The data.

    Returns
    -------
    pd.DataFrame
        Digital access of each household at its latest record (MC1).

    Raises
    ------
    CoverageError
        ``access`` is not there or lacks one of the ten flags.

    Examples
    --------
    >>> flags = {f: [True, True] for f in ACCESS_FLAGS}
    >>> a = pd.DataFrame({"family_id": ["f", "g"], "date": pd.to_datetime(["2025-01-07"] * 2), **flags})
    >>> a.loc[1, "devices"] = False
    >>> household_access(EvaluationData({"access": a}))[["count", "meets"]].values.tolist()
    [[10.0, True], [9.0, False]]
    """
    rows = require(data, "access", "family_id", "date", *ACCESS_FLAGS)
    latest = rows.sort_values("date", kind="stable").drop_duplicates("family_id", keep="last").set_index("family_id")
    flags = latest[list(ACCESS_FLAGS)].astype("boolean")
    count = flags.astype("float64").sum(axis=1, skipna=False)
    meets = flags.all(axis=1, skipna=False).astype("boolean")
    complete = flags.notna().all(axis=1)
    scored = pd.DataFrame({"date": latest["date"], "count": count, "meets": meets, "low_access": ~meets})
    scored["asked"], scored["recorded"] = True, complete
    scored["meets_complete"] = meets.where(complete)
    scored["meets_lower"], scored["meets_upper"] = meets.fillna(False), meets.fillna(True)
    family = optional(data, "family", "family_id")
    if family is None:
        out = scored.reset_index()
    else:
        known = [c for c in ("family_id", "la_id", "lsoa", "rural", "need", "risk") if c in family]
        ids = pd.Index(family["family_id"]).union(scored.index).rename("family_id")
        base = family[known].drop_duplicates("family_id").set_index("family_id").reindex(ids)
        out = base.join(scored).reset_index()
    for name in ("asked", "recorded"):
        out[name] = out[name].astype("boolean").fillna(False).astype("bool")
    return out.sort_values("family_id").reset_index(drop=True)
