"""The lens on career stage: an outcome over the remote share, by stage, with slopes and the gap between stages."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.people_and_groups import group_label
from hybrid_toolkit.metrics.specs.registry import REGISTRY, plain_ids
from hybrid_toolkit.metrics.unit_frames import worker_month_exposure
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.widgets.explorer.metric_answer import number_text
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.lenses.lens_view import (
    FigurePanel,
    LensView,
    count_of,
    gap_sentence,
    notes_release,
    span_of,
    span_text,
    three_of,
)
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.lenses.shared_panels import published_panels
from hybrid_toolkit.widgets.lenses.stage_curves import CURVE_STAGES, TELL, curve_rows, slope_rows
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import DataReference, offered_beside
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg
from hybrid_toolkit.widgets.parts.svg_curves import Curve, curves_svg

X_AXIS = "Share of desk hours at home"
_GAP = "Early career minus mid career"
TEN_POINTS = 0.1
"""The slope is for all hours at home rather than none; a sentence names it for ten percentage points more."""
_VALUES = ["estimate", "conf_low", "conf_high"]


@dataclass(frozen=True, slots=True)
class CareerStageState:
    """Which outcome, and at which remote share it is read.

    Parameters
    ----------
    outcome : str, optional
        Id of a survey scale; empty for the first that the data open.
    at : str, optional
        Remote share, one of the steps of the slider, such as ``"0.40"``.
    beside : str, optional
        ``"published"`` where published figures stand beside it, or ``"none"``.
    """

    outcome: str = ""
    at: str = ""
    beside: str = ""


class CareerStageViews:
    """Views by career stage. All waves are taken together, and the slider reads fixed points of one released curve,
    so that no two views differ by single people.
    """

    def __init__(self, data: EvaluationData, *, gate: Gate | None = None) -> None:
        self.data = data
        self._gate = sitting_gate(data, gate)
        self._worked: dict[str, tuple[FigurePanel, Release]] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return DataReference.of(self.data)

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show, or None."""
        if len(self._frame) and self._outcomes:
            return None
        return (
            "No survey answers can be linked to both home working and career stage.",
            "Add tables of survey answers ('survey'), monthly hours at home and in the office ('worker_month': h_home, "
            "h_office) and staff role with registration date ('worker': role, reg_date).",
        )

    @cached_property
    def _frame(self) -> pd.DataFrame:
        """One row a worker and wave: the stage, the mean remote share up to then, and every scale."""
        try:
            scores = survey_scores(self.data)
            exposure = worker_month_exposure(self.data)[["worker_id", "month", "rs_desk"]].dropna()
        except HybridToolkitError:  # the empty state says what is needed
            return pd.DataFrame()
        pairs = scores[["worker_id", "wave", "month"]].merge(exposure, on="worker_id", suffixes=("", "_rs"))
        pairs = pairs[pairs["month_rs"] <= pairs["month"]]
        share = pairs.groupby(["worker_id", "wave"])["rs_desk"].mean().reset_index()
        out = scores.merge(share, on=["worker_id", "wave"], how="left").dropna(subset=["rs_desk", "stage"])
        return out[out["stage"].isin(CURVE_STAGES)].reset_index(drop=True)

    @cached_property
    def _outcomes(self) -> dict[str, str]:
        known = [c for c in self._frame.columns if c in REGISTRY and self._frame[c].notna().any()]
        first = [c for c in ("informal_learning", "swemwbs", "secure_base") if c in known]
        return {c: REGISTRY[c].name for c in [*first, *(k for k in known if k not in first)]}

    def ahead(self) -> Iterator[None]:
        """Work out in small steps what the first look needs; each view then has its answer sooner."""
        for outcome in self._outcomes:
            self._work(outcome)
            yield

    def choices(self, state: CareerStageState) -> Mapping[str, Mapping[str, str]]:
        """What the data offer: the steps are those at which some stage's curve is drawn."""
        steps: dict[str, str] = {}
        if state.outcome in self._outcomes:
            shown = self._work(state.outcome)[0].release.content
            at = sorted(shown.loc[~shown["suppressed"], "at"].unique())
            middle = f"{at[len(at) // 2]:.2f}" if at else ""
            words = {f"{a:.2f}": f"{a:.0%} at home" for a in at}
            steps = {**({middle: words[middle]} if middle and not state.at else {}), **words}
        known = state.outcome in self._outcomes and Beside().knows(state.outcome)
        return {"outcome": self._outcomes, "at": steps, "beside": offered_beside(known)}

    def view(self, state: CareerStageState) -> LensView:
        """The view of one state."""
        curves, slopes = self._work(state.outcome)
        spec, at = REGISTRY[state.outcome], float(state.at)
        read = curves.release.content
        read = read[np.isclose(read["at"], at)]
        said = "; ".join(f"{_stage(r['stage'])} {span_of(r)}" for r in read.to_dict("records"))
        slope = slopes.content
        gap = slope[slope["term"].eq(_GAP)]
        more = gap_sentence(gap.to_dict("records")[0], _plural(spec.value_unit), scale=TEN_POINTS) if len(gap) else ""
        tail = (
            f". Change per 10 percentage points at home, early career compared with mid career: {more}" if more else ""
        )
        drawn = FigurePanel(curves.caption, curves.release, partial(_draw_curves, spec.name, spec.value_unit, at),
                      curves.heads, curves.rows, words=2, columns=curves.columns)  # fmt: skip
        body = [[_stage(r["term"]), span_text(*_ten_points(r), bool(r["suppressed"])), count_of(r)]
                for r in slope.to_dict("records")]  # fmt: skip
        ladder_rows = slope[~slope["term"].eq(_GAP)].to_dict("records")
        says = furthest_say([(_stage(r["term"]), *_ten_points(r)) for r in ladder_rows], changes=True)
        axis = f"{spec.value_unit} for 10 percentage points more at home"
        ladder = FigurePanel("Slope by career stage, and the gap", slopes, partial(_draw_slopes, axis),
                       ["Career stage", f"{axis} (interval)", "workers"], body, says=says,
                       columns=_slope_columns(spec.value_unit))  # fmt: skip
        references, told = published_panels(self._gate, self.data, state.outcome, state.beside)
        said_of = [*self._notes(state.outcome), *told]
        notes = notes_release(self._gate, said_of, title="Career stage", source=self.data)
        scale = f" (scale {spec.low:g} to {spec.high:g})" if spec.low is not None and spec.high is not None else ""
        text = (
            f"{spec.name}{scale} when {at:.0%} of desk hours are at home, with 95% confidence intervals: {said}{tail}."
        )
        return LensView("Career stage", text, (drawn, *references, ladder), notes)

    def _work(self, outcome: str) -> tuple[FigurePanel, Release]:
        """Curves and slopes of one outcome, through the gate."""
        if outcome not in self._worked:
            rows = self._frame.dropna(subset=[outcome]).reset_index(drop=True)
            curves = curve_rows(rows, outcome, least=self._gate.policy.threshold)
            name = REGISTRY[outcome].name
            kept = curves.rename(columns={"stage": "term"})
            made = self._gate.estimates(kept.assign(stage=curves["stage"]), title=f"{name} over remote share",
                                        clusters="n_clusters", labels=["stage", "at"], people=TELL,
                                        source=self.data)  # fmt: skip
            ladder = slope_rows(rows, outcome, _GAP, least=self._gate.policy.threshold)
            slopes = self._gate.estimates(ladder, title=f"Slope of {name}", clusters="n_clusters", people=TELL,
                                         source=self.data)  # fmt: skip
            table = [[_stage(r["stage"]), f"{r['at']:.0%}", span_of(r)] for r in made.content.to_dict("records")]
            heads = ["Career stage", "At home", "Fitted mean (interval)"]
            columns = {
                "stage": TableColumn("Career stage", words={s: _stage(s) for s in CURVE_STAGES}),
                "at": TableColumn("Share of desk hours at home", "number", "share"),
                "estimate": TableColumn("Fitted mean (95% confidence interval)", "interval"),
                "n": TableColumn("Workers", "count"),
            }
            caption = f"{name} over remote share"
            self._worked[outcome] = FigurePanel(caption, made, None, heads, table, 2, columns=columns), slopes
        return self._worked[outcome]

    def _notes(self, outcome: str) -> list[str]:
        spec = REGISTRY[outcome]
        return [
            "This is an association: people are not allocated to home working at random. See the study "
            "'career-stage' for what it does and does not show.",
            "One smooth curve a stage (restricted cubic spline), drawn where the middle nine tenths of the stage lie "
            "and enough people tell it; "
            "intervals are clustered on teams. All waves together.",
            "The slope is averaged over the remote shares of all stages.",
            *map(plain_ids, spec.caveats),
            f"Fewer than {self._gate.policy.threshold} people or {self._gate.policy.minimum_clusters} teams "
            "are not shown.",
        ]


def _slope_columns(unit: str) -> dict[str, TableColumn]:
    """The slopes as they were estimated, for all desk hours at home rather than none, which a document says."""
    named = f"Change in {_plural(unit)}, all desk hours at home rather than none (95% confidence interval)"
    return {
        "term": TableColumn("Career stage", words={s: _stage(s) for s in (*CURVE_STAGES, _GAP)}),
        "estimate": TableColumn(named, "interval"),
        "n": TableColumn("Workers", "count"),
    }


def _plural(unit: str) -> str:
    """The unit as a size names it: a difference of scores is in points."""
    return "points" if unit == "score" else unit


def view_career_stage(
    data: EvaluationData, *, outcome: str = "", at: str = "", beside: str = "", gate: Gate | None = None
) -> LensView:
    """The lens on career stage without a widget: the same numbers through the same gate.

    Parameters
    ----------
    outcome : str, optional
        Id of a survey scale; the first that the data open where it is empty.
    at : str, optional
        Remote share at which the curves are read, a step of 0.05 such as ``"0.40"``.
    beside : str, optional
        ``"published"`` for published figures beside it.

    Raises
    ------
    UsageError
        These data offer no such outcome or step, or open nothing.
    """
    return view_state(CareerStageViews(data, gate=gate), CareerStageState(outcome, at, beside))


def _stage(name: object) -> str:
    return _GAP if name == _GAP else group_label("career_stage", str(name))


def _draw_curves(name: str, unit: str, at: float, release: Release) -> str:
    rows = release.content
    curves = []
    for stage in dict.fromkeys(rows["stage"]):
        mine = rows[rows["stage"].eq(stage) & ~rows["suppressed"]]
        points = tuple(map(tuple, mine[["at", *_VALUES]].to_numpy(dtype=float)))
        curves.append(Curve(_stage(stage), points))
    said = "; ".join(
        f"{c.label}: from {number_text(c.points[0][1])} at {c.points[0][0]:.0%} to {number_text(c.points[-1][1])} "
        f"at {c.points[-1][0]:.0%}" if c.points else f"{c.label}: hidden" for c in curves
    )  # fmt: skip
    return curves_svg(curves, title=f"{name} over remote share, by career stage", description=said, x_axis=X_AXIS,
                      y_axis=f"{name} ({unit})", at=at, per_cent="x")  # fmt: skip


def _ten_points(row: Mapping[Hashable, object]) -> tuple[float, float, float]:
    """A slope and its interval for 10 percentage points more at home."""
    estimate, low, high = (TEN_POINTS * v for v in three_of(row))
    return estimate, low, high


def _draw_slopes(axis: str, release: Release) -> str:
    rows = [
        DrawnInterval(_stage(r["term"]), *_ten_points(r), hidden=bool(r["suppressed"]), total=r["term"] == _GAP)
        for r in release.content.to_dict("records")
    ]
    said = "; ".join(f"{r.label}: {span_text(r.estimate, r.low, r.high, r.hidden)}" for r in rows)
    return interval_rows_svg(rows, title="Slope by career stage", description=said, axis=axis)
