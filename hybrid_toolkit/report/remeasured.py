"""A measure by month before and after an action: released, judged on what is shown, and drawn as a control chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from hybrid_toolkit.assess.chart import CHART_RULES, ControlChart
from hybrid_toolkit.assess.remeasure import Remeasured, judge_change
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure import Gate, Release, require_release
from hybrid_toolkit.metrics.compute import measure, metric_values
from hybrid_toolkit.metrics.people_and_groups import periods
from hybrid_toolkit.metrics.specs.registry import find_metrics
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.report.measured import ALL_GROUPS, _is_share, release_cells
from hybrid_toolkit.report.plots.plot_style import BLUE, GREY, INK, RUST, draw_stamp, drawing, new_axes
from hybrid_toolkit.report.plots.readable_units import readable_unit

_POINTS: Mapping[str, str] = {"value": "Value", "centre": "Centre", "lower": "Lower limit", "upper": "Upper limit"}
NO_SIGN = "none"


@dataclass(frozen=True)
class RemeasuredMetric:
    """A measure before and after an action, all of it released.

    Parameters
    ----------
    metric : str
        Id of the metric.
    name : str
        Name of the metric.
    unit : str
        Unit of its figure.
    months : Release
        Release, a row a month: ``month``, ``n``, ``value``, ``suppressed``; with a chart also ``centre``, ``lower``,
        ``upper`` and ``sign``.
    said : Release
        Release of what follows, in words.
    judged : Remeasured
        The control chart or the interrupted series, worked out from the released numbers alone.
    """

    metric: str
    name: str
    unit: str
    months: Release
    said: Release
    judged: Remeasured


def remeasure(data: EvaluationData, metric: str, *, started: object, gate: Gate | None = None) -> RemeasuredMetric:
    """Measure a metric by month and judge it before and after the start of an action.

    Months and the total over all of them are protected together; what is concluded rests on the released numbers, so
    that no limit or sign gives a hidden month away.

    Parameters
    ----------
    metric : str
        Metric id, of units that have a month.
    started : object
        First day of the action.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.

    Raises
    ------
    UsageError
        As ``measure``; a metric without months cannot be followed.
    CoverageError
        As ``measure``; a metric without months cannot be followed.
    MeasureError
        As ``measure``; a metric without months cannot be followed.
    DisclosureError
        The months cannot be protected.
    EstimationError
        The start is no date, or the months before it do not vary.
    """
    spec, opened = find_metrics(metric)[0], gate if gate is not None else Gate(source=data)
    units = metric_values(data, spec)
    rows = pd.concat([measure(data, spec), measure(data, spec, period="month")], ignore_index=True)
    share = _is_share(spec, units)
    labels = periods(units, "month")
    table = release_cells(opened, data, spec, rows, {"period": labels}, title=f"{spec.name}, by month")
    shown = table.content
    shown = shown[shown["period"] != ALL_GROUPS].sort_values("period").reset_index(drop=True)
    series = pd.DataFrame(
        {
            "period": pd.to_datetime(shown["period"]),
            "value": shown["estimate"].mask(shown["suppressed"]).astype(float),
            "n": shown["n"].astype("Float64").to_numpy(dtype=float, na_value=np.nan),
        }
    )
    judged = judge_change(series, started=started, share=share, unit=spec.value_unit)
    frame = pd.DataFrame({"month": series["period"].dt.strftime("%Y-%m"), "n": series["n"].fillna(0).astype("int64")})
    frame, dims, values = frame.assign(value=series["value"]), ["month"], ["value"]
    if judged.chart is not None:
        frame = frame.assign(**_limits(judged.chart))
        dims, values = ["month", "sign"], ["value", "centre", "lower", "upper"]
    months = opened.figure_data(frame, title=f"{spec.name}, by month", dims=dims, values=values, derived_from=table,
                                source=data)  # fmt: skip
    said = opened.text(judged.said, title=f"{spec.name}: before and after", source=data)
    return RemeasuredMetric(spec.id, spec.name, spec.value_unit, months, said, judged)


def _limits(chart: ControlChart) -> dict[str, Any]:
    signs = [NO_SIGN] * len(chart.periods)
    for s in chart.signals:
        signs[s.position] = f"{s.side}: {CHART_RULES[s.rule]}"
    return {"centre": chart.centre, "lower": chart.lower, "upper": chart.upper, "sign": signs}


def plot_months(moved: RemeasuredMetric, *, started: object, ax: Axes | None = None) -> Axes:
    """The months as a line, with centre and limits where there are some; signs have a shape of their own."""
    rows = require_release(moved.months, kinds=("figure",)).content.sort_values("month").reset_index(drop=True)
    with drawing():
        ax = new_axes(height=2.7, width=5.2) if ax is None else ax
        at = np.arange(len(rows))
        how = readable_unit(moved.unit)
        value = rows["value"].astype(float).to_numpy() * how.scale
        ax.plot(at, value, color=BLUE, marker="o", markersize=4, linewidth=1.2, zorder=3)
        if "centre" in rows:
            ax.plot(at, rows["centre"].astype(float) * how.scale, color=GREY, linewidth=1)
            for side in ("lower", "upper"):
                ax.plot(at, rows[side].astype(float) * how.scale, color=GREY, linestyle="--", linewidth=1)
            odd = rows["sign"].ne(NO_SIGN).to_numpy()
            ax.plot(at[odd], value[odd], linestyle="none", marker="D", markersize=8, markerfacecolor="none", color=RUST,
                    markeredgewidth=1.6, zorder=4)  # fmt: skip
        first = pd.Timestamp(started).strftime("%Y-%m")  # type: ignore[arg-type]
        begin = int((rows["month"] < first).sum()) - 0.5
        if first <= rows["month"].max():
            ax.axvline(begin, color=INK, linestyle=":", linewidth=1.2)
            side, words = (
                ("left", " start of the action") if begin < len(rows) * 0.7 else ("right", "start of the action ")
            )
        else:  # a line at the end would say that it began with the last month
            side, words = "right", f"start of the action: {first}, after these months"
        ax.text(begin, 1.0, words, transform=ax.get_xaxis_transform(), fontsize=8, va="bottom", ha=side)
        step = max(1, -(-len(rows) // 6))
        ax.set_xticks(at[::step], rows["month"][::step])
        ax.tick_params(axis="both", labelsize=8)
        ax.set_ylabel(how.words, fontsize=8.5)
        ax.set_title(moved.name, fontsize=9.5, fontweight="bold", loc="left", pad=14)
        for edge in ("top", "right"):
            ax.spines[edge].set_visible(False)
        draw_stamp(ax, moved.months.stamp)
    return ax


def month_columns(moved: RemeasuredMetric) -> dict[str, TableColumn]:
    """How a table shows the months: by name, with their values and, on a control chart, limits in the unit.

    Parameters
    ----------
    moved : RemeasuredMetric
        The measure.

    Returns
    -------
    dict[str, TableColumn]
        For ``make_grid`` and documents.
    """
    rows = moved.months.content
    how = readable_unit(moved.unit)
    unit = f", {how.words}" if how.words and not how.mark else ""
    named = {m: f"{date.fromisoformat(f'{m}-01'):%B %Y}" for m in sorted(rows["month"].astype(str))}
    out = {"month": TableColumn("Month", words=named), "n": TableColumn("Number", "count")}
    out |= {c: TableColumn(f"{h}{unit}" if c == "value" else h, "number", moved.unit)
            for c, h in _POINTS.items() if c in rows}  # fmt: skip
    return out | ({"sign": TableColumn("Sign of change", "name")} if "sign" in rows else {})


def describe_months(moved: RemeasuredMetric) -> str:
    """The figure in words, for those who do not see it."""
    seen = moved.months.content
    known = seen["value"].dropna()
    if known.empty:
        return f"{moved.name} by month: every month is hidden."
    marks = int(seen["sign"].ne(NO_SIGN).sum()) if "sign" in seen else 0
    return (
        f"{moved.name} by month, {seen['month'].min()} to {seen['month'].max()}: {len(known)} of {len(seen)} months "
        f"shown, {marks} with a sign of change. {moved.judged.said}"
    )
