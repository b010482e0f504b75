"""What the answers say: where roles differ, beside the service's own measures, areas to discuss, notes, rounds."""

from __future__ import annotations

from typing import Any

from hybrid_toolkit.app.assessment import Round, current_round, refuse_details, rounds
from hybrid_toolkit.app.drawings import LETTERS, rounds_svg, spread_svg
from hybrid_toolkit.app.file_page import file_page
from hybrid_toolkit.app.pages.assess import ENOUGH
from hybrid_toolkit.app.pages.published import published_of
from hybrid_toolkit.app.registry import BEGUN, DONE, TO_DO, Page
from hybrid_toolkit.app.saved_plan import actions_for, new_action
from hybrid_toolkit.app.visit import Answered, Entered, GoTo, PageView, Saved, Visit
from hybrid_toolkit.assess.checklist import scales
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.errors import UsageError

_PUBLISHED = "published"
_NAMED = 2
"""Conditions that one sentence names; the rest are counted, so that it stays one line on a telephone."""
"""Value of the switch that sets published figures below the service's own measures."""


def take_away(rows: list[tuple[str, float]]) -> str:
    """The sentence above the picture: where people agree least.

    Parameters
    ----------
    rows : list[tuple[str, float]]
        Title and difference between the highest and the lowest role.

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> take_away([("Local arrangements", 2.0), ("Digital systems", 0.0)])
    'Roles differ most on Local arrangements: 2 levels between the highest and the lowest role.'
    >>> take_away([("Local arrangements", 0.0)])
    'Every role gives the same level to each condition that has one.'
    """
    known = [(t, s) for t, s in rows if s == s]
    if not known:
        return f"No condition has a level yet: levels are shown once {ENOUGH} people have answered."
    widest = max(s for _, s in known)
    if widest == 0:
        return "Every role gives the same level to each condition that has one."
    names = [t for t, s in known if s == widest]
    listed = (
        " and ".join(names) if len(names) <= _NAMED else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    )
    levels = f"{widest:g} level{'' if widest == 1 else 's'}"
    return f"Roles differ most on {listed}: {levels} between the highest and the lowest role."


def _views(visit: Visit) -> Answered:
    from hybrid_toolkit.assess.maturity import rate_conditions

    opened = current_round(visit.saved_in)
    rated = rate_conditions(opened.assessment())
    known = [c for c in rated.conditions if c.level == c.level]
    drawing = spread_svg([(c.title, c.level, c.by_role) for c in known])
    used = [r for r in ROLES if any(r in c.by_role for c in known)]
    rows = [
        [c.title, "too few people" if c.level != c.level else f"{c.level:g}", c.spread_words if c in known else "",
         str(c.n_raters), str(c.n_evidence)]
        for c in rated.conditions
    ]  # fmt: skip
    values = {
        "said": take_away([(c.title, c.spread) for c in rated.conditions]), "drawing": drawing, "rows": rows,
        "legend": [(LETTERS[r], ROLES[r]) for r in used], "known": known, "n": rated.n_raters, "round": opened,
        "conditions": opened.listed.parts,
    }  # fmt: skip
    return PageView("views.html.j2", values)


def _views_stand(visit: Visit) -> str:
    if visit.workspace is None:
        return TO_DO
    opened = current_round(visit.workspace)
    items = opened.listed.items
    return DONE if sum(r.stands(items) != TO_DO for r in opened.raters) >= ENOUGH else TO_DO


def _gap_rows(opened: Round) -> list[dict[str, Any]]:
    from hybrid_toolkit.assess.gaps import find_gaps

    listed = opened.listed
    return [
        {"gap": g, "condition": listed.part(g.condition).title, "actions": actions_for(opened.work, g.item)}
        for g in find_gaps(opened.assessment())
    ]


def _gaps(visit: Visit) -> Answered:
    opened = current_round(visit.saved_in)
    rows = _gap_rows(opened)
    if visit.sent:
        found = next((r["gap"] for r in rows if r["gap"].item == visit.form.word("item")), None)
        if found is None:
            raise UsageError("this is no area to discuss now.", fix="Open the list again.", code="APP-GAP")
        made = new_action(visit, gap=found)
        return GoTo(f"/plan/{made}", "An action was added for this area. Change it as you agree.")
    return PageView("gaps.html.j2", {"rows": rows, "round": opened, "enough": ENOUGH})


def _gaps_stand(visit: Visit) -> str:
    if visit.workspace is None:
        return TO_DO
    # an action that answers a statement on remote working came from another page
    return DONE if any(not a.get("statement") for a in actions_for(visit.workspace)) else TO_DO


def _notes(visit: Visit) -> Answered:
    """Notes and next steps of a condition."""
    opened = current_round(visit.saved_in)
    part = opened.listed.part(visit.params["condition"])
    parts = opened.listed.parts
    after = parts[min(parts.index(part) + 1, len(parts) - 1)]
    if visit.sent:
        given = visit.form.changed("notes", "next")
        errors = refuse_details(given)
        if not errors:
            visit.saved_in.change(
                opened.setup_name,
                lambda c: {
                    **c,
                    "notes": {**c.get("notes", {}), part.id: {**c.get("notes", {}).get(part.id, {}), **given}},
                },
                f"notes on {part.title}",
            )
        if visit.draft:
            return Saved(errors=errors)
        if not errors:
            last = after is part
            return GoTo("/assess/notes" if last else f"/assess/notes/{after.id}", "Saved.")
        given = {**opened.setup.get("notes", {}).get(part.id, {}), **given}
    else:
        given, errors = dict(opened.setup.get("notes", {}).get(part.id, {})), {}
    answers = []
    for item in part.items:
        said = [
            (r.words, scales()["maturity"][r.answers[item.id]["level"]].partition(":")[0],
             "; ".join(p for p in (r.answers[item.id].get("evidence"), r.answers[item.id].get("reference")) if p))
            for r in opened.raters if r.whole(item.id)
        ]  # fmt: skip
        answers.append((item.text, said))
    values = {"part": part, "about": part.about, "held": Entered(given), "errors": errors,
              "answers": answers,
              "enough": len(opened.raters) >= ENOUGH}  # fmt: skip
    return PageView("notes_one.html.j2", values, status=422 if errors else 200, title=part.title)


def _notes_list(visit: Visit) -> Answered:
    opened = current_round(visit.saved_in)
    held = dict(opened.setup.get("notes", {}))
    tasks = []
    for part in opened.listed.parts:
        one = held.get(part.id, {})
        both = [bool(one.get("notes")), bool(one.get("next"))]
        stands = DONE if all(both) else BEGUN if any(both) else TO_DO
        tasks.append({"title": part.title, "href": f"/assess/notes/{part.id}", "hint": one.get("next", ""),
                      "stands": stands})  # fmt: skip
    if visit.sent:
        said = visit.saved_in.step(opened.setup_name, visit.form.word("what"))
        return GoTo("/assess/notes", f"{said} It concerns what holds for everyone.")
    values = {"tasks": tasks, "round": opened, "turns": opened.work.steps(opened.setup_name)}
    return PageView("notes.html.j2", values)


def _notes_stand(visit: Visit) -> str:
    if visit.workspace is None:
        return TO_DO
    opened = current_round(visit.workspace)
    held = dict(opened.setup.get("notes", {}))
    whole = sum(bool(held.get(p.id, {}).get("next")) for p in opened.listed.parts)
    return DONE if whole == len(opened.listed.parts) else BEGUN if any(held.values()) else TO_DO


def _measures(visit: Visit) -> Answered:
    """What people think beside the service's own measures; nothing of a simulated authority."""
    opened = current_round(visit.saved_in)
    if not visit.own_data:
        return PageView("measures.html.j2", {"rows": None, "round": opened, "errors": {}})
    from hybrid_toolkit.assess.maturity import rate_conditions

    if visit.sent:
        return _target(visit, opened)
    assessment = opened.assessment()
    levels = {c.id: c.level if c.level == c.level else None for c in rate_conditions(assessment).conditions}
    metrics = {p.id: list(p.metrics) for p in opened.listed.parts}
    beside = visit.query.word("beside") == _PUBLISHED
    rows = visit.work(
        "hybrid_toolkit.app.work.practice:beside", metrics=metrics, levels=levels, targets=dict(assessment.targets),
        published=published_of(visit) if beside else None, splits={p.id: dict(p.split) for p in opened.listed.parts},
    )  # fmt: skip
    titles = {p.id: p.title for p in opened.listed.parts}
    offered = {"none": "Nothing", _PUBLISHED: "Published figures"}
    values = {"rows": rows, "titles": titles, "round": opened, "errors": {}, "offered": offered}
    return PageView("measures.html.j2", {**values, "beside": _PUBLISHED if beside else "none"})


def _target(visit: Visit, opened: Round) -> Answered:
    from hybrid_toolkit.metrics.specs.registry import find_metrics

    metric, text = visit.form.word("metric"), visit.form.word("target").replace("%", "").strip()
    find_metrics(metric)
    try:
        value = float(text) if text else None
    except ValueError:
        raise UsageError("a target is a number.", fix="Write it as 0.6 or leave it blank.", code="APP-TARGET") from None

    def put(content: dict[str, Any]) -> dict[str, Any]:
        rest = {k: v for k, v in dict(content.get("targets", {})).items() if k != metric}
        return {**content, "targets": rest if value is None else rest | {metric: value}}

    visit.saved_in.change(opened.setup_name, put, "set a target")
    return GoTo("/assess/measures", "Target saved.")


def _rounds(visit: Visit) -> Answered:
    from hybrid_toolkit.assess.maturity import rate_conditions

    found = [r for r in rounds(visit.saved_in) if not r.setup.get("archived")]
    if visit.sent:
        what = visit.form.word("what")
        if what == "new":
            return _next_round(visit)
        name = f"rounds/{visit.form.word('id')}/setup"
        visit.saved_in.change(name, lambda c: {**c, "archived": what == "archive"}, what)
        return GoTo("/assess/rounds", "Set aside." if what == "archive" else "Restored.")
    rated = [(r, {c.id: c for c in rate_conditions(r.assessment()).conditions}) for r in found]
    parts = found[-1].listed.parts if found else ()
    missing = float("nan")
    drawn = [(p.title, [(r.title, c[p.id].level if p.id in c else missing) for r, c in rated]) for p in parts]
    rows = [
        [p.title, *("no level" if p.id not in c or c[p.id].level != c[p.id].level else f"{c[p.id].level:g}"
                    for _, c in rated)]
        for p in parts
    ]  # fmt: skip
    aside = [r for r in rounds(visit.saved_in) if r.setup.get("archived")]
    values = {
        "rounds": found, "rows": rows, "heads": ["Condition", *(r.title for r in found)], "aside": aside,
        "drawing": rounds_svg(drawn) if len(found) > 1 else "", "said": rounds_said(drawn), "current": found[-1],
    }  # fmt: skip
    return PageView("rounds.html.j2", values)


def rounds_said(rows: list[tuple[str, list[tuple[str, float]]]]) -> str:
    """The sentence above the rounds: how many conditions have a higher or a lower level than the round before.

    Parameters
    ----------
    rows : list[tuple[str, list[tuple[str, float]]]]
        Title, and the rounds in order with their levels.

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> rounds_said([("A", [("Spring", 1.0), ("Autumn", 2.0)]), ("B", [("Spring", 2.0), ("Autumn", 2.0)])])
    'Since Spring, 1 condition has a higher level, 0 have a lower one and 1 has the same.'
    """
    pairs = [(r[-2][1], r[-1][1]) for _, r in rows if len(r) > 1 and r[-1][1] == r[-1][1] and r[-2][1] == r[-2][1]]
    if not pairs:
        return "Two rounds with levels are needed to compare."
    up, down = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    same = len(pairs) - up - down
    have = "has" if up == 1 else "have"
    words = f"{up} condition{'' if up == 1 else 's'} {have} a higher level"
    fewer, alike = ("has" if down == 1 else "have"), ("has" if same == 1 else "have")
    return f"Since {rows[0][1][-2][0]}, {words}, {down} {fewer} a lower one and {same} {alike} the same."


def _next_round(visit: Visit) -> GoTo:
    """The same assessment again: prompts and targets of one's own stay, answers and notes begin anew."""
    work, last = visit.saved_in, rounds(visit.saved_in)[-1]
    name = f"r{int(last.id[1:]) + 1}"
    stays = {k: last.setup[k] for k in ("own", "targets", "scope", "folder") if k in last.setup}
    made = Round(work, name)
    work.change(made.setup_name, lambda c: {**stays, "on": visit.today.isoformat(), **c}, "began a new round")
    return GoTo("/assess/setup", "A new round has begun. The earlier ones stay as they are.")


def _rounds_stand(visit: Visit) -> str:
    return DONE if visit.workspace is not None and len(rounds(visit.workspace)) > 1 else TO_DO


def _document(visit: Visit) -> Answered:
    """The assessment as a Word file."""
    opened = current_round(visit.saved_in)
    made = opened.assessment()
    rows = [(a.item, a.role, a.level, a.number, a.evidence, a.on.isoformat() if a.on else "") for a in made.answers]
    published = published_of(visit)
    content = visit.work(
        "hybrid_toolkit.app.work.practice:assessment_file", rows=rows, targets=dict(made.targets),
        own=dict(opened.setup.get("own", {})), on=visit.today.isoformat(), form=".docx", data=visit.own_data,
        published=published if published[0] else None,
    )  # fmt: skip
    return file_page(visit, "self-assessment.docx", content, back="/assess/views")


ALL = (
    Page("/assess/views", "See where you differ", "How far each role thinks that each condition is in place.",
         "assess", _views, step=True, status=_views_stand, saves=True),
    Page("/assess/measures", "Beside your measures", "What people think, next to what your own data show.", "assess",
         _measures, saves=True),
    Page("/assess/gaps", "Areas to discuss", "Low levels, disagreement and missing evidence; one click makes an "
         "action.", "assess", _gaps, step=True, status=_gaps_stand, saves=True),
    Page("/assess/notes", "Notes and next steps", "What you agreed for each condition.", "assess", _notes_list,
         step=True, status=_notes_stand, saves=True),
    Page("/assess/notes/<condition>", "Notes", "One condition.", "assess", _notes, listed=False, saves=True),
    Page("/assess/self-assessment.docx", "Word file", "The assessment to take away.", "assess", _document,
         listed=False, saves=True),
    Page("/assess/rounds", "Next round and progress", "The same assessment again, and rounds side by side.", "assess",
         _rounds, step=True, status=_rounds_stand, saves=True),
)  # fmt: skip
