"""Blank aids that cannot hold anything, and the pages of claims with their measures."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.assess import load_checklist
from hybrid_toolkit.assess.agreement import REQUESTS
from hybrid_toolkit.metrics.specs.registry import REGISTRY
from hybrid_toolkit.widgets.lenses.lens_wellbeing import RED_SHARE, WellbeingState, WellbeingViews
from hybrid_toolkit.widgets.practice.benefits import ClaimsWidget
from hybrid_toolkit.widgets.practice.blank_sheet import BlankAid

AIDS = (ht.WellnessPlan, ht.SignsOfStruggle)
FIELDS = re.compile(r"<(input|textarea|select|form|button)|contenteditable", re.IGNORECASE)


@pytest.mark.parametrize("kind", AIDS)
def test_a_blank_aid_has_no_place_for_an_answer(kind: type[BlankAid]) -> None:
    aid = kind()
    shown = "".join(child.value for child in aid.children)
    assert not FIELDS.search(aid.page()) and not FIELDS.search(shown)
    for name in ("save", "load", "to_code", "state", "score", "answers"):
        assert not hasattr(aid, name)
    own = set(aid.traits()) - set(type(aid).__mro__[2]().traits())
    assert not own, "no trait of its own that could carry what someone typed"
    held = json.dumps([child.get_state(["value"]) for child in aid.children])
    assert all(item.text[:20] in held for item in load_checklist(kind.CHECKLIST).items)


@pytest.mark.parametrize("kind", AIDS)
def test_the_reason_is_shown_and_the_blank_can_be_written(kind: type[BlankAid], tmp_path: Path) -> None:
    aid = kind()
    why = load_checklist(kind.CHECKLIST).why
    assert why[:40] in aid.children[1].value and why[:40] in aid.page()
    place = aid.write_blank(tmp_path / "blank.html")
    text = place.read_text(encoding="utf-8")
    assert text == kind().page() and '<html lang="en-GB">' in text
    assert not re.findall(r'(?:src|href)="|<script', text) and "download=" in aid.children[1].value


def test_signs_are_a_reminder_without_lines_or_boxes() -> None:
    assert 'class="line"' in ht.WellnessPlan().page()
    page = ht.SignsOfStruggle().page()
    assert 'class="line"' not in page and "no boxes to tick" in page and "☐" not in page


@pytest.mark.parametrize("kind", [ht.Benefits, ht.Challenges, ht.EmployerReview])
def test_every_claim_stands_beside_its_measures(kind: type[ClaimsWidget], small: ht.EvaluationData) -> None:
    page = kind(small)
    for part in load_checklist(kind.CHECKLIST).parts:
        page._lists["part"].value = part.id
        assert 'role="alert"' not in page._answer.value
        for item in part.items:
            assert html.escape(item.text) in page._figures.value
            assert item.id not in page._figures.value
            assert all(html.escape(REGISTRY[m].name) in page._figures.value for m in item.metrics)
            assert not [m for m in item.metrics if f"({m})" in page._figures.value], "names, not keys"
    assert "not what hybrid working changed" in page._figures.value and "SYNTHETIC DATA" in page._answer.value


def test_without_data_a_page_names_the_measures(tmp_path: Path) -> None:
    page = ht.Challenges()
    assert "no measure yet" in page._figures.value and "What the data say" not in page._figures.value
    assert 'load_checklist("challenges")' in page.to_code()
    other = ht.Challenges()
    page._lists["part"].value = "S3-X"
    other.load(page.save(tmp_path / "page.json"))
    assert other.text == page.text == "Said in research on home working: 7 claims, 0 without a measure."


def test_an_employer_sees_four_domains_on_one_page(small: ht.EvaluationData) -> None:
    page = ht.EmployerReview(small)
    assert page.text == "Planning and review: 4 domains, 0 without a measure."
    for name in ("Productivity", "Professional development", "Interaction among peers", "Supervision"):
        assert name in page._figures.value


def test_what_a_section_is_about_stands_on_the_page_in_a_notebook_too() -> None:
    """It stood in the app alone: "where our own habits online stop" was told to nobody in a notebook."""
    told = load_checklist("digital_practice").parts[0].about
    assert told and told in ht.DigitalPractice()._figures.value


def test_a_red_statement_leads_to_its_actions(small: ht.EvaluationData) -> None:
    """Of the statements that are shown, those with a tenth or more of red answers name actions, the others none."""
    survey = small["survey"].copy()
    low = survey["item"].isin(["sword_sg3", "sword_sr3"]) & (survey.index % 2 == 0)
    survey.loc[low, "value"] = (survey.loc[low, "value"] - 2).clip(lower=1)
    data = ht.EvaluationData({**small.tables, "survey": survey}, synthetic=True, label="red statements")
    view = WellbeingViews(data).view(WellbeingState("swemwbs", "all", "none"))
    panel = next(p for p in view.panels if "Actions that answer it" in p.heads)
    red = {row[0]: row[3] for row in panel.rows}
    assert set(red.values()) != {"hidden"}
    for statement, *_, share, actions in panel.rows:
        red_pct = 0.0 if share == "hidden" else float(share.rstrip("%"))
        assert red_pct == 100 * RED_SHARE or bool(actions) == (red_pct > 100 * RED_SHARE), statement  # 10% is rounded
    named = {row[0]: row[-1] for row in panel.rows}
    assert named["information systems access"].startswith("See to equipment")
    assert "(organisation, person)" in named["work-life balance"]


def test_a_team_agreement_may_start_from_the_rule_of_breaks() -> None:
    """The rule fills in an empty request, gives way to another, and never replaces a team's own words."""
    page = ht.TeamAgreement()
    start, _, request, *_ = page._made_form().children
    start.value = "45+15"
    assert "45 minutes" in request.value and "15 minutes" in request.value
    start.value = "anchor"
    assert request.value == REQUESTS["anchor"]
    request.value = "Our own words"
    start.value = "45+15"
    assert request.value == "Our own words"
