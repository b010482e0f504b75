"""Look at our data: pages of figures with filters that carry over, and files to take away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import urlencode

from hybrid_toolkit.app.file_page import FILE_KINDS, file_page
from hybrid_toolkit.app.pages.published import published_of
from hybrid_toolkit.app.registry import Page
from hybrid_toolkit.app.visit import Answered, PageView, Visit
from hybrid_toolkit.errors import UsageError

LOOKS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "measures": (
        "Measures",
        "Any measure of your service, by group and over time.",
        {"metric": "Measure", "group": "Broken down by", "period": "Over time", "beside": "Beside it"},
    ),
    "practice": (
        "Practice with families",
        "Ratings of practice, working alliance and whether families are met in the way they prefer.",
        {"component": "What to show", "group": "Broken down by", "beside": "Beside it"},
    ),
    "careers": (
        "Outcomes by career stage",
        "Learning and wellbeing against time worked at home, at each career stage.",
        {"outcome": "Outcome", "at": "Show values at this share of desk hours at home", "beside": "Beside it"},
    ),
    "access": (
        "Digital access",
        "Families and staff with and without enough digital access.",
        {"who": "Families or staff", "threshold": "Minimum access counted as enough", "beside": "Beside it"},
    ),
    "wellbeing": (
        "Staff wellbeing",
        "Wellbeing, strain and what staff say about remote work.",
        {"scale": "Scale", "group": "Broken down by", "beside": "Beside it"},
    ),
    "review": (
        "Planning and review",
        "Productivity, development, time with colleagues and supervision side by side, before and after a change.",
        {"beside": "Beside it"},
    ),
    "otherwise": (
        "Another working pattern",
        "What more or fewer office days would be expected to go with, as far as a study of your data reaches.",
        {"study": "Study", "rule": "Working pattern", "value": "Change"},
    ),
}
"""Name in the path -> title, purpose, and labels of its filters."""
DRAWN_LENSES: Mapping[str, tuple[str, str]] = {
    "practice": ("lenses.lens_practice", "PracticeQuality"),
    "careers": ("lenses.lens_career", "CareerStage"),
    "access": ("lenses.lens_exclusion", "DigitalExclusion"),
    "wellbeing": ("lenses.lens_wellbeing", "Wellbeing"),
    "otherwise": ("planning.what_if_view", "WhatIf"),
}
"""Page -> module of the room of widgets with the views, and the name that its state and views begin with."""
SAVED_LOOK = "look"
"""The saved file that holds the filters which carry over."""
_CARRIED = ("group",)
"""Filters that every page has in common; the others come back on their own page."""
_WORK = "hybrid_toolkit.app.work.look_at_data"


def _chosen(visit: Visit, lens: str) -> tuple[tuple[str, str], ...]:
    """Filters of the address; what carries over and is not in it comes from the last page that set it."""
    names = LOOKS[lens][2]
    asked = {n: visit.query.word(n) for n in names if visit.query.word(n)}
    if visit.workspace is not None:
        carried = {n: asked[n] for n in _CARRIED if n in asked}
        if asked:
            visit.workspace.change(SAVED_LOOK, lambda held: {**held, **carried, f"of-{lens}": asked}, "chose a filter")
        held = visit.workspace.read(SAVED_LOOK).content
        last = dict(held.get(f"of-{lens}", {})) if not asked else {}
        common = {n: held[n] for n in _CARRIED if n in held}
        asked = {n: str(v) for n, v in {**last, **common, **asked}.items() if n in names}
    return tuple(sorted(asked.items()))


def _show(visit: Visit, *, lens: str) -> Answered:
    chosen = _chosen(visit, lens)
    found = visit.work(f"{_WORK}:look_through", lens=lens, chosen=chosen, published=published_of(visit), slot=lens)
    state = found.get("state", {})
    kinds = {} if found["empty"] or not found["panels"] else FILE_KINDS
    files = [(words, f"/data/{lens}/take/{form}?{urlencode(state)}") for form, (words, _) in kinds.items()]
    values = {"found": found, "labels": LOOKS[lens][2], "files": files, "lens": lens}
    return PageView("look.html.j2", values)


def _take(visit: Visit) -> Answered:
    lens, form = visit.params["lens"], visit.params["form"]
    if lens not in LOOKS or form not in FILE_KINDS:
        raise UsageError("there is no such file.", fix="Use the links of the page.", code="APP-FILE")
    asked = tuple(sorted((n, visit.query.word(n)) for n in LOOKS[lens][2] if visit.query.word(n)))
    content = visit.work(
        f"{_WORK}:lens_file", lens=lens, form=f".{form}", chosen=asked, on=visit.today.isoformat(),
        published=published_of(visit),
    )  # fmt: skip
    return file_page(visit, f"{lens}.{form}", content, back=f"/data/{lens}?{urlencode(asked)}", asked=asked)


def _page(lens: str) -> Page:
    title, purpose, _ = LOOKS[lens]
    show: Callable[[Visit], Answered] = partial(_show, lens=lens)
    return Page(f"/data/{lens}", title, purpose, "data", show)


ALL = (
    *(_page(lens) for lens in LOOKS),
    Page("/data/<lens>/take/<form>", "File", "A page of figures as a file.", "data", _take, listed=False),
)
