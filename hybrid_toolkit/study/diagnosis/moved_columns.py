"""What the generator sets for each column that a study may have as its exposure, and how far.

A column of the causal graph is moved by its node. Some stand for a part of a node, or for none: they are moved by
themselves. Of some nothing else is drawn, so that to set them changes nothing but what is counted from the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from hybrid_toolkit.data.instruments import instruments_in, load_instrument
from hybrid_toolkit.study.graph.causal_graph import digraph, shipped_graph
from hybrid_toolkit.synth.intervene import SETTABLE, moved_across, moved_by, only_in_month, set_for_one_in, set_to
from hybrid_toolkit.synth.streams import NodeChange

Ends = tuple[NodeChange, NodeChange | None]
"""The two interventions that are compared; None is the world as it is."""

_BY_ITSELF: Mapping[str, str] = {
    **{name: name for name in ("agency", "disability", "lives_alone", "n_children", "written")},
    **dict.fromkeys(("meeting_h", "meeting_h_to_date"), "meetings"),
    **dict.fromkeys(("office_days", "rs_desk_last"), "remote_share"),
    **dict.fromkeys(("leavers", "leavers_share", "headcount", "workers", "in_post", "left"), "leaving"),
    **dict.fromkeys(("contacts_held", "contacts_to_date"), "not_achieved"),
    **dict.fromkeys(("responded", "answered_share"), "answering"),
    "est_months": "team_age",
    "agency_share": "agency",
    "vacancy_share": "posts_vacant",
    "fte_days": "hours",
    "visit_in_time": "timeliness",
    "choice_known": "choice_noted",
    "engaged_known": "engagement_noted",
    "supervision_held_to_date": "supervision_held",
    "preferred_rs": "share_preferred",
    "requested_rs": "share_requested",
    "adjustment_requested": "adjustment_asked",
}
"""Column -> what the generator sets for it, where that is not the node of the graph that it measures."""
_RATED = tuple(
    c for s in load_instrument("practice_skill").scales for c in (s.id, *s.items)
)  # a scale of one item has its id
NOTHING_FOLLOWS = frozenset(
    (
        *("rereferral", "repeat_plan", "assessment_days", "assessment_in_time", "gap_days", "gap_in_time"),
        *("approved_rs", "refused", "approved_of_requested", "adjustment_in_time", "recorded_in_time"),
        *("alliance", "alliance_task", "alliance_bond", "alliance_goal", "skill", *_RATED),
        "rs_desk_next",
    )
)
"""Columns of which the generator draws nothing else, and the share of the month after, which comes too late."""
_ANSWERS = frozenset(s.id for i in instruments_in("survey") for s in i.scales)
_STEP: Mapping[str, float] = {
    **dict.fromkeys(("remote_share", "co_presence", "senior_overlap", "colleagues_remote", "back_to_back"), 0.1),
    **dict.fromkeys(("share_preferred", "share_requested"), 0.1),
    "posts_vacant": 0.05,
}
"""How far a node is moved each way; a tenth of its range, and others by one unit."""
_ENDS = (
    *("contact_mode", "supervision_mode", "family_access", "broadband", "caring", "engagement_before"),
    *("minority", "formality", "team_stability", "family_rural", "continuity", "timeliness"),
    *("child_seen", "choice_honoured", "engagement", "disability", "lives_alone", "adjustment_asked", "written"),
)
"""Nodes that are set to 0 and to 1: those that are no or yes, and a share of which everything between is a mixture."""
_SOME = 4
"""One in so many is set where not everybody can be: without contacts, answers or visits in person nothing is known."""
STAGE_BOUND: Mapping[str, float] = {"early_career": 3.0, "assessed_year": 1.0}
"""Columns of career stage, and the years registered below which they are yes."""


def node_of(exposure: str, row_unit: str) -> str:
    """What the generator sets to move a column: a node of the graph, or what the column stands for; empty for none.

    Examples
    --------
    >>> node_of("rs_desk", "contact"), node_of("vacancy_share", "team-month"), node_of("rereferral", "team-month")
    ('remote_share', 'posts_vacant', '')
    """
    return _BY_ITSELF.get(exposure) or shipped_graph().measured_by(exposure, row_unit)


def is_moved(exposure: str, row_unit: str) -> bool:
    """Whether the generator can move the column, so that it is worth simulating again.

    Examples
    --------
    >>> is_moved("rs_desk", "contact"), is_moved("turnover_pct", "authority-year"), is_moved("stage", "contact")
    (True, False, False)
    """
    node = node_of(exposure, row_unit)
    made = row_unit not in ("authority-year", "rows")  # the panel of years is drawn without months
    return (
        made and node in SETTABLE and (node != "stage" or exposure in STAGE_BOUND) and exposure not in NOTHING_FOLLOWS
    )


def follows_nothing(exposure: str, row_unit: str) -> bool:
    """Whether nothing else is drawn from a column that the generator does not move.

    What is answered in a survey is drawn last, from what is felt, and where it stands for no cause nothing follows from
    it. The panel of years has the effects of agency staffing and of caseload on turnover of the same year as
    parameters, and draws none of its columns from another otherwise.

    Examples
    --------
    >>> follows_nothing("rereferral", "team-month"), follows_nothing("agency_pct_last", "authority-year")
    (True, True)
    """
    node = shipped_graph().measured_by(exposure, row_unit)
    answered = exposure in _ANSWERS and not (node and digraph(shipped_graph()).out_degree(node))
    return exposure in NOTHING_FOLLOWS or answered or row_unit == "authority-year"


def ends_of(exposure: str, node: str, month: int) -> Ends:
    """The two interventions that are compared for a column.

    Parameters
    ----------
    exposure : str
        The column.
    node : str
        What the generator sets for it.
    month : int
        The month, counted from 0, in which alone the share of the month before is moved.
    """
    if node == "policy":
        return set_to(10_000.0), None
    if node == "leaving":
        return set_to(0.0), None
    if node == "stage":
        return moved_across(STAGE_BOUND[exposure], below=False), moved_across(STAGE_BOUND[exposure], below=True)
    if node == "agency":
        return set_to(0.0), set_for_one_in(_SOME, 1.0, 0.0)
    if node == "not_achieved":
        fewer = set_for_one_in(_SOME, 1.0, 0.0)
        return (set_to(0.0), fewer) if exposure == "not_achieved" else (fewer, set_to(0.0))
    if exposure == "remote_contact_share":
        return set_to(0.0), set_for_one_in(_SOME, 1.0, 0.0)
    if node in ("choice_noted", "engagement_noted", "answering", "supervision_held"):
        return set_for_one_in(_SOME, 0.0, 1.0), set_to(1.0)
    if node in _ENDS:
        return set_to(0.0), set_to(1.0)
    step = _STEP.get(node, 1.0)
    down, up = moved_by(-step, node), moved_by(step, node)
    return (only_in_month(down, month), only_in_month(up, month)) if exposure == "rs_desk_last" else (down, up)
