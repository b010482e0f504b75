"""The assessment in a real browser, as a coordinator and colleagues use it: by mouse, by keyboard, and interrupted."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from playwright.sync_api import Browser, BrowserContext, Page, expect

from hybrid_toolkit.app import Server, start_app
from hybrid_toolkit.app.settings import free_port
from hybrid_toolkit.assess import Answer, Assessment, find_gaps, load_checklist, rate_conditions
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.synth.committed import synthetic_folder

pytestmark = pytest.mark.browser
FIRST = load_checklist("conditions").parts[0]
LEVELS = {"none": "None", "emerging": "Emerging", "established": "Established", "evidenced": "Evidenced"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def server(chromium: str, folder: Path) -> Iterator[Server]:
    started = start_app(workspace=str(folder))
    yield started
    started.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    opened = context.new_page()
    opened.goto(server.url)
    return opened


def home(server: Server) -> str:
    return server.url.split("/?")[0]


def begin(page: Page, server: Server, role: str) -> str:
    """Add a person in a role, and give the address of their task list."""
    page.goto(f"{home(server)}/assess/people")
    page.get_by_label(role, exact=True).check()
    page.get_by_role("button", name="Add person and start").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(role)
    return page.url


def saved(page: Page) -> None:
    """Until the page says that what was entered is saved."""
    expect(page.locator("[data-said]")).to_contain_text("Saved")


def first_prompt(page: Page) -> None:
    page.get_by_role("link", name=FIRST.title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST.items[0].text)


def test_three_people_answer_gaps_become_actions_and_the_numbers_are_the_library_s(
    page: Page, server: Server, hand: Any, folder: Path
) -> None:
    page.get_by_role("link", name="Assess our arrangements").first.click()
    page.locator("main").get_by_role("link", name="Set up the assessment").click()
    page.get_by_label("Name of this assessment").fill("Autumn 2031")
    page.get_by_label("Date").fill("2031-10-01")
    page.get_by_role("button", name="Save and continue").click()
    answers = []
    for role, code, level in (
        ("Practitioner", "practitioner", "none"),
        ("Supervisor or manager", "supervisor", "emerging"),
        ("Senior leader", "senior_leader", "established"),
    ):
        begin(page, server, role)
        first_prompt(page)
        for item in FIRST.items:
            expect(page.get_by_role("heading", level=1)).to_have_text(item.text)
            page.get_by_role("radio", name=LEVELS[level]).check()
            page.get_by_role("button", name="Save and continue").click()
            answers.append(Answer(item.id, code, level))
    whole = Assessment(tuple(answers))
    rated, gaps = rate_conditions(whole).conditions[0], find_gaps(whole)
    page.goto(f"{home(server)}/assess/views")
    cells = page.get_by_role("row", name=FIRST.title).get_by_role("cell").all_inner_texts()
    assert cells == [f"{rated.level:g}", rated.spread_words, str(rated.n_raters), str(rated.n_evidence)]
    assert "2 levels" in page.locator("figcaption").or_(page.locator(".lead")).first.inner_text()
    page.screenshot(path=hand.folder / "views.png", full_page=True)
    page.get_by_role("link", name="Word file").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save the file").click()
    taken.value.save_as(hand.folder / "a.docx")
    words = "\n".join(c.text for t in Document(str(hand.folder / "a.docx")).tables for r in t.rows for c in r.cells)
    assert FIRST.items[0].text in words and SYNTHETIC_STAMP not in words
    page.goto(f"{home(server)}/assess/gaps")
    assert page.get_by_role("button", name="Make an action").count() == len(gaps)
    page.get_by_role("button", name="Make an action").first.click()  # one click
    expect(page.get_by_text(f"Responds to: {gaps[0].text}")).to_be_visible()
    page.get_by_role("button", name="Save action").click()
    page.get_by_role("link", name="Choose the role that owns the action").click()
    assert page.evaluate("document.activeElement.name") == "owner"
    page.get_by_label("Information technology").check()
    page.get_by_label("Team", exact=True).check()
    page.get_by_role("button", name="Save action").click()
    expect(page.locator("main")).to_contain_text("Information technology, team level")
    assert SYNTHETIC_STAMP not in page.content()
    page.goto(f"{home(server)}/assess/measures")
    expect(page.locator("main")).to_contain_text("Your own data are not open")
    assert SYNTHETIC_STAMP not in page.content()


def test_by_keyboard_alone(page: Page, server: Server) -> None:
    begin(page, server, "Finance")
    page.get_by_role("link", name=FIRST.title).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST.items[0].text)
    page.get_by_role("radio").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Established")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Policy of May")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST.items[1].text)
    page.go_back()
    expect(page.get_by_role("radio", name="Established")).to_be_checked()
    expect(page.get_by_label("Evidence: how do you know?")).to_have_value("Policy of May")


def test_a_reload_and_a_closed_tab_lose_nothing(page: Page, context: BrowserContext, server: Server) -> None:
    """The radio and the evidence are entered; no button is pressed."""
    begin(page, server, "Human resources")
    first_prompt(page)
    page.get_by_label("Evidence: how do you know?").fill("An audit of spring")
    saved(page)
    expect(page.locator("[data-said]")).to_contain_text("draft")
    page.reload()
    expect(page.get_by_label("Evidence: how do you know?")).to_have_value("An audit of spring")
    expect(page.locator(".tag.draft")).to_be_visible()
    page.get_by_role("radio", name="Emerging").check()
    address = page.url
    page.close(run_before_unload=True)  # at once: less than the wait of the script
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_role("radio", name="Emerging")).to_be_checked()
    expect(again.get_by_label("Evidence: how do you know?")).to_have_value("An audit of spring")


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_server_loses_nothing(context: BrowserContext, tmp_path: Path) -> None:
    """Entered before: there after. Entered while it is down: saved by the open tab when it is back."""
    port = free_port(0)
    first = start_app(workspace=str(tmp_path), port=port)
    page = context.new_page()
    page.goto(first.url)
    begin(page, first, "Practitioner")
    first_prompt(page)
    page.get_by_label("Evidence: how do you know?").fill("Entered before")
    saved(page)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    page.get_by_label("Evidence: how do you know?").fill("Entered while it was down")
    expect(page.locator("[data-said]")).to_contain_text("Not saved")
    second = start_app(workspace=str(tmp_path), port=port)
    try:
        saved(page)
        page.reload()
        expect(page.get_by_label("Evidence: how do you know?")).to_have_value("Entered while it was down")
    finally:
        second.stop()


def test_without_a_script_a_draft_is_kept_and_each_error_is_named(browser: Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(server.url)
    begin(page, server, "Estates and facilities")
    first_prompt(page)
    page.get_by_label("Evidence: how do you know?").fill("A survey of desks")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Choose how far this is in place").click()
    assert page.url.endswith("#level")
    expect(page.get_by_label("Evidence: how do you know?")).to_have_value("A survey of desks")
    page.reload()
    expect(page.get_by_label("Evidence: how do you know?")).to_have_value("A survey of desks")
    page.get_by_role("radio", name="Evidenced").check()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST.items[1].text)
    context.close()


def test_a_personal_detail_is_not_saved_and_the_field_is_named(page: Page, server: Server, folder: Path) -> None:
    begin(page, server, "Learning and development")
    first_prompt(page)
    page.get_by_label("Evidence: how do you know?").fill("Ring 0113 496 0000")
    expect(page.locator("[data-said]")).to_contain_text("Take out a telephone number")
    assert "496" not in (folder / "rounds/r1/raters/learning-1.json").read_text()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Take out a telephone number").click()
    assert page.evaluate("document.activeElement.id") == "evidence"


def test_undo_set_aside_and_bring_back(page: Page, server: Server) -> None:
    begin(page, server, "Voice of children and families")
    first_prompt(page)
    page.get_by_role("radio", name="Emerging").check()
    page.get_by_role("button", name="Save and continue").click()
    page.goto(f"{home(server)}/assess/people")
    row = page.locator(".summary > div", has_text="Voice of children and families 1")
    expect(row).to_contain_text("1 of 32")
    row.get_by_role("button", name="Undo the last change").click()
    expect(row).to_contain_text("0 of 32")
    row.get_by_role("button", name="Redo").click()
    expect(row).to_contain_text("1 of 32")
    row.get_by_role("button", name="Undo the last change").click()
    expect(row).to_contain_text("0 of 32")
    row.get_by_role("button", name="Set aside").click()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Restore Voice").click()
    expect(row).to_have_count(1)


def test_an_invited_person_answers_at_their_own_desk_and_the_coordinator_takes_it_in(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{home(server)}/assess/people")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Invitation for: Information technology").click()
    taken.value.save_as(tmp_path / "invitation.html")
    desk = browser.new_context(accept_downloads=True, offline=True)
    theirs = desk.new_page()
    theirs.goto((tmp_path / "invitation.html").as_uri())
    box = theirs.locator(f"[data-item='{FIRST.items[0].id}']")
    box.get_by_label("Emerging").check()
    box.get_by_label("Evidence: how do you know?").fill("Log of faults")
    theirs.reload()  # a reload loses nothing there either
    expect(box.get_by_label("Evidence: how do you know?")).to_have_value("Log of faults")
    sent = []
    for name, level in (("first.json", None), ("second.json", "Established")):
        if level:
            box.get_by_label(level).check()
        with theirs.expect_download() as back:
            theirs.get_by_role("button", name="Save my answers").click()
        back.value.save_as(tmp_path / name)
        sent.append(str(tmp_path / name))
    desk.close()
    for one in sent:  # the second file of the same person takes the place of the first: no second person
        page.get_by_label("Files that came back").set_input_files(one)
        page.get_by_role("button", name="Take in answers").click()
        expect(page.locator(".told")).to_contain_text("Information technology 1: 1 answer taken in")
    page.get_by_role("link", name="Information technology 1", exact=True).click()
    first_prompt_of = page.get_by_role("link", name=FIRST.title)
    first_prompt_of.click()
    page.goto(f"{page.url.rsplit('/', 1)[0]}/{FIRST.items[0].id}")
    expect(page.get_by_role("radio", name="Established")).to_be_checked()
    held = json.loads((tmp_path / "second.json").read_text())
    held["content"]["round"] = "r9"
    (tmp_path / "third.json").write_text(json.dumps(held))
    page.goto(f"{home(server)}/assess/people")
    page.get_by_label("Files that came back").set_input_files(str(tmp_path / "third.json"))
    page.get_by_role("button", name="Take in answers").click()
    expect(page.locator(".error-summary")).to_contain_text("belong to another assessment")


def test_two_desks_on_one_folder_see_each_other_and_lose_nothing(
    page: Page, server: Server, folder: Path, browser: Browser
) -> None:
    other = start_app(workspace=str(folder))
    try:
        page.goto(f"{home(server)}/assess/people")
        expect(page.locator(".others")).to_contain_text("Someone else has this folder open")
        desk = browser.new_context()
        theirs = desk.new_page()
        theirs.goto(other.url)
        begin(theirs, other, "Practitioner")
        begin(page, server, "Practitioner")
        assert page.url.rsplit("/", 1)[1] != theirs.url.rsplit("/", 1)[1]
        desk.close()
    finally:
        other.stop()
    page.reload()
    expect(page.locator(".others")).to_have_count(0)


def test_two_people_with_two_tabs_each_overwrite_nothing_that_they_did_not_change(
    page: Page, context: BrowserContext, server: Server, folder: Path, browser: Browser
) -> None:
    """Four tabs show the same section, empty; each writes one answer: all four are there, and each sees one other."""
    part = load_checklist("questions").parts[0]
    path, fields = f"/talk/questions/{part.id}", [f"{i.id}-words" for i in part.items[:4]]
    other = start_app(workspace=str(folder))
    desk = browser.new_context()
    try:
        tabs = [page, context.new_page(), desk.new_page(), desk.new_page()]
        tabs[2].goto(other.url)
        for tab, at in zip(tabs, (server, server, other, other), strict=True):
            tab.goto(home(at) + path)
            expect(tab.locator(".others")).to_have_count(1)
            assert tab.locator(".others").inner_text().count("desk") <= 1
        for n, (tab, name) in enumerate(zip(tabs, fields, strict=True)):
            tab.locator(f"[name='{name}']").fill(f"Words of tab {n}")
            saved(tab)
        tabs[0].locator(f"[name='{fields[0]}']").fill("Changed")
        tabs[0].locator(f"[name='{fields[0]}']").fill("Words of tab 0")
        tabs[0].locator("main form[data-autosave] button").click()
        tabs[3].goto(home(other) + path)
        for n, name in enumerate(fields):
            expect(tabs[3].locator(f"[name='{name}']")).to_have_value(f"Words of tab {n}")
    finally:
        desk.close()
        other.stop()


def test_prompts_of_one_s_own_and_the_next_round(page: Page, server: Server) -> None:
    page.goto(f"{home(server)}/assess/own")
    page.get_by_label("Prompt", exact=True).fill("Night duty has its own rule.")
    page.get_by_label(FIRST.title).check()
    page.get_by_role("button", name="Add prompt").click()
    address = begin(page, server, "Practitioner")
    first_prompt(page)
    expect(page.locator(".progress-words")).to_contain_text("1 of 33")
    page.goto(f"{address}/own-1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Night duty has its own rule.")
    page.goto(f"{home(server)}/assess/notes/{FIRST.id}")
    page.get_by_label("Next steps").fill("Write the rule down")
    saved(page)
    page.goto(f"{home(server)}/assess/rounds")
    page.get_by_role("button", name="Start the next round").click()
    page.get_by_label("Name of this assessment").fill("Winter 2031")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.locator("main")).to_contain_text("No one has answered yet")
    page.goto(f"{home(server)}/assess/rounds")
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Condition", "Autumn 2031", "Winter 2031"]
    page.get_by_role("button", name="Set the newest round aside").click()
    page.get_by_role("button", name="Restore Winter").click()
    expect(page.get_by_role("columnheader")).to_have_count(3)


def test_an_action_is_judged_on_months_with_its_start_where_it_is(browser: Browser, tmp_path: Path, hand: Any) -> None:
    data = tmp_path / "authority"
    shutil.copytree(synthetic_folder("small"), data)
    started = start_app(str(data), workspace=str(tmp_path / "work"))
    try:
        page = browser.new_page()
        page.goto(started.url)
        page.goto(f"{home(started)}/plan")
        page.get_by_role("button", name="Add an action").click()
        page.get_by_label("Action", exact=True).fill("Agree which meetings are in person.")
        page.get_by_label("Supervisor or manager").check()
        page.get_by_label("Measure we expect to change").select_option("choice_honoured")
        page.get_by_label("Date the change started").fill("2025-07-01")
        saved(page)
        page.get_by_role("button", name="Save action").click()
        page.get_by_role("link", name="Has it changed?").click()
        expect(page.locator("[data-waits]")).to_have_count(0, timeout=90_000)
        expect(page.locator("main")).to_contain_text("Baseline:")
        page.get_by_role("link", name="Practise on an example authority").click()
        page.get_by_label("Month in which the action starts").select_option("October 2024")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("main")).to_contain_text("Against the trend before", timeout=90_000)
        page.screenshot(path=hand.folder / "changed.png", full_page=True)
        assert hand.findings(page) == []
        page.goto(f"{home(started)}/assess/measures")
        expect(page.locator("[data-waits]")).to_have_count(0, timeout=90_000)
        expect(page.get_by_role("table").first).to_be_visible()
        page.screenshot(path=hand.folder / "measures.png", full_page=True)
        assert hand.findings(page) == []
    finally:
        started.stop()


def test_from_prompt_to_prompt_the_keyboard_does_not_walk_through_the_navigation(page: Page, server: Server) -> None:
    person = begin(page, server, "Estates and facilities")
    page.goto(f"{person}/{FIRST.items[0].id}")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Save and continue").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(FIRST.items[1].text)
    for _ in range(3):  # a word of the glossary may come first
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "radio":
            return
    raise AssertionError("the first answer is more than 3 keys away")
