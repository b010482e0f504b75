"""Nothing is lost on any page that is filled in: reload, a tab closed at once, a server that is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from hybrid_toolkit.app import Server, start_app
from hybrid_toolkit.app.settings import free_port
from hybrid_toolkit.assess import load_checklist

pytestmark = pytest.mark.browser
FILLED_IN = (
    "/assess/setup",
    f"/assess/notes/{load_checklist('conditions').parts[0].id}",
    "/plan/1",
    "/talk/agreements/1",
    "/talk/statements",
    f"/talk/statements/{load_checklist('statements').parts[0].id}",
)
"""One address of each kind of page that is saved while it is filled in, the assessment's own question apart.

The sections of the six checklists are one page; all of them take ten times as long."""
_TEXTS = "form[data-autosave] :is(textarea, input:not([type]), input[type=text])"
_CHOICES = "form[data-autosave] input[type=radio]"
_ENTERED = """() => Object.fromEntries([...document.querySelector("form[data-autosave]").elements]
.filter(f => f.name && !["hidden", "submit"].includes(f.type) && (f.type !== "radio" || f.checked))
.map(f => [f.name, f.value]))"""


def home(server: Server) -> str:
    return server.url.split("/?")[0]


def saved(page: Page) -> None:
    expect(page.locator("[data-said]")).to_contain_text("Saved")


def fill(page: Page, words: str) -> dict[str, str]:
    """Answer everything that the page asks, press no button, and give what stands there."""
    for field in page.locator("form[data-autosave] input[type=date]").all():
        field.fill("2031-10-01")
    for field in page.locator("form[data-autosave] select").all():
        field.select_option(index=1)
    for name in dict.fromkeys(r.get_attribute("name") for r in page.locator(_CHOICES).all()):
        page.locator(f"{_CHOICES}[name='{name}']").last.check()
    for field in page.locator(_TEXTS).all():
        field.fill(words)
    entered: dict[str, str] = page.evaluate(_ENTERED)
    assert words in entered.values()
    return entered


def begun(context: BrowserContext, server: Server) -> None:
    """A plan with one action, and one arrangement."""
    page = context.new_page()
    page.goto(server.url)
    for path, label in (("/plan", "Add an action"), ("/talk/agreements", "Add an arrangement")):
        page.goto(home(server) + path)
        page.get_by_role("button", name=label).click()
    page.close()


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_what_is_entered_on_any_page_outlives_a_reload_a_closed_tab_and_a_killed_server(
    browser: Browser, tmp_path: Path
) -> None:
    port = free_port(0)
    first = start_app(workspace=str(tmp_path), port=port)
    context = browser.new_context()
    context.set_default_timeout(30_000)
    begun(context, first)
    tabs, entered = {}, {}
    for path in FILLED_IN:
        page = context.new_page()
        page.goto(home(first) + path)
        entered[path] = fill(page, "Entered before the reload")
        saved(page)
        page.reload()
        assert page.evaluate(_ENTERED) == entered[path], path
        entered[path] = fill(page, "Entered as the tab closes")
        page.close(run_before_unload=True)  # at once: less than the wait of the script
    for path in FILLED_IN:
        tabs[path] = context.new_page()
        tabs[path].goto(home(first) + path)
        assert tabs[path].evaluate(_ENTERED) == entered[path], path
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    for path, page in tabs.items():
        entered[path] = fill(page, "Entered while it was down")
    for page in tabs.values():
        expect(page.locator("[data-said]")).to_contain_text("Not saved")
    second = start_app(workspace=str(tmp_path), port=port)
    try:
        for path, page in tabs.items():
            saved(page)
            page.reload()
            assert page.evaluate(_ENTERED) == entered[path], path
    finally:
        second.stop()
        context.close()


BY_BUTTON = ("/assess/own", "/assess/people", "/study/question", "/data/open", "/data/published", "/work")
"""Pages whose forms take effect by a button."""


def _by_button(page: Page, url: str) -> tuple[Locator, Locator]:
    """The texts and the choices of a page's forms that take effect by a button."""
    page.goto(url)
    expect(page.locator("[data-waits]")).to_have_count(0)
    form = page.locator("form[data-kept]")
    return form.locator("textarea, input[type=text]"), form.locator("input[type=radio]")


def test_what_is_half_typed_is_there_again_until_its_button_is_pressed(browser: Browser, tmp_path: Path) -> None:
    server = start_app(workspace=str(tmp_path))
    context = browser.new_context()
    context.set_default_timeout(30_000)
    try:
        for path in BY_BUTTON:
            page = context.new_page()
            page.goto(server.url)
            texts, choices = _by_button(page, home(server) + path)
            for i in range(texts.count()):
                texts.nth(i).fill(f"Half {i}")
            if choices.count():
                choices.nth(1).check()
            page.close(run_before_unload=True)  # at once: less than the wait of the script
        page = context.new_page()
        for path in BY_BUTTON:
            texts, choices = _by_button(page, home(server) + path)
            assert texts.count() + choices.count(), path
            assert [f.input_value() for f in texts.all()] == [f"Half {i}" for i in range(texts.count())], path
            assert not choices.count() or choices.nth(1).is_checked(), path
        page.goto(home(server) + BY_BUTTON[0])
        page.get_by_role("button", name="Add prompt").click()
        expect(page.get_by_role("status").filter(has_text="Added.")).to_be_visible()
        assert page.get_by_label("Prompt", exact=True).input_value() == "", "it took effect, and is not offered again"
        assert page.get_by_label("Name of the condition").input_value() == "Half 1", "the other form waits for its own"
        page.get_by_label("Prompt", exact=True).fill("Ring 0113 496 0000")
        expect(page.locator("[data-said]").first).to_contain_text("Take out a telephone number")
        assert "0113 496" not in "".join(f.read_text(encoding="utf-8") for f in tmp_path.rglob("*.json"))
    finally:
        server.stop()
        context.close()


def test_what_waits_for_show_is_there_after_a_reload_and_never_beside_another_view(
    browser: Browser, tmp_path: Path
) -> None:
    server = start_app(workspace=str(tmp_path))
    context = browser.new_context()
    context.set_default_timeout(60_000)
    try:
        page = context.new_page()
        page.goto(server.url)
        page.goto(home(server) + "/study")
        teams = page.get_by_label("Number of teams", exact=True)
        first = teams.input_value()
        teams.fill("17")
        page.close(run_before_unload=True)  # at once: less than the wait of the script
        page = context.new_page()
        page.goto(home(server) + "/study")
        teams = page.get_by_label("Number of teams", exact=True)
        expect(teams).to_have_value("17")
        page.get_by_role("button", name="Show").click()
        page.wait_for_url("**teams=17**")
        page.goto(home(server) + "/study")
        expect(teams).to_have_value(first)  # what was asked for waits no longer
        teams.fill("19")
        expect(page.locator("[data-said]")).to_contain_text("Kept.")
        page.goto(home(server) + "/study?teams=17")
        expect(teams).to_have_value("17")  # another view, for which nothing waits
    finally:
        server.stop()
        context.close()
