"""Whether a child was referred within the twelve months before, worked out from the referrals themselves."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.reshape.dates import days_of
from hybrid_toolkit.data.reshape.half_days import FrameMade
from hybrid_toolkit.errors import plural

_YEAR = pd.DateOffset(months=12)
"""As the children in need census counts: within twelve months of an earlier referral."""
_WHOLE = 0.5
"""Share of the usual month's referrals from which a month, and the year after it, are inside the extract: cases that
have been open for years stand in it with their referrals, and the others of those years do not."""


def fill_rereferrals(frame: pd.DataFrame, kind: str) -> FrameMade:
    """The rows with ``rereferral`` where it is empty: true where the child has an earlier referral within a year.

    Where none is found, it is false only if the extract holds the whole year before; in its first twelve months it is
    not known. An assessment or enquiry of the same referral is no further referral.

    Parameters
    ----------
    frame : pd.DataFrame
        Events as text under contract names, with ``child_id`` and ``referral_date``.
    kind : str
        Of the source, as in ``RawTable``.

    References
    ----------
    Department for Education, Children in need census guide: a re-referral is within 12 months of a previous referral.

    Examples
    --------
    >>> days = pd.date_range("2022-04-05", periods=24, freq="30D").strftime("%Y-%m-%d")
    >>> children = list("ABCDEFGHIAKLMNOPQRSTUVWX")
    >>> rows = pd.DataFrame({"child_id": children, "referral_date": days}, dtype="str")
    >>> fill_rereferrals(rows, "csv")[0]["rereferral"].fillna("not known").iloc[[0, 9, 23]].tolist()
    ['not known', 'true', 'false']
    """
    lacking = [c for c in ("child_id", "referral_date") if c not in frame]
    if lacking:
        return frame, [f"no re-referral was worked out: {', '.join(lacking)} is not mapped"]
    rows = pd.DataFrame(
        {"child": frame["child_id"].to_numpy(), "day": days_of(frame["referral_date"], kind).to_numpy()}
    )
    known = rows.dropna().drop_duplicates().sort_values("day", kind="stable")
    if known.empty:
        return frame, ["no re-referral was worked out: no referral has a day"]
    known["before"] = known.groupby("child")["day"].shift()
    before = rows.merge(known, on=["child", "day"], how="left")["before"]
    start = _first_month(known["day"])
    again = before.notna() & (before + _YEAR >= rows["day"])
    told = again | (rows["day"] >= start + _YEAR)
    told &= rows["day"].notna() & rows["child"].notna()
    text = again.map({True: "true", False: "false"}).where(told).set_axis(frame.index).astype("str")
    recorded = frame.get("rereferral", pd.Series(None, index=frame.index, dtype="str"))
    empty = recorded.isna()
    note = (
        f"{plural(int((empty & text.eq('true')).sum()), 're-referral was', 're-referrals were')} worked out within "
        f"twelve months; the extract lacks the year before {plural(int((empty & text.isna()).sum()), 'referral')}"
    )
    return frame.assign(rereferral=text.where(empty, recorded).astype("str")), [note]


def _first_month(days: pd.Series[pd.Timestamp]) -> pd.Timestamp:
    """The first day of the first month that, with the year after it, holds about as many referrals as is usual."""
    months = days.dt.to_period("M")
    counts = months.value_counts().reindex(pd.period_range(months.min(), months.max(), freq="M"), fill_value=0)
    usual = _WHOLE * counts[counts > 0].median()
    year = counts[::-1].rolling(12, min_periods=1).mean()[::-1]
    inside = counts.index[(counts >= usual) & (year >= usual)]
    return pd.Timestamp((inside[0] if len(inside) else counts.index[-1]).start_time)
