"""Forms that take effect by a button: what is filled in before is kept too, and is there again after a reload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hybrid_toolkit.app.visit import Answered, GoTo, Saved

if TYPE_CHECKING:
    from hybrid_toolkit.app.registry import Page
    from hybrid_toolkit.app.visit import Visit

HALF_TYPED = "half-typed"
"""The saved file: name of a form -> what it was filled in for, and its fields."""
FORM, MADE_FOR = "_keep", "_of"
"""Hidden fields: the name of a form, and what it was made for (a form of other files has other questions)."""
_PLACES = ("path", "folder", "other")
"""Fields that name a place on this computer: the button takes them as they are."""
_KEPT = "Kept. Nothing happens until you select the button."


def show_page(page: Page, visit: Visit) -> Answered:
    """What a page answers; a form that was sent while it was filled in is kept, and forgotten once it took effect.

    Parameters
    ----------
    page : Page
        The page.
    visit : Visit
        The visit.

    Returns
    -------
    Answered
        The answer.
    """
    if visit.draft and FORM in visit.form:
        return _keep(visit)
    answer = page.show(visit)
    done = visit.sent and FORM in visit.form and isinstance(answer, GoTo)
    if done and visit.workspace is not None and visit.form.word(FORM) in visit.workspace.read(HALF_TYPED).content:
        gone = visit.form.word(FORM)
        visit.workspace.change(HALF_TYPED, lambda held: {k: v for k, v in held.items() if k != gone}, "used a form")
    return answer


def half_typed(visit: Visit, form: str, made_for: str = "") -> str:
    """What a form was filled in with, for the page's script; empty fields where nothing is kept.

    Parameters
    ----------
    visit : Visit
        The visit.
    form : str
        Name of the form.
    made_for : str, optional
        What it is made for; what was filled in for something else is not shown.

    Returns
    -------
    str
        JSON: field -> values.
    """
    held = visit.saved_in.read(HALF_TYPED).content.get(form, {})
    return json.dumps(held.get("fields", {}) if held.get("of", "") == made_for else {})


def _keep(visit: Visit) -> Saved:
    from hybrid_toolkit.app.assessment import refuse_details

    given = {name: list(values) for name, values in visit.form.given.items() if name not in (FORM, MADE_FOR)}
    errors = refuse_details({name: visit.form.word(name) for name in given if name not in _PLACES})
    if errors:
        return Saved(errors=errors)
    one: dict[str, Any] = {"of": visit.form.word(MADE_FOR), "fields": given}
    visit.saved_in.change(HALF_TYPED, lambda held: {**held, visit.form.word(FORM): one}, "filled in a form")
    return Saved(_KEPT)
