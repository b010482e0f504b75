"""The lens on relational practice: components of skill, by mode of contact, and how far raters agree."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.psychometrics.intraclass import rater_icc
from hybrid_toolkit.metrics.psychometrics.reliability import RELIABLE, cronbach_alpha
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.widgets.explorer.metric_answer import number_text
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.lenses.lens_view import (
    FigurePanel,
    LensView,
    count_of,
    metric_panels,
    notes_release,
    span_of,
    span_text,
    three_of,
)
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, DataReference, ExplorerState
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg

COMPONENTS = ("skill", "skill_care", "skill_authority", "skill_evocation")
BESIDE = ("alliance", "choice_honoured", "engaged_share", "contact_in_time_share")
"""What else speaks to practice; offered where the data open it."""
RATED_TWICE = 0.2
"""Share of meetings that two raters should code."""


@dataclass(frozen=True, slots=True)
class PracticeQualityState:
    """Which component of practice, split by what.

    Parameters
    ----------
    component : str, optional
        Metric id; empty for the first that the data open.
    group : str, optional
        What splits it.
    beside : str, optional
        ``"published"`` where published figures stand beside it, or ``"none"``.
    """

    component: str = ""
    group: str = ""
    beside: str = ""


class PracticeQualityViews:
    """Views of practice; every one is a slice of the explorer's protected tables, which ``metrics`` may share."""

    def __init__(self, data: EvaluationData, *, gate: Gate | None = None, metrics: MetricViews | None = None) -> None:
        self.data = data
        self._gate = sitting_gate(data, gate)
        self._metrics = metrics or MetricViews(data, gate=self._gate)
        self._made: dict[PracticeQualityState, LensView] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return self._metrics.reference

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show, or None."""
        if self._open:
            return None
        return (
            "There is no rating of practice, no alliance and no record of contacts to look at.",
            "Add table 'practice_rating' (rated meetings), 'alliance' or 'contact'. "
            "'hybrid-toolkit coverage FOLDER' lists their columns.",
        )

    @cached_property
    def _open(self) -> dict[str, str]:
        held = self._metrics.metrics()
        return {m: held[m] for m in (*COMPONENTS, *BESIDE) if m in held}

    def ahead(self) -> Iterator[None]:
        """Work out in small steps what the first look needs; each view then has its answer sooner."""
        for metric in self._open:
            self._metrics.groups(metric)
            yield

    def choices(self, state: PracticeQualityState) -> Mapping[str, Mapping[str, str]]:
        """What the data offer."""
        groups = self._metrics.groups(state.component) if state.component in self._open else {}
        beside = self._metrics.beside(state.component) if state.component in self._open else {}
        return {"component": self._open, "group": {**_first(groups, "mode"), **groups}, "beside": beside}

    def view(self, state: PracticeQualityState) -> LensView:
        """The view of one state."""
        if state not in self._made:
            self._made[state] = self._make(state)
        return self._made[state]

    def _make(self, state: PracticeQualityState) -> LensView:
        chosen = self._metrics.view(ExplorerState(state.component, state.group, beside=state.beside))
        panels, missing = list(metric_panels(chosen)), []
        if self._components is not None:
            panels.append(self._components)
        else:
            missing.append("No meeting is rated: add table 'practice_rating' to see the components of skill.")
        if (found := self._agreement) is not None:
            panels.append(found)
        notes = [*chosen.notes, "Ratings describe practice in meetings. They are never shown for one worker."]
        said = notes_release(self._gate, notes, title="Practice quality", source=self.data)
        return LensView("Practice quality", chosen.text, tuple(panels), said, tuple(missing))

    @cached_property
    def _components(self) -> FigurePanel | None:
        """The components of skill beside each other, of everyone."""
        ids = [m for m in COMPONENTS if m in self._open]
        if not ids:
            return None
        views = [self._metrics.view(ExplorerState(m)) for m in ids]
        cells = [v.cells[0] for v in views]
        frame = pd.DataFrame(
            {
                "component": [REGISTRY[m].name for m in ids],
                "n": [0 if c.hidden else c.n for c in cells],
                "estimate": [c.estimate for c in cells],
                "conf_low": [c.low for c in cells],
                "conf_high": [c.high for c in cells],
            }
        )
        values = ["estimate", "conf_low", "conf_high"]
        release = self._gate.figure_data(frame, title="Components of skill", dims=["component"], values=values,
                                         derived_from=[v.estimates for v in views], source=self.data)  # fmt: skip
        rows = [[r["component"], span_of(r), count_of(r)] for r in release.content.to_dict("records")]
        heads = ["Component", "Mean rating (interval)", "meetings"]
        drawn = [(str(r["component"]), *three_of(r)) for r in release.content.to_dict("records")]
        columns = {
            "component": TableColumn("Component"),
            "estimate": TableColumn("Mean rating (95% confidence interval)", "interval"),
            "n": TableColumn("Meetings", "count"),
        }
        return FigurePanel("Components of skill, everyone", release, _draw_components, heads, rows,
                           says=furthest_say(drawn), columns=columns)  # fmt: skip

    @cached_property
    def _agreement(self) -> FigurePanel | None:
        """How far raters agree, how many meetings were coded twice, and how the items hang together."""
        if not set(COMPONENTS) & set(self._open):
            return None
        rows = self.data.table("practice_rating")
        score = rows[list(PRACTICE_ITEMS)].astype("float64").mean(axis=1, skipna=False)
        turn = rows.assign(score=score).sort_values(["contact_id", "rater_id"]).groupby("contact_id").cumcount()
        wide = rows.assign(score=score, turn=turn)
        wide = wide[wide["turn"] < 2].pivot(index="contact_id", columns="turn", values="score")
        twice = wide.dropna() if wide.shape[1] == 2 else wide.iloc[:0]
        found: list[tuple[str, float, float, float, int, str]] = [
            ("Meetings coded by two raters", len(twice) / len(wide), *(float("nan"),) * 2, len(wide), "share")
        ]
        try:
            icc = rater_icc(twice)["ICC(2,1)"]
            found.append(
                ("Agreement of raters, ICC(2,1)", icc.estimate, icc.conf_low, icc.conf_high, len(twice), "ICC")
            )
            alpha = cronbach_alpha(rows[list(PRACTICE_ITEMS)])
            found.append(("The seven ratings together, alpha", alpha.estimate, alpha.conf_low, alpha.conf_high,
                          len(rows), "alpha"))  # fmt: skip
        except MeasureError:
            pass  # too few meetings coded twice: the first row says so
        frame = pd.DataFrame(found, columns=["term", "estimate", "conf_low", "conf_high", "n", "unit"])
        frame["people"] = np.minimum(frame["n"], self._met(rows["contact_id"]))
        release = self._gate.estimates(frame, title="Reliability of the ratings", people="people", source=self.data)
        body = [_reliability(r) for r in release.content.to_dict("records")]
        note = f"Published agreement of trained raters is .73 to .97; {RELIABLE:.2f} or more is wanted."
        heads = ["Reliability", "Estimate (interval)", "meetings or ratings", "Enough?"]
        columns = {
            "term": TableColumn("Reliability"),
            "estimate": TableColumn("Estimate (95% confidence interval)", "interval"),
            "n": TableColumn("Meetings or ratings", "count"),
        }
        return FigurePanel("Reliability of the ratings", release, None, heads, body, note=note, columns=columns)

    def _met(self, contacts: pd.Series) -> int:
        """Distinct people, of the kind with fewest, who were in these contacts; the contacts where none are named."""
        there = self.data.has("contact", "contact_id")
        table = self.data.table("contact") if there else pd.DataFrame({"contact_id": []})
        held = table[table["contact_id"].isin(contacts)]
        return min((held[c].nunique() for c in ("family_id", "worker_id") if c in held), default=contacts.nunique())


def view_practice_quality(
    data: EvaluationData, *, component: str = "", group: str = "", beside: str = "", gate: Gate | None = None
) -> LensView:
    """The lens on practice without a widget: the same numbers through the same gate.

    Parameters
    ----------
    component : str, optional
        Metric id; the first that the data open where it is empty.
    group : str, optional
        What splits it; mode of contact where it is empty and the data have it.
    beside : str, optional
        ``"published"`` for published figures beside it.

    Raises
    ------
    UsageError
        These data offer no such component or group, or open nothing.
    """
    return view_state(PracticeQualityViews(data, gate=gate), PracticeQualityState(component, group, beside))


def _first(groups: Mapping[str, str], name: str) -> dict[str, str]:
    return {name: groups[name]} if name in groups else {ALL_LEVELS: "Everyone"}


def _reliability(row: Mapping[Hashable, object]) -> list[str]:
    value = three_of(row)[0]
    needed = RATED_TWICE if row["unit"] == "share" else RELIABLE
    unit = str(row["unit"]) if row["unit"] == "share" else ""
    wanted = f"{needed:.0%}" if unit else number_text(needed)
    enough = "not known" if value != value else "yes" if value >= needed else f"no, below {wanted}"
    return [str(row["term"]), span_of(row, unit), count_of(row), enough]


def _draw_components(release: Release) -> str:
    rows = [
        DrawnInterval(r["component"], r["estimate"], r["conf_low"], r["conf_high"], hidden=bool(r["suppressed"]))
        for r in release.content.to_dict("records")
    ]
    said = "; ".join(f"{r.label}: {span_text(r.estimate, r.low, r.high, r.hidden)}" for r in rows)
    return interval_rows_svg(rows, title="Components of skill", description=said, axis="rating 1-5")
