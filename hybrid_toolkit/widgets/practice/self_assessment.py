"""The nine conditions: several raters by role, their spread, and each condition beside the metrics that speak to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import ClassVar

import ipywidgets
import numpy as np

from hybrid_toolkit.assess.checklist import ChecklistPart, load_checklist, scales
from hybrid_toolkit.assess.gaps import find_gaps
from hybrid_toolkit.assess.maturity import Answer, Assessment, rate_conditions
from hybrid_toolkit.assess.roles import ROLES, role_words
from hybrid_toolkit.assess.rounds import compare_rounds
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import UsageError, plural
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.practice_report import assessment_report, condition_rows, prompt_number
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, button, choice, offer
from hybrid_toolkit.widgets.practice.form_parts import (
    NO_NAMES,
    NOT_ANSWERED,
    PracticeWidget,
    form_answer_html,
    item_choice,
    item_text,
    side_html,
    stamp_of,
    words_table,
)
from hybrid_toolkit.widgets.practice.kept_form import FormDraft, SwitchedForm

MOST_RATERS = 12
_LISTED = load_checklist("conditions")
EVIDENCE = "Evidence: how do you know? Describe it or paste a link"
AIM = "your service's target (a number; leave blank for none)"
THIS_ROUND = "This round"
_HEADS = ("Condition", "By role", "Level (0 to 3)", "Number of people", "Answers with evidence")


def _answered(answered: Collection[str], item: str) -> str:
    """How many prompts of an item's condition a person has answered."""
    items = _LISTED.part_of(item).items
    return f"{sum(i.id in answered for i in items)} of {len(items)} questions answered"


def rater_key(role: str, number: int) -> str:
    """What names a person in drafts.

    Examples
    --------
    >>> rater_key("hr", 2)
    'hr 2'
    """
    return f"{role} {number}"


@dataclass(frozen=True, slots=True)
class AssessmentState:
    """Every answer, the aims, drafts of answers, and what is open: the rater and the condition.

    ``answers`` and ``targets`` are those of ``Assessment``; ``role`` and ``number`` (as text) are the rater.
    """

    answers: tuple[Answer, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    role: str = "practitioner"
    number: str = "1"
    condition: str = "S0-C1"
    drafts: tuple[FormDraft, ...] = ()

    def of(self, role: str, number: int) -> bool:
        """Whether a person has entered anything."""
        return any(a.rater == (role, number) for a in self.answers) or any(
            d.who == rater_key(role, number) for d in self.drafts
        )

    def entered(self, item: str, role: str, number: int) -> tuple[str, str]:
        """The level and the evidence that a person has entered for a prompt, whole or not; empty for none."""
        for a in self.answers:
            if (a.item, a.rater) == (item, (role, number)):
                return a.level, a.evidence
        found = (d for d in self.drafts if (d.item, d.who) == (item, rater_key(role, number)))
        return next(((d.answer, d.words) for d in found), (NOT_ANSWERED, ""))

    @property
    def assessment(self) -> Assessment:
        """The answers and aims as an assessment."""
        return Assessment(self.answers, self.targets)

    def to_code(self) -> str:
        """Code that rates the same answers again."""
        lines = ["import datetime", "", "from hybrid_toolkit.assess import Answer, Assessment, rate_conditions", ""]
        answers = "".join(f"    {a!r},\n" for a in self.answers)
        lines += [f"answers = (\n{answers})" if answers else "answers = ()"]
        lines += [f"assessment = Assessment(answers, {dict(self.targets)!r})"]
        return "\n".join([*lines, "print(rate_conditions(assessment).summary())"])


class SelfAssessment(PracticeWidget):
    """Rate your service against nine conditions for good hybrid working.

    See where roles disagree, and compare ratings with your data. Choose who answers and the condition, answer each
    prompt and name the evidence; each answer is kept as it is entered. Levels are shown once three people have
    answered. People are roles, not names. Everything works with the keyboard alone.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside each condition; None for none.
    assessment : Assessment | None, optional
        Answers to begin with.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    today : date | None, optional
        The day of the answers; the day of the computer where it is left out.
    published : Beside | None, optional
        Published statistics, or norms alone (``Beside()``), to show below the metrics in the report; None for nothing.
    earlier : Sequence[tuple[str, Assessment]], optional
        Title and answers of earlier rounds, the first one first, to stand beside this one.

    Raises
    ------
    UsageError
        Two rounds of one title, or one that is called as this round is.

    Examples
    --------
    >>> SelfAssessment().text.partition(" and has")[0]
    'No one has answered. Levels are shown once 3 people have answered. This scale was made for this toolkit'
    """

    STATE = AssessmentState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: dict}  # version 2 has drafts besides

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        assessment: Assessment | None = None,
        gate: Gate | None = None,
        today: date | None = None,
        published: Beside | None = None,
        earlier: Sequence[tuple[str, Assessment]] = (),
    ) -> None:
        self._earlier = tuple(earlier)
        if self._earlier:
            compare_rounds([*self._earlier, (THIS_ROUND, Assessment())])  # what cannot be compared is told at once
        given = assessment if assessment is not None else Assessment()
        controls = {
            "condition": choice("Condition", {p.id: f"{i}. {p.title}" for i, p in enumerate(_LISTED.parts, start=1)}),
            "role": choice("Your role", dict(ROLES)),
            "number": choice(
                "Person (if several people share the role)", {str(i): str(i) for i in range(1, MOST_RATERS + 1)}
            ),
        }
        self._form = SwitchedForm(list(controls.values()), self._made_form)
        super().__init__(
            AssessmentState(given.answers, given.targets), data=data, gate=gate, today=today, controls=controls,
            form=[ipywidgets.HTML(notice_html(NO_NAMES)), self._form], published=published,
        )  # fmt: skip
        self._show()

    @property
    def assessment(self) -> Assessment:
        """Answers and aims."""
        return self.state.assessment  # type: ignore[no-any-return]

    def to_code(self) -> str:
        """Code that rates the same answers in a fresh kernel.

        Returns
        -------
        str
            Code that rates the same answers in a fresh kernel.
        """
        return self.state.to_code()  # type: ignore[no-any-return]

    @property
    def _part(self) -> ChecklistPart:
        return _LISTED.part(self.state.condition)

    def _follow(self) -> str:
        super()._follow()
        if not self._entering:
            self._form.place()
        return ""

    def _made_form(self) -> ipywidgets.VBox:
        """The prompts of the condition with what this person has entered, and the targets of its metrics."""
        part, state = self._part, self.state
        role, number = state.role, int(state.number)
        levels = {NOT_ANSWERED: "Not answered", **scales()["maturity"]}
        form = ipywidgets.VBox()
        rows: list[ipywidgets.Widget] = []
        for item in part.items:
            control, words = item_choice(item.text), item_text(EVIDENCE)
            level, said = state.entered(item.id, role, number)
            offer(control, levels, level)
            words.value = said
            enter = partial(self._enter, form, item.id, role, number, control, words)
            for made in (control, words):
                made.observe(lambda _, enter=enter: enter(), "value")
            rows += [control, words]
        drop = button("Remove this person's answers", partial(self._remove_rater, role, number))
        drop.disabled = not state.of(role, number)
        if self._beside.data is not None:
            rows += [drop, ipywidgets.HTML("<h3>Targets for the metrics of this condition</h3>")]
            rows += [self._made_aim(form, metric) for metric in part.metrics]
        else:
            rows.append(drop)
        form.children = tuple(rows)
        return form

    def _made_aim(self, form: ipywidgets.VBox, metric: str) -> ipywidgets.Text:
        aim = item_text(f"{REGISTRY[metric].name}: {AIM}")
        held = self.state.targets.get(metric)
        aim.value = "" if held is None else f"{held:g}"
        aim.observe(lambda _: self._set_aim(form, metric, aim.value.strip()), "value")
        return aim

    def _enter(
        self, form: ipywidgets.VBox, item: str, role: str, number: int, control: ipywidgets.Dropdown,
        words: ipywidgets.Text,
    ) -> None:  # fmt: skip
        """Keep what stands at one prompt for the person under whom it was shown: an answer, or a draft of one."""
        level, said = control.value, words.value.strip()
        lacks = "no level is chosen" if said and not level else ""
        if level == "evidenced" and not said:
            lacks = "describe the evidence or add a link"

        def made() -> AssessmentState:
            state = self.state
            whole = state.assessment
            mine = [a for a in whole.answers if a.item == item and a.rater == (role, number)]
            who = rater_key(role, number)
            drafts = tuple(d for d in state.drafts if (d.item, d.who) != (item, who))
            if lacks or not level:
                whole = replace(whole, answers=tuple(a for a in whole.answers if a not in mine))
            else:
                whole = whole.put(Answer(item, role, level, number, said, self.today))
            if lacks:
                drafts += (FormDraft(item, who, level, said),)
            return replace(state, answers=whole.answers, drafts=drafts)  # type: ignore[no-any-return]

        person = role_words(role, number)
        answered = {a.item for a in self.state.answers if a.rater == (role, number)} - {item}
        answered |= {item} if level and not lacks else set()
        told = (
            f"Saved as a draft for {person}: {lacks}." if lacks else f"Saved for {person}: {_answered(answered, item)}."
        )
        if self._keep(made, told, entering=True):
            for child in form.children:
                if isinstance(child, ipywidgets.Button):
                    child.disabled = not self.state.of(role, number)
        self._form.entered(form)

    def _remove_rater(self, role: str, number: int) -> None:
        def made() -> AssessmentState:
            left = self.assessment.without(role, number).answers
            drafts = tuple(d for d in self.state.drafts if d.who != rater_key(role, number))
            return replace(self.state, answers=left, drafts=drafts)  # type: ignore[no-any-return]

        self._keep(made, f"Removed: {role_words(role, number)}.")

    def _set_aim(self, form: ipywidgets.VBox, metric: str, text: str) -> None:
        def made() -> AssessmentState:
            try:
                value = float(text) if text else None
            except ValueError:
                raise UsageError("an aim is a number.", fix="Write it as 0.6.", code="AIM-NUMBER") from None
            targets = self.assessment.target(metric, value).targets
            return replace(self.state, targets=targets)  # type: ignore[no-any-return]

        self._keep(made, "Target saved." if text else "No target.", entering=True)
        self._form.entered(form)

    def _draw(self) -> Shown:
        maturity, part = rate_conditions(self.assessment), self._part
        order = ("condition", "roles", "level", "raters", "evidence")
        rows = [[str(row[c]) for c in order] for row in condition_rows(maturity.conditions)]
        body = notice_html(part.about) + words_table("The nine conditions", _HEADS, rows) + self._rounds()
        if self._beside.data is not None:
            level = next(c.level for c in maturity.conditions if c.id == part.id)
            side = self._beside.of(
                part.metrics,
                title=f"{part.title}: the data",
                level=level,
                targets=self.state.targets,
                split=part.split,
            )
            body += side_html(side, f"{part.title}: what the data say")
        gaps = find_gaps(self.assessment)
        if gaps:
            found = [[f"{prompt_number(g.item)}{g.text}", g.words] for g in gaps]
            body += words_table("Areas to discuss", ["Prompt", "Why it is listed"], found)
        if self.state.drafts:
            drafts = plural(len(self.state.drafts), "answer is a draft", "answers are drafts")
            body = notice_html(f"{drafts} still: see what is lacking.") + body
        text = maturity.summary()
        return Shown(text, form_answer_html(text, stamp=stamp_of(self._beside)), body)

    def _rounds(self) -> str:
        """The levels of earlier rounds and of this one, by condition; nothing where there is no earlier one."""
        if not self._earlier:
            return ""
        found = compare_rounds([*self._earlier, (THIS_ROUND, self.assessment)])
        count = range(1, len(found.titles) + 1)
        rows = [
            [str(r["title"]), *("no level" if np.isnan(r[f"level_{k}"]) else f"{r[f'level_{k}']:g}" for k in count)]
            for r in found.table.to_dict("records")
        ]
        return words_table("Rounds side by side", ["Condition", *found.titles], rows) + notice_html(found.summary())

    def _report(self) -> Report:
        return assessment_report(self.assessment, on=self.today, beside=self._beside)
