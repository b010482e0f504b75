"""A release as a CSV in the tidy layout of the Department for Education, with the file that describes its columns.

The layout: ``time_period`` and ``time_identifier``, ``geographic_level`` and the columns of places, then filters
(what splits the figures), then indicators (the figures). A figure that is hidden is ``c``, one that does not exist
``z``. Source: Department for Education, "Explore education statistics: creating data files".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.disclosure.release import Release, require_release
from hybrid_toolkit.result import RowsHidden

_TIME = ("time_period", "time_identifier")
_PLACES = (
    *("geographic_level", "country_code", "country_name", "region_code", "region_name"),
    *("new_la_code", "old_la_code", "la_name"),
)
_HIDDEN, _NONE = "c", "z"
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)
_NOT_FIGURES = ("suppressed",)


@dataclass(frozen=True, slots=True)
class Place:
    """When and where the figures are of.

    Parameters
    ----------
    time_period : str, optional
        The period, such as ``"202425"``.
    time_identifier : str, default "Reporting year"
        What kind of period it is, such as ``"Reporting year"``.
    level : str, default "Local authority"
        ``"Local authority"``, ``"Regional"`` or ``"National"``.
    la_code : str, optional
        Code of the authority; empty where it does not apply.
    la_name : str, optional
        Name of the authority; empty where it does not apply.
    region_code : str, optional
        Code of the region; empty where it does not apply.
    region_name : str, optional
        Name of the region; empty where it does not apply.
    """

    time_period: str = ""
    time_identifier: str = "Reporting year"
    level: str = "Local authority"
    la_code: str = ""
    la_name: str = ""
    region_code: str = ""
    region_name: str = ""

    @classmethod
    def of(cls, data: EvaluationData) -> Place:
        """The place of data: their one authority, or how many there are; and the years that their months span."""
        dates = [data.table(t)[c].dropna() for t, c in (("worker_month", "month"), ("contact", "held_date"),
                                                         ("survey", "month")) if data.has(t, c)]  # fmt: skip
        years = sorted(
            {int(d.dt.year.min()) for d in dates if len(d)} | {int(d.dt.year.max()) for d in dates if len(d)}
        )
        period = "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}{years[-1] % 100:02d}"
        if not data.has("la", "la_id"):
            return cls(period, la_name="not stated")
        la = data.table("la")
        regions = sorted(set(la["region"].dropna())) if "region" in la else []
        region = str(regions[0]) if len(regions) == 1 else ""
        if len(la) == 1:
            return cls(period, la_code=str(la["la_id"].iloc[0]), la_name=str(la["la_id"].iloc[0]), region_name=region)
        return cls(period, la_name=f"{len(la)} authorities together", region_name=region)


@dataclass(frozen=True, slots=True)
class TidyLayout(RowsHidden):
    """A data file and the file that describes its columns, both as frames of text."""

    data: pd.DataFrame = field(repr=False)
    meta: pd.DataFrame = field(repr=False)

    def to_csv(self) -> str:
        """The data file."""
        return csv_text(self.data)

    def meta_csv(self) -> str:
        """The description: one row a filter or indicator."""
        return csv_text(self.meta)


def tidy_layout(release: Release, *, place: Place | None = None, measure: str = "", unit: str = "") -> TidyLayout:
    """Lay a release out as DfE's tidy CSV.

    Parameters
    ----------
    release : Release
        A table, figure or estimates that passed the gate. A dimension ``period`` becomes the time columns.
    place : Place | None, optional
        When and where; without one the columns of places say that it is not stated.
    measure : str, optional
        What the figures measure; the release's title where it is left out.
    unit : str, optional
        Unit of the figures.

    Raises
    ------
    DisclosureError
        Not a release.

    Examples
    --------
    >>> from hybrid_toolkit.disclosure.gate import Gate
    >>> frame = pd.DataFrame({"mode": ["home", "phone"], "n": [41, 3], "share": [0.61, 0.33]})
    >>> release = Gate().table(frame, title="Choice", dims=["mode"], values=["share"], people="n")
    >>> print(tidy_layout(release, place=Place("2025", la_code="E1", la_name="A")).data[["mode", "n", "share"]]
    ...       .to_csv(index=False, lineterminator="|").rstrip("|"))
    mode,n,share|home,40,0.61|phone,c,c
    """
    rows = require_release(release).content
    where = place if place is not None else Place(la_name="not stated")
    hidden = rows["suppressed"].astype(bool) if "suppressed" in rows else pd.Series(False, index=rows.index)
    numbers = [
        c
        for c in map(str, rows.columns)
        if c not in (*release.dims, *_NOT_FIGURES) and pd.api.types.is_numeric_dtype(rows[c])
    ]
    filters = [c for c in map(str, rows.columns) if c not in (*numbers, *_NOT_FIGURES, "period")]
    out = pd.DataFrame(index=rows.index)
    periods = rows["period"].astype(str) if "period" in rows else pd.Series("all", index=rows.index)
    spans = [time_columns(p, where) for p in periods]
    out["time_period"], out["time_identifier"] = [s[0] for s in spans], [s[1] for s in spans]
    for name, value in zip(_PLACES, _places(where), strict=True):
        out[name] = value
    out["measure"] = measure or release.title
    for name in filters:
        out[name] = rows[name].astype("object").where(rows[name].notna(), _NONE).astype(str).replace("all", "Total")
    if release.stamp:
        out["stamp"] = release.stamp
    for name in numbers:
        said = rows[name].map(lambda v: f"{v:.10g}", na_action="ignore").astype("object")
        out[name] = said.where(rows[name].notna(), _NONE).mask(hidden | (rows[name].isna() & hidden), _HIDDEN)
    return TidyLayout(out.astype(str), _meta(out, filters, numbers, unit))


def time_columns(period: str, place: Place) -> tuple[str, str]:
    """A period's ``time_period`` and ``time_identifier``.

    Examples
    --------
    >>> time_columns("2025-03", Place()), time_columns("2025-Q1", Place()), time_columns("wave 2", Place("202425"))
    (('2025', 'March'), ('2025', 'Calendar year Q1'), ('202425', 'Reporting year'))
    """
    if found := re.fullmatch(r"(\d{4})-(\d{2})", period):
        return found[1], MONTHS[int(found[2]) - 1]
    if found := re.fullmatch(r"(\d{4})-Q(\d)", period):
        return found[1], f"Calendar year Q{found[2]}"
    if re.fullmatch(r"\d{4}", period):
        return period, "Calendar year"
    return place.time_period or _NONE, place.time_identifier


def _places(place: Place) -> tuple[str, ...]:
    return (
        *(place.level, "E92000001", "England", place.region_code or _NONE, place.region_name or _NONE),
        *(place.la_code or _NONE, _NONE, place.la_name or _NONE),
    )


def _meta(out: pd.DataFrame, filters: list[str], numbers: list[str], unit: str) -> pd.DataFrame:
    """DfE's description: col_name, col_type, label, and for indicators their unit and decimals."""
    said = ["measure", *filters, *(["stamp"] if "stamp" in out else [])]
    rows = [(n, "Filter", n.replace("_", " ").capitalize(), "", "", "") for n in said]
    for name in numbers:
        of = "" if name in ("n", "people", "n_clusters") else unit
        rows.append((name, "Indicator", name.replace("_", " ").capitalize(), "Figures", of, "" if of == "" else "3"))
    heads = ["col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp"]
    return pd.DataFrame(rows, columns=heads)
