"""Make the pictures of the app in docs/widgets.md again: ``python -m tools.screenshots`` (needs Chromium).

Each is taken in a real browser, of pages that are filled in as a person would, and written as a PNG with few colours.
The pictures of widgets are taken in JupyterLab (``tools/screenshots_lab.py``).
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from hybrid_toolkit.app import start_app
from hybrid_toolkit.assess.checklist import load_checklist

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTH, COLOURS = 1000, 128
NARROW = 420
"""Pixels of a telephone's screen, the narrowest that pages are made for."""
LEVELS = ("None", "Emerging", "Established")
ROLES = ("Practitioner", "Supervisor or manager", "Senior leader")


def keep(name: str, shot: bytes, *, tallest: int | None = None) -> None:
    """Write one picture with few colours, cut below at its tallest."""
    image = Image.open(io.BytesIO(shot)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, tallest or image.height)))
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)
    print(f"{name}.png: {image.width} x {image.height}", flush=True)


def answer(page: Page, home: str) -> None:
    """Three people answer the prompts of three conditions, each a little otherwise."""
    for at, role in enumerate(ROLES):
        page.goto(f"{home}/assess/people")
        page.get_by_label(role, exact=True).check()
        page.get_by_role("button", name="Add person and start").click()
        person = page.url
        for number, part in enumerate(load_checklist("conditions").parts[:3]):
            for item in part.items:
                page.goto(f"{person}/{item.id}")
                page.get_by_role("radio", name=LEVELS[(at + number) % 3 if number else at]).check()
                page.get_by_role("button", name="Save and continue").click()


def main() -> None:
    """Take the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        server = start_app(workspace=work)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = browser.new_page(viewport={"width": WIDTH, "height": 640})
            page.goto(server.url)
            home = server.url.split("/?")[0]
            # the folder of this run says nothing to a reader
            page.locator("main > p", has_text="Your work is saved in").evaluate("e => e.remove()")
            taken = {"app-start": page.screenshot()}
            answer(page, home)
            page.goto(f"{home}/assess/views")
            taken["app-views"] = page.screenshot()
            page.goto(f"{home}/assess/answer/practitioner-1/S0-C1.1")
            taken["app-question"] = page.screenshot(full_page=True)
            page.set_viewport_size({"width": NARROW, "height": 760})
            page.reload()
            taken["app-question-narrow"] = page.screenshot()
            for name, shot in taken.items():
                keep(name, shot)
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
