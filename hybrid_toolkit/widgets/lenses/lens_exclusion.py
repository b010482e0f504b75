"""The lens on digital exclusion: families and staff, on either side of a threshold, and what is concentrated where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.beside_published import Beside
from hybrid_toolkit.widgets.lenses.exclusion_families import CUTS, FamilyAccess
from hybrid_toolkit.widgets.lenses.exclusion_staff import StaffBroadband
from hybrid_toolkit.widgets.lenses.lens_view import LensView, notes_release
from hybrid_toolkit.widgets.lenses.lens_widget import view_state
from hybrid_toolkit.widgets.lenses.shared_panels import published_panels
from hybrid_toolkit.widgets.parts.sitting_gate import sitting_gate
from hybrid_toolkit.widgets.parts.state import DataReference, offered_beside

WHO = {"families": "Families", "staff": "Staff"}
MEASURE_OF = {"families": "access_meets_share", "staff": "broadband_adequate_share"}
"""The measure of each side that published figures may stand beside."""


@dataclass(frozen=True, slots=True)
class DigitalExclusionState:
    """Who is looked at, and where the line is drawn between enough and too little.

    Parameters
    ----------
    who : str, optional
        ``"families"`` or ``"staff"``; empty for the first that the data open.
    threshold : str, optional
        Needs met (of ten) or Mbit/s at home, one of the steps of the slider.
    beside : str, optional
        ``"published"`` where published figures stand beside it, or ``"none"``.
    """

    who: str = ""
    threshold: str = ""
    beside: str = ""


class DigitalExclusionViews:
    """Views of digital exclusion. The steps of the slider are the ends of fixed bands (see ``bands``)."""

    def __init__(self, data: EvaluationData, *, gate: Gate | None = None) -> None:
        self.data = data
        self._gate = sitting_gate(data, gate)
        self._made: dict[DigitalExclusionState, LensView] = {}

    @cached_property
    def reference(self) -> DataReference:
        """How code gets these data again."""
        return DataReference.of(self.data)

    @cached_property
    def _sides(self) -> dict[str, FamilyAccess | StaffBroadband]:
        found: dict[str, FamilyAccess | StaffBroadband] = {}
        for name, kind in (("families", FamilyAccess), ("staff", StaffBroadband)):
            try:
                side = kind(self.data, self._gate)
            except HybridToolkitError:  # these data do not open it; the empty state says what is needed
                continue
            if side.steps:
                found[name] = side
        return found

    def empty(self) -> tuple[str, str] | None:
        """Why there is nothing to show, or None."""
        if self._sides:
            return None
        return (
            "There is no record of families' digital access and none of staff's broadband that is large enough.",
            "Add tables 'access' and 'contact' for families; 'worker' (broadband_mbps) and 'worker_month' for staff.",
        )

    def choices(self, state: DigitalExclusionState) -> Mapping[str, Mapping[str, str]]:
        """What the data offer."""
        steps = self._sides[state.who].steps if state.who in self._sides else {}
        first = {k: v for k, v in steps.items() if k == self._usual(state.who)} if not state.threshold else {}
        # the published standard is all ten needs: beside another line it would be read as that line's
        same = state.who != "families" or state.threshold == f"{CUTS[-1]:g}"
        known = state.who in self._sides and same and Beside().knows(MEASURE_OF[state.who])
        return {
            "who": {k: WHO[k] for k in self._sides},
            "threshold": {**first, **steps},
            "beside": offered_beside(known),
        }

    def _usual(self, who: str) -> str:
        side = self._sides.get(who)
        return side.usual if side is not None else ""

    def view(self, state: DigitalExclusionState) -> LensView:
        """The view of one state."""
        if state not in self._made:
            side = self._sides[state.who]
            text, panels = side.view(float(state.threshold))
            beside, told = published_panels(self._gate, self.data, MEASURE_OF[state.who], state.beside)
            notes = [*side.notes, *told, f"Every step of the slider has the same bands; none includes fewer than "
                     f"{self._gate.policy.threshold} people."]  # fmt: skip
            said = notes_release(self._gate, notes, title="Digital exclusion", source=self.data)
            self._made[state] = LensView("Digital exclusion", text, (*panels, *beside), said, side.missing)
        return self._made[state]


def view_digital_exclusion(
    data: EvaluationData, *, who: str = "", threshold: str = "", beside: str = "", gate: Gate | None = None
) -> LensView:
    """The lens on digital exclusion without a widget: the same numbers through the same gate.

    Parameters
    ----------
    who : str, optional
        ``"families"`` or ``"staff"``.
    threshold : str, optional
        Needs met of ten, or Mbit/s at home: a step that the data offer.
    beside : str, optional
        ``"published"`` for published figures beside it.

    Raises
    ------
    UsageError
        These data offer no such step, or open nothing.
    """
    return view_state(DigitalExclusionViews(data, gate=gate), DigitalExclusionState(who, threshold, beside))
