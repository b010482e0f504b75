"""An authority's own rate beside England, its region and its statistical neighbours, year by year, without ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.published import Published, load_published
from hybrid_toolkit.errors import CoverageError, UsageError
from hybrid_toolkit.metrics.compute import measured_by_year, metric_values
from hybrid_toolkit.metrics.published_places import (
    PUBLISHED,
    PublishedMeasure,
    PublishedPlace,
    neighbours_of,
    place_rows,
    places_of,
)
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics

_MONTHS = 12
"""Months of a whole reporting year."""

Given: TypeAlias = Published | str | Path | Sequence[Published | str | Path]
COMPARISON_COLUMNS = (
    *("term", "place", "area_code", "area_name", "year", "estimate", "conf_low", "conf_high", "n", "numerator"),
    *("denominator", "marker", "lower", "upper", "unit", "months", "flag", "source"),
)
"""Columns of ``Comparison.tidy()``."""
_OWN = "your data"
_ORDER = (_OWN, "this authority, published", "England", "region", "statistical neighbour")
"""Places in the order in which they are shown; neighbours stand by name, never by figure."""
_CARE = (
    "A figure that is higher or lower than another's is not better or worse by itself: a rate in one small "
    "authority moves with one person, and authorities differ in what they record. Nothing here is ranked."
)


@dataclass(frozen=True)
class Comparison:
    """One metric of one authority beside published figures of the same years.

    Parameters
    ----------
    metric : str
        Id and plain name of the metric.
    name : str
        Id and plain name of the metric.
    area : str
        Name of the authority in the published statistics.
    measure : str
        The published measure.
    frame : pd.DataFrame
        The rows of ``tidy()``.
    unmatched : tuple[tuple[int, ...], tuple[int, ...]], optional
        Years that only your data have, and years that only the published statistics have.
    notes : tuple[str, ...], optional
        What was assumed, one sentence each.
    stamp : str, optional
        The synthetic stamp, where the data are synthetic.

    Examples
    --------
    >>> import tempfile
    >>> own = pd.DataFrame({"la_id": ["E06000005"], "year": [2024], "inpost_fte": [90.0], "leavers_fte": [9.0]})
    >>> file = Path(tempfile.mkdtemp()) / "any.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,"
    ...     "turnover_rate_fte\\n2024,National,E92000001,England,,,13.8\\n"
    ...     "2024,Local authority,E92000001,England,E06000005,Darlington,x\\n")
    >>> found = compare(EvaluationData({"la_year": own}), "turnover_rate_pct", file).tidy()
    >>> found = compare(EvaluationData({"la_year": own}), "turnover_rate_pct", file)
    >>> found.measure, found.area
    ('turnover_rate_fte', 'Darlington')
    """

    metric: str
    name: str
    area: str
    measure: str
    frame: pd.DataFrame = field(repr=False)
    unmatched: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    notes: tuple[str, ...] = ()
    stamp: str = ""

    def tidy(self) -> pd.DataFrame:
        """One row a place and year, with the columns of ``COMPARISON_COLUMNS``.

        ``conf_low`` and ``conf_high`` are the clustered interval of your figure, and of a published one only where the
        source prints it. ``numerator`` and ``denominator`` are the source's own counts. ``marker`` keeps a published
        symbol beside a missing estimate, with its bounds in ``lower`` and ``upper``.

        Returns
        -------
        pd.DataFrame
            One row a place and year, with the columns of ``COMPARISON_COLUMNS``.
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row: metric, measure, area, n years, first and last year, neighbours, markers.

        Returns
        -------
        pd.DataFrame
            One row: metric, measure, area, n years, first and last year, neighbours, markers.
        """
        f = self.frame
        return pd.DataFrame(
            {
                "metric": [self.metric],
                "measure": [self.measure],
                "area": [self.area],
                "n_years": [f["year"].nunique()],
                "first_year": [f["year"].min()],
                "last_year": [f["year"].max()],
                "n_neighbours": [f.loc[f["place"].eq(_ORDER[4]), "area_name"].nunique()],
                "n_markers": [int(f["marker"].notna().sum())],
            }
        )

    def summary(self) -> str:
        """The newest year that matches in words, with its caveat.

        Returns
        -------
        str
            The newest year that matches in words, with its caveat.
        """
        year = int(self.frame["year"].max())
        rows = self.frame[self.frame["year"].eq(year)]
        unit = str(rows["unit"].iloc[0])
        own = rows[rows["place"].eq(_OWN)].iloc[0]
        lines = [f"{self.name}, {year} ({unit}): {_figure(own)} in your data{_counted(own)}."]
        said = [f"{r['term']} {_figure(r)}" for _, r in rows[rows["place"].isin(_ORDER[1:4])].iterrows()]
        if said:
            lines.append(f"Published for the same year: {'; '.join(said)}.")
        near = rows[rows["place"].eq(_ORDER[4])]
        if len(near):
            known = near["estimate"].dropna()
            span = f", from {known.min():.3g} to {known.max():.3g}" if len(known) else ""
            lines.append(f"{len(known)} of {len(near)} statistical neighbours have a figure{span}.")
        marked = rows[rows["marker"].notna()]
        if len(marked):
            lines.append(f"{len(marked)} published figures are a symbol and no number; each is kept as published.")
        for years, who in zip(self.unmatched, ("your data", "the published statistics"), strict=True):
            if years:
                lines.append(f"Only {who} have {', '.join(map(str, years))}; these years are not compared.")
        return "\n".join([*([self.stamp] if self.stamp else []), *lines, *self.notes, _CARE])


def compare(
    data: EvaluationData,
    metric: str | MetricSpec,
    published: Given,
    *,
    area: str | None = None,
    neighbours: Given | None = None,
    measure: str | None = None,
    conf_level: float = 0.95,
) -> Comparison:
    """Set an authority's own rate beside England, its region and its statistical neighbours, in the years that match.

    Parameters
    ----------
    data : EvaluationData
        The authority's own data.
    metric : str | MetricSpec
        Id, code or specification of a rate (``"turnover_rate_pct"``).
    published : Given
        Statistics from ``load_published``, or paths; several files are taken together.
    area : str | None, optional
        The authority in the published statistics: its nine-character code, three-digit code or name. Needed unless
        ``la_year.la_id`` or ``la.la_id`` holds the one code.
    neighbours : Given | None, optional
        The published neighbour model (``load_published`` or a path); none are shown without it, unless ``published``
        holds it.
    measure : str | None, optional
        Name of the published measure, where the toolkit does not know it.
    conf_level : float, default 0.95
        Level of the interval of your own figure.

    Returns
    -------
    Comparison
        Comparison with ``tidy()``, ``glance()`` and ``summary()``.

    Raises
    ------
    UsageError
        The metric has no published measure that is known, the area is not in the statistics or is not given.
    CoverageError
        No year stands in both, or the data lack what the metric needs.

    Examples
    --------
    >>> import tempfile
    >>> own = pd.DataFrame({"la_id": ["E06000005"], "year": [2024], "inpost_fte": [90.0], "leavers_fte": [9.0]})
    >>> file = Path(tempfile.mkdtemp()) / "any.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,"
    ...     "turnover_rate_fte\\n2024,National,E92000001,England,,,13.8\\n"
    ...     "2024,Local authority,E92000001,England,E06000005,Darlington,x\\n")
    >>> found = compare(EvaluationData({"la_year": own}), "turnover_rate_pct", file).tidy()
    >>> found[["term", "year", "estimate", "marker"]].values.tolist()
    [['your data', 2024, 10.0, nan], ['Darlington', 2024, nan, 'x'], ['England', 2024, 13.8, nan]]
    """
    spec = find_metrics(metric)[0]
    tables = _tables(published)
    models = _tables(neighbours) if neighbours is not None else tables
    wanted = _wanted(spec, measure)
    frame = pd.concat([t.frame for t in tables], ignore_index=True)
    rows = place_rows(frame, wanted)
    place = _own_place(data, rows, area)
    near = neighbours_of(models, place)
    shown = places_of(rows, place, near)
    own = _own_rows(data, spec, place, conf_level)
    factor = 0.01 if spec.value_unit == "share" else 1.0
    theirs = _published_rows(shown, factor, spec.value_unit)
    years = sorted(set(own["year"]) & set(theirs["year"]))
    only_own, only_theirs = (tuple(sorted(set(a["year"]) - set(years))) for a in (own, theirs))
    if not years:
        raise CoverageError(
            f"'{spec.id}': no year stands in both; your data have {_years(only_own)}, the published statistics "
            f"{_years(only_theirs)}.",
            fix="Use the release that covers your years: time_period is the year in which the reporting year ends.",
            code="COMPARE-YEARS",
        )
    both = pd.concat([own, theirs], ignore_index=True)
    both = both[both["year"].isin(years)]
    order = both["place"].map({name: i for i, name in enumerate(_ORDER)})
    both = both.assign(order=order).sort_values(["year", "order", "area_name"], kind="stable")
    return Comparison(
        metric=spec.id,
        name=spec.name,
        area=place.name,
        measure=wanted.rate,
        frame=both[list(COMPARISON_COLUMNS)].reset_index(drop=True),
        unmatched=(only_own, only_theirs),
        notes=_notes(wanted, near, shown),
        stamp=SYNTHETIC_STAMP if data.synthetic else "",
    )


def _tables(given: Given) -> list[Published]:
    many = [given] if isinstance(given, (Published, str, Path)) else list(given)
    return [one if isinstance(one, Published) else load_published(one) for one in many]


def _wanted(spec: MetricSpec, measure: str | None) -> PublishedMeasure:
    if measure is not None:
        return PublishedMeasure(measure)
    if spec.id not in PUBLISHED:
        raise UsageError(
            f"no published measure is known for '{spec.id}'.",
            fix=f"Set measure='NAME' as the file prints it; known without: {', '.join(PUBLISHED)}.",
            code="COMPARE-METRIC",
        )
    return PUBLISHED[spec.id]


def _own_place(data: EvaluationData, rows: pd.DataFrame, area: str | None) -> PublishedPlace:
    keys = {str(k) for t in ("la_year", "la") if t in data for k in data[t]["la_id"].dropna().unique()}
    asked = area if area is not None else (next(iter(keys)) if len(keys) == 1 else None)
    local = rows[rows["geographic_level"].eq("Local authority")]
    found = PublishedPlace.find(local, asked) if asked is not None else None
    if found is None:
        many = f"the data hold {len(keys)} authorities" if len(keys) != 1 else "the data's key is no published code"
        told = many if area is None else "the published statistics have no local authority of that name or code"
        raise UsageError(
            f"which authority is meant is not known: {told}.",
            fix="Set area= to the authority's code (such as E06000005 or 841) or its name as published.",
            code="COMPARE-AREA",
        )
    return found


def _own_rows(data: EvaluationData, spec: MetricSpec, place: PublishedPlace, conf_level: float) -> pd.DataFrame:
    """The own figure a reporting year: of the authority's own rows where the units are authorities."""
    units = metric_values(data, spec)
    if "la_id" in units and units["la_id"].nunique() > 1:
        units = units[units["la_id"].astype("str").isin([place.code, *place.codes])]
        if units.empty:
            raise CoverageError(
                f"'{spec.id}': none of the authorities in your data has the published code of the area.",
                fix="Set area= to the authority whose rows are in your data.",
                code="COMPARE-AREA",
            )
    measured = measured_by_year(data, spec, units.reset_index(drop=True), conf_level)
    return pd.DataFrame(
        {
            "term": _OWN,
            "place": _OWN,
            "area_code": place.code,
            "area_name": place.name,
            **{c: measured[c] for c in ("year", "estimate", "conf_low", "conf_high", "n", "months", "flag")},
            **dict.fromkeys(("numerator", "denominator", "lower", "upper"), np.nan),
            "marker": pd.Series(np.nan, index=measured.index, dtype="str"),
            "unit": spec.value_unit,
            "source": _OWN,
        }
    )


def _published_rows(rows: pd.DataFrame, factor: float, unit: str) -> pd.DataFrame:
    scaled = {c: rows[c] * factor for c in ("estimate", "conf_low", "conf_high", "lower", "upper")}
    names = rows["area_name"].where(rows["place"].ne("England"), "England")
    none = pd.Series(pd.NA, index=rows.index, dtype="Int64")
    return rows.assign(**scaled, term=names, unit=unit, n=none, months=none, flag="")[list(COMPARISON_COLUMNS)]


def _figure(row: pd.Series) -> str:
    if np.isnan(row["estimate"]):
        return f"is marked '{row['marker']}'" if isinstance(row["marker"], str) else "has no figure"
    interval = f" (interval {row['conf_low']:.3g} to {row['conf_high']:.3g})" if not np.isnan(row["conf_low"]) else ""
    return f"{row['estimate']:.3g}{interval}"


def _counted(row: pd.Series) -> str:
    months = "" if pd.isna(row["months"]) or row["months"] >= _MONTHS else f", {int(row['months'])} of {_MONTHS} months"
    return f"{months}; {row['flag']}" if row["flag"] else months


def _years(years: Sequence[int]) -> str:
    return ", ".join(map(str, years)) or "none"


def _notes(wanted: PublishedMeasure, near: Sequence[str], shown: pd.DataFrame) -> tuple[str, ...]:
    out = [wanted.caveat] if wanted.caveat else []
    if not near:
        out.append("No neighbour model was given, or it does not include this authority: no neighbours are shown.")
    absent = len(near) - shown.loc[shown["place"].eq(_ORDER[4]), "area_name"].nunique()
    if near and absent > 0:
        out.append(f"{absent} of {len(near)} neighbours have no row in the published statistics.")
    return tuple(out)
