"""The nine conditions: several raters by role, their spread, and each condition beside the metrics that speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import ipywidgets

from hybrid_toolkit.assess.checklist import ChecklistPart, load_checklist, scales
from hybrid_toolkit.assess.gaps import find_gaps
from hybrid_toolkit.assess.maturity import Answer, Assessment, rate_conditions
from hybrid_toolkit.assess.roles import ROLES, role_words
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.practice_report import assessment_report, condition_rows
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, button, choice, offer
from hybrid_toolkit.widgets.practice.form_parts import (
    NO_NAMES,
    NOT_ANSWERED,
    PracticeWidget,
    buttons,
    form_answer_html,
    item_choice,
    item_text,
    side_html,
    stamp_of,
    words_table,
)

MOST_RATERS = 12
_LISTED = load_checklist("conditions")
_HEADS = ("Condition", "By role", "Level, 0 to 3", "Raters", "With evidence")


@dataclass(frozen=True, slots=True)
class AssessmentState:
    """Every answer, the aims, and what is open: the rater and the condition.

    ``answers`` and ``targets`` are those of ``Assessment``; ``role`` and ``number`` (as text) are the rater.
    """

    answers: tuple[Answer, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    role: str = "practitioner"
    number: str = "1"
    condition: str = "S0-C1"

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
    """Rate a service against nine conditions for good hybrid working, and compare ratings by role and with data.

    Choose who answers and the condition, answer each prompt, name the evidence, and keep the answers. A level is
    given from three raters on. Raters are roles, not names. Everything works with the keyboard alone.

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

    Examples
    --------
    >>> SelfAssessment().text.partition(":")[0]
    '0 raters so far'
    """

    STATE = AssessmentState

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        assessment: Assessment | None = None,
        gate: Gate | None = None,
        today: date | None = None,
    ) -> None:
        given = assessment if assessment is not None else Assessment()
        most = max(len(p.items) for p in _LISTED.parts)
        self._rows = [
            (item_choice(), item_text("Evidence: how do you know? Describe it or paste a link")) for _ in range(most)
        ]
        self._boxes = [ipywidgets.VBox(list(row)) for row in self._rows]
        self._drop = button("Remove this person's answers", self._remove_rater)
        self._metric = choice("Metric", {"": "None"})
        self._aim = item_text("Your service's target (a number; leave blank for none)")
        targets = buttons(self._metric, self._aim, button("Save target", self._set_aim))
        fold = ipywidgets.VBox([ipywidgets.HTML("<h3>Target for a metric</h3>"), targets])
        controls = {
            "condition": choice("Condition", {p.id: f"{i}. {p.title}" for i, p in enumerate(_LISTED.parts, start=1)}),
            "role": choice("Your role", dict(ROLES)),
            "number": choice(
                "Person (if several people share the role)", {str(i): str(i) for i in range(1, MOST_RATERS + 1)}
            ),
        }
        keep = button("Save answers", self._keep_answers)
        super().__init__(
            AssessmentState(given.answers, given.targets), data=data, gate=gate, today=today, controls=controls,
            form=[ipywidgets.HTML(notice_html(NO_NAMES)), *self._boxes, buttons(keep, self._drop), fold],
        )  # fmt: skip
        self._aims_box = fold
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

    @property
    def _rater(self) -> tuple[str, int]:
        return self.state.role, int(self.state.number)

    def _follow(self) -> str:
        super()._follow()
        held = {a.item: a for a in self.state.answers if a.rater == self._rater}
        levels = {NOT_ANSWERED: "Not answered", **scales()["maturity"]}
        for i, (box, (control, evidence)) in enumerate(zip(self._boxes, self._rows, strict=True)):
            box.layout.display = "" if i < len(self._part.items) else "none"
            if i >= len(self._part.items):
                continue
            item = self._part.items[i]
            control.description = item.text
            given = held.get(item.id)
            offer(control, levels, given.level if given else NOT_ANSWERED)
            evidence.value = given.evidence if given else ""
        self._drop.disabled = not held
        self._aims_box.layout.display = "none" if self._beside.data is None else ""
        names = {m: REGISTRY[m].name for m in self._part.metrics}
        offer(self._metric, names, self._metric.value if self._metric.value in names else next(iter(names)))
        return ""

    def _keep_answers(self) -> None:
        def made() -> AssessmentState:
            whole, (role, number) = self.assessment, self._rater
            for item, (control, words) in zip(self._part.items, self._rows, strict=False):
                level, evidence = control.value, words.value.strip()
                held = next((a for a in whole.answers if a.item == item.id and a.rater == (role, number)), None)
                if level == NOT_ANSWERED:
                    whole = replace(whole, answers=tuple(a for a in whole.answers if a is not held))
                elif held is None or (held.level, held.evidence) != (level, evidence):
                    whole = whole.put(Answer(item.id, role, level, number, evidence, self.today))
            return replace(self.state, answers=whole.answers)  # type: ignore[no-any-return]

        self._keep(made, f"Saved for {role_words(*self._rater)}.")

    def _remove_rater(self) -> None:
        left = self.assessment.without(*self._rater).answers
        self._keep(lambda: replace(self.state, answers=left), f"Removed: {role_words(*self._rater)}.")

    def _set_aim(self) -> None:
        def made() -> AssessmentState:
            text = self._aim.value.strip()
            try:
                value = float(text) if text else None
            except ValueError:
                raise UsageError("an aim is a number.", fix="Write it as 0.6.", code="AIM-NUMBER") from None
            targets = self.assessment.target(self._metric.value, value).targets
            return replace(self.state, targets=targets)  # type: ignore[no-any-return]

        self._keep(made, "The aim is set.")

    def _draw(self) -> Shown:
        maturity, part = rate_conditions(self.assessment), self._part
        order = ("condition", "roles", "level", "raters", "evidence")
        rows = [[str(row[c]) for c in order] for row in condition_rows(maturity.conditions)]
        body = notice_html(part.about) + words_table("The nine conditions", _HEADS, rows)
        if self._beside.data is not None:
            level = next(c.level for c in maturity.conditions if c.id == part.id)
            side = self._beside.of(
                part.metrics, title=f"{part.title}: the data", level=level, targets=self.state.targets
            )
            body += side_html(side, f"{part.title}: what the data say")
        gaps = find_gaps(self.assessment)
        if gaps:
            found = [[g.item, g.text, g.words] for g in gaps]
            body += words_table("Areas to discuss", ["Prompt", "Question", "Why it is listed"], found)
        text = maturity.summary()
        return Shown(text, form_answer_html(text, stamp=stamp_of(self._beside)), body)

    def _report(self) -> Report:
        return assessment_report(self.assessment, on=self.today, beside=self._beside)
