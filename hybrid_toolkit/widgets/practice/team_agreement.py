"""Formal arrangements of teams: request, rationale, decision, review, and whether adjustments were considered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import ipywidgets

from hybrid_toolkit.assess.agreement import ADJUSTMENTS, DECISIONS, Agreements, Arrangement
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
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

NEW = "new"
METRICS = ("arrangement_formality", "approval_ratio", "preference_gap", "adjustment_considered_share")
_HEADS = ("For", "Request", "Reasons", "Decision", "Review", "Adjustments", "Still missing", "Formality, 0 to 1")
_PRIVATE = "Which adjustments, and for whom, belongs in the personnel file: not here."


@dataclass(frozen=True, slots=True)
class AgreementState:
    """The arrangements, and the one that is open: its position as text, or ``"new"``."""

    agreements: Agreements = field(default_factory=Agreements)
    at: str = NEW

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
    """Write down what was asked for, why it was decided so, and when it is looked at again.

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

    def __init__(
        self,
        data: EvaluationData | None = None,
        *,
        agreements: Agreements | None = None,
        gate: Gate | None = None,
        today: date | None = None,
    ) -> None:
        self._whom = item_text("Which team or role is it for?")
        self._request = item_text("What was asked for?", lines=2)
        self._rationale = item_text("Why was it decided so?", lines=2)
        self._decision = choice("Decision", dict(DECISIONS))
        self._decided, self._review = item_date("Decided on"), item_date("To be looked at again on")
        self._adjustments = choice("Reasonable adjustments", dict(ADJUSTMENTS))
        self._remove = button("Remove it", self._take_out)
        super().__init__(
            AgreementState(agreements if agreements is not None else Agreements()), data=data, gate=gate, today=today,
            controls={"at": choice("Arrangement", {NEW: "A new one"})},
            form=[
                ipywidgets.HTML(notice_html(NO_NAMES)), self._whom, self._request, self._rationale, self._decision,
                self._decided, self._review, self._adjustments, ipywidgets.HTML(notice_html(_PRIVATE)),
                buttons(button("Keep this arrangement", self._keep_one), self._remove),
            ],
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
        at = self.state.at if self.state.at in names else NEW
        offer(self._lists["at"], names, at)
        one = None if at == NEW else held[int(at)]
        self._remove.disabled = one is None
        for control, name in ((self._whom, "whom"), (self._request, "request"), (self._rationale, "rationale")):
            control.value = getattr(one, name) if one else ""
        self._decision.value = one.decision if one else "pending"
        self._adjustments.value = one.adjustments if one else "not_asked"
        self._decided.value = one.decided_on if one else None
        self._review.value = one.review_on if one else None
        return ""

    def _keep_one(self) -> None:
        def made() -> AgreementState:
            one = Arrangement(
                self._whom.value.strip(), self._request.value.strip(), self._rationale.value.strip(),
                self._decision.value, self._decided.value, self._review.value, self._adjustments.value,
            )  # fmt: skip
            at = self._lists["at"].value
            place = None if at == NEW else int(at)
            kept = self.agreements.put(one, place)
            opened = str(len(kept.arrangements) - 1) if place is None else at
            return replace(self.state, agreements=kept, at=opened)  # type: ignore[no-any-return]

        self._keep(made, "Kept.")

    def _take_out(self) -> None:
        def made() -> AgreementState:
            left = self.agreements.without(int(self._lists["at"].value))
            return replace(self.state, agreements=left, at=NEW)  # type: ignore[no-any-return]

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
