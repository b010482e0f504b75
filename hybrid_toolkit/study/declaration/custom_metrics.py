"""A metric of one's own as a column of a study: its declaration, kept with the study, and the rows it is made for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from types import MappingProxyType

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.metrics.custom.custom_metric import OwnFrame, declare_metric
from hybrid_toolkit.metrics.intervals.statistics import RatioOf
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED, MetricSpec
from hybrid_toolkit.metrics.unit_frames import safe_ratio
from hybrid_toolkit.study.units.unit_definition import ColumnSource

_TEAM = ("worker.worker_id", "worker.team_id")
_MONTHLY = ("contact", "worker_month", "supervision", "attendance_day")
FITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": ("contact", "practice_rating"),
        "rating": ("practice_rating",),
        "alliance": ("alliance",),
        "worker-month": _MONTHLY,
        "worker-wave": ("survey",),
        "team-wave": ("survey",),
        "worker": ("worker",),
        "arrangement": ("arrangement_spell",),
        "adjustment": ("arrangement_spell",),
        "team-month": _MONTHLY,
        "authority-month": _MONTHLY,
        "authority-year": ("la_year",),
    }
)
"""Unit -> tables whose metrics can be a column of its rows."""
_DATES = {"contact": ("held_date",), "supervision": ("date",), "attendance_day": ("date",)}


@dataclass(frozen=True)
class CustomMetric:
    """The declaration of a custom metric: the parameters of ``hybrid_toolkit.metrics.declare_metric``.

    Examples
    --------
    >>> spec = declare_metric("By video", question="How often by video?", table="contact",
    ...                       formula='share(mode == "video")', unit="share")
    >>> CustomMetric.of(spec).spec == spec, CustomMetric.of(spec).co_produced
    (True, False)
    """

    name: str
    question: str
    table: str
    formula: str
    unit: str
    id: str = ""
    cluster: tuple[str, ...] = ()
    direction: str = "none"
    low: float | None = None
    high: float | None = None
    min_n: int = 10
    caveats: tuple[str, ...] = ()
    co_produced_with: tuple[str, ...] = ()
    co_produced_on: str = ""

    def __post_init__(self) -> None:
        spec_of(self)

    @property
    def spec(self) -> MetricSpec:
        """The metric."""
        return spec_of(self)

    @property
    def co_produced(self) -> bool:
        """Whether work with families or practitioners on it is recorded."""
        return self.spec.co_produced != NOT_CO_PRODUCED

    @classmethod
    def of(cls, spec: MetricSpec) -> CustomMetric:
        """The declaration that a metric of one's own was made from.

        Raises
        ------
        StudyError
            The metric is not one of one's own.
        """
        if not isinstance(spec.frame, OwnFrame):
            raise StudyError(
                f"metric '{spec.id}' was not declared with declare_metric.",
                fix="Name the columns of the study's unit; only custom metrics can be added.",
                code="METRIC-NOT-OWN",
            )
        recorded = re.fullmatch(r"with (.*) \((\d{4}-\d{2}-\d{2})\)", spec.co_produced)
        return cls(
            name=spec.name,
            question=spec.question,
            table=spec.frame.table,
            formula=spec.formula,
            unit=spec.value_unit,
            id=spec.id,
            cluster=spec.cluster,
            direction=spec.direction,
            low=None if spec.low is None else float(spec.low),
            high=None if spec.high is None else float(spec.high),
            min_n=spec.min_n,
            caveats=spec.caveats[:-1],
            co_produced_with=tuple(recorded.group(1).split(", ")) if recorded else (),
            co_produced_on=recorded.group(2) if recorded else "",
        )


@cache
def spec_of(metric: CustomMetric) -> MetricSpec:
    """The metric of a declaration; raises as ``declare_metric``."""
    values = asdict(metric)
    values["cluster"] = values["cluster"] or None
    values["co_produced_on"] = values["co_produced_on"] or None
    return declare_metric(**values)


def custom_source(metric: CustomMetric, row_unit: str, keys: tuple[str, ...]) -> ColumnSource:
    """The part of a unit's frame that holds one metric: its mean, or ratio of sums, over the rows of each unit.

    Raises
    ------
    StudyError
        ``METRIC-UNIT``, rows of the metric's table do not belong to one row of the unit.
    """
    spec = metric.spec
    if metric.table not in FITS.get(row_unit, ()):
        fits = ", ".join(u for u, tables in FITS.items() if metric.table in tables) or "none"
        raise StudyError(
            f"metric '{spec.id}' is measured on rows of table '{metric.table}', which belong to no row of "
            f"'{row_unit}'.",
            fix=f"Use the metric in a study with row_unit: {fits}.",
            code="METRIC-UNIT",
        )

    def build(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
        return _values(spec, data, keys)

    own = [f"{metric.table}.{c}" for c in (*spec.columns[metric.table], *_DATES.get(metric.table, ()))]
    own += [f"{metric.table}.{k}" for k in ("worker_id", *keys) if k in TABLES[metric.table].names]
    if metric.table in _MONTHLY and {"team_id", "la_id"} & set(keys):
        own += [*_TEAM, *(["team.team_id", "team.la_id"] if "la_id" in keys else [])]
    return ColumnSource({spec.id: tuple(dict.fromkeys(own))}, keys, build)


def _values(spec: MetricSpec, data: EvaluationData, keys: tuple[str, ...]) -> pd.DataFrame:
    assert isinstance(spec.frame, OwnFrame)
    rows = replace(spec.frame, also=keys)(data).dropna(subset=list(keys))
    if isinstance(spec.statistic, RatioOf):
        known = rows[["own_top", "own_bottom"]].notna().all(axis=1)
        sums = rows[known].groupby(list(keys))[["own_top", "own_bottom"]].sum()
        value = safe_ratio(sums["own_top"], sums["own_bottom"])
    else:
        value = rows.groupby(list(keys))["own_value"].mean()
    out = (value * spec.scale).rename(spec.id).reset_index()
    if "year" in keys:
        out["year"] = out["year"].astype("float64")
    return out
