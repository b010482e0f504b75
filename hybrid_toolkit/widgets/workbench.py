"""The workbench: a landing page and the widgets behind it, for the page that the app serves."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from importlib import import_module
from types import MappingProxyType
from typing import Any

import ipywidgets

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.errors import HybridToolkitError, UsageError
from hybrid_toolkit.widgets.app_data import DATA, MAPPING
from hybrid_toolkit.widgets.parts.html_parts import LIVE, ROOT, notice_html, style_html

START = "start"


@dataclass(frozen=True, slots=True)
class PageOf:
    """One page: its label, what it is for, and the widget that fills it."""

    label: str
    purpose: str
    module: str
    widget: str
    takes_data: bool = True

    def open(self, data: EvaluationData) -> ipywidgets.Widget:
        """The widget, imported when it is first wanted."""
        make: Callable[..., Any] = getattr(import_module(f"hybrid_toolkit.widgets.{self.module}"), self.widget)
        return make(data) if self.takes_data else make()


PAGES: Mapping[str, PageOf] = MappingProxyType(
    {
        "self-assessment": PageOf(
            "Self-assessment", "Nine conditions, rated by several roles.", "practice.self_assessment", "SelfAssessment"
        ),
        "plan": PageOf(
            "Improvement plan",
            "Actions from the gaps, measured again later.",
            "practice.improvement_plan",
            "ImprovementPlan",
        ),
        "practice": PageOf(
            "Practice quality", "What happens in meetings, by mode of contact.", "lenses.lenses", "PracticeQuality"
        ),
        "career": PageOf("Career stage", "Who learns from whom, and where.", "lenses.lenses", "CareerStage"),
        "exclusion": PageOf(
            "Digital exclusion", "Families and staff whom digital leaves out.", "lenses.lenses", "DigitalExclusion"
        ),
        "wellbeing": PageOf("Wellbeing", "Scales, statements on remote work, conflict.", "lenses.lenses", "Wellbeing"),
        "metrics": PageOf("Metrics", "Any metric, by group and period.", "explorer.metric_explorer", "MetricExplorer"),
        "catalogue": PageOf(
            "Catalogue",
            "What each metric asks and how it is made.",
            "explorer.metric_catalogue",
            "MetricCatalogue",
            takes_data=False,
        ),
        "power": PageOf(
            "Power",
            "How many teams and waves a study needs.",
            "planning.power_explorer",
            "PowerExplorer",
            takes_data=False,
        ),
        "what-if": PageOf(
            "What if", "Another working pattern: who would gain, who would lose.", "planning.what_if", "WhatIf"
        ),
        "study": PageOf(
            "Study",
            "Declare a study, see what it can tell, try it, lock it.",
            "planning.study_builder",
            "StudyBuilder",
            takes_data=False,
        ),
        "share": PageOf(
            "SHARE", "Five steps for employers and employees.", "practice.questionnaires", "Share", takes_data=False
        ),
        "return": PageOf(
            "Return to site",
            "Essential, sufficiently safe, mutually agreed.",
            "practice.questionnaires",
            "ReturnTests",
            takes_data=False,
        ),
        "risk": PageOf(
            "Risk assessment",
            "Questions, groups at greater risk, equality.",
            "practice.questionnaires",
            "RiskAssessment",
            takes_data=False,
        ),
        "agreement": PageOf(
            "Team agreement",
            "Request, reasons, decision, review.",
            "practice.team_agreement",
            "TeamAgreement",
            takes_data=False,
        ),
        "digital": PageOf(
            "Digital practice",
            "Three tools for teams.",
            "practice.questionnaires",
            "DigitalPractice",
            takes_data=False,
        ),
        "leaders": PageOf(
            "Leaders",
            "Questions for leaders and organisations.",
            "practice.questionnaires",
            "LeaderQuestions",
            takes_data=False,
        ),
        "benefits": PageOf(
            "Benefits", "What is claimed for hybrid work, beside the measures.", "practice.benefits", "Benefits"
        ),
        "challenges": PageOf(
            "Challenges", "What is feared of hybrid work, beside the measures.", "practice.benefits", "Challenges"
        ),
        "wellness": PageOf(
            "Wellness plan",
            "A blank sheet for a conversation; nothing is kept.",
            "practice.questionnaires",
            "WellnessPlan",
            takes_data=False,
        ),
        "practice.questionnaires": PageOf(
            "Signs of struggle",
            "A blank aid for a conversation; nothing is kept.",
            "practice.questionnaires",
            "SignsOfStruggle",
            takes_data=False,
        ),
    }
)
"""Page id -> page, in the order of the buttons."""


class Workbench(ipywidgets.VBox):  # type: ignore[misc]
    """A landing page with a button a page; each page is made when it is first opened.

    Parameters
    ----------
    data : EvaluationData
        The data that every page looks at.
    page : str, default START
        Id of the page to open first; ``"start"`` for the landing page.

    Raises
    ------
    UsageError
        There is no such page.

    Examples
    --------
    >>> Workbench(EvaluationData({})).page
    'start'
    """

    def __init__(self, data: EvaluationData, *, page: str = START) -> None:
        if page not in (START, *PAGES):
            raise UsageError(
                "the workbench has no page of that id.",
                fix=f"Use one of: {', '.join((START, *PAGES))}.",
                code="WIDGET-CHOICE",
            )
        self._data, self._made = data, {START: _landing(data)}
        options = [("Start", START), *((p.label, key) for key, p in PAGES.items())]
        self._buttons = ipywidgets.ToggleButtons(
            options=options,
            value=page,
            description="Page",
            tooltips=["What this is", *(p.purpose for p in PAGES.values())],
            style={"button_width": "auto", "description_width": "initial"},
        ).add_class("hte-pages")
        self._place = ipywidgets.VBox()
        super().__init__([ipywidgets.HTML(style_html()), self._buttons, self._place])
        self.add_class(ROOT)
        self._buttons.observe(lambda change: self._show(change.new), "value")
        self._show(page)

    @property
    def page(self) -> str:
        """Id of the page that is open."""
        return str(self._buttons.value)

    def go_to(self, page: str) -> None:
        """Open a page; raises as the class."""
        if page not in (START, *PAGES):
            raise UsageError(
                "the workbench has no page of that id.", fix=f"Choose one of: {', '.join(PAGES)}.", code="PAGE"
            )
        self._buttons.value = page

    def _show(self, page: str) -> None:
        if page not in self._made:
            self._place.children = (ipywidgets.HTML(notice_html(f"Opening {PAGES[page].label} …")).add_class(LIVE),)
            self._made[page] = self._make(page)
        self._place.children = (self._made[page],)

    def _make(self, page: str) -> ipywidgets.Widget:
        try:
            return PAGES[page].open(self._data)
        except HybridToolkitError as error:
            return ipywidgets.HTML(notice_html(error.message, fix=error.fix, error=True))


def workbench_of_environment() -> Workbench:
    """The workbench on the data that the app was started with; on the synthetic authority where it names none.

    What the pages are made of is imported first: the app's kernel does this before anybody waits for it.
    """
    for module in {p.module for p in PAGES.values()}:
        import_module(f"hybrid_toolkit.widgets.{module}")
    named = os.environ.get(DATA)
    if named is None:
        from hybrid_toolkit.synth.committed import load_synthetic

        return Workbench(load_synthetic("small"))
    from hybrid_toolkit.data.load import load_data

    return Workbench(load_data(named, os.environ.get(MAPPING)))


def _landing(data: EvaluationData) -> ipywidgets.HTML:
    """What this is, which data it looks at, and what each page is for."""
    whose = (
        "It looks at a <strong>synthetic authority</strong> that comes with the toolkit: no real person is in it."
        if data.synthetic
        else "It looks at the data that it was started with. They stay on this machine."
    )
    stamp = f'<p class="hte-stamp">{escape(SYNTHETIC_STAMP)}</p>' if data.synthetic else ""
    rows = "".join(f"<li><strong>{escape(p.label)}</strong>: {escape(p.purpose)}</li>" for p in PAGES.values())
    return ipywidgets.HTML(
        "<h1>Hybrid working in children's social work</h1>"
        "<p>Does working partly from home change what children and families get from social workers, and who loses by "
        f"it? {whose} No one is scored, ranked or predicted, and small groups are hidden.</p>{stamp}"
        f"<p>Choose a page above.</p><ul>{rows}</ul>"
    )
