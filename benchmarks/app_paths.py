"""The four paths of the app from the start page to their ends, by mouse: ``python benchmarks/app_paths.py DATA``.

DATA is a folder of a service's exports (needs Chromium). For each path: clicks, fields filled in, pages met, and the
seconds for which the person waits, which depend on the machine. Whatever a step does not find ends the path by name.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from hybrid_toolkit.app import start_app
from hybrid_toolkit.assess import load_checklist

SLOW = 240_000
"""Milliseconds for a step: the exports of a service on a busy machine."""
MOST_SET_ASIDE = 20
"""Problems of a file that are set aside one by one, after which the path counts as one that does not end."""


class Person:
    """Somebody at the mouse, whose clicks and waits are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.fields, self.waited = page, 0, 0, 0.0
        self.pages: list[str] = []

    def click(self, what: Locator) -> None:
        """Click once, and wait for what comes."""
        self.clicks += 1
        begun = time.perf_counter()
        what.click()
        self.page.wait_for_load_state()
        while self.page.locator("[data-waits]").count() or not self.page.locator("main h1").count():
            time.sleep(0.02)
        self.waited += time.perf_counter() - begun
        heading = self.page.locator("main h1").inner_text()
        if not self.pages or self.pages[-1] != heading:
            self.pages.append(heading)

    def button(self, name: str) -> None:
        """Press a button by its words."""
        self.click(self.page.locator("main").get_by_role("button", name=name).first)

    def link(self, name: str) -> None:
        """Follow a link by its words."""
        self.click(self.page.locator("main").get_by_role("link", name=name).first)

    def check(self, what: Locator) -> None:
        """Choose one of several."""
        self.clicks += 1
        what.check()

    def fill(self, what: Locator, words: str) -> None:
        """Fill in a field."""
        self.fields += 1
        what.fill(words)


def assess(person: Person, _: str) -> None:
    """Set up, one person's answers to all 32 prompts and two people's to one condition, and an action of a gap."""
    page, parts = person.page, load_checklist("conditions").parts
    person.link("Assess our arrangements")
    person.link("Set up the assessment")
    person.fill(page.get_by_label("Name of this assessment"), "Autumn")
    person.button("Save and continue")
    for role, level, whole in (
        ("Practitioner", "Emerging", True),
        ("Supervisor or manager", "None", False),
        ("Senior leader", "Established", False),
    ):
        if not page.get_by_role("button", name="Add person and start").count():
            person.click(page.get_by_role("link", name="People and answers").first)
        person.check(page.get_by_label(role, exact=True))
        person.button("Add person and start")
        person.link(parts[0].title)
        for _item in range(32 if whole else len(parts[0].items)):
            person.check(page.get_by_role("radio", name=level))
            person.button("Save and continue")
    person.click(page.get_by_role("link", name="See where you differ").first)
    person.click(page.get_by_role("link", name="Areas to discuss").first)
    person.button("Make an action")
    person.check(page.get_by_role("group", name="Owner").get_by_label("Senior leader"))
    person.button("Save action")


def data(person: Person, folder: str) -> None:
    """A service's own exports, to the first table and figure."""
    page = person.page
    person.link("Look at our data")
    person.link("Choose your files")
    person.fill(page.locator("#path"), folder)
    person.button("Continue")
    person.button("Continue")
    person.button("Continue")
    for _ in range(MOST_SET_ASIDE):
        if not page.get_by_role("button", name="Set this table aside").count():
            break
        person.button("Set this table aside")
    person.button("Open these data")
    assert page.locator("main figure img").count() and page.locator("main table").count(), "no table or figure"


def study(person: Person, _: str) -> None:
    """A question, a design, a size, and what a study of it would show."""
    page = person.page
    person.link("Plan a study")
    person.click(page.get_by_role("link", name="What do you want to find out?").first)
    person.check(page.get_by_role("radio").first)
    for _ in range(3):
        person.button("Continue")
    person.link("Try this study")


def talk(person: Person, _: str) -> None:
    """The statements of one part, what answers a red one, and the plan."""
    page, part = person.page, load_checklist("statements").parts[0]
    person.link("Prepare a conversation")
    person.click(page.locator("main a[href='/talk/statements']").first)
    person.link(part.title)
    for item in part.items:
        person.check(page.get_by_role("group", name=item.text).get_by_role("radio").first)
    person.button("Save and continue")
    person.link("All sections")
    if page.get_by_role("button", name="Add to the plan").count():
        person.button("Add to the plan")
        person.check(page.get_by_role("group", name="Owner").get_by_label("Senior leader"))
        person.button("Save action")


PATHS: dict[str, Callable[[Person, str], None]] = {"assess": assess, "data": data, "study": study, "talk": talk}


def drive(browser: Browser, name: str, folder: str, shots: Path | None) -> None:
    """Drive one path on a server of its own and print what it took."""
    server = start_app(workspace=tempfile.mkdtemp())
    try:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.set_default_timeout(SLOW)
        page.goto(server.url)
        person, begun = Person(page), time.perf_counter()
        try:
            PATHS[name](person, folder)
        finally:
            if shots is not None:
                page.screenshot(path=shots / f"path-{name}.png", full_page=True)
            whole = time.perf_counter() - begun
            print(f"{name}: {person.clicks} clicks, {person.fields} fields, {len(person.pages)} pages, waited "
                  f"{person.waited:.1f} s of {whole:.1f}; ends at '{person.pages[-1]}'", flush=True)  # fmt: skip
            print("  " + " > ".join(re.sub(r"\s+", " ", p)[:40] for p in person.pages), flush=True)
    finally:
        server.stop()


def main() -> None:
    """Drive the paths: all, or those that are named after the folder."""
    folder, names = sys.argv[1], [n for n in sys.argv[2:] if n in PATHS] or list(PATHS)
    shots = next((Path(a) for a in sys.argv[2:] if a not in PATHS), None)
    with sync_playwright() as started:
        browser = started.chromium.launch(args=["--no-sandbox", "--disable-gpu"], executable_path="/usr/bin/chromium")
        for name in names:
            drive(browser, name, folder, shots)
        browser.close()


if __name__ == "__main__":
    main()
