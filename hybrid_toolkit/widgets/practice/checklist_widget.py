"""One widget for every checklist that is filled in: a section at a time, an answer and words an item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from html import escape
from typing import ClassVar

import ipywidgets

from hybrid_toolkit.assess.checklist import ChecklistPart, load_checklist, scales
from hybrid_toolkit.assess.filled_checklist import Entry, Record, return_verdict, to_do
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import plural
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.practice_report import record_report
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, choice, offer
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

_KEPT = "Kept. Save the answers to a file with save(path), or prepare downloads below."


@dataclass(frozen=True, slots=True)
class ChecklistState:
    """The answers so far, drafts of answers, and which section is open for whom."""

    record: Record
    part: str
    role: str = "senior_leader"
    drafts: tuple[FormDraft, ...] = ()

    def entered(self, item: str) -> tuple[str, str]:
        """The answer and the words that were entered for an item, whole or not; empty for none."""
        entry = self.record.entry(item)
        if entry is not None:
            return entry.answer, entry.words
        return next(((d.answer, d.words) for d in self.drafts if d.item == item), (NOT_ANSWERED, ""))

    def to_code(self) -> str:
        """Code that gives the same record and what is still to do."""
        return "\n".join(
            [
                "import datetime",
                "",
                "from hybrid_toolkit.assess import Entry, Record, to_do",
                "",
                f"record = {self.record!r}",
                'print(f"{len(record.entries)} answered, {len(to_do(record))} still to do")',
            ]
        )


class ChecklistWidget(PracticeWidget):
    """A checklist to fill in, a section at a time. ``CHECKLIST`` says which.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose metrics are shown beside the items that they speak to; None for none.
    record : Record | None, optional
        Answers to begin with.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    today : date | None, optional
        The day of the answers; the day of the computer where it is left out.

    Raises
    ------
    UsageError
        Answers to another checklist.
    """

    CHECKLIST: ClassVar[str]
    STATE = ChecklistState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: dict}  # version 2 has drafts besides

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        record: Record | None = None,
        gate: Gate | None = None,
        today: date | None = None,
    ) -> None:
        listed = load_checklist(self.CHECKLIST)
        self._parts = {p.id: p.title for p in listed.parts if any(i.scale for i in p.items)}
        controls = {"part": choice("Section", self._parts), "role": choice("Answered by", dict(ROLES))}
        self._form = SwitchedForm(list(controls.values()), self._made_form)
        state = ChecklistState(record if record is not None else Record(self.CHECKLIST), next(iter(self._parts)))
        super().__init__(
            state, data=data, gate=gate, today=today, controls=controls,
            form=[ipywidgets.HTML(notice_html(NO_NAMES)), self._form],
        )  # fmt: skip
        self._show()

    @property
    def record(self) -> Record:
        """The answers."""
        return self.state.record  # type: ignore[no-any-return]

    def to_code(self) -> str:
        """Code that gives the same record in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same record in a fresh kernel.
        """
        return self.state.to_code()  # type: ignore[no-any-return]

    @property
    def _part(self) -> ChecklistPart:
        return load_checklist(self.CHECKLIST).part(self.state.part)

    def _follow(self) -> str:
        super()._follow()
        if not self._entering:
            self._form.place()
        return ""

    def _made_form(self) -> ipywidgets.VBox:
        """What the record is about, and the items of the section with what was entered."""
        form, role = ipywidgets.VBox(), self.state.role
        about = item_text("Which role, team or service is this for?")
        about.value = self.record.about
        about.observe(lambda _: self._set_about(form, about.value.strip()), "value")
        rows: list[ipywidgets.Widget] = [about]
        for item in self._part.items:
            side = f" For the {item.side}." if item.side else ""
            control, words = item_choice(f"{item.text}{side} {item.note}".strip()), item_text("In your own words")
            answer, said = self.state.entered(item.id)
            offer(control, {NOT_ANSWERED: "Not answered", **scales()[item.scale]}, answer)
            words.value = said
            enter = partial(self._enter, form, item.id, role, control, words)
            for made in (control, words):
                made.observe(lambda _, enter=enter: enter(), "value")
            rows += [control, words]
        form.children = tuple(rows)
        return form

    def _enter(
        self, form: ipywidgets.VBox, item: str, role: str, control: ipywidgets.Dropdown, words: ipywidgets.Text
    ) -> None:
        """Keep what stands at one item, for the role under which it was shown: an answer, or a draft of one."""
        answer, said = control.value, words.value.strip()

        def made() -> ChecklistState:
            record = self.record
            drafts = tuple(d for d in self.state.drafts if d.item != item)
            if answer == NOT_ANSWERED:
                record = replace(record, entries=tuple(e for e in record.entries if e.item != item))
                drafts += (FormDraft(item, role, words=said),) if said else ()
            else:
                record = record.put(Entry(item, answer, said, role, self.today))
            return replace(self.state, record=record, drafts=drafts)  # type: ignore[no-any-return]

        draft = said and answer == NOT_ANSWERED
        self._keep(made, "Saved as a draft: no answer is chosen." if draft else _KEPT, entering=True)
        self._form.entered(form)

    def _set_about(self, form: ipywidgets.VBox, text: str) -> None:
        self._keep(lambda: replace(self.state, record=replace(self.record, about=text)), _KEPT, entering=True)
        self._form.entered(form)

    def _draw(self) -> Shown:
        listed, record = load_checklist(self.CHECKLIST), self.record
        count = len([i for i in listed.items if i.scale])
        text = f"{listed.title}: {len(record.entries)} of {count} answered, {len(to_do(record))} still to do."
        if self.CHECKLIST == "return_tests":
            text = f"{return_verdict(record)} {text}"
        part = self._part
        body = notice_html(listed.about) + (notice_html(part.about) if part.about else "") + self._overview()
        if self.state.drafts:
            body = (
                notice_html(f"{plural(len(self.state.drafts), 'item has', 'items have')} words and no answer yet.")
                + body
            )
        metrics = list(dict.fromkeys([*part.metrics, *(m for i in part.items for m in i.metrics)]))
        if self._beside.data is not None and metrics:
            side = self._beside.of(metrics, title=f"{part.title}: the data", split=part.split)
            body += side_html(side, f"{part.title}: what the data say", belief=False)
        body += f"<p>{escape(listed.source)}</p>"
        return Shown(text, form_answer_html(text, stamp=stamp_of(self._beside)), body)

    def _overview(self) -> str:
        rows = []
        for part in load_checklist(self.CHECKLIST).parts:
            counts = self.record.counts(part.id)
            words = {code: said for item in part.items for code, said in scales().get(item.scale, {}).items()}
            said = [f"{n} {words[code].partition(':')[0].lower()}" for code, n in counts.items() if code]
            rows.append([part.title, "; ".join(said) or "nothing yet", str(counts.get("", 0)), str(len(part.items))])
        return words_table(
            f"{load_checklist(self.CHECKLIST).title}: where it stands",
            ["Section", "Answers", "Not answered", "Items"],
            rows,
        )

    def _report(self) -> Report:
        return record_report(self.record, on=self.today, gate=self._beside.gate)
