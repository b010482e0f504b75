"""Areas that end, begin, report jointly, or change their code."""

from __future__ import annotations

import pandas as pd

_COLUMNS = ("kind", "area_code", "area_name", "first_period", "last_period", "also")


def boundary_changes(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a finding about local authorities in tidy published statistics.

    Kinds: "begins" (absent from the first period), "ends" (absent from the last), "one name, several codes",
    "one three-digit code, several codes", "one code, several names", "joint return". ``also`` lists the other codes
    or names, separated by "; ".
    """
    level = frame["geographic_level"].fillna("").str.casefold()
    local = frame[level.str.startswith("local authority") & ~level.str.contains("district")]
    keys = ["area_code", "area_name", "old_area_code", "period"]
    rows = local[keys].drop_duplicates()
    if rows.empty:
        return pd.DataFrame({c: pd.Series(dtype="str") for c in _COLUMNS})
    spans = rows.groupby("area_code", sort=True).agg(
        area_name=("area_name", "last"), first_period=("period", "min"), last_period=("period", "max")
    )
    first, last = rows["period"].min(), rows["period"].max()
    found: list[tuple[str, str, str]] = []
    if isinstance(first, str):
        found += [("begins", str(c), "") for c in spans.index[spans["first_period"] > first]]
        found += [("ends", str(c), "") for c in spans.index[spans["last_period"] < last]]
    found += _shared(rows, "area_name", "area_code", "one name, several codes")
    found += _shared(rows, "old_area_code", "area_code", "one three-digit code, several codes")
    for code, names in rows.groupby("area_code")["area_name"].unique().items():
        distinct = sorted({str(n) for n in names if isinstance(n, str)})
        if len(distinct) > 1:
            found.append(("one code, several names", str(code), "; ".join(distinct)))
    joint = local.loc[local["assumed"].fillna("").str.contains("joint return"), "area_code"].dropna().unique()
    parts = local.drop_duplicates("area_code").set_index("area_code")["area_codes"]
    found += [("joint return", str(c), "; ".join(parts[c])) for c in sorted(joint)]
    out = pd.DataFrame(found, columns=["kind", "area_code", "also"]).astype("str")
    return out.join(spans, on="area_code")[list(_COLUMNS)].reset_index(drop=True)


def _shared(rows: pd.DataFrame, key: str, other: str, kind: str) -> list[tuple[str, str, str]]:
    found = []
    for _, codes in rows.dropna(subset=[key]).groupby(key)[other].unique().items():
        distinct = sorted({str(c) for c in codes if isinstance(c, str)})
        if len(distinct) > 1:
            found += [(kind, c, "; ".join(d for d in distinct if d != c)) for c in distinct]
    return found
