"""The app as its user meets it: every page opened by keyboard, on this machine, nothing fetched from elsewhere."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

import hybrid_toolkit as ht
from hybrid_toolkit.app import ADDRESS, Server, start_app
from hybrid_toolkit.errors import UnreadableError, UsageError
from hybrid_toolkit.widgets.metric_view import view_metric
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


def serious(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, each with where it was found."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {n['target']} {n['failureSummary'][:160]}"
        for v in found
        if v["impact"] in ("serious", "critical")
        for n in v["nodes"]
    ]


def open_page(page: Page, key: str) -> None:
    """Open one page by the keyboard alone and wait until it has answered."""
    button = page.get_by_role("button", name=PAGES[key].label, exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_class(re.compile("mod-active"))
    page.locator(".hte-live, .hte-answer, .hte-error").first.wait_for()


def test_the_landing_page_says_what_it_is(page: Page) -> None:
    assert page.get_by_role("heading", level=1).inner_text().startswith("Hybrid working")
    assert page.locator(".hte-stamp").first.is_visible()
    assert serious(page) == []


@pytest.mark.parametrize("key", PAGES)
def test_every_page_opens_by_keyboard_and_has_no_serious_barrier(page: Page, key: str, tmp_path: Path) -> None:
    open_page(page, key)
    page.wait_for_timeout(1000)
    page.screenshot(path=tmp_path / f"{key}.png", full_page=True)
    assert page.locator(".hte-error:visible").count() == 0
    assert serious(page) == []


def test_the_number_is_the_library_s(page: Page) -> None:
    open_page(page, "metrics")
    page.get_by_label("Metric", exact=True).select_option(label="Remote share of desk hours")
    said = view_metric(ht.load_synthetic("small"), metric="remote_share_desk").text
    expect(page.locator(".hte-answer").first).to_have_text(said)


def test_nothing_is_fetched_from_elsewhere(page: Page) -> None:
    assert page.asked_elsewhere == []  # type: ignore[attr-defined]


def test_nobody_gets_in_without_the_token(server: Server, browser: Browser) -> None:
    stranger = browser.new_page()
    stranger.goto(server.url.split("?")[0])
    assert "token" in stranger.inner_text("body").lower()
    assert stranger.get_by_text("Choose a page above").count() == 0
    stranger.close()


def test_it_opens_a_folder_and_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError):
        start_app(str(tmp_path / "nothing"))
    with pytest.raises(UsageError, match="taken"), socket.socket() as held:
        held.bind((ADDRESS, 0))
        held.listen()
        start_app(port=held.getsockname()[1])
