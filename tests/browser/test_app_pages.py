"""Every page of the app in a real browser: two widths, print, keyboard, axe-core, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hybrid_toolkit.app import ADDRESS, Server, start_app
from hybrid_toolkit.app.assessment import Round
from hybrid_toolkit.app.pages.agreements import AGREEMENTS
from hybrid_toolkit.app.pages.talk import FILLED, talk_file
from hybrid_toolkit.app.registry import PAGE_GROUPS, all_pages, group_pages
from hybrid_toolkit.app.saved_plan import PLAN_FILE
from hybrid_toolkit.app.workspace import Workspace
from hybrid_toolkit.assess.checklist import load_checklist

pytestmark = pytest.mark.browser
FIXED = [p.path for p in all_pages() if "<" not in p.path and "." not in p.path]
"""Pages without a part that changes; a path with a dot is a file to take away."""
PARTS = load_checklist("conditions").parts
PLACES = {
    "/assess/answer/<rater>": "/assess/answer/it-1",
    "/assess/answer/<rater>/check": "/assess/answer/it-1/check",
    "/assess/answer/<rater>/<item>": f"/assess/answer/it-1/{PARTS[0].items[0].id}",
    "/assess/notes/<condition>": f"/assess/notes/{PARTS[0].id}",
    "/plan/<number>": "/plan/1?check=1",
    "/plan/<number>/measure": "/plan/1/measure?example=1",
    "/data/<lens>/take/<form>": "/data/access/take/csv",
    "/talk/agreements/<number>": "/talk/agreements/1?check=1",
    **{f"/talk/{name}/<part>": f"/talk/{name}/{load_checklist(name).parts[0].id}" for name in FILLED},
}
"""Each page with a part that changes, and one address of it in a workspace that people have used."""
_PRINTED_WORDS = """e => { const words = e.cloneNode(true);
words.querySelectorAll(".no-print, .act, button").forEach((x) => x.remove()); return words.textContent; }"""
SENT_AT_ONCE = {"/assess/invite/<key>"}
"""A file that has no page of its own."""


def used(folder: Path) -> Path:
    """A workspace with two rounds of three people, an action, a red statement and an arrangement."""
    work = Workspace(folder)
    for number, levels in enumerate((("none", "emerging", "established"), ("emerging", "established", "evidenced"))):
        opened = Round(work, f"r{number + 1}")
        setup = {"title": f"Round {number + 1}", "on": f"203{number}-10-01"}
        work.change(opened.setup_name, lambda _, setup=setup: setup, "set up")
        for role, level in zip(("practitioner", "it", "senior_leader"), levels, strict=True):
            work.change(opened.rater_name(f"{role}-1"), lambda _: {"answers": {}}, "added a person")
            for item in (i for part in PARTS[:3] for i in part.items[:2]):
                opened.answer(f"{role}-1", item.id, {"level": level, "evidence": "An audit of spring"})
    action = {"id": 1, "words": "Agree breaks.", "owner": "it", "level": "team", "measure": "sick_days_per_month",
              "started": "2024-03-01", "status": "planned"}  # fmt: skip
    work.change(PLAN_FILE, lambda _: {"actions": [action]}, "added")
    said = {i.id: {"answer": "red", "words": "Said in May"} for i in load_checklist("statements").parts[0].items}
    work.change(talk_file("statements"), lambda _: {"answers": said}, "answered")
    work.change(AGREEMENTS, lambda _: {"arrangements": [{"id": 1, "request": "Two days at home"}]}, "added")
    return folder


@pytest.fixture(scope="module")
def server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = start_app(workspace=str(used(tmp_path_factory.mktemp("used"))))
    yield started
    started.stop()


def test_every_page_with_a_part_has_an_address_here() -> None:
    assert {p.path for p in all_pages() if "<" in p.path} == {*PLACES, *SENT_AT_ONCE}


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


@pytest.mark.parametrize("path", [*FIXED, *PLACES.values()])
def test_every_page_is_whole_at_two_widths_in_print_and_without_a_barrier(
    page: Page, server: Server, hand: Any, path: str
) -> None:
    shown(page, server, path)
    name = path.partition("?")[0].strip("/").replace("/", "-") or "start"
    for width in (1280, 420):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=hand.folder / f"{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert hand.findings(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("main").count() == 1 and page.locator("nav[aria-label='Main']").count() == 1
    text = hand.printed(page)
    foot = "".join(page.locator(".foot").inner_text().split())
    assert hand.last_printed() not in foot, "a sheet for the foot alone"
    assert "".join(page.locator("h1").inner_text().split()) in text
    for last in page.locator(
        "main :is(p, li, td, dd):visible:not(.no-print, .no-print *):not(form *):not(.told *)"
    ).all()[-1:]:
        assert "".join(last.evaluate(_PRINTED_WORDS).split())[-40:] in text, "print leaves the end of the page out"


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
        if scheme == "dark":  # in the light, axe-core has seen each page at 420 and at 1280
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
    expect(plain.locator(".told")).to_contain_text("saved in this folder")  # forms have a line each for what is kept
    context.close()


def test_nothing_is_fetched_from_elsewhere_and_nothing_goes_wrong(page: Page) -> None:
    assert page.asked_elsewhere == []  # type: ignore[attr-defined]
    assert page.wrong == []  # type: ignore[attr-defined]
