"""Plan a study: how large it has to be, and what a whole study would find where the true value is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hybrid_toolkit.app.pages.published import published_of
from hybrid_toolkit.app.registry import DONE, TO_DO, Page
from hybrid_toolkit.app.visit import Answered, GoTo, PageView, Visit
from hybrid_toolkit.errors import HybridToolkitError

PLANNED = "study-plan"
"""The saved file of the study that is planned."""
_WORK = "hybrid_toolkit.app.work.plan_study"
_NUMBERS: Mapping[str, tuple[str, str, float, float, float]] = {
    "teams": ("Number of teams", "", 24, 4, 120),
    "workers": ("Workers per team", "", 8, 2, 20),
    "waves": ("Survey waves", "How often the same people are asked.", 3, 1, 12),
    "response": ("Response rate (%)", "Of the people who are asked, how many reply.", 60, 10, 100),
    "effect": (
        "Effect to detect (standard deviations)",
        "How much the outcome differs when the time at home differs by a standard deviation: 0.1 is small.",
        0.15,
        0.02,
        0.5,
    ),
}
"""Field -> label, hint, first value, least and most."""
_PUBLISHED = "published"
_BESIDE = {"none": "Nothing", _PUBLISHED: "Published figures"}
"""What may stand beside the answer of a study."""
_COMPARED = {
    "pooled": "Between workers: people who work more at home with people who work less at home",
    "within": "Within workers: the same people in times when they work more and less at home",
}
_TRIALS = {"20": "20: a first impression, in about a minute", "100": "100: good enough to plan by, some minutes"}


def _home(visit: Visit) -> Answered:
    asked = {n: visit.query.word(n) or f"{first:g}" for n, (_, _, first, _, _) in _NUMBERS.items()}
    compared = visit.query.word("compared") or "pooled"
    errors, numbers = {}, dict[str, Any]()
    for name, (label, _, _, least, most) in _NUMBERS.items():
        try:
            value = float(asked[name])
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            errors[name] = f"{label}: enter a number from {least:g} to {most:g}."
        numbers[name] = (
            value / 100
            if name == "response"
            else value
            if name == "effect"
            else int(value)
            if math.isfinite(value)
            else 0
        )
    if compared not in _COMPARED:
        compared = "pooled"
    if compared == "within" and numbers.get("waves", 2) < 2:
        errors["waves"] = "Survey waves: the same people have to be asked at least 2 times."
    found = None
    if not errors:
        found = visit.work(f"{_WORK}:power_answer", numbers=tuple(sorted({**numbers, "compared": compared}.items())))
    values = {"fields": _NUMBERS, "asked": asked, "compared": compared, "ways": _COMPARED, "found": found}
    return PageView("study_power.html.j2", {**values, "errors": errors}, status=422 if errors else 200)


def _planned(visit: Visit) -> tuple[tuple[str, Any], ...]:
    held = dict(visit.workspace.read(PLANNED).content) if visit.workspace is not None else {}
    keep = ("start", "design", "confounders", "size", "n_sims")
    return tuple((k, tuple(held[k]) if k == "confounders" else held[k]) for k in keep if k in held)


def _choices(visit: Visit) -> dict[str, Any]:
    found: dict[str, Any] = visit.work(f"{_WORK}:study_choices", planned=_planned(visit))
    return found


def _question(visit: Visit) -> Answered:
    found, errors = _choices(visit), {}
    start = found["state"]["start"]
    if visit.sent:
        start = visit.form.word("start")
        if start in found["options"]["start"]:
            visit.saved_in.change(PLANNED, lambda _: {"start": start}, "chose a question")
            return GoTo("/study/method")
        errors["start"] = "Choose a question."
    values = {"options": found["options"]["start"], "value": start, "errors": errors}
    return PageView("study_question.html.j2", values, status=422 if errors else 200)


def _method(visit: Visit) -> Answered:
    found, errors = _choices(visit), {}
    state = found["state"]
    if visit.sent:
        design, held = visit.form.word("design"), visit.form.words("confounders")
        if design in found["options"]["design"]:
            chosen = [c for c in held if c in found["options"]["confounders"]]
            visit.saved_in.change(PLANNED, lambda h: {**h, "design": design, "confounders": chosen}, "chose a method")
            return GoTo("/study/size")
        errors["design"] = "Choose how you will compare."
    return PageView("study_method.html.j2", {**found, "state": state, "errors": errors}, status=422 if errors else 200)


def _size(visit: Visit) -> Answered:
    found, errors = _choices(visit), {}
    if visit.sent:
        size, trials = visit.form.word("size"), visit.form.word("n_sims")
        if size in found["options"]["size"] and trials in _TRIALS:
            visit.saved_in.change(PLANNED, lambda h: {**h, "size": size, "n_sims": int(trials)}, "chose a size")
            return GoTo("/study/check")
        errors["size" if size not in found["options"]["size"] else "n_sims"] = "Choose one."
    sizes = {
        "small": "A small service: 24 teams, 12 months, 3 survey waves",
        "authority": "A larger service: 40 teams, 24 months, 6 survey waves",
    }
    values = {"sizes": sizes, "trials": _TRIALS, "state": found["state"], "errors": errors}
    return PageView("study_size.html.j2", values, status=422 if errors else 200)


def _check(visit: Visit) -> Answered:
    found = _choices(visit)
    state, options = found["state"], found["options"]
    held = ", ".join(options["confounders"].get(c, c) for c in state["confounders"]) or "nothing"
    rows = [
        {"key": "Question", "value": options["start"][state["start"]], "href": "/study/question", "about": "question"},
        {"key": "Outcome", "value": options["outcome"].get(state["outcome"], state["outcome"])},
        {"key": "Compared by", "value": options["exposure"].get(state["exposure"], state["exposure"])},
        {"key": "Method", "value": options["design"][state["design"]], "href": "/study/method", "about": "method"},
        {"key": "Adjusted for", "value": held, "href": "/study/method", "about": "what is adjusted for"},
        {"key": "Size", "value": options["size"][state["size"]], "href": "/study/size", "about": "size"},
        {
            "key": "Simulated services",
            "value": str(state["n_sims"]),
            "href": "/study/size",
            "about": "number of trials",
        },
    ]
    return PageView("study_check.html.j2", {"rows": rows})


def _answer(visit: Visit) -> Answered:
    try:
        found = visit.work(f"{_WORK}:study_answer", planned=_planned(visit), long=True, slot="study")
    except HybridToolkitError as error:
        return PageView("study_answer.html.j2", {"found": None, "wrong": f"{error.message} {error.fix}"})
    beside = visit.query.word("beside") == _PUBLISHED
    stands = (
        visit.work(f"{_WORK}:study_beside", planned=_planned(visit), published=published_of(visit)) if beside else None
    )
    chosen = {"offered": _BESIDE, "beside": _PUBLISHED if beside else "none", "published": stands}
    return PageView("study_answer.html.j2", {"found": found, "wrong": "", **chosen})


def _status(field: str) -> Any:
    def stands(visit: Visit) -> str:
        return DONE if any(k == field for k, _ in _planned(visit)) else TO_DO

    return stands


ALL = (
    Page("/study", "How large a study needs to be", "The chance of detecting an effect, by formula.", "study", _home),
    Page("/study/question", "What do you want to find out?", "Choose a question.", "study", _question, step=True,
         status=_status("start"), saves=True),
    Page("/study/method", "How will you compare?", "Choose a method and what to adjust for.", "study", _method,
         step=True, status=_status("design"), saves=True),
    Page("/study/size", "How large is your service?", "Choose a size and the number of trials.", "study", _size,
         step=True, status=_status("size"), saves=True),
    Page("/study/check", "Check your study", "What you chose, before it is tried.", "study", _check, saves=True),
    Page("/study/answer", "What your study could show", "The study, tried where we know the true value.", "study",
         _answer, saves=True, listed=False),
)  # fmt: skip
