"""Help and the glossary."""

from __future__ import annotations

from hybrid_toolkit.app.glossary import TERMS, anchor
from hybrid_toolkit.app.registry import PAGE_GROUPS, Page, group_pages
from hybrid_toolkit.app.visit import PageView, Visit


def _help(visit: Visit) -> PageView:
    paths = [(g, group_pages(key)) for key, g in PAGE_GROUPS.items() if group_pages(key)]
    return PageView("help.html.j2", {"paths": paths})


def _glossary(visit: Visit) -> PageView:
    terms = [(t, anchor(t), TERMS[t]) for t in sorted(TERMS, key=str.lower)]
    return PageView("glossary.html.j2", {"terms": terms})


ALL = (
    Page("/help", "Help", "What each page is for, and how your work is kept.", "help", _help),
    Page("/help/glossary", "Glossary", "What the terms mean.", "help", _glossary),
)
