"""Assessing one's own practice: checklists, the nine conditions, gaps, the improvement plan and its re-measuring."""

from hybrid_toolkit.assess.action_plan import Action, ActionPlan, draft_plan
from hybrid_toolkit.assess.agreement import Agreements, Arrangement
from hybrid_toolkit.assess.chart import ControlChart, individuals_chart, share_chart
from hybrid_toolkit.assess.checklist import CHECKLISTS, Checklist, load_checklist
from hybrid_toolkit.assess.gaps import Gap, compare_belief, find_gaps, suggest_actions
from hybrid_toolkit.assess.maturity import Answer, Assessment, Maturity, rate_conditions
from hybrid_toolkit.assess.record import Entry, Record, return_verdict, to_do
from hybrid_toolkit.assess.remeasure import Remeasured, judge_change
from hybrid_toolkit.assess.roles import ROLES

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
    "ControlChart",
    "Entry",
    "Gap",
    "Maturity",
    "Record",
    "Remeasured",
    "compare_belief",
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


def __dir__() -> list[str]:
    return sorted(__all__)
