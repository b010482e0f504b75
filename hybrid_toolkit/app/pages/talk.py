"""Prepare a conversation: checklists that are filled in together, and blank sheets that are only printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from hybrid_toolkit.app.assessment import refuse_details
from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page, group_pages, status_of
from hybrid_toolkit.app.saved_plan import actions_for, new_action
from hybrid_toolkit.app.visit import Answered, Entered, GoTo, PageView, Saved, Visit
from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.assess.actions import ACTION_LEVELS, answering_actions
from hybrid_toolkit.assess.checklist import ChecklistPart, load_checklist, scales
from hybrid_toolkit.assess.filled_checklist import Entry, Record, return_verdict
from hybrid_toolkit.errors import UsageError

FILLED = {
    "share": ("SHARE: five steps", "Go through five steps to hybrid working, for employers and employees."),
    "risk": ("Risk assessment", "Ask what could go wrong, for which groups, and what it means for equality."),
    "return_tests": ("Before asking people back on site", "Three tests to meet first, and what helps."),
    "digital_practice": ("Digital practice", "Three tools to think with, in supervision or in a team."),
    "questions": ("Questions for leaders", "What leaders and the organisation can ask themselves."),
    "statements": (
        "Statements on remote working",
        "Talk fifteen statements through as a team; a red one leads to actions that answer it.",
    ),
}
"""Checklist -> title and purpose of its page."""
SHEETS = {
    "wellness": ("Wellness plan", "A blank sheet to print and fill in by hand; nothing is saved."),
    "signs": ("Someone may be struggling", "A reminder to print before a conversation; nothing is saved."),
    "supervision": (
        "Supervision conversation",
        "Questions on hybrid working for the two people in supervision; to print, nothing is saved.",
    ),
    "benefits": ("Benefits people name", "What hybrid working is said to bring, with the measures for each."),
    "challenges": ("Challenges people name", "What hybrid working is said to cost, with the measures for each."),
}
LINES = {"wellness": 4, "supervision": 2}
"""Sheet -> blank lines to write on under each item."""


def talk_file(checklist: str) -> str:
    """Name of the saved file of a checklist."""
    return f"talk/{checklist}"


def answers_to(work: Workspace | None, checklist: str) -> dict[str, dict[str, str]]:
    """Item -> ``answer`` and ``words`` of a checklist, as they are saved."""
    if work is None:
        return {}
    return {k: dict(v) for k, v in work.read(talk_file(checklist)).content.get("answers", {}).items()}


def part_stands(part: ChecklistPart, held: dict[str, dict[str, str]]) -> str:
    """Where a section stands.

    Parameters
    ----------
    part : ChecklistPart
        The section.
    held : dict[str, dict[str, str]]
        The saved answers.

    Returns
    -------
    str
        ``TO_DO``, ``BEGUN`` or ``DONE``.
    """
    asked = [i for i in part.items if i.scale]
    answered = sum(bool(held.get(i.id, {}).get("answer")) for i in asked)
    if asked and answered == len(asked):
        return DONE
    return BEGUN if any(any(held.get(i.id, {}).values()) for i in part.items) else TO_DO


def _overview(visit: Visit) -> Answered:
    tasks = [
        {"title": p.title, "href": p.path, "hint": p.purpose, "stands": status_of(p, visit) if p.status else ""}
        for p in group_pages("talk")
        if p.path != "/talk"
    ]
    return PageView("talk.html.j2", {"tasks": tasks})


def _list(checklist: str) -> Callable[[Visit], Answered]:
    """The page of a checklist: its sections, and what they say so far."""

    def show(visit: Visit) -> Answered:
        listed, work = load_checklist(checklist), visit.saved_in
        given: dict[str, str] = {}
        errors: dict[str, str] = {}
        if visit.sent:
            if visit.form.word("action"):
                return _answer_statement(visit)
            if visit.form.word("what"):
                return GoTo(f"/talk/{checklist}", work.step(talk_file(checklist), visit.form.word("what")))
            given = visit.form.changed("about")
            errors = refuse_details(given)
            if given and not errors:
                work.change(talk_file(checklist), lambda c: {**c, **given}, "what it is about")
            if visit.draft:
                return Saved(errors=errors)
            if not errors:
                return GoTo(f"/talk/{checklist}", "Saved.")
        held = answers_to(work, checklist)
        tasks = [
            {"title": p.title, "href": f"/talk/{checklist}/{p.id}", "stands": part_stands(p, held),
             "hint": f"{sum(bool(held.get(i.id, {}).get('answer')) for i in p.items)} of {len(p.items)} answered"}
            for p in listed.parts
        ]  # fmt: skip
        parts = [(p, _rows(p, held)) for p in listed.parts]
        verdict = ""
        if checklist == "return_tests":
            whole = [Entry(k, v["answer"]) for k, v in held.items() if v.get("answer")]
            verdict = return_verdict(Record(checklist, tuple(whole)))
        values = {"listed": listed, "tasks": tasks, "parts": parts, "verdict": verdict, "checklist": checklist,
                  "about": given.get("about", work.read(talk_file(checklist)).content.get("about", "")),
                  "errors": errors,
                  "turns": work.steps(talk_file(checklist)), "red": _red(work, checklist, held)}  # fmt: skip
        return PageView("talk_list.html.j2", values)

    return show


def _red(work: Workspace, checklist: str, held: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Each statement that was answered red, with the actions that answer it and those that the plan has already."""
    items = load_checklist(checklist).items
    return [
        {"statement": i, "planned": actions_for(work, i.id),
         "actions": [(a, ", ".join(ACTION_LEVELS[level] for level in a.levels)) for a in answering_actions(i.id)]}
        for i in items if i.scale == "light" and held.get(i.id, {}).get("answer") == "red"
    ]  # fmt: skip


def _answer_statement(visit: Visit) -> Answered:
    """Add the action that was chosen for a statement to the plan."""
    statement = load_checklist("statements").item(visit.form.word("statement"))
    chosen = next((a for a in answering_actions(statement.id) if a.id == visit.form.word("action")), None)
    if chosen is None:
        raise UsageError("this action does not answer that statement.", fix="Open the list again.", code="APP-ACTION")
    return GoTo(f"/plan/{new_action(visit, answer=(statement, chosen))}", "The action is in the plan. Change it as you "
                "agree.")  # fmt: skip


def _rows(part: ChecklistPart, held: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    rows = []
    for item in part.items:
        one = held.get(item.id, {})
        said = scales().get(item.scale, {}).get(one.get("answer", ""), "Not answered").partition(":")[0]
        rows.append({"key": item.text, "value": said, "more": one.get("words", "")})
    return rows


def _section(checklist: str) -> Callable[[Visit], Answered]:
    """One section: an answer and words for each item."""

    def show(visit: Visit) -> Answered:
        listed, work = load_checklist(checklist), visit.saved_in
        part = listed.part(visit.params["part"])
        here = listed.parts.index(part)
        after = listed.parts[here + 1] if here + 1 < len(listed.parts) else None
        held, errors = answers_to(work, checklist), dict[str, str]()
        if visit.sent:
            given = {i.id: _sent(visit, i.id) for i in part.items}
            errors = refuse_details({f"{k}-words": v.get("words", "") for k, v in given.items()})
            odd = [i for i in part.items if given[i.id].get("answer", "") not in ("", *scales().get(i.scale, {}))]
            errors |= {i.id: "Choose one of the answers." for i in odd}
            if not errors:
                _save(work, checklist, given, part.title)
                if not visit.draft:
                    # the next key press reaches the first question, not the navigation again
                    return GoTo(f"/talk/{checklist}/{after.id}#main" if after else f"/talk/{checklist}")
            if visit.draft:
                return Saved(errors=errors)
            held |= {k: {**held.get(k, {}), **one} for k, one in given.items()}
        values = {
            "part": part, "listed": listed, "errors": errors, "scales": scales(), "checklist": checklist,
            "about": part.about, "number": here + 1, "last": after is None,
            "items": [(i, i.text, Entered(held.get(i.id, {}))) for i in part.items],
        }  # fmt: skip
        return PageView("talk_section.html.j2", values, status=422 if errors else 200, title=part.title)

    return show


def _sent(visit: Visit, item: str) -> dict[str, str]:
    """The answer and the words of an item, as far as the form brought them."""
    came = visit.form.changed(item, f"{item}-words")
    return {name: came[field] for name, field in (("answer", item), ("words", f"{item}-words")) if field in came}


def _save(work: Workspace, checklist: str, given: dict[str, dict[str, str]], title: str) -> None:
    at = datetime.now().isoformat(timespec="seconds")

    def put(content: dict[str, Any]) -> dict[str, Any]:
        held = dict(content.get("answers", {}))
        for item, one in given.items():
            old = {k: v for k, v in held.get(item, {}).items() if k != "at"}
            new = {**old, **one}
            if new != old and (old or any(new.values())):
                held[item] = {**new, "at": at}
        return {**content, "answers": held}

    work.change(talk_file(checklist), put, f"answers in {title}")


def _sheet(checklist: str) -> Callable[[Visit], Answered]:
    """A sheet that is read and printed; it has no field, and nothing of it is saved."""

    def show(visit: Visit) -> Answered:
        listed = load_checklist(checklist)
        names = _metric_names() if any(i.metrics for i in listed.items) else {}
        parts = [
            (p.title, p.about,
             [(i.text, [f"{names[m]}{i.split}" for m in i.metrics]) for i in p.items])
            for p in listed.parts
        ]  # fmt: skip
        return PageView("sheet.html.j2", {"listed": listed, "parts": parts, "lines": LINES.get(checklist, 0)})

    return show


def _metric_names() -> dict[str, str]:
    from hybrid_toolkit.metrics.specs.registry import REGISTRY

    return {m: spec.name for m, spec in REGISTRY.items()}


def _stands(checklist: str) -> Callable[[Visit], str]:
    def stands(visit: Visit) -> str:
        held = answers_to(visit.workspace, checklist)
        found = {part_stands(p, held) for p in load_checklist(checklist).parts}
        return DONE if found == {DONE} else TO_DO if found == {TO_DO} else BEGUN

    return stands


ALL = (
    Page("/talk", "Overview", "What you can prepare, alone or together.", "talk", _overview),
    *(
        page
        for key, (title, purpose) in FILLED.items()
        for page in (
            Page(f"/talk/{key}", title, purpose, "talk", _list(key), status=_stands(key), step=True, saves=True),
            Page(f"/talk/{key}/<part>", title, purpose, "talk", _section(key), listed=False, saves=True),
        )
    ),
    *(Page(f"/talk/{key}", title, purpose, "talk", _sheet(key)) for key, (title, purpose) in SHEETS.items()),
)
