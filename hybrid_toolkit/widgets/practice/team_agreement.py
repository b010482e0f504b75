"""Formal arrangements of teams: request, rationale, decision, review, and whether adjustments were considered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import partial
from typing import Any, ClassVar

import ipywidgets

from hybrid_toolkit.assess.agreement import ADJUSTMENTS, DECISIONS, REQUESTS, Agreements, Arrangement
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.report.documents.blocks import Report
from hybrid_toolkit.report.practice_report import agreements_report
from hybrid_toolkit.widgets.parts.html_parts import notice_html
from hybrid_toolkit.widgets.parts.widget_base import Shown, button, choice, offer
from hybrid_toolkit.widgets.practice.form_parts import (
    NO_NAMES,
    PracticeWidget,
    buttons,
    form_answer_html,
    item_date,
    item_text,
    side_html,
    stamp_of,
    words_table,
)
from hybrid_toolkit.widgets.practice.kept_form import SwitchedForm

NEW = "new"
METRICS = (
    *("arrangement_formality", "approval_ratio", "preference_gap", "adjustment_considered_share"),
    *("back_to_back_share", "co_presence_attendance"),
)
_HEADS = ("For", "Request", "Reasons", "Decision", "Review", "Adjustments", "Still missing", "Formality, 0 to 1")
_PRIVATE = "Which adjustments, and for whom, belongs in the personnel file: not here."


@dataclass(frozen=True, slots=True)
class ArrangementDraft:
    """An arrangement as it stands in the form, whole or not; ``at`` is its place, the rest as ``Arrangement``."""

    at: str
    whom: str = ""
    request: str = ""
    rationale: str = ""
    decision: str = "pending"
    decided_on: date | None = None
    review_on: date | None = None
    adjustments: str = "not_asked"

    def whole(self) -> Arrangement:
        """The arrangement.

        Raises
        ------
        UsageError
            It is not whole, as ``Arrangement`` says.
        """
        return Arrangement(**{f.name: getattr(self, f.name) for f in fields(Arrangement)})

    def lacks(self) -> UsageError | None:
        """What keeps it from being whole; None where nothing does."""
        try:
            self.whole()
        except UsageError as error:
            return error
        return None


@dataclass(frozen=True, slots=True)
class AgreementState:
    """The arrangements, drafts, and the one that is open: its position as text, or ``"new"``."""

    agreements: Agreements = field(default_factory=Agreements)
    at: str = NEW
    drafts: tuple[ArrangementDraft, ...] = ()

    def entered(self, at: str) -> ArrangementDraft:
        """What was entered for a place, whole or not."""
        for draft in self.drafts:
            if draft.at == at:
                return draft
        if at == NEW:
            return ArrangementDraft(at)
        return ArrangementDraft(at, **{f.name: getattr(self.agreements.arrangements[int(at)], f.name)
                                       for f in fields(Arrangement)})  # fmt: skip

    def to_code(self, today: date) -> str:
        """Code that gives the same arrangements and their formality."""
        return "\n".join(
            [
                "import datetime",
                "",
                "from hybrid_toolkit.assess import Agreements, Arrangement",
                "",
                f"agreements = {self.agreements!r}",
                f"print(agreements.summary({today!r}))",
            ]
        )


class TeamAgreement(PracticeWidget):
    """Write down what was asked for, why it was decided so, and when it is looked at again; kept as it is entered.

    Parameters
    ----------
    data : EvaluationData | None, optional
        Data whose arrangements are shown beside it; None for none.
    agreements : Agreements | None, optional
        Arrangements to begin with.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.
    today : date | None, optional
        The day against which reviews are due; the day of the computer where it is left out.

    Examples
    --------
    >>> TeamAgreement().text
    'No arrangement yet.'
    """

    STATE = AgreementState
    SCHEMA = 2
    MIGRATIONS: ClassVar = {1: dict}  # version 2 has drafts besides

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        agreements: Agreements | None = None,
        gate: Gate | None = None,
        today: date | None = None,
    ) -> None:
        at = choice("Arrangement", {NEW: "A new one"})
        self._form = SwitchedForm([at], self._made_form)
        super().__init__(
            AgreementState(agreements if agreements is not None else Agreements()), data=data, gate=gate, today=today,
            controls={"at": at}, form=[ipywidgets.HTML(notice_html(NO_NAMES)), self._form],
        )  # fmt: skip
        self._show()

    @property
    def agreements(self) -> Agreements:
        """The arrangements."""
        return self.state.agreements  # type: ignore[no-any-return]

    def to_code(self) -> str:
        """Code that gives the same arrangements in a fresh kernel.

        Returns
        -------
        str
            Code that gives the same arrangements in a fresh kernel.
        """
        return self.state.to_code(self.today)  # type: ignore[no-any-return]

    def _follow(self) -> str:
        held = self.agreements.arrangements
        names = {NEW: "A new one", **{str(i): f"{i + 1}. {a.whom}: {a.request}"[:70] for i, a in enumerate(held)}}
        self._form.make_room(len(names))
        offer(self._lists["at"], names, self.state.at if self.state.at in names else NEW)
        if not self._entering:
            self._form.place()
        return ""

    def _made_form(self) -> ipywidgets.VBox:
        """One arrangement, as it was entered."""
        at, form = self._lists["at"].value, ipywidgets.VBox()
        entered = self.state.entered(at)
        controls: dict[str, ipywidgets.Widget] = {
            "whom": item_text("Which team or role is it for?"),
            "request": item_text("What was asked for?", lines=2),
            "rationale": item_text("Why was it decided so?", lines=2),
            "decision": choice("Decision", dict(DECISIONS)),
            "decided_on": item_date("Decided on"),
            "review_on": item_date("To be looked at again on"),
            "adjustments": choice("Reasonable adjustments", dict(ADJUSTMENTS)),
        }
        for name, control in controls.items():
            control.value = getattr(entered, name)
            control.observe(lambda _: self._enter(form, at, controls), "value")
        start = choice("Start from", {k: w if k == "own" else f"{k}: {w}" for k, w in REQUESTS.items()})
        start.observe(lambda change: _start_from(change["new"], controls["request"]), "value")
        act = button("Add this arrangement", self._add) if at == NEW else button("Remove it", partial(self._drop, at))
        form.children = (start, *controls.values(), ipywidgets.HTML(notice_html(_PRIVATE)), buttons(act))
        return form

    def _enter(self, form: ipywidgets.VBox, at: str, controls: Mapping[str, ipywidgets.Widget]) -> None:
        """Keep what stands in the form of one arrangement: the arrangement, or a draft of it."""
        given: dict[str, Any] = {
            n: c.value.strip() if isinstance(c.value, str) else c.value for n, c in controls.items()
        }
        draft = ArrangementDraft(at, **given)
        lacks = draft.lacks()

        def made() -> AgreementState:
            rest = tuple(d for d in self.state.drafts if d.at != at)
            if at == NEW or lacks is not None:
                return replace(self.state, drafts=(*rest, draft))  # type: ignore[no-any-return]
            kept = self.agreements.put(draft.whole(), int(at))
            return replace(self.state, agreements=kept, drafts=rest)  # type: ignore[no-any-return]

        said = "Kept." if lacks is None else f"Kept as a draft: {lacks.message} {lacks.fix}"
        self._keep(made, "Kept as a draft, until you add it." if at == NEW else said, entering=True)
        self._form.entered(form)

    def _add(self) -> None:
        def made() -> AgreementState:
            kept = self.agreements.put(self.state.entered(NEW).whole())
            rest = tuple(d for d in self.state.drafts if d.at != NEW)
            opened = str(len(kept.arrangements) - 1)
            return replace(self.state, agreements=kept, drafts=rest, at=opened)  # type: ignore[no-any-return]

        self._keep(made, "Added.")

    def _drop(self, at: str) -> None:
        gone = int(at)

        def made() -> AgreementState:
            moved = [d if d.at == NEW or int(d.at) < gone else replace(d, at=str(int(d.at) - 1))
                     for d in self.state.drafts if d.at != at]  # fmt: skip
            left = self.agreements.without(gone)
            return replace(self.state, agreements=left, drafts=tuple(moved), at=NEW)  # type: ignore[no-any-return]

        self._keep(made, "Removed.")

    def _draw(self) -> Shown:
        text = self.agreements.summary(self.today)
        rows = [
            [
                a.whom, a.request, a.rationale or "none yet", DECISIONS[a.decision], a.review_words(self.today),
                ADJUSTMENTS[a.adjustments], "; ".join(a.missing) or "nothing", f"{a.formality:.2f}",
            ]
            for a in self.agreements.arrangements
        ]  # fmt: skip
        body = words_table("Arrangements", _HEADS, rows) if rows else notice_html("Fill in the first one above.")
        if self._beside.data is not None:
            side = self._beside.of(METRICS, title="Arrangements in the data")
            body += side_html(side, "All arrangements in the data", belief=False)
        return Shown(text, form_answer_html(text, stamp=stamp_of(self._beside)), body)

    def _report(self) -> Report:
        return agreements_report(self.agreements, on=self.today, gate=self._beside.gate)


def _start_from(request: str, control: ipywidgets.Widget) -> None:
    """Fill in the words of a request that was chosen; words of one's own are left as they are."""
    if request != "own" and control.value.strip() in ("", *REQUESTS.values()):
        control.value = REQUESTS[request]
