"""Every widget in a real JupyterLab, used as a person would: read, moved by keyboard and mouse, taken away, saved."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

import hybrid_toolkit as ht
from hybrid_toolkit.assess.checklist import load_checklist
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.synth.committed import synthetic_folder
from hybrid_toolkit.widgets.lenses.lens_widget import LensWidget, settled
from hybrid_toolkit.widgets.practice.self_assessment import AIM, EVIDENCE

pytestmark = pytest.mark.browser
NAME = "every-widget.ipynb"
WIDGETS = sorted(n for n, module in ht._PUBLIC.items() if module.startswith("hybrid_toolkit.widgets"))
GIVEN = {
    **dict.fromkeys((n for n in WIDGETS if issubclass(getattr(ht, n), LensWidget)), "data"),
    **dict.fromkeys(("MetricExplorer", "SelfAssessment", "ImprovementPlan"), "data"),
    "ReleaseDesk": "made['PracticeQuality'].view.releases",
}
"""What a widget is given; the others take nothing."""
SAVED = """import json
from pathlib import Path

for name, one in made.items():
    if hasattr(one, "save") and name != "ReleaseDesk":
        one.save(f"{name}.json")
        again = type(one)(*((data,) if name in DATA else ()))
        again.load(f"{name}.json")
        print(name, again.state == one.state)
"""
CHECKLISTS = {"Share": "share", "ReturnTests": "return_tests", "RiskAssessment": "risk_assessment",
              "DigitalPractice": "digital_practice", "LeaderQuestions": "leaders"}  # fmt: skip


@pytest.fixture(scope="module")
def page(lab: Any, open_notebook: Callable[[str], Page]) -> Page:
    """A notebook with one widget a cell, all of its cells run; the last waits for the end of the tests."""
    with_data = [n for n, given in GIVEN.items() if given == "data"]
    sources = [
        f"import hybrid_toolkit as ht\ndata, made, DATA = ht.load_synthetic('small'), {{}}, {with_data!r}",
        *(f"made[{n!r}] = ht.{n}({GIVEN.get(n, '')})\nmade[{n!r}]" for n in sorted(WIDGETS, key="ReleaseDesk".__eq__)),
        "later = 0",
    ]
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for i, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    whole = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (lab.folder / NAME).write_text(json.dumps(whole), encoding="utf-8")
    return open_notebook(NAME)


@pytest.fixture(scope="module")
def data() -> ht.EvaluationData:
    return ht.load_synthetic("small")


def at(page: Page, name: str) -> Locator:
    held = page.locator(f".hte-{name}")
    held.scroll_into_view_if_needed()
    return held


def answer(held: Locator) -> Locator:
    return held.locator(".hte-answer").first


def press(held: Locator, name: str) -> None:
    """A button, by the keyboard alone."""
    made = held.get_by_role("button", name=name, exact=True)
    made.focus()
    made.press("Enter")


def cut(held: Locator) -> list[str]:
    """The words of sliders' values that are not shown whole."""
    found = "e => e.filter(x => x.scrollWidth > x.clientWidth + 1).map(x => x.textContent)"
    return list(held.locator(".widget-readout:visible").evaluate_all(found))


def test_every_widget_stands_without_error_or_barrier(page: Page, hand: Any) -> None:
    for name in WIDGETS:
        held = at(page, name)
        expect(held).to_be_visible()
        assert held.locator(".hte-error:visible").count() == 0, name
        assert hand.serious(page, f".hte-{name}") == [], name
        assert cut(held) == [], name


def test_nothing_lies_beyond_a_narrow_screen(page: Page, hand: Any) -> None:
    page.set_viewport_size({"width": 420, "height": 900})
    try:
        found = {name: [*hand.beyond(at(page, name)), *cut(at(page, name))] for name in WIDGETS}
        page.screenshot(path=hand.folder / "phone.png")
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("name", "field", "key"),
    [
        ("PracticeQuality", "group", "ArrowDown"),
        ("CareerStage", "at", "ArrowRight"),
        ("DigitalExclusion", "threshold", "ArrowLeft"),
        ("Wellbeing", "group", "ArrowDown"),
    ],
)
def test_a_lens_follows_the_keyboard_to_the_library_s_number(
    page: Page, data: ht.EvaluationData, name: str, field: str, key: str
) -> None:
    held, cls = at(page, name), getattr(ht, name)
    before = answer(held).inner_text()
    if field in cls.SLIDERS:
        control = held.get_by_role("slider", name=cls.LABELS[field], exact=True)
        old = control.get_attribute("aria-valuetext") or ""
        control.press(key)
        expect(control).not_to_have_attribute("aria-valuetext", old)
        words = control.get_attribute("aria-valuetext") or ""
    else:
        control = held.get_by_label(cls.LABELS[field], exact=True)
        control.press(key)
        words = control.evaluate("e => e.selectedOptions[0].text").replace("\u00a0", " ")
    expect(answer(held)).not_to_have_text(before)
    views = cls.VIEWS(data)
    ids = {said: i for i, said in views.choices(settled(views, cls.STATE()))[field].items()}
    module, function = cls.FUNCTION
    expect(answer(held)).to_have_text(getattr(import_module(module), function)(data, **{field: ids[words]}).text)


def test_the_power_slider_and_the_catalogue_s_search(page: Page) -> None:
    held = at(page, "PowerExplorer")
    held.get_by_role("slider", name="Number of teams", exact=True).press("ArrowRight")
    expect(answer(held)).to_have_text(ht.PowerExplorer(teams=25).text)
    held = at(page, "MetricCatalogue")
    held.get_by_label("Search").fill("bice")
    held.get_by_label("Search").press("Enter")
    expect(answer(held)).to_have_text(ht.MetricCatalogue(search="bice").text)


def test_a_lens_is_taken_away_whole(page: Page, hand: Any) -> None:
    held = at(page, "DigitalExclusion")
    said = answer(held).inner_text()
    number = re.search(r"\d+%", said)
    files = hand.taken(page, held)
    kinds = {file.suffix: file for file in files.values()}
    assert set(kinds) == {".svg", ".png", ".csv", ".docx", ".xlsx", ".html"}
    for form in (".docx", ".xlsx", ".html"):
        words = hand.words(kinds[form])
        assert number is not None and number[0] in words and SYNTHETIC_STAMP in words
    page_taken = hand.words(kinds[".html"])
    assert "<script" not in page_taken and not re.search(r"(src|href)=.?(https?:)?//", page_taken)
    with Image.open(kinds[".png"]) as image:
        assert min(image.size) > 200
    assert "<title>" in hand.words(kinds[".svg"]) and SYNTHETIC_STAMP in hand.words(kinds[".svg"])
    table = next(file for name, file in files.items() if name.endswith(".csv") and ".meta" not in name)
    rows = list(csv.DictReader(io.StringIO(hand.words(table))))
    assert rows and {"time_period", "geographic_level"} <= set(rows[0])


def test_a_study_is_estimated_by_its_button_and_another_rota_follows(page: Page, data: ht.EvaluationData) -> None:
    held = at(page, "WhatIf")
    press(held, "Run study")
    expect(answer(held)).to_be_visible(timeout=90_000)
    before = answer(held).inner_text()
    held.get_by_role("slider", name="Change", exact=True).press("ArrowRight")
    expect(answer(held)).not_to_have_text(before)
    expect(answer(held)).to_have_text(
        re.compile(re.escape(import_module(ht.WhatIf.FUNCTION[0]).view_what_if(data, value="2").text.split("; ")[0]))
    )


def test_a_study_is_diagnosed_cancelled_and_locked(page: Page, lab: Any) -> None:
    held = at(page, "StudyBuilder")
    expect(answer(held)).to_contain_text(ht.StudyBuilder().text.split("; ")[0])
    press(held, "Diagnose")
    cancel = held.get_by_role("button", name="Cancel")
    expect(cancel).to_be_enabled()
    cancel.press("Enter")
    expect(held.locator(".hte-progress")).to_contain_text("Cancelled", timeout=90_000)
    press(held, "Lock the study")
    expect(held.get_by_text("was locked on")).to_be_visible()
    assert (lab.folder / "study.lock.json").is_file()


def test_a_folder_is_brought_to_the_desk_and_a_wrong_path_is_said_in_place(page: Page) -> None:
    held, folder = at(page, "DataDesk"), str(synthetic_folder("small"))
    path = held.get_by_label("Path or database")
    path.fill(f"{folder}-not-there")
    path.press("Enter")
    press(held, "Look")
    expect(held.locator(".hte-error")).to_be_visible()
    path.fill(folder)
    path.press("Enter")
    for step, told in (("Look", "Found:"), ("Propose a mapping", "Proposed:"), ("Load", "Loaded:")):
        press(held, step)
        expect(answer(held)).to_contain_text(told, timeout=90_000)
    expect(answer(held)).to_contain_text(ht.load_data(folder).hash[:12])
    expect(held.locator(".hte-error:visible")).to_have_count(0)


def run(page: Page, code: str) -> Locator:
    """Run code in the last cell of the notebook; running it adds another below."""
    cells = page.locator(".jp-CodeCell")
    cell = cells.nth(cells.count() - 1)
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Shift+Enter")
    return cell


@pytest.fixture(params=["as it is", "a slow browser", "a busy kernel"])
def pace(request: pytest.FixtureRequest, page: Page) -> Iterator[Callable[[], None]]:
    """What makes the next steps slow: nothing, a processor at a sixth of its speed, a kernel that computes."""
    devtools = page.context.new_cdp_session(page)
    if request.param == "a slow browser":
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    code = "import time; time.sleep(2)"
    yield (lambda: run(page, code) and None) if request.param == "a busy kernel" else (lambda: None)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    devtools.detach()


RATED = {"Practitioner": 1, "Supervisor or manager": 2, "Senior leader": 3}
"""Role -> how often the key goes down from "Not answered": none, emerging, established."""
_USED = iter(load_checklist("conditions").parts)


def test_three_people_rate_a_condition_without_a_button(page: Page, pace: Callable[[], None]) -> None:
    part = next(_USED)
    held = at(page, "SelfAssessment")
    held.get_by_label("Condition", exact=True).select_option(index=load_checklist("conditions").parts.index(part))
    for role, down in RATED.items():
        pace()
        held.get_by_label("Your role").select_option(label=role)
        for item in part.items:
            for _ in range(down):
                held.get_by_label(item.text).press("ArrowDown")
        held.get_by_label(EVIDENCE).first.fill(f"Said as {role}")
    held.get_by_label("Your role").select_option(label="Practitioner")
    expect(held.get_by_label(EVIDENCE).first).to_have_value("Said as Practitioner")
    row = held.get_by_role("row").filter(has=page.get_by_role("rowheader", name=part.title))
    expect(row).to_contain_text("Practitioner 0; Supervisor or manager 1; Senior leader 2")
    cell = run(page, f"print([(a.role, a.evidence) for a in made['SelfAssessment'].assessment.answers "
                     f"if a.item == {part.items[0].id!r}])")  # fmt: skip
    expect(cell.locator(".jp-OutputArea")).to_contain_text("Said as Senior leader")
    for key, said in zip(("practitioner", "supervisor", "senior_leader"), RATED, strict=True):
        expect(cell.locator(".jp-OutputArea")).to_contain_text(f"('{key}', 'Said as {said}')")


def test_the_assessment_is_taken_away_with_its_targets(page: Page, hand: Any) -> None:
    held, part = at(page, "SelfAssessment"), load_checklist("conditions").parts[0]
    held.get_by_label("Condition", exact=True).select_option(index=0)
    aim = held.get_by_label(re.compile(re.escape(AIM))).first
    aim.fill("much")
    aim.press("Tab")
    expect(held.locator(".hte-error")).to_contain_text("an aim is a number")
    aim.fill("0.6")
    aim.press("Tab")
    expect(held.get_by_text("Target saved.")).to_be_visible()
    files = hand.taken(page, held)
    assert {f.suffix for f in files.values()} == {".docx", ".xlsx", ".html"}
    for file in files.values():
        assert part.title in hand.words(file) and SYNTHETIC_STAMP in hand.words(file)


@pytest.mark.parametrize("pace", ["a busy kernel"], indirect=True)
def test_an_arrangement_is_kept_as_it_is_entered(page: Page, pace: Callable[[], None]) -> None:
    held = at(page, "TeamAgreement")
    which = held.get_by_label("Arrangement", exact=True)
    which.select_option(label="A new one")
    last = which.locator("option").count()
    pace()
    held.get_by_label("Which team or role is it for?").fill("Assessment team")
    held.get_by_label("What was asked for?").fill("Two days at home.")
    press(held, "Add this arrangement")
    expect(held.get_by_role("button", name="Remove it")).to_be_visible()
    expect(which.locator("option")).to_have_count(last + 1)
    pace()
    held.get_by_label("Why was it decided so?").fill(f"Cover is met, {last}")
    which.select_option(index=0)
    held.get_by_label("Which team or role is it for?").fill("Half a thought")
    which.select_option(index=last)
    expect(held.get_by_label("Why was it decided so?")).to_have_value(f"Cover is met, {last}")
    which.select_option(index=0)
    expect(held.get_by_label("Which team or role is it for?")).to_have_value("Half a thought")
    expect(answer(held)).to_contain_text(f"{last} arrangement")


def test_an_action_is_planned_and_nothing_without_words(page: Page, hand: Any) -> None:
    held = at(page, "ImprovementPlan")
    press(held, "Add action")
    expect(held.locator(".hte-error")).to_be_visible()
    held.get_by_role("textbox", name="Action").fill("Agree breaks between meetings.")
    held.get_by_label("Complete by").fill("2031-06-30")
    press(held, "Add action")
    expect(answer(held)).to_contain_text("1 action")
    files = hand.taken(page, held)
    assert all("Agree breaks between meetings." in hand.words(file) for file in files.values())


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_is_answered_and_taken_away(page: Page, hand: Any, name: str) -> None:
    held = at(page, name)
    before = answer(held).inner_text()
    held.locator(".hte-item select").first.press("ArrowDown")
    held.get_by_label("In your own words").first.fill("Agreed in the team meeting.")
    held.get_by_label("In your own words").first.press("Tab")
    expect(answer(held)).not_to_have_text(before)
    expect(answer(held)).to_contain_text(re.compile(r": 1 of \d+ answered"))
    if name == "Share":
        held.get_by_label("In your own words").first.fill("write to someone@example.org")
        held.get_by_label("In your own words").first.press("Tab")
        expect(held.locator(".hte-error")).to_be_visible()
        sections = held.get_by_label("Section")
        sections.select_option(index=1)
        sections.select_option(index=0)
        expect(held.get_by_label("In your own words").first).to_have_value("Agreed in the team meeting.")
    word = next(f for n, f in hand.taken(page, held).items() if n.endswith(".docx"))
    assert "Agreed in the team meeting." in hand.words(word)


def test_an_exception_is_signed_and_the_bundle_holds_the_rest(page: Page, hand: Any) -> None:
    held = at(page, "ReleaseDesk")
    held.get_by_label("Decision").select_option(label="Hold back")
    press(held, "Sign")
    expect(held.locator(".hte-error")).to_contain_text("reason")
    held.get_by_label("Reason").fill("Ratings are still being coded.")
    held.get_by_label("Signed by").fill("Data custodian")
    press(held, "Sign")
    expect(answer(held)).to_contain_text("1 held back")
    with zipfile.ZipFile(hand.taken(page, held)["release.zip"]) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
        first = held.get_by_label("Output", exact=True).evaluate("e => e.selectedOptions[0].text")
        assert manifest["releases"] and all(r["title"] not in first for r in manifest["releases"])


@pytest.mark.parametrize("name", ["WellnessPlan", "SignsOfStruggle"])
def test_a_blank_aid_prints_and_holds_no_field(page: Page, hand: Any, name: str) -> None:
    held = at(page, name)
    assert held.locator("input, select, textarea, [contenteditable=true]").count() == 0
    with page.expect_download() as started:
        held.locator("a.hte-download").click()
    file = hand.folder / started.value.suggested_filename
    started.value.save_as(file)
    assert "<input" not in hand.words(file) and "<h1>" in hand.words(file)


def test_what_was_done_by_hand_is_saved_and_opened_again(page: Page, lab: Any) -> None:
    cell = run(page, SAVED)
    expect(cell.locator(".jp-OutputArea")).to_contain_text("WhatIf True", timeout=90_000)
    said = cell.locator(".jp-OutputArea").inner_text().split()
    assert set(said[1::2]) == {"True"} and "SelfAssessment" in said[::2]
    kept = json.loads((lab.folder / "Share.json").read_text(encoding="utf-8"))
    assert "Agreed in the team meeting." in json.dumps(kept) and kept["schema"] == ht.Share.SCHEMA
