"""The start page: what did you come for?"""

from __future__ import annotations

from hybrid_toolkit.app.registry import BEGUN, DONE, PAGE_GROUPS, Page, group_pages, status_of
from hybrid_toolkit.app.visit import PageView, Visit


def progress_words(visit: Visit, group: str) -> str:
    """How many steps of a path are done; empty where it has none."""
    steps = [p for p in group_pages(group) if p.step]
    stands = [status_of(p, visit) for p in steps]
    if not steps:
        return ""
    begun = DONE in stands or BEGUN in stands
    return f"{stands.count(DONE)} of {len(steps)} steps done" if begun else "Not started"


def _show(visit: Visit) -> PageView:
    paths = [
        {"title": g.title, "home": g.home, "purpose": g.purpose, "progress": progress_words(visit, key)}
        for key, g in PAGE_GROUPS.items()
        if g.purpose and group_pages(key)
    ]
    return PageView("start.html.j2", {"paths": paths})


ALL = (Page("/", "What do you want to do?", "Choose what you came for.", "", _show, listed=False),)
