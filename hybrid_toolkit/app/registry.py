"""The pages of the app: path, group, title and purpose; navigation, start page and help are made from them.

How to add a page
-----------------
1. Write a module in ``pages/`` whose ``ALL`` is a tuple of ``Page``; name the module in ``MODULES`` below. Import
   nothing heavy at its top (no pandas, no matplotlib, no widget): the start page waits for it.
2. ``Page.show`` takes a ``Visit`` and gives a ``PageView`` (a template of ``templates/`` and its values), a ``GoTo``
   (always after a form was sent, so that Back and reload are safe) or a ``SentFile``.
3. What takes longer than some milliseconds goes to another process::

       drawn = visit.work("hybrid_toolkit.app.work.lenses:draw_practice", purpose="visit")

   The function is called as ``draw_practice(bench, purpose="visit")`` in a process that has the data open:
   ``bench.data`` are the person's own data (or the simulated authority: ``bench.own`` is then False), and
   ``bench.progress(done, total, "Simulating authorities")`` shows how far it is. Its arguments are words, numbers,
   tuples and mappings; it returns plain values (words, bytes, tuples, dicts), such as a figure as SVG bytes. The
   answer is kept until the data change. While it runs, the visitor sees a page with the progress and a Cancel button,
   and ``show`` is called again when the answer is there. ``long=True`` uses a process of its own that ends when idle.
   ``slot="a name"``: a newer question in the same slot takes the place of one that has not begun.
4. Templates extend ``base.html.j2`` and use the macros of ``parts.html.j2`` (``radios``, ``text``, ``words``,
   ``day``, ``errors``, ``summary_list``, ``table``, ``figure``, ``analysts``). No inline script and no ``style=``:
   the content security policy refuses both. Figures: ``{{ p.figure(caption, svg_bytes, alt) }}``, an ``img``.
5. A page with ``step=True`` is a step of its group's task list; ``status(visit)`` gives ``TO_DO``, ``BEGUN`` or
   ``DONE``. A page with ``listed=False`` (a form of one thing, say) is not in the navigation.
6. ``tests/browser/test_app_pages.py`` opens every page at two widths, in print and with axe-core by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType

from hybrid_toolkit.app.visit import Answered, Visit
from hybrid_toolkit.errors import UsageError

MODULES = (
    *("start", "assess", "people", "results", "plan", "data", "look", "published", "study"),
    *("talk", "agreements", "save_and_open", "help"),
)
"""Modules of ``pages/``, in the order in which their pages stand in the navigation."""
TO_DO, BEGUN, DONE = "Not started", "In progress", "Done"


@dataclass(frozen=True, slots=True)
class PageGroup:
    """A path through the app, or a part of the navigation.

    Parameters
    ----------
    title : str
        Its name in the navigation.
    home : str
        Path of its first page.
    purpose : str, optional
        What someone comes for, as the start page says it; empty for what is no path of its own.
    """

    title: str
    home: str
    purpose: str = ""


PAGE_GROUPS: Mapping[str, PageGroup] = MappingProxyType(
    {
        "assess": PageGroup(
            "Assess our arrangements",
            "/assess",
            "Rate nine conditions for good hybrid working with colleagues in several roles, see where you differ, and "
            "agree what to do.",
        ),
        "data": PageGroup(
            "Look at our data",
            "/data",
            "Open your own exports, and see what they show about families, practice, careers and wellbeing.",
        ),
        "study": PageGroup(
            "Plan a study", "/study", "Find out what a study in your service could show, before you ask anyone."
        ),
        "talk": PageGroup(
            "Prepare a conversation",
            "/talk",
            "Get ready to talk about team agreements, supervision, wellbeing and digital practice.",
        ),
        "work": PageGroup("Your work", "/work"),
        "help": PageGroup("Help", "/help"),
    }
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Parameters
    ----------
    path : str
        Where it is; ``<name>`` stands for a part that ``visit.params["name"]`` gives.
    title : str
        Its heading and its name in the navigation.
    purpose : str
        What it is for, in a sentence.
    group : str
        A key of ``PAGE_GROUPS``; empty for the start page.
    show : Callable[[Visit], Answered]
        What a visit is answered with.
    step : bool, default False
        Whether it is a step of the group's task list.
    status : Callable[[Visit], str] | None, optional
        Where its step stands: ``TO_DO``, ``BEGUN`` or ``DONE``.
    listed : bool, default True
        Whether the navigation names it.
    saves : bool, default False
        Whether it needs a folder to save in; without one the visitor is asked for it first.
    """

    path: str
    title: str
    purpose: str
    group: str
    show: Callable[[Visit], Answered]
    step: bool = False
    status: Callable[[Visit], str] | None = None
    listed: bool = True
    saves: bool = False

    def match(self, path: str) -> dict[str, str] | None:
        """The named parts of a path that is this page's; None for another page's."""
        found = _pattern(self.path).fullmatch(path)
        return None if found is None else found.groupdict()


@cache
def all_pages() -> tuple[Page, ...]:
    """Every page, in the order of the navigation.

    Raises
    ------
    UsageError
        Two pages have one path.
    """
    found = tuple(p for m in MODULES for p in import_module(f"hybrid_toolkit.app.pages.{m}").ALL)
    if len({p.path for p in found}) != len(found):
        raise UsageError("two pages have one path.", fix="Change one of the two.", code="APP-PAGES")
    return found


def find_page(path: str) -> tuple[Page, dict[str, str]] | None:
    """The page of a path with its named parts; None where there is none. A fixed path goes before one with parts."""
    for page in sorted(all_pages(), key=lambda p: p.path.count("<")):
        params = page.match(path)
        if params is not None:
            return page, params
    return None


def group_pages(group: str) -> tuple[Page, ...]:
    """The pages of a group that the navigation names."""
    return tuple(p for p in all_pages() if p.group == group and p.listed)


def status_of(page: Page, visit: Visit) -> str:
    """Where a step stands."""
    return TO_DO if page.status is None else page.status(visit)


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"<(\w+)>", r"(?P<\1>[\\w.-]+)", path))
