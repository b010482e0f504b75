"""The widgets over practice, used as a person would: fill in, keep, save, load, plan, re-measure, take away."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from docx import Document

import hybrid_toolkit as ht
from hybrid_toolkit.assess import ActionPlan, Answer, Assessment, load_checklist
from hybrid_toolkit.errors import DisclosureError, UnreadableError, UsageError
from hybrid_toolkit.report.export import FORMS
from hybrid_toolkit.widgets.practice.self_assessment import AIM

DAY = date(2026, 3, 2)
ROLES = ("practitioner", "supervisor", "senior_leader")
FORMED = (ht.Share, ht.ReturnTests, ht.RiskAssessment, ht.DigitalPractice, ht.LeaderQuestions)
UNDO = "Undo the last change"
EVERY = (*FORMED, ht.SelfAssessment, ht.ImprovementPlan, ht.TeamAgreement)


def fill(widget: ht.SelfAssessment, role: str, level: str, evidence: str = "") -> None:
    widget._lists["role"].value = role
    for control, words in rows(widget):
        control.value, words.value = level, evidence


def rows(widget: Any) -> list[tuple[Any, Any]]:
    """The controls of the shown form, an answer and its words each."""
    items = [w for w in widget._form.shown.children if "hte-item" in w._dom_classes and hasattr(w, "options")]
    held = list(widget._form.shown.children)
    return [(w, held[held.index(w) + 1]) for w in items]


def field(widget: Any, label: str) -> Any:
    """The control with a label in what is shown."""
    found = [w for w in walk(widget) if getattr(w, "description", "") == label]
    assert len(found) == 1, label
    return found[0]


def press(widget: object, label: str) -> None:
    found = [w for w in walk(widget) if getattr(w, "description", "") == label]
    assert len(found) == 1, label
    found[0].click()


def walk(widget: object) -> list[Any]:
    shown = getattr(widget, "children", ())
    if isinstance(widget, ipywidgets.Stack):
        shown = [c for c in shown if not isinstance(c, ipywidgets.HTML)]
    return [widget, *(w for child in shown for w in walk(child))]


def fresh(code: str) -> str:
    """What code prints in a namespace of its own."""
    held = io.StringIO()
    with redirect_stdout(held):
        exec(code, {})
    return held.getvalue().strip()


def run(code: str) -> str:
    """What code prints in a process of its own."""
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert got.returncode == 0, got.stderr
    return got.stdout.strip()


def test_three_raters_a_save_and_a_new_process(tmp_path: Path) -> None:
    widget = ht.SelfAssessment(today=DAY)
    for role, level in zip(ROLES, ("none", "emerging", "established"), strict=True):
        fill(widget, role, level)
    assert "Saved for Senior leader: 4 of 4 questions answered." in widget._message.value
    assert widget.text.startswith(
        "3 people have answered; 1 of 9 conditions has a level, 1 of them below 'established', and in 1 "
    )
    assert "Practitioner 0; Supervisor or manager 1; Senior leader 2" in widget._figures.value
    assert (
        "Below &#x27;established&#x27;: median level 1, answers range from 0 to 2 (scale 0 to 3)"
        in widget._figures.value
    )
    place = widget.save(tmp_path / "nine.json")
    code = f"import hybrid_toolkit as ht; w = ht.SelfAssessment(); w.load({str(place)!r}); print(w.text)"
    assert run(code) == widget.text
    assert fresh(widget.to_code()) == widget.text


def test_it_asks_what_the_condition_asks_and_shows_who_answered_what() -> None:
    widget = ht.SelfAssessment(today=DAY)
    fill(widget, "hr", "emerging")
    widget._lists["condition"].value = "S0-C6"
    shown = [c.description for c, _ in rows(widget)]
    assert shown == [i.text for i in load_checklist("conditions").part("S0-C6").items]
    widget._lists["condition"].value = "S0-C1"
    assert rows(widget)[0][0].value == "emerging"
    widget._lists["number"].value = "2"
    assert rows(widget)[0][0].value == ""
    widget._lists["number"].value = "1"
    held = widget.assessment
    press(widget, "Remove this person's answers")
    assert not widget.assessment.answers and field(widget, "Remove this person's answers").disabled
    press(widget, UNDO)
    assert widget.assessment == held and rows(widget)[0][0].value == "emerging"
    press(widget, "Redo")
    assert not widget.assessment.answers and field(widget, "Redo").disabled


@pytest.mark.parametrize("kind", FORMED)
def test_an_answer_that_was_taken_out_of_a_checklist_comes_back(kind: Any) -> None:
    widget = kind(today=DAY)
    assert field(widget, UNDO).disabled and field(widget, "Redo").disabled
    control, words = rows(widget)[0]
    words.value, control.value = "Asked in spring", control.options[1][1]
    held = widget.record
    control.value = ""
    assert not widget.record.entries
    widget._lists["part"].index = len(widget._lists["part"].options) - 1  # looking elsewhere is no change
    press(widget, UNDO)
    assert widget.record == held
    assert (rows(widget)[0][0].value, rows(widget)[0][1].value) == (control.options[1][1], "Asked in spring")


def test_an_answer_belongs_to_the_choices_it_was_shown_under_however_late_it_comes() -> None:
    """What a busy kernel meets: the role has moved, and an entry into the older form arrives after it."""
    widget = ht.SelfAssessment(today=DAY)
    late = rows(widget)
    widget._lists["role"].value = "supervisor"
    mine = rows(widget)
    mine[0][0].value = "none"
    late[0][0].value = "established"
    late[1][1].value = "Typed before the role moved"
    assert {(a.role, a.level) for a in widget.assessment.answers} == {
        ("supervisor", "none"),
        ("practitioner", "established"),
    }
    assert rows(widget)[0][0] is mine[0][0] and mine[0][0].value == "none", "nobody's form is taken from under them"
    widget._lists["role"].value = "practitioner"
    assert rows(widget)[0][0].value == "established" and rows(widget)[1][1].value == "Typed before the role moved"
    late[2][0].value = "emerging"
    assert rows(widget)[2][0].value == "emerging", "a form of the same choices shows what came late"


def test_what_is_not_whole_yet_is_a_draft_that_is_kept_and_saved(tmp_path: Path) -> None:
    widget = ht.SelfAssessment(today=DAY)
    rows(widget)[0][1].value = "Staff survey, item 4"
    assert "no level is chosen" in widget._message.value and not widget.assessment.answers
    rows(widget)[1][0].value = "evidenced"
    assert "2 answers are drafts" in widget._figures.value
    widget._lists["condition"].value = "S0-C6"
    again = ht.SelfAssessment(today=DAY)
    again.load(widget.save(tmp_path / "nine.json"))
    again._lists["condition"].value = "S0-C1"
    assert [(c.value, w.value) for c, w in rows(again)[:2]] == [("", "Staff survey, item 4"), ("evidenced", "")]
    rows(again)[0][0].value = "established"
    rows(again)[1][1].value = "Minutes"
    assert {a.level for a in again.assessment.answers} == {"established", "evidenced"} and not again.state.drafts


def test_a_state_of_the_first_version_is_still_read(tmp_path: Path) -> None:
    widget = ht.SelfAssessment(today=DAY)
    fill(widget, "hr", "emerging")
    held = json.loads(widget.save(tmp_path / "a.json").read_text())
    del held["state"]["drafts"]
    held["schema"] = 1
    (tmp_path / "a.json").write_text(json.dumps(held))
    other = ht.SelfAssessment(today=DAY)
    other.load(tmp_path / "a.json")
    assert other.assessment == widget.assessment


def test_evidenced_needs_evidence_and_says_so_in_place() -> None:
    widget = ht.SelfAssessment(today=DAY)
    fill(widget, "hr", "evidenced")
    assert "describe the evidence" in widget._message.value and not widget.assessment.answers
    fill(widget, "hr", "evidenced", "Staff survey, item 4")
    assert {a.level for a in widget.assessment.answers} == {"evidenced"} and widget.assessment.answers[0].on == DAY


@pytest.mark.parametrize("text", ["ask jo@example.org", "AB1 2CD", "943 476 5919"])
def test_personal_details_are_refused_in_place_and_from_code(text: str, tmp_path: Path) -> None:
    widget = ht.SelfAssessment(today=DAY)
    fill(widget, "hr", "emerging", text)
    assert 'role="alert"' in widget._message.value and text not in widget._message.value
    assert {a.evidence for a in widget.assessment.answers} == {""} and not widget.state.drafts
    with pytest.raises(DisclosureError):
        ht.SelfAssessment(assessment=Assessment((Answer("S0-C1.1", "hr", "none", evidence=text),)))
    kept = ht.SelfAssessment(assessment=Assessment((Answer("S0-C1.1", "hr", "none", evidence="fine"),)))
    place = kept.save(tmp_path / "a.json")
    place.write_text(place.read_text().replace("fine", text))
    with pytest.raises(DisclosureError):
        widget.load(place)


def test_belief_and_data_stand_side_by_side_and_can_disagree(small: ht.EvaluationData) -> None:
    widget = ht.SelfAssessment(small, today=DAY)
    for role in ROLES:
        fill(widget, role, "established")
    assert "No target is set: discuss it together." in widget._figures.value
    aim = field(widget, f"Formality of arrangements: {AIM}")
    aim.value = "0.6"
    assert (
        "People and data disagree: people rate this as in place, but the data do not meet your target."
        in widget._figures.value
    )
    assert "SYNTHETIC DATA" in widget._answer.value
    aim.value = "a lot"
    assert "an aim is a number" in widget._message.value


def test_a_plan_from_the_gaps_is_due_done_and_overdue() -> None:
    widget = ht.SelfAssessment(today=DAY)
    for role in ROLES:
        fill(widget, role, "none")
    plan = ht.ImprovementPlan(assessment=widget.assessment, today=DAY)
    press(plan, "Suggest actions from the self-assessment")
    assert plan.text == "4 actions on 2 March 2026: 4 open. 1 without a measure."
    press(plan, "Mark as completed today")
    later = ht.ImprovementPlan(plan=plan.plan, today=date(2026, 12, 1))
    assert later.text == "4 actions on 1 December 2026: 3 overdue, 1 done. 1 without a measure."
    assert fresh(later.to_code()) == later.text
    press(plan, "Suggest actions from the self-assessment")
    assert len(plan.plan.actions) == 4


def test_an_action_is_written_measured_and_re_measured(small: ht.EvaluationData, tmp_path: Path) -> None:
    plan = ht.ImprovementPlan(small, today=DAY)
    press(plan, "Add action")
    assert 'role="alert"' in plan._message.value and not plan.plan.actions
    field(plan, "Start from a suggested action").value = "S3-A16"
    assert field(plan, "Metric we expect to change").value == "back_to_back_share" and field(plan, "Action").value
    field(plan, "Complete by").value = date(2026, 6, 30)
    field(plan, "Date the change started").value = date(2025, 4, 1)
    other = ht.ImprovementPlan(small, today=DAY)
    other.load(plan.save(tmp_path / "draft.json"))
    press(other, "Add action")
    press(plan, "Add action")
    assert other.plan == plan.plan and not field(plan, "Action").value
    action = plan.plan.actions[0]
    assert action.seed == "S3-A16" and action.baseline == pytest.approx(0.27, abs=0.02) and action.baseline_on == DAY
    press(plan, "Measure again")
    assert "Not enough months to tell: 6 before the start and 6 after it" in plan._figures.value
    assert 'alt="Back-to-back' in plan._figures.value
    made = {f.name: f.content for f in plan._exports()}
    assert set(made) == {f"improvement-plan{f}" for f in FORMS}
    words = "\n".join(p.text for p in Document(io.BytesIO(made["improvement-plan.docx"])).paragraphs)
    assert "Not enough months to tell" in words and "Re-measured: action 1" in words
    again = ht.ImprovementPlan(small, today=DAY)
    again.load(plan.save(tmp_path / "plan.json"))
    assert again.plan == plan.plan and "Not enough months" in again._figures.value
    held = again.plan
    press(again, "Delete")
    press(again, UNDO)
    assert again.plan == held
    press(again, "Redo")
    assert again.text == "No action yet."


def test_re_measuring_says_what_it_lacks(small: ht.EvaluationData) -> None:
    bare = ActionPlan().add("Talk.", "hr", DAY)
    without = ht.ImprovementPlan(plan=bare, today=DAY)
    press(without, "Measure again")
    assert "no data to measure with" in without._message.value
    measured = ht.ImprovementPlan(small, plan=bare, today=DAY)
    press(measured, "Measure again")
    assert "no measure" in measured._message.value
    late = ActionPlan().add("Talk.", "hr", DAY, measure="skill", started=DAY)
    yearly = ht.ImprovementPlan(small, plan=late, today=DAY)
    press(yearly, "Measure again")
    assert "<h3>Action 1" in yearly._figures.value or 'role="alert"' in yearly._message.value


@pytest.mark.parametrize("kind", FORMED)
def test_checklists_are_filled_in_section_by_section(kind: Any, tmp_path: Path) -> None:
    widget = kind(today=DAY)
    count = len([i for i in widget.record.listed.items if i.scale])
    assert f"0 of {count} answered" in widget.text
    for part in widget._parts:
        widget._lists["part"].value = part
        for control, words in rows(widget):
            words.value = "As agreed."
            assert "draft" in widget._message.value
            control.value = control.options[-1][1]
            assert "Kept." in widget._message.value
    assert f"{count} of {count} answered" in widget.text
    assert {e.on for e in widget.record.entries} == {DAY}
    other = kind()
    other.load(widget.save(tmp_path / "record.json"))
    assert other.record == widget.record
    assert fresh(widget.to_code()).startswith(f"{count} answered")
    if kind is ht.ReturnTests:
        made = {f.name.rpartition(".")[2]: f.content for f in widget._exports()}
        assert b"As agreed." in made["html"] and set(made) == {"docx", "xlsx", "html"}


def test_an_arrangement_is_kept_changed_and_removed(small: ht.EvaluationData, tmp_path: Path) -> None:
    widget = ht.TeamAgreement(small, today=DAY)
    assert "Formality of arrangements" in widget._figures.value
    press(widget, "Add this arrangement")
    assert 'role="alert"' in widget._message.value
    for name, value in (("Which team or role is it for?", "Duty team"), ("What was asked for?", "Two days at home")):
        field(widget, name).value = value
    assert widget.text == "No arrangement yet." and widget.state.entered("new").whom == "Duty team"
    press(widget, "Add this arrangement")
    assert "formality 0.00" in widget.text
    for name, value in (("Why was it decided so?", "Cover is met"), ("Decision", "agreed"),
                        ("Decided on", date(2026, 1, 5)), ("To be looked at again on", date(2026, 1, 2))):  # fmt: skip
        field(widget, name).value = value
    assert "not after the decision" in widget._message.value
    widget._lists["at"].value = "new"
    widget._lists["at"].value = "0"
    assert field(widget, "To be looked at again on").value == date(2026, 1, 2), "a draft stays where it was written"
    field(widget, "To be looked at again on").value = date(2026, 2, 1)
    field(widget, "Reasonable adjustments").value = "considered"
    assert widget.text == "1 arrangement: 0 not yet decided, 1 past their review, formality 1.00 of 1."
    other = ht.TeamAgreement(today=DAY)
    other.load(widget.save(tmp_path / "a.json"))
    assert other.agreements == widget.agreements and fresh(other.to_code()) == widget.text
    held = widget.agreements
    press(widget, "Remove it")
    assert widget.text == "No arrangement yet."
    press(widget, UNDO)
    assert widget.agreements == held and field(widget, "What was asked for?").value == held.arrangements[0].request


@pytest.mark.parametrize("kind", EVERY)
def test_every_control_has_a_label_and_an_empty_state(kind: Any) -> None:
    widget = kind(today=DAY)
    assert widget.text and 'role="alert"' not in widget._answer.value
    for control in walk(widget):
        if hasattr(control, "value") and hasattr(control, "description") and type(control).__name__ != "HTML":
            hidden = any(
                b.layout.display == "none" and control in b.children for b in walk(widget) if hasattr(b, "children")
            )
            assert control.description.strip() or hidden, type(control).__name__


@pytest.mark.parametrize("kind", EVERY)
def test_files_of_another_widget_and_of_a_newer_version_are_refused(kind: Any, tmp_path: Path) -> None:
    widget = kind(today=DAY)
    place = widget.save(tmp_path / "a.json")
    place.write_text(place.read_text().replace(f'"schema": {widget.SCHEMA}', '"schema": 99'))
    with pytest.raises(UnreadableError, match="version 99"):
        widget.load(place)
    other = ht.Share() if kind is not ht.Share else ht.ReturnTests()
    with pytest.raises(UnreadableError, match="another widget"):
        widget.load(other.save(tmp_path / "b.json"))
    with pytest.raises(UsageError):
        widget.state = other.state if type(other.state) is not type(widget.state) else "text"


def test_earlier_rounds_stand_beside_this_one(tmp_path: Path) -> None:
    """A service that answers each autumn opens what it saved, and sees each condition then and now."""
    then = ht.SelfAssessment(today=DAY)
    for role in ROLES:
        fill(then, role, "none")
    then.save(tmp_path / "spring.json")
    opened = ht.SelfAssessment(today=DAY)
    opened.load(tmp_path / "spring.json")
    widget = ht.SelfAssessment(today=DAY, earlier=[("Spring", opened.assessment)])
    assert "no level</td>" in widget._figures.value and "Rounds side by side" in widget._figures.value
    for role in ROLES:
        fill(widget, role, "established")
    assert '<td class="hte-word">0</td><td class="hte-word">2</td>' in widget._figures.value
    assert (
        "Spring to This round: of 9 conditions 1 has a level in both rounds, 1 of them higher" in widget._figures.value
    )
    assert "Rounds side by side" not in then._figures.value
    with pytest.raises(UsageError, match="each with a title"):
        ht.SelfAssessment(earlier=[("Spring", opened.assessment), ("Spring", opened.assessment)])
