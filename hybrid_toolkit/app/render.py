"""Fills a template: the page with its navigation, messages and footer."""

from __future__ import annotations

from base64 import b64encode
from functools import cache, partial
from importlib.metadata import version
from typing import Any

import jinja2
from markupsafe import Markup

from hybrid_toolkit.app.glossary import mark_terms
from hybrid_toolkit.app.half_typed import half_typed
from hybrid_toolkit.app.registry import PAGE_GROUPS, Page, group_pages, status_of
from hybrid_toolkit.app.visit import PageView, Visit
from hybrid_toolkit.errors import HybridToolkitError


@cache
def environment() -> jinja2.Environment:
    """The templates; every value is escaped, and a name that is missing is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("hybrid_toolkit.app", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["image"] = image_address
    made.filters["day"] = day_text
    made.filters["terms"] = mark_terms
    made.globals["groups"] = PAGE_GROUPS
    made.globals["group_pages"] = group_pages
    return made


def image_address(drawing: bytes | str) -> Markup:
    """A drawing, SVG or PNG, as an address that an image shows without asking anyone for it.

    Examples
    --------
    >>> image_address("<svg></svg>")[:26]
    Markup('data:image/svg+xml;base64,')
    """
    content = drawing.encode("utf-8") if isinstance(drawing, str) else drawing
    kind = "png" if content.startswith(b"\x89PNG") else "svg+xml"
    return Markup(f"data:image/{kind};base64,{b64encode(content).decode('ascii')}")


def day_text(day: Any) -> str:
    """A date in words; empty for none.

    Examples
    --------
    >>> from datetime import date
    >>> day_text(date(2026, 3, 1)), day_text("2026-03-01"), day_text("")
    ('1 March 2026', '1 March 2026', '')
    """
    from datetime import date

    if not day:
        return ""
    try:
        held = date.fromisoformat(day[:10]) if isinstance(day, str) else day
    except ValueError:  # a draft: its page says what is wrong with it
        return str(day)
    return f"{held.day} {held:%B %Y}"


def render(
    visit: Visit | None,
    page: Page | None,
    view: PageView,
    *,
    told: str = "",
    xsrf: str = "",
    problem: HybridToolkitError | None = None,
) -> str:
    """A page as HTML.

    Parameters
    ----------
    visit : Visit | None
        The visit; None for a page that is shown to strangers: it has no navigation.
    page : Page | None
        The page.
    view : PageView
        The template and its values.
    told : str, optional
        A message to show once.
    xsrf : str, optional
        The token of forms.
    problem : HybridToolkitError | None, optional
        What stands in the way of all pages, such as a folder that cannot be written.

    Returns
    -------
    str
        The page.
    """
    group = page.group if page is not None else ""
    steps = []
    if visit is not None and group:
        steps = [(p, status_of(p, visit) if p.step else "") for p in group_pages(group)]
    frame = {
        "visit": visit,
        "page": page,
        "title": view.title or (page.title if page is not None else ""),
        "group": group,
        "steps": steps,
        "told": told,
        "xsrf": xsrf,
        "problem": problem,
        "half_typed": None if visit is None else partial(half_typed, visit),
        "others": visit.workspace.others() if visit is not None and visit.workspace is not None else (),
        "version": version("hybrid-toolkit"),
    }
    return environment().get_template(view.template).render({**frame, **view.values})
