"""Assess our arrangements: the task list, the round, the prompts of one's own, and the answers, one prompt a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hybrid_toolkit.app.assessment import Rater, Round, current_round, refuse_details
from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page, group_pages, status_of
from hybrid_toolkit.app.visit import Answered, Entered, GoTo, PageView, Saved, Visit
from hybrid_toolkit.assess.checklist import load_checklist, scales
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.errors import UsageError, plural

ENOUGH = 3
"""People from whom on a level is shown (as ``assess.maturity.MIN_RATERS``, which a test compares)."""


def _overview(visit: Visit) -> Answered:
    tasks = [
        {"title": p.title, "href": p.path, "hint": p.purpose, "stands": status_of(p, visit)}
        for p in group_pages("assess")
        if p.step
    ]
    opened = current_round(visit.workspace) if visit.workspace is not None else None
    return PageView("assess.html.j2", {"tasks": tasks, "round": opened, "listed": load_checklist("conditions")})


def _setup(visit: Visit) -> Answered:
    opened = current_round(visit.saved_in)
    held = Entered(opened.setup)
    if not visit.sent:
        return PageView("assess_setup.html.j2", {"held": held, "errors": {}, "round": opened})
    given = visit.form.changed("title", "on", "scope")
    errors = refuse_details({k: given.get(k, "") for k in ("title", "scope")})
    if not errors:
        visit.saved_in.change(opened.setup_name, lambda c: {**c, **given}, "set up the assessment")
    if visit.draft:
        return Saved(errors=errors)
    given = {**held, **given}
    if not given.get("title"):
        errors["title"] = "Enter a name for this assessment, for example Autumn 2026."
    if errors:
        return PageView("assess_setup.html.j2", {"held": Entered(given), "errors": errors, "round": opened}, status=422)
    return GoTo("/assess/people", "Saved.")


def _setup_stands(visit: Visit) -> str:
    return DONE if visit.workspace is not None and current_round(visit.workspace).setup.get("title") else TO_DO


def _own(visit: Visit) -> Answered:
    """Prompts and conditions of one's own: add, change, set aside, bring back."""
    opened = current_round(visit.saved_in)
    own = Entered({k: [Entered(one) for one in some] for k, some in opened.setup.get("own", {}).items()})
    conditions = {p.id: p.title for p in load_checklist("conditions").parts}
    conditions |= {c["id"]: c["title"] for c in own["conditions"] if not c.get("archived")}
    values: dict[str, Any] = {"conditions": conditions, "own": own, "errors": {}, "given": Entered(), "round": opened}
    if not visit.sent:
        return PageView("assess_own.html.j2", values)
    what = visit.form.word("what")
    if what in ("archive", "restore"):
        _mark(visit, opened, visit.form.word("id"), what == "archive")
        return GoTo("/assess/own", "Set aside. You can restore it below." if what == "archive" else "Restored.")
    given = {k: visit.form.word(k) for k in ("condition", "text", "title", "about")}
    errors = refuse_details(given)
    if what == "prompt":
        if not given["text"]:
            errors["text"] = "Enter the prompt, as a statement that people can agree with or not."
        if given["condition"] not in conditions:
            errors["condition"] = "Choose the condition that it belongs to."
    elif not given["title"]:
        errors["title"] = "Enter a name for the condition."
    if errors:
        return PageView("assess_own.html.j2", {**values, "errors": errors, "given": Entered(given)}, status=422)
    _add(visit, opened, what, given)
    return GoTo("/assess/own", "Added.")


def _add(visit: Visit, opened: Round, what: str, given: Mapping[str, str]) -> None:
    def put(content: dict[str, Any]) -> dict[str, Any]:
        own = {k: list(v) for k, v in dict(content.get("own", {})).items()}
        number = 1 + sum(len(v) for v in own.values())
        if what == "prompt":
            one = {"id": f"own-{number}", "condition": given["condition"], "text": given["text"]}
            own["prompts"] = [*own.get("prompts", []), one]
        else:
            one = {"id": f"own-{number}", "title": given["title"], "about": given["about"]}
            own["conditions"] = [*own.get("conditions", []), one]
        return {**content, "own": own}

    visit.saved_in.change(opened.setup_name, put, "added a prompt or condition")


def _mark(visit: Visit, opened: Round, which: str, archived: bool) -> None:
    def put(content: dict[str, Any]) -> dict[str, Any]:
        own = {
            kind: [{**one, "archived": archived} if one["id"] == which else one for one in some]
            for kind, some in dict(content.get("own", {})).items()
        }
        return {**content, "own": own}

    visit.saved_in.change(opened.setup_name, put, f"set aside or brought back {which}")


def _rater(visit: Visit) -> tuple[Round, Rater]:
    opened = current_round(visit.saved_in)
    rater = opened.rater(visit.params["rater"])
    if not any(r.key == rater.key for r in opened.all_raters):
        raise UsageError("there is no such person.", fix="Choose one from People and answers.", code="APP-RATER")
    if visit.session is not None:
        visit.session.be(rater.words)
    return opened, rater


def _conditions(visit: Visit) -> Answered:
    """One person's task list: the conditions."""
    opened, rater = _rater(visit)
    tasks = [
        {
            "title": part.title,
            "href": f"/assess/answer/{rater.key}/{_first_open(rater, part.items)}",
            "hint": f"{sum(rater.whole(i.id) for i in part.items)} of {len(part.items)} answered",
            "stands": rater.stands(part.items),
        }
        for part in opened.listed.parts
    ]
    return PageView("assess_person.html.j2", {"tasks": tasks, "rater": rater, "round": opened}, title=rater.words)


def _first_open(rater: Rater, items: Any) -> str:
    return str(next((i.id for i in items if not rater.whole(i.id)), items[0].id))


def _question(visit: Visit) -> Answered:
    """One prompt."""
    opened, rater = _rater(visit)
    listed, item = opened.listed, visit.params["item"]
    prompt, part = listed.item(item), listed.part_of(item)
    order = [i.id for i in listed.items]
    at = order.index(item)
    here = f"/assess/answer/{rater.key}"
    onward = f"{here}/{order[at + 1]}" if at + 1 < len(order) else f"{here}/check"
    if visit.query.word("then") == "check":
        onward = f"{here}/check"
    if visit.sent:
        given = visit.form.changed("level", "evidence", "reference")
        errors = refuse_details({k: given.get(k, "") for k in ("evidence", "reference")})
        if errors:
            if visit.draft:
                return Saved(errors=errors)
            values = _question_values(opened, rater, item, onward, errors) | {
                "held": Entered({**rater.answers.get(item, {}), **given})
            }
            return PageView("assess_question.html.j2", values, status=422, title=prompt.text)
        rater = opened.answer(rater.key, item, given)
        why = rater.draft_reason(item)
        if visit.draft:
            return Saved(f"Saved as a draft: {why}" if why else "Saved")
        if why or not rater.answers.get(item, {}).get("level"):
            then = "&then=check" if onward.endswith("/check") else ""
            return GoTo(f"{here}/{item}?check=1{then}")
        return GoTo(f"{onward}#main")  # the next key press reaches the prompt, not the navigation again
    errors = {}
    if visit.query.word("check"):
        held = rater.answers.get(item, {})
        if not held.get("level"):
            errors["level"] = "Choose how far this is in place, or skip this question."
        elif rater.draft_reason(item):
            errors["evidence"] = "Enter the evidence, or choose Established."
    values = _question_values(opened, rater, item, onward, errors)
    values |= {"back": f"{here}/{order[at - 1]}" if at else here, "part": part}
    return PageView("assess_question.html.j2", values, title=prompt.text)


def _question_values(opened: Round, rater: Rater, item: str, onward: str, errors: Mapping[str, str]) -> dict[str, Any]:
    listed = opened.listed
    part, order = listed.part_of(item), [i.id for i in listed.items]
    within = [i.id for i in part.items]
    return {
        "round": opened, "rater": rater, "item": listed.item(item), "part": part,
        "about": part.about, "levels": scales()["maturity"],
        "held": Entered(rater.answers.get(item, {})), "errors": errors, "onward": onward,
        "number": order.index(item) + 1, "total": len(order), "within": within.index(item) + 1, "of": len(within),
        "back": f"/assess/answer/{rater.key}", "draft": rater.draft_reason(item),
    }  # fmt: skip


def _check(visit: Visit) -> Answered:
    """Check your answers."""
    opened, rater = _rater(visit)
    listed = opened.listed
    if visit.sent:
        open_ = [i for i in listed.items if not rater.whole(i.id)]
        finished = visit.today.isoformat()
        visit.saved_in.change(
            opened.rater_name(rater.key), lambda c: {**c, "finished": finished}, "said that these are the answers"
        )
        lacking = plural(len(open_), "prompt has", "prompts have")
        left = f" {lacking} no whole answer; you can still add to your answers." if open_ else ""
        return GoTo("/assess/people", f"{rater.words}: answers handed in.{left}")
    parts = []
    for part in listed.parts:
        rows = []
        for i in part.items:
            held = rater.answers.get(i.id, {})
            level = scales()["maturity"].get(held.get("level", ""), "Not answered").partition(":")[0]
            why = rater.draft_reason(i.id)
            more = "; ".join(p for p in (held.get("evidence", ""), held.get("reference", "")) if p)
            href = f"/assess/answer/{rater.key}/{i.id}?then=check"
            said = f"{level} (draft: {why})" if why else level
            rows.append({"key": i.text, "value": said, "more": more, "href": href, "about": i.text})
        parts.append((part.title, rows))
    done = sum(rater.whole(i.id) for i in listed.items)
    values = {"parts": parts, "rater": rater, "done": done, "total": len(listed.items), "round": opened}
    return PageView("assess_check.html.j2", values, title=f"Check your answers: {rater.words}")


def _answers_stand(visit: Visit) -> str:
    if visit.workspace is None:
        return TO_DO
    opened = current_round(visit.workspace)
    raters, items = opened.raters, opened.listed.items
    if sum(r.stands(items) == DONE or bool(r.finished) for r in raters) >= ENOUGH:
        return DONE
    return BEGUN if raters else TO_DO


def role_options() -> dict[str, str]:
    """Roles to choose from, in words."""
    return dict(ROLES)


ALL = (
    Page("/assess", "Overview", "The steps of the assessment, and where each stands.", "assess", _overview),
    Page(
        "/assess/setup", "Set up the assessment", "Name it, date it, and say which service it is about.", "assess",
        _setup, step=True, status=_setup_stands, saves=True,
    ),
    Page(
        "/assess/own", "Your own prompts", "Add prompts or conditions that matter in your service.", "assess", _own,
        saves=True,
    ),
    Page("/assess/answer/<rater>", "Answers", "One person's conditions.", "assess", _conditions, listed=False,
         saves=True),
    Page("/assess/answer/<rater>/check", "Check your answers", "Every answer of one person.", "assess", _check,
         listed=False, saves=True),
    Page("/assess/answer/<rater>/<item>", "Question", "One prompt.", "assess", _question, listed=False, saves=True),
)  # fmt: skip
