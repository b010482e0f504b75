"""Every page of the app in a real browser: two widths, print, keyboard, axe-core, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hybrid_toolkit.app import ADDRESS, Server, start_app
from hybrid_toolkit.app.registry import PAGE_GROUPS, all_pages, group_pages

pytestmark = pytest.mark.browser
FIXED = [p.path for p in all_pages() if "<" not in p.path and "." not in p.path]
"""Pages without a part that changes; a path with a dot is a file to take away."""


@pytest.fixture(scope="module")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = start_app(workspace=str(tmp_path_factory.mktemp("work")))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    """The app on its start page; requests to any other machine are kept in ``page.asked_elsewhere``."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(60_000)
    opened = context.new_page()
    elsewhere: list[str] = []
    wrong: list[str] = []
    opened.on(
        "request", lambda r: elsewhere.append(r.url) if not r.url.startswith(("http://" + ADDRESS, "data:")) else None
    )
    opened.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda e: wrong.append(str(e)))
    opened.asked_elsewhere, opened.wrong = elsewhere, wrong  # type: ignore[attr-defined]
    opened.goto(server.url)
    yield opened
    context.close()


def shown(page: Page, server: Server, path: str) -> None:
    """Go to a page and wait until slow work is done."""
    page.goto(server.url.split("/?")[0] + path)
    expect(page.locator("[data-waits]")).to_have_count(0, timeout=90_000)


@pytest.mark.parametrize("path", FIXED)
def test_every_page_is_whole_at_two_widths_in_print_and_without_a_barrier(
    page: Page, server: Server, hand: Any, path: str
) -> None:
    shown(page, server, path)
    name = path.strip("/").replace("/", "-") or "start"
    for width in (1280, 420):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=hand.folder / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert hand.findings(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("main").count() == 1 and page.locator("nav[aria-label='Main']").count() == 1
    text = hand.printed(page)
    assert "".join(page.locator("h1").inner_text().split()) in text
    for last in page.locator(
        "main :is(p, li, td, dd):visible:not(.no-print, .no-print *):not(form *):not(.told *)"
    ).all()[-1:]:
        assert "".join(last.inner_text().split())[-40:] in text, "print leaves the end of the page out"


def test_a_keyboard_reaches_the_content_and_a_path(page: Page, server: Server) -> None:
    shown(page, server, "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    first = next(g for key, g in PAGE_GROUPS.items() if group_pages(key))
    page.locator("header").get_by_role("link", name=first.title).focus()
    page.keyboard.press("Enter")
    expect(page.locator("nav[aria-label='Main'] [aria-current]")).to_have_text(first.title)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("What do you want to do?")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_dark_and_light_and_twice_the_size(browser: Browser, server: Server, hand: Any, scheme: Any) -> None:
    """200% zoom of a screen 1280 wide is a page 640 wide at twice the pixels."""
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2, color_scheme=scheme)
    zoomed = context.new_page()
    zoomed.goto(server.url)
    for path in FIXED:
        shown(zoomed, server, path)
        assert zoomed.evaluate("document.documentElement.scrollWidth") <= 640, path
        assert hand.findings(zoomed) == [], path
    zoomed.screenshot(path=hand.folder / f"{scheme}.png", full_page=True)
    context.close()


def test_it_works_without_scripts(browser: Browser, server: Server, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(server.url)
    plain.goto(server.url.split("/?")[0] + "/work")
    before = plain.get_by_label("Folder for your work").input_value()
    plain.get_by_label("Folder for your work").fill("not a whole path")
    plain.get_by_role("button", name="Use this folder").click()
    plain.get_by_role("link", name="Enter the whole path").click()
    assert plain.url.endswith("#folder")
    plain.get_by_label("Folder for your work").fill(before)
    plain.get_by_role("button", name="Use this folder").click()
    expect(plain.get_by_role("status")).to_contain_text("saved in this folder")
    context.close()


def test_nothing_is_fetched_from_elsewhere_and_nothing_goes_wrong(page: Page) -> None:
    assert page.asked_elsewhere == []  # type: ignore[attr-defined]
    assert page.wrong == []  # type: ignore[attr-defined]
