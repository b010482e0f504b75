"""The app as its user meets it: every page opened by keyboard, on this machine, nothing fetched from elsewhere."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import hybrid_toolkit as ht
from hybrid_toolkit.app import ADDRESS, Server, start_app
from hybrid_toolkit.assess import Answer, Assessment, load_checklist, rate_conditions
from hybrid_toolkit.assess.checklist import scales
from hybrid_toolkit.assess.roles import ROLES
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.errors import UnreadableError, UsageError
from hybrid_toolkit.synth.committed import synthetic_folder
from hybrid_toolkit.widgets.explorer.metric_view import view_metric
from hybrid_toolkit.widgets.workbench import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(chromium: str) -> Iterator[Server]:
    started = start_app()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    """The app, open on its landing page; requests to any other machine are kept in ``page.asked_elsewhere``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(60_000)
    opened = context.new_page()
    elsewhere: list[str] = []
    opened.on(
        "request", lambda r: elsewhere.append(r.url) if not r.url.startswith(("http://" + ADDRESS, "data:")) else None
    )
    opened.asked_elsewhere = elsewhere  # type: ignore[attr-defined]
    opened.goto(server.url)
    opened.get_by_text("Choose a page above").wait_for()
    yield opened
    context.close()


def open_page(page: Page, key: str) -> Locator:
    """Open one page by the keyboard alone, wait until it has answered, and give its widget."""
    button = page.get_by_role("button", name=PAGES[key].label, exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_class(re.compile("mod-active"))
    held = page.locator(f".hte-{PAGES[key].widget}")
    held.wait_for()
    return held


def test_the_landing_page_says_what_it_is(page: Page, hand: Any) -> None:
    assert page.get_by_role("heading", level=1).inner_text().startswith("Hybrid working")
    assert page.locator(".hte-stamp").first.is_visible()
    assert hand.serious(page, "body") == []


@pytest.mark.parametrize("key", PAGES)
def test_every_page_opens_by_keyboard_and_has_no_serious_barrier(page: Page, hand: Any, key: str) -> None:
    held = open_page(page, key)
    page.screenshot(path=hand.folder / f"{key}.png", full_page=True)
    assert page.locator(".hte-error:visible").count() == 0
    assert hand.serious(page, "body") == []
    page.set_viewport_size({"width": 420, "height": 900})
    try:
        assert hand.beyond(held) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 420
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_the_number_is_the_library_s(page: Page) -> None:
    held = open_page(page, "metrics")
    held.get_by_label("Metric", exact=True).select_option(label="Remote share of desk hours")
    said = view_metric(ht.load_synthetic("small"), metric="remote_share_desk").text
    expect(held.locator(".hte-answer").first).to_have_text(said)


def test_the_power_slider_follows_the_keyboard_to_the_library_s_number(page: Page) -> None:
    held = open_page(page, "power")
    for teams in (25, 26):
        held.get_by_role("slider", name="Teams", exact=True).press("ArrowRight")
        expect(held.locator(".hte-answer").first).to_have_text(ht.PowerExplorer(teams=teams).text)


def test_three_people_rate_two_conditions_and_take_the_file(page: Page, hand: Any) -> None:
    held, parts = open_page(page, "self-assessment"), load_checklist("conditions").parts[:2]
    answers = []
    for number, part in enumerate(parts, start=1):
        held.get_by_label("Condition", exact=True).select_option(label=f"{number}. {part.title}")
        for role, level in (("practitioner", "none"), ("supervisor", "emerging"), ("senior_leader", "established")):
            held.get_by_label("Who answers").select_option(label=ROLES[role])
            for item in part.items:
                held.get_by_label(item.text).select_option(label=scales()["maturity"][level])
                answers.append(Answer(item.id, role, level))
            held.get_by_role("button", name="Keep these answers").press("Enter")
            expect(held.get_by_text(re.compile(f"Kept for {ROLES[role]}", re.IGNORECASE))).to_be_visible()
    said = rate_conditions(Assessment(tuple(answers))).summary()
    expect(held.locator(".hte-answer").first).to_have_text(said)
    files = hand.taken(page, held)
    assert all(parts[1].title in hand.words(file) for file in files.values())


def test_an_action_is_planned(page: Page) -> None:
    held = open_page(page, "plan")
    held.get_by_label("What is to be done").fill("Agree breaks between meetings.")
    held.get_by_label("To be done by").fill("2031-06-30")
    held.get_by_role("button", name="Add this action").press("Enter")
    expect(held.locator(".hte-answer").first).to_contain_text("1 action")


def test_nothing_is_fetched_from_elsewhere(page: Page) -> None:
    assert page.asked_elsewhere == []  # type: ignore[attr-defined]


def test_nobody_gets_in_without_the_token(server: Server, browser: Browser) -> None:
    stranger = browser.new_page()
    stranger.goto(server.url.split("?")[0])
    assert "token" in stranger.inner_text("body").lower()
    assert stranger.get_by_text("Choose a page above").count() == 0
    stranger.close()


def test_it_opens_a_folder_given_at_start(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "my-authority"
    shutil.copytree(synthetic_folder("small"), folder)
    started = start_app(str(folder))
    try:
        page = browser.new_page()
        page.goto(started.url, timeout=120_000)
        page.get_by_text("Choose a page above").wait_for(timeout=90_000)
        expect(page.locator(".hte-stamp").first).to_have_text(SYNTHETIC_STAMP)
        held = open_page(page, "exclusion")
        expect(held.locator(".hte-answer").first).to_have_text(ht.DigitalExclusion(ht.load_data(folder)).text)
        page.close()
    finally:
        started.stop()


def test_it_refuses_what_it_cannot_read_and_a_port_that_is_taken(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        start_app(str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="taken"), socket.socket() as held:
        held.bind((ADDRESS, 0))
        held.listen()
        start_app(port=held.getsockname()[1])
