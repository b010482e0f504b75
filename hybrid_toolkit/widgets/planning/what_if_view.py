"""Another rota: what a study's estimate would mean for the mean outcome, and for whom; refused outside the data."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import HybridToolkitError, plural
from hybrid_toolkit.metrics.people_and_groups import group_label
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.report.documents.blocks import TableColumn
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.estimation.rows_usable import RESTS_ON
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.estimation.what_if import WhatIfResult as Found
from hybrid_toolkit.study.estimation.what_if import what_if
from hybrid_toolkit.study.estimation.what_if_changes import BREAK_EXPOSURES, BREAK_RULE, Change, ChangeLike
from hybrid_toolkit.study.shipped_studies import declared_study, headline_studies
from hybrid_toolkit.study.study import Study
from hybrid_toolkit.widgets.explorer.bands import make_bands
from hybrid_toolkit.widgets.explorer.cell_counts import Coded
from hybrid_toolkit.widgets.lenses.lens_headlines import furthest_say
from hybrid_toolkit.widgets.lenses.lens_view import (
    FigurePanel,
    LensView,
    count_of,
    notes_release,
    span_of,
    span_text,
    three_of,
)
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import DataReference
from hybrid_toolkit.widgets.parts.svg import DrawnInterval, interval_rows_svg

_OFFICE, SHIFT, BREAKS = "office_days", "shift", "breaks"
_RULES = {_OFFICE: "Minimum office days (of 5)", SHIFT: "Change in share of time at home"}
_BREAK_RULES = {BREAKS: f"{BREAK_RULE}: online meetings of 45 minutes, then 15 without one"}
BREAKS_KEPT = (10, 20, 30)
"""Per cent of meetings in which the rule of breaks is kept: more lies beyond what most data cover, and is refused."""
SHIFTS = (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3)
WEEK = 5
_GAP = "Difference between the study's two groups"
CHANGES = ("change", "gap change", "group change")
"""Roles of the rows that are shown."""
_ROLES: Mapping[str, str] = {
    "now": "Average now",
    "under the change": "Average under the change",
    "change": "Change",
    "gap change": "Change of the gap",
    "group change": "Change of a group",
}
_LABELS = ["outcome", "role", "group", "direction"]
_SUM = ("now", "under the change", "change")
"""Roles of which the second is the sum of the others."""


@dataclass(frozen=True, slots=True)
class WhatIfState:
    """Which study's estimate, under which rota.

    Parameters
    ----------
    study : str, optional
        Id of a study.
    rule : str, optional
        ``"office_days"``, ``"shift"`` or ``"breaks"``.
    value : str, optional
        Office days of five, the change of the remote share, or per cent of meetings in which breaks are kept.
    """

    study: str = ""
    rule: str = ""
    value: str = ""


class WhatIfViews:
    """What-ifs over one set of data. A study is estimated once; the steps of office days are ends of fixed bands."""

    def __init__(
        self, data: EvaluationData, *, gate: Gate | None = None, results: Mapping[str, StudyResult] | None = None
    ) -> None:
        self.data = data
        self._gate = sitting_gate(data, gate)
        self.results = dict(results or {})
        self._days: dict[str, tuple[int, ...]] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return DataReference.of(self.data)

    @cached_property
    def studies(self) -> dict[str, Study]:
        """Studies that the data open."""
        found = {}
        for study in (*headline_studies(), declared_study("meeting-load")):
            try:
                for table, columns in study.tables().items():
                    require(self.data, table, *columns)
            except HybridToolkitError:  # not opened by these data
                continue
            found[study.id] = study
        return found

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show, or None."""
        if self.studies:
            return None
        return (
            "These data open none of the studies on which another working pattern could be based.",
            "Add tables 'worker', 'worker_month' and 'contact' or 'survey'; the coverage report says which columns.",
        )

    def ahead(self) -> Iterator[None]:
        """Work out in small steps what the first look needs; each view then has its answer sooner."""
        for study in self.studies:
            with suppress(HybridToolkitError):  # the question that needs it meets the error and tells it
                self.estimate(study)
            yield

    def choices(self, state: WhatIfState) -> Mapping[str, Mapping[str, str]]:
        """What the data offer."""
        names = {i: s.question for i, s in self.studies.items()}
        rules, values = {}, {}
        if state.study in self.studies and self.studies[state.study].exposure in BREAK_EXPOSURES:
            rules = _BREAK_RULES
            values = {str(k): f"{BREAK_RULE} kept: {k}%" for k in BREAKS_KEPT}
        elif state.study in self.studies:
            days = self._office_days(state.study)
            rules = _RULES if days else {SHIFT: _RULES[SHIFT]}
            if state.rule == _OFFICE:
                values = {str(d): f"{d} day{'s' if d > 1 else ''}" for d in days}
            elif state.rule == SHIFT:
                values = {f"{s:+.1f}": f"{abs(s):.0%} {'more' if s > 0 else 'less'}" for s in SHIFTS}
        return {"study": names, "rule": rules, "value": values}

    def estimate(self, study_id: str) -> StudyResult:
        """The study fitted to the data; kept."""
        if study_id not in self.results:
            self.results[study_id] = self.studies[study_id].estimate(self.data)
        return self.results[study_id]

    def view(self, state: WhatIfState) -> LensView:
        """The view of one state.

        Raises
        ------
        StudyError
            The change leaves what the data cover, or moves nothing.
        """
        result = self.estimate(state.study)
        found = what_if(result, self._change(state), fewest=self._gate.policy.threshold)
        rows = found.tidy()
        rows = rows[rows["outcome"].eq(result.study.outcome)]
        rests = result.estimates.loc[result.estimates["role"].eq("main"), RESTS_ON].min()
        rows = rows.assign(**{RESTS_ON: np.minimum(rows["n"].astype(float), rests)})
        release = self._released(rows.drop(columns="flag"), found.told)
        n = float(rows["n"].max())
        kept = release.content
        gap = bool(kept["role"].eq("gap change").any())
        hidden = bool(kept.loc[kept["role"].eq("gap change" if gap else "change"), "suppressed"].any())
        what = "the change of the gap" if gap else "the change over everyone"
        told = f"Under {found.told}, {what} is hidden to protect people." if hidden else ""
        said = self._gate.text(
            told or found.sentences[0], title="What if", n=n, people=rests, source=self.data
        ).text  # fmt: skip
        panels = (self._panel(release, result.study, found),)
        notes = notes_release(self._gate, self._notes(result, found), title="What if", source=self.data)
        return LensView("What if", said, panels, notes)

    def _released(self, rows: pd.DataFrame, told: str) -> Release:
        """The rows through the gate, so that of average now, change and their sum none follows from the other two."""
        title = f"What if: {told}"
        release = self._gate.estimates(rows, title=title, labels=_LABELS, source=self.data)
        hidden = set(release.content.loc[release.content["suppressed"], "role"])
        if not hidden & set(_SUM) or hidden >= set(_SUM):
            return release
        also = rows["role"].isin({"under the change", "now"} if hidden & set(_SUM) == {"under the change"} else
                                 {"under the change"})  # fmt: skip
        return self._gate.estimates(rows.assign(n=rows["n"].mask(also)), title=title, labels=_LABELS, source=self.data)

    def _panel(self, release: Release, study: StudySpec, found: Found) -> FigurePanel:
        words = study.words_for(study.outcome)
        kept = release.content
        heads = ["Group", f"Change in average outcome, {words.unit} (95% confidence interval)", "Direction", "Rows"]
        changes = kept[kept["role"].isin(CHANGES)].to_dict("records")
        body = [[_who(r), span_of(r), str(r["direction"]) or "not shown", count_of(r)] for r in changes]
        caption = f"Under {found.told}"
        drawn = [(str(r["role"]), (_who(r), *three_of(r))) for r in changes]
        parts = [row for role, row in drawn if role == "group change"] or [row for _, row in drawn]
        draw = partial(_draw, caption, words.unit)
        named = {str(r["group"]): _who(r) for r in kept.to_dict("records") if r["role"] != "gap change"}
        columns = {
            "role": TableColumn("What", "name", words=_ROLES),
            "group": TableColumn("Group", words=named),
            "estimate": TableColumn(f"Average or change, {words.unit} (95% confidence interval)", "interval"),
            "direction": TableColumn("Direction"),
            "n": TableColumn("Rows", "count"),
        }
        return FigurePanel(caption, release, draw, heads, body, says=furthest_say(parts, changes=True), columns=columns)

    def _office_days(self, study_id: str) -> tuple[int, ...]:
        """Days offered: between any two stand enough workers, so that no step differs by a few of them.

        Of a slope gap they stand there in either group.
        """
        study = self.studies[study_id]
        if not study.exposure.startswith("rs_"):
            return ()
        if study_id not in self._days:
            held = (study.outcome, study.exposure, *study.confounders, *study.fixed_effects, *study.moderators)
            frame = pd.DataFrame(study.frame(self.data)).dropna(subset=list(held))
            values = frame[study.exposure].to_numpy(dtype=np.float64)
            who = "worker_id" if "worker_id" in frame else study.cluster
            cuts = [round(1 - d / WEEK, 6) for d in range(WEEK - 1, 0, -1)]
            people = [Coded.of(frame[who].astype("str")).code]
            codes = [frame[m].astype("float64").gt(0).to_numpy().astype(np.int64) for m in study.moderators]
            splits = [(group, people) for group in (np.zeros(len(frame), dtype=np.int64), *codes)]
            bands = make_bands(values, cuts, splits=splits, threshold=self._gate.policy.threshold)
            self._days[study_id] = (*sorted(round(WEEK * (1 - c)) for c in bands.cuts), WEEK)
        return self._days[study_id]

    def _change(self, state: WhatIfState) -> ChangeLike:
        if state.rule == _OFFICE:
            return f"at least {plural(int(state.value), 'office day')} of {WEEK}"
        if state.rule == BREAKS:
            return f"{BREAK_RULE} kept in {state.value}% of meetings"
        return Change("shift", float(state.value))

    def _notes(self, result: StudyResult, found: Found) -> list[str]:
        return [
            f"Study: {result.study.question}",
            "This multiplies an estimate by a change. It will be wrong if people behave differently under the new "
            "pattern.",
            "A mean over rows: it says nothing of any one person. Whether higher is better is for you to say.",
            "Changes outside the range of your data are not shown.",
            *result.study.caveats,
        ]


def view_what_if(
    data: EvaluationData, *, study: str = "", rule: str = "", value: str = "", gate: Gate | None = None
) -> LensView:
    """What another rota would mean by a study's estimate, without a widget: the same numbers through the same gate.

    Parameters
    ----------
    study : str, optional
        Id of a headline study, or ``"meeting-load"`` for the rule of meetings with breaks.
    rule : str, optional
        ``"office_days"``, ``"shift"`` or ``"breaks"``.
    value : str, optional
        Office days of five, such as ``"2"``; a change of the remote share, such as ``"+0.1"``; or per cent of meetings
        in which the rule of 45 minutes and a break of 15 is kept, such as ``"20"``.

    Raises
    ------
    StudyError
        The change leaves what the data cover.
    UsageError
        Not offered.
    """
    return view_state(WhatIfViews(data, gate=gate), WhatIfState(study, rule, value))


def _who(row: Mapping[Hashable, object]) -> str:
    group = str(row["group"])
    if row["role"] == "gap change":
        return _GAP
    if group == "all":
        return "Everyone"
    name, _, level = group.partition(": ")
    return f"{name[:1].upper()}{name[1:]}: {group_label(name.replace(' ', '_'), level)}" if level else group


def _draw(caption: str, unit: str, release: Release) -> str:
    rows = []
    for r in release.content.to_dict("records"):
        if r["role"] in CHANGES:
            estimate, low, high = three_of(r)
            who = _who(r)
            rows.append(DrawnInterval(who, estimate, low, high, hidden=bool(r["suppressed"]), total=who == "Everyone"))
    said = "; ".join(f"{r.label}: {span_text(r.estimate, r.low, r.high, r.hidden)}" for r in rows)
    return interval_rows_svg(rows, title=caption, description=said, axis=f"change, {unit}")
