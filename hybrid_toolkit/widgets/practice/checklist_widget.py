"""One widget for every checklist that is filled in: a section at a time, an answer and words an item."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import ClassVar

import ipywidgets

from hybrid_toolkit.assess.checklist import ChecklistPart, load_checklist, scales
from hybrid_toolkit.assess.record import Entry, Record, return_verdict, to_do
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.practice_report import record_report
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


@dataclass(frozen=True, slots=True)
class ChecklistState:
    """The answers so far, and which section is open for whom."""

    record: Record
    part: str
    role: str = "senior_leader"

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
        most = max(len(p.items) for p in listed.parts)
        self._rows = [(item_choice(), item_text("In your own words")) for _ in range(most)]
        self._boxes = [ipywidgets.VBox(list(row)) for row in self._rows]
        keep = button("Save answers", self._keep_answers)
        self._whom = item_text("Which role, team or service is this for?")
        state = ChecklistState(record if record is not None else Record(self.CHECKLIST), next(iter(self._parts)))
        super().__init__(
            state, data=data, gate=gate, today=today,
            controls={"part": choice("Section", self._parts), "role": choice("Answered by", dict(ROLES))},
            form=[ipywidgets.HTML(notice_html(NO_NAMES)), self._whom, *self._boxes, buttons(keep)],
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
        self._whom.value = self.record.about
        items = self._part.items
        for i, (box, (control, words)) in enumerate(zip(self._boxes, self._rows, strict=True)):
            box.layout.display = "" if i < len(items) else "none"
            if i >= len(items):
                continue
            item, entry = items[i], self.record.entry(items[i].id)
            side = f" For the {item.side}." if item.side else ""
            control.description = f"{item.text}{side} {item.note}".strip()
            offer(control, {NOT_ANSWERED: "Not answered", **scales()[item.scale]}, entry.answer if entry else "")
            words.value = entry.words if entry else ""
        return ""

    def _keep_answers(self) -> None:
        def made() -> ChecklistState:
            record = replace(self.record, about=self._whom.value.strip())
            for item, (control, words) in zip(self._part.items, self._rows, strict=False):
                held = record.entry(item.id)
                if control.value == NOT_ANSWERED:
                    rest = tuple(e for e in record.entries if e.item != item.id)
                    record = replace(record, entries=rest)
                elif held is None or (held.answer, held.words) != (control.value, words.value.strip()):
                    entry = Entry(item.id, control.value, words.value.strip(), self.state.role, self.today)
                    record = record.put(entry)
            return replace(self.state, record=record)  # type: ignore[no-any-return]

        self._keep(made, "Kept. Save them to a file with save(path), or prepare downloads below.")

    def _draw(self) -> Shown:
        listed, record = load_checklist(self.CHECKLIST), self.record
        count = len([i for i in listed.items if i.scale])
        text = f"{listed.title}: {len(record.entries)} of {count} answered, {len(to_do(record))} still to do."
        if self.CHECKLIST == "return_tests":
            text = f"{return_verdict(record)} {text}"
        body = notice_html(listed.about) + self._overview()
        part = self._part
        metrics = list(dict.fromkeys([*part.metrics, *(m for i in part.items for m in i.metrics)]))
        if self._beside.data is not None and metrics:
            side = self._beside.of(metrics, title=f"{part.title}: the data")
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
