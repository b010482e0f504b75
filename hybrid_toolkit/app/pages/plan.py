"""The action plan: every action with its standing, one action a page, and whether its measure has changed."""

from __future__ import annotations

import re
from typing import Any

from hybrid_toolkit.app.assessment import refuse_details
from hybrid_toolkit.app.file_page import file_page
from hybrid_toolkit.app.pages.assess import role_options
from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page
from hybrid_toolkit.app.render import day_text
from hybrid_toolkit.app.saved_plan import (
    ACTION_FIELDS,
    PLAN_FILE,
    STATUSES,
    action_of,
    action_shown,
    actions,
    change_action,
    change_shown_action,
    new_action,
    standing_words,
    wrong_fields,
)
from hybrid_toolkit.app.visit import Answered, Entered, GoTo, PageView, Saved, Visit
from hybrid_toolkit.assess.actions import ACTION_LEVELS, actions_at
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.errors import UsageError

_FORMS = ("docx", "xlsx")


def _plan(visit: Visit) -> Answered:
    work = visit.saved_in
    if visit.sent:
        what, number = visit.form.word("what"), visit.form.word("id")
        if what == "new":
            return GoTo(f"/plan/{new_action(visit)}")
        if what == "choose":
            return _choose(visit)
        if what in ("undo", "redo"):
            return GoTo("/plan", work.step(PLAN_FILE, what))
        change_action(work, number, {"archived": what == "archive"}, f"{what} {number}")
        return GoTo("/plan", "Set aside. You can restore it below." if what == "archive" else "Restored.")
    rows = _rows(visit)
    late = sum(r["stands"] == "Overdue" for r in rows)
    values = {
        "rows": rows,
        "aside": [Entered(a) for a in actions(work, archived=True)],
        "late": late,
        "levels": {words: actions_at(level) for level, words in ACTION_LEVELS.items()},
        "level_of": {words: level for level, words in ACTION_LEVELS.items()},
        "taken": {str(a.get("seed")) for a in actions(work)},
        "turns": work.steps(PLAN_FILE),
    }
    return PageView("plan.html.j2", values)


def _choose(visit: Visit) -> Answered:
    """Add an action from the list at the level that was chosen."""
    level = visit.form.word("level")
    listed = actions_at(level) if level in ACTION_LEVELS else ()
    chosen = next((a for a in listed if a.id == visit.form.word("action")), None)
    if chosen is None:
        raise UsageError("this action is not done at that level.", fix="Open the plan again.", code="APP-ACTION")
    made = new_action(visit, chosen_at=(chosen, level))
    return GoTo(f"/plan/{made}", "The action is in the plan. Change it as you agree.")


def _rows(visit: Visit) -> list[dict[str, Any]]:
    from hybrid_toolkit.metrics.specs.registry import REGISTRY

    return [
        {
            "action": Entered(a), "stands": standing_words(a, visit.today), "owner": ROLES.get(a.get("owner", ""), ""),
            "level": ACTION_LEVELS.get(a.get("level", ""), ""),
            "measure": REGISTRY[a["measure"]].name if a.get("measure") in REGISTRY else "",
        }
        for a in actions(visit.saved_in)
    ]  # fmt: skip


def _document(visit: Visit) -> Answered:
    """The plan as Word or Excel."""
    form = visit.path.rpartition(".")[2]
    rows = [
        {
            "action": f"{r['action']['id']}. {r['action']['words'] or 'No words yet.'}"
            + (f" Responds to: {r['action']['gap_text']}" if r["action"]["gap_text"] else ""),
            "owner": ", ".join(w for w in (r["owner"] or "No owner yet", f"{r['level'].lower()} level" if r["level"]
                                           else "") if w),
            "due": day_text(r["action"]["due"]),
            "standing": r["stands"],
            "measure": r["measure"] + (f", from {day_text(r['action']['started'])}" if r["action"]["started"] else ""),
            "progress": r["action"]["progress"],
        }
        for r in _rows(visit)
    ]  # fmt: skip
    content = visit.work(
        "hybrid_toolkit.app.work.practice:plan_file", rows=rows, on=visit.today.isoformat(), form=f".{form}"
    )
    return file_page(visit, f"action-plan.{form}", content, back="/plan")


def _action(visit: Visit) -> Answered:
    work, number = visit.saved_in, visit.params["number"]
    held = action_of(work, number)
    shown = action_shown(held)
    errors: dict[str, str] = {}
    if visit.sent:
        given: dict[str, Any] = {k: visit.form.word(k) for k in ACTION_FIELDS if k in visit.form}
        errors = refuse_details({k: given.get(k, "") for k in ("words", "progress")})
        if errors:
            if visit.draft:
                return Saved(errors=errors)
            held = {**held, **given}
        else:
            told = change_shown_action(work, number, given, visit.form.word("_shown"))
            held = action_of(work, number)
            wrong = wrong_fields(held)
            if visit.draft:
                saved = "Saved as a draft" if wrong else "Saved"
                return Saved(f"{saved}. {told}" if told else saved, shown=action_shown(held))
            if wrong:
                return GoTo(f"/plan/{number}?check=1", told)
            return GoTo("/plan", f"Action {number} is saved. {told}".strip())
    elif visit.query.word("check"):
        errors = wrong_fields(held)
    values = {
        "held": Entered(held), "errors": errors, "roles": role_options(), "statuses": STATUSES, "levels": ACTION_LEVELS,
        "measures": _measures(), "number": number, "stands": standing_words(held, visit.today),
        "shown": shown,
    }  # fmt: skip
    sent_wrong = bool(errors) and visit.sent
    return PageView("action.html.j2", values, status=422 if sent_wrong else 200, title=f"Action {number}")


def _measures() -> dict[str, str]:
    from hybrid_toolkit.metrics.specs.registry import REGISTRY

    named = sorted(((s.name, m) for m, s in REGISTRY.items() if s.computed), key=lambda n: n[0].lower())
    return {"": "None", **{m: name for name, m in named}}


def _changed(visit: Visit) -> Answered:
    """Whether the measure of an action has changed since its start."""
    work, number = visit.saved_in, visit.params["number"]
    held = action_of(work, number)
    example = bool(visit.query.word("example"))
    values: dict[str, Any] = {
        "held": Entered(held),
        "number": number,
        "example": example,
        "own": visit.own_data,
        "found": None,
    }
    asked = visit.query.word("start")
    dated = held.get("started") and "started" not in wrong_fields(held)
    started = f"{asked}-01" if example and re.fullmatch(r"\d{4}-\d\d", asked) else str(held.get("started") or "")
    if held.get("measure") and (example or (dated and visit.own_data)):
        values["found"] = visit.work(
            "hybrid_toolkit.app.work.practice:judge_action", metric=held["measure"], started=started, example=example
        )
    return PageView("changed.html.j2", values, title=f"Action {number}: has the measure changed?")


def _stands(visit: Visit) -> str:
    if visit.workspace is None:
        return TO_DO
    held = actions(visit.workspace)
    whole = [a for a in held if not wrong_fields(a)]
    return DONE if held and len(whole) == len(held) else BEGUN if held else TO_DO


ALL = (
    Page("/plan", "Action plan", "Who does what by when, and which measure should change.", "assess", _plan,
         step=True, status=_stands, saves=True),
    *(Page(f"/plan.{form}", "Action plan as a file", "To take away.", "assess", _document, listed=False, saves=True)
      for form in _FORMS),
    Page("/plan/<number>", "Action", "One action.", "assess", _action, listed=False, saves=True),
    Page("/plan/<number>/measure", "Has the measure changed?", "One action's measure before and after its start.",
         "assess", _changed, listed=False, saves=True),
)  # fmt: skip
