"""The action plan as it is saved: actions from gaps or of one's own, with owner, dates, measure, status, progress."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.errors import UsageError

if TYPE_CHECKING:
    from hybrid_toolkit.app.visit import Visit
    from hybrid_toolkit.assess.checklist import ChecklistItem
    from hybrid_toolkit.assess.gaps import Gap

PLAN_FILE = "plan"
ACTION_DAYS = 90
"""A drafted action is due in a quarter, when the next round is; change it with the people who own it."""
STATUSES: Mapping[str, str] = {
    "planned": "Not started",
    "under_way": "In progress",
    "done": "Completed",
    "stopped": "Stopped",
}
FIELD_WORDS: Mapping[str, str] = {
    "words": "Action", "owner": "Owner", "due": "Complete by", "level": "Who does it concern?", "measure": "Measure",
    "started": "Date the change started", "status": "Status", "progress": "Progress",
}  # fmt: skip
"""What the fields of an action are called on its page."""
_TOLD = 200
"""Letters of another's text that are told again where it was replaced: a sentence or two."""
ACTION_FIELDS = ("words", "owner", "due", "level", "measure", "started", "status", "progress")


def actions(work: Workspace, *, archived: bool = False) -> tuple[Mapping[str, Any], ...]:
    """The actions of the plan, or those set aside."""
    held = work.read(PLAN_FILE).content.get("actions", [])
    return tuple(a for a in held if bool(a.get("archived")) == archived)


def actions_for(work: Workspace, item: str = "") -> tuple[Mapping[str, Any], ...]:
    """The actions that answer a prompt; those that answer any where none is named."""
    return tuple(a for a in actions(work) if (a.get("gap") == item if item else a.get("gap")))


def action_of(work: Workspace, number: str) -> Mapping[str, Any]:
    """One action by number.

    Raises
    ------
    UsageError
        There is none.
    """
    held = work.read(PLAN_FILE).content.get("actions", [])
    found = next((a for a in held if str(a["id"]) == number), None)
    if found is None:
        raise UsageError("the plan has no action of that number.", fix="Choose one from the plan.", code="APP-ACTION")
    return found  # type: ignore[no-any-return]


def new_action(
    visit: Visit,
    *,
    gap: Gap | None = None,
    answer: tuple[ChecklistItem, ChecklistItem] | None = None,
    chosen_at: tuple[ChecklistItem, str] | None = None,
) -> int:
    """Add an action, from a gap, a statement or the list to choose from, or empty.

    Parameters
    ----------
    visit : Visit
        The visit.
    gap : Gap | None, optional
        The gap that it answers: its first suggested action and measure are filled in.
    answer : tuple[ChecklistItem, ChecklistItem] | None, optional
        A statement on remote working and the action from the list that answers it.
    chosen_at : tuple[ChecklistItem, str] | None, optional
        An action from the list, and the level at which it is done.

    Returns
    -------
    int
        The number of the action.
    """
    made: dict[str, Any] = {"status": "planned", "due": (visit.today + timedelta(days=ACTION_DAYS)).isoformat()}
    if gap is not None:
        from hybrid_toolkit.assess.gaps import suggest_actions
        from hybrid_toolkit.metrics.specs.registry import REGISTRY

        taken = {a.get("seed") for a in actions(visit.saved_in)}
        free = next((a for a in suggest_actions(gap) if a.id not in taken), None)
        ready = [m for m in gap.metrics if REGISTRY[m].computed]
        if free is not None:
            made |= {"words": free.text, "seed": free.id}
        else:
            made |= {"words": "", "seed": ""}
        made |= {"measure": ready[0] if ready else "", "gap": gap.item, "gap_text": gap.text}
    if answer is not None:
        statement, chosen = answer
        measures = (*chosen.metrics, *statement.metrics)
        made |= {
            "words": chosen.text,
            "seed": chosen.id,
            "measure": measures[0] if measures else "",
        }
        made |= {"gap": statement.id, "gap_text": statement.text, "statement": True}
        made |= {"level": chosen.levels[0]} if len(chosen.levels) == 1 else {}
    if chosen_at is not None:
        chosen, level = chosen_at
        made |= {"words": chosen.text, "seed": chosen.id, "level": level}
        made |= {"measure": chosen.metrics[0]} if chosen.metrics else {}
    numbers: list[int] = []

    def put(content: dict[str, Any]) -> dict[str, Any]:
        held = list(content.get("actions", []))
        numbers[:] = [1 + max((int(a["id"]) for a in held), default=0)]
        return {**content, "actions": [*held, {"id": numbers[0], **made}]}

    visit.saved_in.change(PLAN_FILE, put, f"added an action on {visit.today}")
    return numbers[0]


def change_action(work: Workspace, number: str, given: Mapping[str, Any], words: str) -> None:
    """Change some fields of an action; raises as ``action_of``."""
    action_of(work, number)

    def put(content: dict[str, Any]) -> dict[str, Any]:
        held = [{**a, **given} if str(a["id"]) == number else a for a in content.get("actions", [])]
        return {**content, "actions": held}

    work.change(PLAN_FILE, put, words)


def action_shown(action: Mapping[str, Any]) -> str:
    """The fields of an action as a page shows them, which come back with its form and tell what was changed there."""
    return json.dumps({k: str(action.get(k) or "") for k in ACTION_FIELDS}, ensure_ascii=False)


def change_shown_action(work: Workspace, number: str, given: Mapping[str, str], shown: str) -> str:
    """Change the fields that were changed on a page; what somebody else changed since it was opened stays and is told.

    Parameters
    ----------
    work : Workspace
        The folder of the work.
    number : str
        The number of the action.
    given : Mapping[str, str]
        The fields as they came.
    shown : str
        What ``action_shown`` gave when the page was made; empty where a page does not say.

    Returns
    -------
    str
        What somebody else changed meanwhile, in words; their text where both changed the same field. Empty for nothing.

    Raises
    ------
    UsageError
        There is no action of that number.

    Examples
    --------
    >>> import tempfile
    >>> desk = Workspace(tempfile.mkdtemp())
    >>> _ = desk.change("plan", lambda c: {"actions": [{"id": 1, "words": "Agree breaks."}]}, "added an action")
    >>> page = action_shown(action_of(desk, "1"))
    >>> change_shown_action(desk, "1", {"words": "Agree breaks and calls."}, page)
    ''
    >>> change_shown_action(desk, "1", {"words": "Agree quiet hours."}, page)
    "Somebody else changed this action meanwhile. Action: yours replaced 'Agree breaks and calls.'."
    """
    try:
        seen = json.loads(shown) if shown else None
    except ValueError:
        seen = None
    if not isinstance(seen, dict):
        change_action(work, number, given, f"changed action {number}")
        return ""
    now = {k: str(action_of(work, number).get(k) or "") for k in ACTION_FIELDS}
    was = {k: _flat(seen.get(k, "")) for k in ACTION_FIELDS}
    mine = {k: v for k, v in given.items() if _flat(v) != was[k]}
    told = []
    for k, name in FIELD_WORDS.items():
        if k in mine and _flat(now[k]) not in (was[k], _flat(mine[k])):
            told.append(f"{name}: yours replaced '{_flat(now[k])[:_TOLD]}'")
        elif k not in mine and _flat(now[k]) != was[k]:
            told.append(f"{name}: kept as changed")
    beside = " beside another change" if told else ""  # a step of its own for Undo
    if mine:
        change_action(work, number, mine, f"changed action {number}{beside}")
    return f"Somebody else changed this action meanwhile. {'; '.join(told)}." if told else ""


def _flat(value: object) -> str:
    return " ".join(str(value).split())


def standing_words(action: Mapping[str, Any], today: date) -> str:
    """Where an action stands, in words.

    Parameters
    ----------
    action : Mapping[str, Any]
        The action.
    today : date
        The day.

    Returns
    -------
    str
        "Draft" while words, owner or date are missing; "Completed", "Stopped", "Overdue", "Due soon" or the status.

    Examples
    --------
    >>> held = {"words": "Agree breaks.", "owner": "supervisor", "due": "2026-03-31", "status": "planned"}
    >>> [standing_words(held, date(2026, m, 15)) for m in (1, 3, 4)]
    ['Not started', 'Due soon', 'Overdue']
    """
    from hybrid_toolkit.assess.action_plan import DUE_SOON_DAYS  # not at the start: it reads the register of measures

    status = str(action.get("status", "planned"))
    if status in ("done", "stopped"):
        return STATUSES[status]
    if wrong_fields(action):
        return "Draft"
    due = date.fromisoformat(str(action["due"]))
    if due < today:
        return "Overdue"
    return "Due soon" if due - today <= timedelta(days=DUE_SOON_DAYS) else STATUSES[status]


def wrong_fields(action: Mapping[str, Any]) -> dict[str, str]:
    """Field -> what is missing or wrong in an action; empty for a whole one.

    Parameters
    ----------
    action : Mapping[str, Any]
        The action.

    Returns
    -------
    dict[str, str]
        Field -> the error.
    """
    from hybrid_toolkit.assess.roles import ROLES

    wrong = {}
    if not action.get("words"):
        wrong["words"] = "Enter what is to be done."
    if action.get("owner") not in ROLES:
        wrong["owner"] = "Choose the role that owns the action."
    if _day(action.get("due")) is None:
        wrong["due"] = "Enter the date the action will be completed by."
    if action.get("started") and _day(action["started"]) is None:
        wrong["started"] = "Enter the date as year, month and day, such as 2027-03-31."
    return wrong


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
