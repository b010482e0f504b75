"""The improvement plan: actions with owner, date, measure and baseline; due and overdue; re-measured."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html import escape
from typing import Any, ClassVar

import ipywidgets

from hybrid_toolkit.assess.action_plan import Action, ActionPlan, draft_plan
from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.assess.gaps import find_gaps
from hybrid_toolkit.assess.maturity import Assessment
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.plots.plot_style import svg_bytes
from hybrid_toolkit.report.practice_report import plan_report, plan_rows
from hybrid_toolkit.report.remeasured import (
    RemeasuredMetric,
    describe_months,
    month_columns,
    plot_months,
    remeasure,
)
from hybrid_toolkit.widgets.parts.html_parts import figure_html, notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, button, choice, offer
from hybrid_toolkit.widgets.practice.form_parts import (
    NO_NAMES,
    PracticeWidget,
    buttons,
    form_answer_html,
    grid_html,
    item_date,
    item_text,
    stamp_of,
    words_table,
)
from hybrid_toolkit.widgets.practice.kept_form import SwitchedForm, close_all

_OWN = "own"
_NONE = ""
DRAFT_DAYS = 90
"""A drafted action is given this many days; change its date with those who own it."""
_HEADS = ("No.", "Action", "Owner (role)", "Complete by", "Status", "Metric", "Baseline (dates)", "Responds to")
_COLUMNS = ("number", "action", "owner", "due", "standing", "measure", "baseline", "answers")


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """A new action as it stands in the form, until it is added."""

    seed: str = _OWN
    words: str = ""
    owner: str = next(iter(ROLES))
    due: date | None = None
    started: date | None = None
    measure: str = _NONE


@dataclass(frozen=True, slots=True)
class PlanState:
    """The plan, the chosen action (its number as text), the one that is re-measured (empty for none), a new one."""

    plan: ActionPlan = field(default_factory=ActionPlan)
    chosen: str = ""
    remeasured: str = ""
    draft: ActionDraft = ActionDraft()

    def to_code(self, today: date) -> str:
        """Code that gives the same plan and its standing on the day."""
        actions = "".join(f"    {a!r},\n" for a in self.plan.actions)
        return "\n".join(
            [
                "import datetime",
                "",
                "from hybrid_toolkit.assess import Action, ActionPlan",
                "",
                f"actions = (\n{actions})" if actions else "actions = ()",
                f"plan = ActionPlan(actions, {self.plan.title!r})",
                f"print(plan.summary({today!r}))",
            ]
        )


class ImprovementPlan(PracticeWidget):
    """Plan actions, see what is due or overdue, and check whether the metric has changed since.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data that the measures come from; None for none.
    plan : ActionPlan | None, optional
        A plan to begin with.
    assessment : Assessment | None, optional
        A self-assessment, from whose gaps a first plan can be drafted.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    today : date | None, optional
        The day against which actions are due; the day of the computer where it is left out.

    Examples
    --------
    >>> ImprovementPlan().text
    'No action yet.'
    """

    STATE = PlanState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: dict}  # version 2 has the draft of a new action besides
    _drawn: ActionDraft | None = None
    _filling = False

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        plan: ActionPlan | None = None,
        assessment: Assessment | None = None,
        gate: Gate | None = None,
        today: date | None = None,
    ) -> None:
        self._assessment = assessment
        self._remade: dict[Action, RemeasuredMetric] = {}
        chosen = choice("Choose an action", {_NONE: "None"})
        self._acts = SwitchedForm([chosen], self._made_acts)
        self._new = ipywidgets.VBox()
        super().__init__(
            PlanState(plan if plan is not None else ActionPlan()), data=data, gate=gate, today=today,
            controls={"chosen": chosen},
            form=[ipywidgets.HTML(f"{notice_html(NO_NAMES)}<h3>A new action</h3>"), self._new, self._acts],
        )  # fmt: skip
        ids = sorted(self._beside.open) if data is not None else [m for m, s in REGISTRY.items() if s.computed]
        self._measures = {_NONE: "None", **{m: REGISTRY[m].name for m in ids}}
        self._show()

    @property
    def plan(self) -> ActionPlan:
        """The plan."""
        return self.state.plan  # type: ignore[no-any-return]

    def to_code(self) -> str:
        """Code that gives the same plan in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same plan in a fresh kernel.
        """
        return self.state.to_code(self.today)  # type: ignore[no-any-return]

    def _follow(self) -> str:
        numbers = {str(a.id): f"{a.id}. {a.words[:60]}" for a in self.plan.actions}
        chosen = self.state.chosen if self.state.chosen in numbers else next(iter(numbers), _NONE)
        self._acts.make_room(len(numbers))
        offer(self._lists["chosen"], numbers or {_NONE: "None yet"}, chosen)
        self._lists["chosen"].layout.display = self._acts.layout.display = "" if numbers else "none"
        if not self._entering:
            self._acts.place()
            if self._drawn != self.state.draft:
                old = self._new.children
                self._new.children = self._made_new()
                for widget in old:  # what arrives for it late was meant for an action that is added
                    close_all(widget)
        return ""

    def _made_new(self) -> tuple[ipywidgets.Widget, ...]:
        """The form of a new action, as it was entered; what is suggested fills in the words and the measure."""
        self._drawn = entered = self.state.draft
        listed = load_checklist("actions")
        suggested = {a.id: f"{a.text} ({', '.join(a.levels)})" for a in listed.items}
        seed = choice("Start from a suggested action", {_OWN: "My own words", **suggested})
        controls: dict[str, ipywidgets.Widget] = {
            "seed": seed,
            "words": item_text("Action", lines=2),
            "owner": choice("Owner (role)", dict(ROLES)),
            "due": item_date("Complete by"),
            "started": item_date("Date the change started"),
            "measure": choice("Metric we expect to change", self._measures),
        }
        for name, control in controls.items():
            value = getattr(entered, name)
            control.value = _NONE if name == "measure" and value not in self._measures else value
            control.observe(lambda _, name=name: self._enter(name, controls), "value")
        draft = button("Suggest actions from the self-assessment", self._draft)
        draft.layout.display = "" if self._assessment is not None else "none"
        return (*controls.values(), buttons(button("Add action", self._add), draft))

    def _enter(self, name: str, controls: Mapping[str, ipywidgets.Widget]) -> None:
        """Keep what stands in the form; a suggestion takes the place of another, never of one's own words."""
        if self._filling:
            return
        before: ActionDraft = self.state.draft
        if name == "seed" and controls["seed"].value != _OWN:
            listed = load_checklist("actions")
            item = listed.item(controls["seed"].value)
            self._filling = True
            if before.words in ("", *(a.text for a in listed.items)):
                controls["words"].value = item.text
            controls["measure"].value = next((m for m in item.metrics if m in self._measures), _NONE)
            self._filling = False
        given: dict[str, Any] = {
            n: c.value.strip() if isinstance(c.value, str) else c.value for n, c in controls.items()
        }
        self._drawn = ActionDraft(**given)
        self._keep(lambda: replace(self.state, draft=ActionDraft(**given)), "Kept as a draft, until you add it.",
                   entering=True)  # fmt: skip

    def _made_acts(self) -> ipywidgets.VBox:
        """What can be done with the chosen action: each button belongs to the action it was shown for."""
        chosen = self._lists["chosen"].value
        if not chosen:
            return ipywidgets.VBox()
        number = int(chosen)

        def act(change: Callable[[ActionPlan], ActionPlan], said: str) -> None:
            self._keep(lambda: replace(self.state, plan=change(self.plan)), said)

        done = button("Mark as completed today", lambda: act(lambda p: p.mark_done(number, self.today), "Done."))
        start = button(
            "Start today",
            lambda: act(lambda p: self._started(p, number), "Started: it is re-measured from this month on."),
        )
        drop = button("Delete", lambda: act(lambda p: p.without(number), "Removed."))
        again = button("Measure again", lambda: self._remeasure(number))
        return ipywidgets.VBox([ipywidgets.HTML("<h3>The chosen action</h3>"), buttons(done, start, drop, again)])

    def _add(self) -> None:
        def made() -> PlanState:
            given: ActionDraft = self.state.draft
            if given.due is None:
                raise UsageError(
                    "an action needs a date.", fix="Enter the date the action will be completed by.", code="PLAN-DUE"
                )
            baseline, day = self._base(given.measure)
            plan = self.plan.add(
                given.words, given.owner, given.due, measure=given.measure, baseline=baseline, baseline_on=day,
                started=given.started, seed="" if given.seed == _OWN else given.seed,
            )  # fmt: skip
            chosen = str(plan.actions[-1].id)
            return replace(self.state, plan=plan, chosen=chosen, draft=ActionDraft())  # type: ignore[no-any-return]

        self._keep(made, "Added.")

    def _base(self, metric: str) -> tuple[float | None, date | None]:
        """The baseline of a measure from the data, as released, and its day; nothing where there is none."""
        held = self._beside.value(metric) if metric else None
        if held is None or held["estimate"] != held["estimate"]:
            return None, None
        return held["estimate"], self.today

    def _draft(self) -> None:
        def made() -> PlanState:
            gaps = find_gaps(self._assessment) if self._assessment is not None else ()
            if not gaps:
                raise UsageError(
                    "no gap was found.", fix="Collect answers from at least 3 people first.", code="PLAN-GAPS"
                )
            plan = self.plan
            known = {a.gap for a in plan.actions}
            due = self.today + timedelta(days=DRAFT_DAYS)
            for a in draft_plan([g for g in gaps if g.item not in known], owner="senior_leader", due=due).actions:
                baseline, day = self._base(a.measure)
                plan = plan.add(
                    a.words, a.owner, a.due, measure=a.measure, baseline=baseline, baseline_on=day, gap=a.gap,
                    seed=a.seed,
                )  # fmt: skip
            return replace(self.state, plan=plan)  # type: ignore[no-any-return]

        self._keep(
            made,
            f"One action added for each area, due in {DRAFT_DAYS} days. Discuss them and edit before you agree them.",
        )

    def _started(self, plan: ActionPlan, number: int) -> ActionPlan:
        return plan.change(replace(plan.action(number), started=self.today))

    def _remeasure(self, number: int) -> None:
        def made() -> PlanState:
            self._measured(self.plan.action(number))
            return replace(self.state, remeasured=str(number))  # type: ignore[no-any-return]

        self._keep(made, "Measured again: see below.")

    def _measured(self, action: Action) -> RemeasuredMetric:
        if self._beside.data is None:
            raise UsageError("there are no data to measure with.", fix="Open the plan with data.", code="PLAN-DATA")
        if not action.measure or action.started is None:
            raise UsageError(
                "this action has no measure, or no start of the change.",
                fix="Add it again with a measure and a start, or press 'Start today'.",
                code="PLAN-MEASURE",
            )
        if action not in self._remade:
            self._remade[action] = remeasure(
                self._beside.data, action.measure, started=action.started, gate=self._beside.gate
            )  # fmt: skip
        return self._remade[action]

    def _shown_moved(self) -> dict[int, RemeasuredMetric]:
        """The re-measured action, where it is still in the plan."""
        held = {str(a.id): a for a in self.plan.actions}
        found = held.get(self.state.remeasured)
        return {} if found is None or self._beside.data is None else {found.id: self._measured(found)}

    def _draw(self) -> Shown:
        text = self.plan.summary(self.today)
        if not self.plan.actions:
            return Shown(
                text, form_answer_html(text), notice_html("Write the first action above, or draft from the gaps.")
            )
        rows = [[str(row[c]) for c in _COLUMNS] for row in plan_rows(self.plan, self.today)]
        body = words_table(self.plan.title, _HEADS, rows)
        for number, moved in self._shown_moved().items():
            started = self.plan.action(number).started
            drawing = b64encode(svg_bytes(plot_months(moved, started=started))).decode("ascii")
            alt = escape(describe_months(moved))
            image = (
                f'<img alt="{alt}" src="data:image/svg+xml;base64,{drawing}" style="max-width:100%;background:#fff">'
            )
            columns = month_columns(moved)
            body += f"<h3>Action {number}: before and after</h3><p><strong>{escape(moved.said.text)}</strong></p>"
            table = grid_html(moved.months, columns, f"{moved.name}: the numbers")
            figure = figure_html(f"{moved.name}, by month", image)
            body += f'<div class="hte-columns"><div>{figure}</div><div>{table}</div></div>'
        return Shown(text, form_answer_html(text, stamp=stamp_of(self._beside)), body)

    def _report(self) -> Report:
        return plan_report(self.plan, on=self.today, gate=self._beside.gate, moved=self._shown_moved())
