"""Preparing a conversation, and the work as a whole, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hybrid_toolkit.app import Server, start_app
from hybrid_toolkit.assess import Entry, Record, load_checklist, return_verdict
from hybrid_toolkit.assess.actions import ACTION_LEVELS, actions_at, answering_actions
from hybrid_toolkit.assess.agreement import REQUESTS
from hybrid_toolkit.assess.checklist import scales

pytestmark = pytest.mark.browser
TESTS = load_checklist("return_tests").part("S3-K")


@pytest.fixture(scope="module")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = start_app(workspace=str(tmp_path_factory.mktemp("work")))
    yield started
    started.stop()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.goto(server.url)
    yield opened
    context.close()


def home(server: Server) -> str:
    return server.url.split("/?")[0]


def test_three_tests_are_answered_saved_and_judged_as_the_library_judges(page: Page, server: Server, hand: Any) -> None:
    page.get_by_role("link", name="Prepare a conversation").first.click()
    page.locator("main").get_by_role("link", name="Before asking people back on site").click()
    page.locator("main").get_by_role("link", name=TESTS.title).click()
    for item, answer in zip(TESTS.items, ("yes", "no", "yes"), strict=True):
        page.get_by_role("group", name=item.text).get_by_label(scales()["test"][answer], exact=True).check()
    expect(page.locator("[data-said]")).to_contain_text("Saved")
    assert hand.findings(page) == []
    page.goto(f"{home(server)}/talk/return_tests")
    whole = Record(
        "return_tests", tuple(Entry(i.id, a) for i, a in zip(TESTS.items, ("yes", "no", "yes"), strict=True))
    )
    expect(page.locator(".lead")).to_have_text(return_verdict(whole))
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator(".lead")).to_contain_text("0 of 3 tests met")


def test_a_red_statement_leads_to_the_actions_that_answer_it(page: Page, server: Server, hand: Any) -> None:
    first = load_checklist("statements").part("S3-SG")
    page.goto(f"{home(server)}/talk/statements/S3-SG")
    for item, colour in zip(first.items, ("red", "amber", "green", "green", "green"), strict=True):
        page.get_by_role("group", name=item.text).get_by_label(scales()["light"][colour].partition(":")[0]).check()
    expect(page.locator("[data-said]")).to_contain_text("Saved")
    page.get_by_role("button", name="Save and continue").click()
    page.goto(f"{home(server)}/talk/statements")
    offered = answering_actions(first.items[0].id)
    buttons = page.get_by_role("button", name="Add to the plan")
    expect(buttons).to_have_count(len(offered))
    assert hand.findings(page) == []
    buttons.first.click()
    expect(page.get_by_label("Action", exact=True)).to_have_value(offered[0].text)
    expect(page.locator("main")).to_contain_text(f"Responds to: {first.items[0].text}")
    page.goto(f"{home(server)}/talk/statements")
    page.get_by_role("link", name=f"action 1. {offered[0].text}").click()
    assert page.url.endswith("/plan/1")


def test_each_action_is_chosen_at_the_level_at_which_it_is_done(page: Page, server: Server, hand: Any) -> None:
    """All twenty-two stood in the notebook's plan alone; in the app only those that answer a red statement."""
    page.goto(f"{home(server)}/plan")
    for level, words in ACTION_LEVELS.items():
        group = page.locator("details", has_text=f"{words} (").first
        group.locator("summary").click()
        assert [a.text in group.inner_text() for a in actions_at(level)] == [True] * len(actions_at(level))
    assert {a.id for level in ACTION_LEVELS for a in actions_at(level)} == {a.id for a in actions_at("")}
    assert hand.findings(page) == []
    chosen = actions_at("person")[-1]
    page.get_by_role("group").filter(has_text="Person (").get_by_role(
        "button", name=f"Add to the plan {chosen.text}"
    ).click()
    expect(page.get_by_label("Action", exact=True)).to_have_value(chosen.text)
    expect(page.locator("main")).to_contain_text("Person")
    page.goto(f"{home(server)}/plan")
    expect(page.locator("main")).to_contain_text("person level")


def test_a_team_starts_from_meetings_of_45_minutes_and_a_break_of_15(page: Page, server: Server, hand: Any) -> None:
    page.goto(f"{home(server)}/talk/agreements")
    page.get_by_role("button", name="Start from this rule 45+15").click()
    expect(page.get_by_label("What was asked for?")).to_have_value(REQUESTS["45+15"])
    assert hand.findings(page) == []
    page.get_by_label("Which team or role is it for?").fill("Assessment team")
    expect(page.locator("[data-said]")).to_contain_text("Saved")
    page.goto(f"{home(server)}/talk/agreements")
    expect(page.locator("main")).to_contain_text("15 minutes between one and the next")
    page.get_by_role("button", name="Undo the last change").click()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_role("heading", name="Assessment team")).to_have_count(0)


def test_an_arrangement_is_a_draft_until_it_is_whole(page: Page, server: Server) -> None:
    page.goto(f"{home(server)}/talk/agreements")
    page.get_by_role("button", name="Add an arrangement").click()
    page.get_by_label("What was asked for?").fill("Two days at home")
    page.get_by_role("button", name="Save arrangement").click()
    beside = page.context.new_page()
    beside.goto(f"{home(server)}/talk/agreements")
    expect(beside.locator(".lead")).to_have_text("No arrangement is complete yet.")
    beside.close()
    page.get_by_role("link", name="Enter the team or role that it is for").click()
    page.keyboard.type("Duty team")
    page.get_by_role("button", name="Save arrangement").click()
    expect(page.locator("main")).to_contain_text("Duty team")
    expect(page.locator(".tag.draft")).to_have_count(0)


@pytest.mark.parametrize("sheet", ["wellness", "signs", "supervision"])
def test_a_blank_sheet_has_no_field_and_prints_whole(page: Page, server: Server, hand: Any, sheet: str) -> None:
    """The first promise of these: nothing about one person's health or supervision can be typed in or saved."""
    page.goto(f"{home(server)}/talk/{sheet}")
    assert page.locator("main").locator("input, textarea, select, form").count() == 0
    text = hand.printed(page)
    for item in load_checklist(sheet).items:
        assert "".join(item.text.split()) in text


def test_everything_is_taken_away_as_one_file_and_opened_elsewhere(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    page.goto(f"{home(server)}/talk/share/S3-SH0")
    page.get_by_label("In your own words").first.fill("Asked in spring")
    expect(page.locator("[data-said]")).to_contain_text("Saved")
    page.goto(f"{home(server)}/work")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Save everything as one file").click()
    taken.value.save_as(tmp_path / "whole.json")
    other = start_app(workspace=str(tmp_path / "other"))
    try:
        there = browser.new_page()
        there.goto(other.url)
        there.goto(f"{home(other)}/work")
        there.get_by_label("Open a saved file").set_input_files(str(tmp_path / "whole.json"))
        there.get_by_role("button", name="Open file").click()
        there.goto(f"{home(other)}/talk/share/S3-SH0")
        expect(there.get_by_label("In your own words").first).to_have_value("Asked in spring")
        there.goto(f"{home(other)}/work")
        there.get_by_label("Another folder").fill(str(tmp_path / "copy"))
        there.get_by_role("button", name="Save in another folder").click()
        expect(there.locator(".path").first).to_contain_text("copy")
        there.goto(f"{home(other)}/talk/share/S3-SH0")
        expect(there.get_by_label("In your own words").first).to_have_value("Asked in spring")
        there.close()
    finally:
        other.stop()
