"""Published rows of an authority, England, its region and its neighbours, for one measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.data.published import RATES, Published
from hybrid_toolkit.data.published.places.area_names import same_area
from hybrid_toolkit.data.published.places.areas import old_codes, ons_codes
from hybrid_toolkit.data.published.workforce_names import in_one_spelling
from hybrid_toolkit.errors import CoverageError, UsageError

_YEAR, _YEARS = len("2025"), len("2024/25")
"""Letters of a calendar and of a reporting year."""
_TOTALS = frozenset({"total", "all", "all staff", "all social workers", "all children"})


@dataclass(frozen=True)
class PublishedMeasure:
    """The published measure beside a metric.

    Parameters
    ----------
    rate : str
        Name of the measure.
    top : str, optional
        Measures of its numerator and denominator; several denominators are summed.
    bottom : tuple[str, ...], optional
        Measures of its numerator and denominator; several denominators are summed.
    caveat : str, optional
        How its definition differs, one sentence; empty where it does not.
    """

    rate: str
    top: str = ""
    bottom: tuple[str, ...] = ()
    caveat: str = ""


def _workforce(rate: str, caveat: str = "") -> PublishedMeasure:
    formula = RATES.get(rate)
    return (
        PublishedMeasure(rate, formula.top, formula.bottom, caveat)
        if formula
        else PublishedMeasure(rate, caveat=caveat)
    )


PUBLISHED: Mapping[str, PublishedMeasure] = MappingProxyType(
    {
        "turnover_rate_pct": _workforce("turnover_rate_fte"),
        "agency_rate_pct": _workforce("agency_rate_fte"),
        "vacancy_rate_pct": _workforce("vacancy_rate_fte"),
        "absence_rate_pct": _workforce("absence_rate_fte"),
        "caseload_per_fte": _workforce("caseload_fte"),
        "rereferral_share": PublishedMeasure(
            "rereferral_percent",
            "rereferral_count",
            ("referral_count",),
            "The published rate counts referrals in the year to 31 March within 12 months of an earlier referral.",
        ),
    }
)
"""Metric id -> the published measure, by the names of the Department for Education's releases."""


@dataclass(frozen=True)
class PublishedPlace:
    """One authority in published statistics.

    Parameters
    ----------
    code : str
        As published last; ``codes`` every code that it had, joint returns taken apart.
    old_code : str
        As published last; ``codes`` every code that it had, joint returns taken apart.
    name : str
        As published last; ``codes`` every code that it had, joint returns taken apart.
    region_code : str
        Its region.
    region_name : str
        Its region.
    """

    code: str
    old_code: str
    name: str
    codes: tuple[str, ...]
    region_code: str
    region_name: str

    @classmethod
    def find(cls, local: pd.DataFrame, asked: str) -> PublishedPlace | None:
        """The authority that a code or a name means, or None."""
        wanted = asked.strip()
        rows = local[
            local["area_code"].eq(wanted)
            | local["old_area_code"].eq(wanted)
            | _mask(local["area_codes"], lambda c: wanted in c)
            | _mask(local["old_area_code"].fillna(""), lambda c: wanted in old_codes(c))
            | _mask(local["area_name"].fillna(""), lambda n: same_area(n, wanted))
        ]
        if rows.empty:
            return None
        last = rows.sort_values("period", kind="stable").iloc[-1]
        words = {k: "" if pd.isna(last[k]) else str(last[k]) for k in ("area_code", "old_area_code", "area_name")}
        region = {k: "" if pd.isna(last[k]) else str(last[k]) for k in ("region_code", "region_name")}
        codes = dict.fromkeys([*rows["area_code"].dropna(), *(c for cs in rows["area_codes"] for c in cs)])
        return cls(words["area_code"], words["old_area_code"], words["area_name"], tuple(codes), **region)


def _mask(cells: pd.Series, holds: Callable[[Any], bool]) -> pd.Series[bool]:
    """One flag a cell; of no cells, none, which ``map`` would leave as text."""
    return pd.Series([holds(c) for c in cells], index=cells.index, dtype="bool")


def place_rows(frame: pd.DataFrame, wanted: PublishedMeasure) -> pd.DataFrame:
    """One row an area and year with the rate, its counts, its published interval, its marker and bounds.

    Raises
    ------
    UsageError
        The statistics do not hold the measure.
    CoverageError
        It is broken down and no row is the total.
    """
    spelt, _ = in_one_spelling(frame)
    rows = _totals(spelt[spelt["measure"].eq(wanted.rate)], wanted.rate)
    if rows.empty:
        raise UsageError(
            f"the published statistics hold no measure '{wanted.rate}'; {spelt['measure'].nunique()} were read.",
            fix="Use the release that holds it, or give measure='NAME' as the file prints it.",
            code="COMPARE-MEASURE",
        )
    rows = rows[rows["period"].notna()]
    years = [reporting_year(p) for p in rows["period"]]
    keys = ["area_code", "area_name", "period", "breakdown"]
    out = rows.assign(year=pd.array(years, dtype="Int64"), estimate=rows["value"])
    for name, measures in (("numerator", (wanted.top,)), ("denominator", wanted.bottom)):
        parts = [_values(spelt, m, keys, out) for m in measures if m]
        out[name] = sum(parts, start=pd.Series(0.0, index=out.index)) if parts else np.nan
    out["conf_low"], out["conf_high"] = _interval(spelt, wanted.rate, keys, out)
    return out[out["year"].notna()].assign(source=out["file"]).reset_index(drop=True)


def reporting_year(period: str) -> int | None:
    """The year in which a period ends; None where it is no whole year.

    Examples
    --------
    >>> reporting_year("2025"), reporting_year("2024/25"), reporting_year("2025 Q1")
    (2025, 2025, None)
    """
    if len(period) == _YEAR and period.isdecimal():
        return int(period)
    if len(period) == _YEARS and period[4] == "/" and period[:4].isdecimal():
        return int(period[:4]) + 1
    return None


def _values(frame: pd.DataFrame, measure: str, keys: list[str], onto: pd.DataFrame) -> pd.Series[float]:
    part = frame[frame["measure"].eq(measure)]
    lookup = part.assign(**{k: part[k].fillna("") for k in keys}).drop_duplicates(keys).set_index(keys)["value"]
    wanted = pd.MultiIndex.from_frame(onto[keys].fillna(""))
    return pd.Series(lookup.reindex(wanted).to_numpy(), index=onto.index, dtype="float64")


def _interval(
    frame: pd.DataFrame, rate: str, keys: list[str], onto: pd.DataFrame
) -> tuple[pd.Series[float], pd.Series[float]]:
    """The interval that the source prints beside the measure: half its width under ``conf``, or its two ends."""
    half = _values(frame, f"{rate} | conf", keys, onto)
    names = {str(m).casefold(): str(m) for m in frame["measure"].dropna().unique()}
    ends = []
    for end in ("low", "upp"):
        found = [m for low, m in names.items() if low.startswith(rate.casefold()) and end in low and "ci" in low + "ci"]
        found = [m for m in found if m != rate and any(w in m.casefold() for w in ("ci", "confidence", "cl"))]
        ends.append(_values(frame, found[0], keys, onto) if len(found) == 1 else pd.Series(np.nan, index=onto.index))
    return ends[0].fillna(onto["estimate"] - half), ends[1].fillna(onto["estimate"] + half)


def _totals(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Rows over all groups where the file breaks figures down."""
    parts = rows["breakdown"].fillna("")
    if parts.nunique() <= 1:
        return rows
    values = parts.map(lambda t: {p.split("=", 1)[1].casefold() for p in t.split("; ") if "=" in p})
    total = values.map(lambda v: v <= _TOTALS)
    if not total.any():
        raise CoverageError(
            f"'{measure}' is broken down {parts.nunique()} ways and none is a total.",
            fix="Use a file, or a cut of it, with one row an area and year.",
            code="COMPARE-BREAKDOWN",
        )
    return rows[total]


def neighbours_of(models: Sequence[Published], place: PublishedPlace) -> tuple[str, ...]:
    """Codes or names of an authority's statistical neighbours by the published model, in the model's words."""
    for model in models:
        f = model.frame
        rows = f[f["breakdown"].fillna("").str.startswith("rank=") & f["text"].notna()]
        mine = _mask(rows["old_area_code"].fillna(""), lambda c: bool(c) and c in old_codes(place.old_code))
        mine |= rows["area_code"].isin(place.codes)
        mine |= _mask(rows["area_name"].fillna(""), lambda n: same_area(n, place.name))
        rows = rows[mine]
        coded = rows[_mask(rows["text"], lambda t: bool(ons_codes(t) or old_codes(t)))]
        found = coded if len(coded) else rows[~rows["measure"].str.contains(r"P$|prox|close|dist", regex=True)]
        if len(found):
            return tuple(dict.fromkeys(found["text"].str.strip()))
    return ()


def places_of(rows: pd.DataFrame, place: PublishedPlace, near: Sequence[str]) -> pd.DataFrame:
    """The rows of the authority, England, its region and its neighbours, with ``place`` saying which."""
    level = rows["geographic_level"].fillna("")
    local = level.eq("Local authority")
    own = local & (rows["area_code"].isin(place.codes) | rows["area_name"].fillna("").eq(place.name))
    region = level.eq("Regional") & (
        rows["area_code"].eq(place.region_code or "-")
        | rows["area_name"].fillna("").map(lambda n: same_area(n, place.region_name))
    )
    wanted = {c for n in near for c in (*ons_codes(n), *old_codes(n))} or set(near)
    neighbour = (
        local
        & ~own
        & (
            _mask(rows["old_area_code"].fillna(""), lambda c: bool(set(old_codes(c)) & wanted))
            | _mask(rows["area_codes"], lambda cs: bool(set(cs) & wanted))
            | rows["area_name"].isin(wanted)
        )
    )
    parts = [
        rows[mask].assign(place=name)
        for mask, name in (
            (own, "this authority, published"),
            (level.eq("National") & rows["area_code"].eq("E92000001"), "England"),
            (region, "region"),
            (neighbour, "statistical neighbour"),
        )
    ]
    return pd.concat(parts, ignore_index=True).drop_duplicates(["place", "area_code", "area_name", "year"])
