"""The children's social work workforce: an authority-by-year panel, and published rates worked out again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData, Source
from hybrid_toolkit.data.published.published_statistics import Published
from hybrid_toolkit.data.published.workforce_names import in_one_spelling
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import PublishedError, plural
from hybrid_toolkit.result import RowsHidden

PANEL_MEASURES = tuple(c.name for c in TABLES["la_year"].columns if c.kind == "float")
"""The measures of the ``la_year`` table, named as the publisher names them."""


@dataclass(frozen=True, slots=True)
class RateFormula:
    """How a published rate is made: ``scale * top / (top + beside)`` or ``scale * top / bottom``.

    Parameters
    ----------
    top : str
        Numerator.
    bottom : tuple[str, ...]
        Measures that are summed into the denominator.
    scale : float, default 100.0
        100 for a percentage, 1 for a mean.

    Examples
    --------
    >>> rate = RateFormula("leavers_fte", ("inpost_fte",))
    >>> rate.scale * 9 / 90
    10.0
    """

    top: str
    bottom: tuple[str, ...]
    scale: float = 100.0


RATES: Mapping[str, RateFormula] = MappingProxyType(
    {
        "turnover_rate_fte": RateFormula("leavers_fte", ("inpost_fte",)),
        "turnover_rate_headcount": RateFormula("leavers_headcount", ("inpost_headcount",)),
        "agency_rate_fte": RateFormula("agency_fte", ("agency_fte", "inpost_fte")),
        "agency_rate_headcount": RateFormula("agency_headcount", ("agency_headcount", "inpost_headcount")),
        "agency_cover_rate_fte": RateFormula("agency_cover_fte", ("agency_fte",)),
        "vacancy_rate_fte": RateFormula("vacancy_fte", ("vacancy_fte", "inpost_fte")),
        "vacancy_agency_cover_rate_fte": RateFormula("agency_cover_fte", ("vacancy_fte",)),
        "caseload_fte": RateFormula("cases", ("case_holders_fte",), 1.0),
    }
)
"""Formulas of the DfE children's social work workforce statistics (full-time equivalents, year to 30 September)."""


class _Line(NamedTuple):
    measure: str
    n: int
    n_not_compared: int
    max_gap: float
    mean_gap: float
    n_beyond_rounding: int
    share_beyond_rounding: float


@dataclass(frozen=True)
class RateCheck(RowsHidden):
    """Published rates beside the same rates worked out from their own numerators and denominators.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a rate, area and period: measure, area_code, area_name, geographic_level, period, breakdown, published,
        recomputed, gap (published less recomputed), rounding (the most that rounding can explain), beyond_rounding,
        status ("compared", or why not).
    not_computed : tuple[tuple[str, str], ...], optional
        (rate, why) of each known rate that could not be worked out at all.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "workforce.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,inpost_fte,"
    ...     "leavers_fte,turnover_rate_fte\\n2024,Local authority,E92000001,England,E06000005,Darlington,90,9,12.0\\n")
    >>> recompute_rates(file).glance()[["measure", "n", "max_gap"]].values.tolist()
    [['turnover_rate_fte', 1, 2.0]]
    """

    frame: pd.DataFrame = field(repr=False)
    not_computed: tuple[tuple[str, str], ...] = ()

    def tidy(self) -> pd.DataFrame:
        """One row a rate, area and period.

        Returns
        -------
        pd.DataFrame
            One row a rate, area and period.
        """
        return self.frame.copy(deep=False)

    def glance(self, *, level: str | None = "Local authority") -> pd.DataFrame:
        """One row a measure: n compared, n not compared, largest and mean absolute gap, share beyond rounding.

        ``level`` keeps one geographic level; None keeps all.

        Parameters
        ----------
        level : str | None, default "Local authority"
            Geographic level; every level by default.

        Returns
        -------
        pd.DataFrame
            One row a measure: n compared, n not compared, largest and mean absolute gap, share beyond rounding.
        """
        f = self.frame if level is None else self.frame[self.frame["geographic_level"] == level]
        rows = []
        for name, part in f.groupby("measure", sort=False):
            done = part[part["status"] == "compared"]
            size = done["gap"].abs()
            rows.append(
                {
                    "measure": str(name),
                    "n": len(done),
                    "n_not_compared": len(part) - len(done),
                    "max_gap": float(size.max()) if len(done) else float("nan"),
                    "mean_gap": float(size.mean()) if len(done) else float("nan"),
                    "n_beyond_rounding": int(done["beyond_rounding"].sum()),
                    "share_beyond_rounding": float(done["beyond_rounding"].mean()) if len(done) else float("nan"),
                }
            )
        columns = ["measure", "n", "n_not_compared", "max_gap", "mean_gap", "n_beyond_rounding"]
        return pd.DataFrame(rows, columns=[*columns, "share_beyond_rounding"])

    def summary(self) -> str:
        """One sentence a measure, at local authority level.

        Returns
        -------
        str
            One sentence a measure, at local authority level.
        """
        lines = [
            f"{r.measure}: {plural(r.n, 'cell')} compared, largest gap {r.max_gap:.2f}, "
            f"{r.n_beyond_rounding} beyond what rounding explains; "
            f"{r.n_not_compared} not compared (a marker stands there)."
            for r in (_Line(*row) for row in self.glance().itertuples(index=False, name=None))
        ]
        lines += [f"{rate}: not worked out, because {why}." for rate, why in self.not_computed]
        return "\n".join(lines)


def recompute_rates(published: Published | str | Path) -> RateCheck:
    """Work out every published workforce rate from its own parts, and say which could not be.

    Parameters
    ----------
    published : Published | str | Path
        Statistics from ``load_published``, or the path of their file; names of older and newer releases.

        Rounding: parts are printed to one decimal (headcounts and cases whole) and rates to one decimal, so a rate may
        differ by half of its last digit plus what half of the last digit of each part does to it.

    Returns
    -------
    RateCheck
        Published rates beside the same rates worked out from their own numerators and denominators.

    Raises
    ------
    PublishedError
        The statistics hold none of the rates with their parts.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "workforce.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,inpost_fte,"
    ...     "leavers_fte,turnover_rate_fte\\n2024,Local authority,E92000001,England,E06000005,Darlington,90,9,10.0\\n")
    >>> recompute_rates(file).summary().split(";")[0]
    'turnover_rate_fte: 1 cell compared, largest gap 0.00, 0 beyond what rounding explains'
    """
    wide = _wide(_loaded(published))
    known = {
        rate: formula for rate, formula in RATES.items() if {rate, formula.top, *formula.bottom} <= set(wide.columns)
    }
    if not known:
        raise PublishedError(
            f"No workforce rate stands here with its numerator and denominator; {len(_loaded(published).measures)} "
            "measures were read.",
            fix=f"Load one of {', '.join(RATES)} with its parts, such as leavers_fte and inpost_fte.",
            code="PUB-RATES",
        )
    frames = [_compare(wide, rate, formula) for rate, formula in known.items()]
    here = set(wide.columns)
    missing = {rate: [m for m in (rate, f.top, *f.bottom) if m not in here] for rate, f in RATES.items()}
    left = tuple(
        (rate, f"the file has no {' and no '.join(dict.fromkeys(names))}") for rate, names in missing.items() if names
    )
    return RateCheck(pd.concat(frames, ignore_index=True), left)


def _loaded(published: Published | str | Path) -> Published:
    from hybrid_toolkit.data.published.load import load_published

    return published if isinstance(published, Published) else load_published(published)


_KEYS = ["area_code", "area_name", "geographic_level", "period", "breakdown"]


def _wide(published: Published) -> pd.DataFrame:
    f, _ = in_one_spelling(published.frame)
    wanted = {m for rate, formula in RATES.items() for m in (rate, formula.top, *formula.bottom)}
    rows = f[f["measure"].isin(wanted)]
    keyed = rows.assign(**{k: rows[k].fillna("") for k in _KEYS})
    return (
        keyed.drop_duplicates([*_KEYS, "measure"]).pivot(index=_KEYS, columns="measure", values="value").reset_index()
    )


def _half_digit(measure: str) -> float:
    return 0.5 if measure == "cases" or measure.endswith("headcount") else 0.05


def _compare(wide: pd.DataFrame, rate: str, formula: RateFormula) -> pd.DataFrame:
    top = wide[formula.top]
    bottom = sum((wide[b] for b in formula.bottom), start=pd.Series(0.0, index=wide.index))
    with np.errstate(divide="ignore", invalid="ignore"):
        again = formula.scale * top / bottom
        slack_bottom = sum(_half_digit(b) for b in formula.bottom)
        rounding = 0.05 + formula.scale * (_half_digit(formula.top) / bottom + top * slack_bottom / bottom**2)
    again = again.where(np.isfinite(again))
    gap = wide[rate] - again
    status = pd.Series("compared", index=wide.index, dtype="str")
    status = status.mask(again.isna(), "its parts are missing or sum to nothing").mask(
        wide[rate].isna(), "the published rate is missing or marked"
    )
    return pd.DataFrame(
        {
            "measure": pd.Series(rate, index=wide.index, dtype="str"),
            **{k: wide[k] for k in _KEYS},
            "published": wide[rate],
            "recomputed": again,
            "gap": gap,
            "rounding": rounding.where(gap.notna()),
            "beyond_rounding": (gap.abs() > rounding + 1e-9) & gap.notna(),
            "status": status,
        }
    )


def workforce_panel(published: Published | str | Path) -> EvaluationData:
    """The ``la_year`` table: one row a local authority and year, from children's social work workforce statistics.

    Parameters
    ----------
    published : Published | str | Path
        Statistics from ``load_published``, or the path of their file or folder. Both vintages of names are read:
        ``inpost_fte``, ``leavers_fte`` of newer releases, ``social_worker_fte``, ``leaver_fte`` of older ones.

        ``la_id`` is the area code as published, so a joint return keeps both codes. A marker becomes a missing
        number; no
        row is left out, and the provenance notes count what is missing and why.

    Returns
    -------
    EvaluationData
        The ``la_year`` table: one row a local authority and year, from children's social work workforce statistics.

    Raises
    ------
    PublishedError
        No local authority rows, no ``inpost_fte``, or several breakdowns with no total.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.data.published.load import load_published
    >>> file = Path(tempfile.mkdtemp()) / "workforce.csv"
    >>> _ = file.write_text("time_period,geographic_level,country_code,country_name,new_la_code,la_name,inpost_fte,"
    ...     "leavers_fte\\n2024,Local authority,E92000001,England,E06000005,Darlington,90,9\\n"
    ...     "2025,Local authority,E92000001,England,E06000005,Darlington,95,x\\n")
    >>> workforce_panel(file)["la_year"][["la_id", "year", "inpost_fte", "leavers_fte"]].values.tolist()
    [['E06000005', 2024, 90.0, 9.0], ['E06000005', 2025, 95.0, nan]]
    """
    published = _loaded(published)
    f, renamed = in_one_spelling(published.frame)
    local = f[f["geographic_level"].fillna("").str.casefold().eq("local authority") & f["measure"].isin(PANEL_MEASURES)]
    if local.empty or "inpost_fte" not in set(local["measure"]):
        raise PublishedError(
            f"No workforce panel here: {plural(len(local), 'local authority cell')} of its measures were read.",
            fix=f"Load DfE workforce indicators at local authority level with inpost_fte and {PANEL_MEASURES[2]}.",
            code="PUB-PANEL",
        )
    local = _totals(local)
    key = ["area_code", "period"]
    if local.duplicated([*key, "measure"]).any():
        raise PublishedError(
            f"{int(local.duplicated([*key, 'measure']).sum()):,} cells repeat the same area, year and measure.",
            fix="Use a file with one row an authority and year.",
            code="PUB-PANEL",
        )
    wide = local.pivot(index=key, columns="measure", values="value").reset_index()
    region = local.drop_duplicates(key).set_index(key)["region_name"]
    columns: dict[str, object] = {
        "la_id": wide["area_code"].astype("str"),
        "year": pd.array([_end_year(p) for p in wide["period"]], dtype="Int64"),
        "region": region.reindex(pd.MultiIndex.from_frame(wide[key])).to_numpy(),
    }
    columns |= {m: wide[m].astype("float64") for m in PANEL_MEASURES if m in wide.columns}
    frame = pd.DataFrame(columns).astype({"region": "str"}).sort_values(["la_id", "year"], ignore_index=True)
    notes = _panel_notes(published, local, frame)
    source = Source(
        "la_year",
        published.source.file,
        published.source.sha256,
        len(frame),
        datetime.now(UTC),
        (*(f"'{old}' read as {new}" for old, new in sorted(renamed.items()) if new in frame.columns), *notes),
    )
    return EvaluationData(
        {"la_year": frame}, (source,), label=f"published workforce statistics ({published.source.file})"
    )


def _totals(local: pd.DataFrame) -> pd.DataFrame:
    """Rows over all groups where the file breaks figures down."""
    parts = local["breakdown"].fillna("")
    if parts.nunique() <= 1:
        return local
    values = parts.map(lambda t: {p.split("=", 1)[1].casefold() for p in t.split("; ") if "=" in p})
    total = values.map(lambda v: v <= {"total", "all", "all staff", "all social workers"})
    if not total.any():
        raise PublishedError(
            f"The figures are broken down {parts.nunique()} ways and none is a total.",
            fix="Use the indicators file, or one with a breakdown called Total.",
            code="PUB-PANEL",
        )
    return local[total]


def _end_year(period: str) -> int:
    head = period.split(" ")[0]
    return int(head[:4]) + 1 if len(head) == len("2021/22") and head[4] == "/" else int(head[:4])


def _panel_notes(published: Published, local: pd.DataFrame, frame: pd.DataFrame) -> list[str]:
    marked = local.dropna(subset=["marker"]).groupby(["measure", "marker"], sort=True).size()
    notes = [
        f"{measure}: {plural(int(n), 'cell')} marked '{marker}' made missing"
        for measure, marker, n in marked.reset_index(name="n").itertuples(index=False, name=None)
    ]
    notes.append("A marker is not a number: 'low' is not 0 and not merely absent; see tidy() for each one.")
    changes = published.boundary_changes()
    counts = changes["kind"].value_counts()
    if len(counts):
        notes.append("Areas: " + ", ".join(f"{kind}: {n}" for kind, n in counts.items()) + "; none was left out.")
    whole = frame.groupby("la_id").size()
    notes.append(f"{plural(int((whole == whole.max()).sum()), 'area')} of {len(whole)} have all {whole.max()} years.")
    return notes
