"""Assessing one's own practice: checklists, the nine conditions, gaps, the improvement plan and its re-measuring."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hybrid_toolkit.assess.action_plan import Action, ActionPlan, draft_plan
    from hybrid_toolkit.assess.actions import answering_actions
    from hybrid_toolkit.assess.agreement import Agreements, Arrangement
    from hybrid_toolkit.assess.chart import ControlChart, individuals_chart, share_chart
    from hybrid_toolkit.assess.checklist import CHECKLISTS, Checklist, load_checklist
    from hybrid_toolkit.assess.filled_checklist import Entry, Record, return_verdict, to_do
    from hybrid_toolkit.assess.gaps import Gap, compare_belief, find_gaps, suggest_actions
    from hybrid_toolkit.assess.maturity import Answer, Assessment, Maturity, rate_conditions
    from hybrid_toolkit.assess.remeasure import Remeasured, judge_change
    from hybrid_toolkit.assess.roles import ROLES
    from hybrid_toolkit.assess.rounds import ComparedRounds, compare_rounds

_WHERE = {
    "action_plan": ("Action", "ActionPlan", "draft_plan"),
    "actions": ("answering_actions",),
    "agreement": ("Agreements", "Arrangement"),
    "chart": ("ControlChart", "individuals_chart", "share_chart"),
    "checklist": ("CHECKLISTS", "Checklist", "load_checklist"),
    "gaps": ("Gap", "compare_belief", "find_gaps", "suggest_actions"),
    "maturity": ("Answer", "Assessment", "Maturity", "rate_conditions"),
    "filled_checklist": ("Entry", "Record", "return_verdict", "to_do"),
    "remeasure": ("Remeasured", "judge_change"),
    "roles": ("ROLES",),
    "rounds": ("ComparedRounds", "compare_rounds"),
}
__all__ = [
    "CHECKLISTS",
    "ROLES",
    "Action",
    "ActionPlan",
    "Agreements",
    "Answer",
    "Arrangement",
    "Assessment",
    "Checklist",
    "ComparedRounds",
    "ControlChart",
    "Entry",
    "Gap",
    "Maturity",
    "Record",
    "Remeasured",
    "answering_actions",
    "compare_belief",
    "compare_rounds",
    "draft_plan",
    "find_gaps",
    "individuals_chart",
    "judge_change",
    "load_checklist",
    "rate_conditions",
    "return_verdict",
    "share_chart",
    "suggest_actions",
    "to_do",
]


def __getattr__(name: str) -> Any:
    """A public name, imported when it is first asked for: the checklists then need no data library."""
    for module, names in _WHERE.items():
        if name in names:
            return getattr(import_module(f"hybrid_toolkit.assess.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
