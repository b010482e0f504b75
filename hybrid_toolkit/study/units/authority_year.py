"""One row an authority and year."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.service import authority_years
from hybrid_toolkit.metrics.unit_frames import safe_ratio
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same

_AGENCY = ("la_year.agency_fte", "la_year.inpost_fte")


def _authorities(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    """Rates in per cent of their published denominators; an authority without staff in post has none."""
    rows = authority_years(data)
    staffed = rows["inpost_fte"] > 0
    out = rows[["la_id"]].assign(year=rows["year"].astype("float64"))
    out["turnover_pct"] = 100 * safe_ratio(rows["leavers_fte"], rows["inpost_fte"])
    out["agency_pct"] = 100 * safe_ratio(rows["agency_fte"], rows["agency_base"]).where(staffed)
    out["vacancy_pct"] = 100 * safe_ratio(rows["vacancy_fte"], rows["vacancy_base"]).where(staffed)
    out["caseload"] = safe_ratio(rows["cases"], rows["case_holders_fte"])
    for name, shift in (("agency_pct_next", -1), ("agency_pct_last", 1)):
        other = out[["la_id", "year", "agency_pct"]].rename(columns={"agency_pct": name})
        out = out.merge(other.assign(year=other["year"] + shift), on=["la_id", "year"], how="left")
    return out


UNIT = Unit(
    "authority and year",
    "authorities' years",
    (
        ColumnSource(
            {
                **same(("la_id", "year"), "la_year"),
                "turnover_pct": ("la_year.leavers_fte", "la_year.inpost_fte"),
                "agency_pct": _AGENCY,
                "agency_pct_next": _AGENCY,
                "agency_pct_last": _AGENCY,
                "vacancy_pct": ("la_year.vacancy_fte", "la_year.inpost_fte"),
                "caseload": ("la_year.cases", "la_year.case_holders_fte"),
            },
            ("la_id", "year"),
            _authorities,
        ),
    ),
    ("la_year.la_id",),
)
