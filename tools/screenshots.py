"""Make the pictures of docs/widgets.md again: ``python -m tools.screenshots [NAME ...]`` (needs Chromium).

Each is taken of the app in a real browser on the synthetic authority, and written as a PNG with few colours.
"""

from __future__ import annotations

import argparse
import io
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from hybrid_toolkit.app import start_app
from hybrid_toolkit.widgets.workbench import PAGES

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "img"
WIDTH, COLOURS = 1000, 128


def app_landing(page: Page) -> bytes:
    """The landing page, at the width of a desk."""
    return page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 620})


def of_widget(key: str, height: int) -> Callable[[Page], bytes]:
    """One page's widget from its top, without the buttons above it."""

    def taken(page: Page) -> bytes:
        page.get_by_role("button", name=PAGES[key].label, exact=True).click()
        held = page.locator(f".hte-{PAGES[key].widget}")
        held.locator(".hte-answer").first.wait_for()
        page.mouse.move(0, 0)
        box = held.bounding_box()
        assert box is not None
        clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": min(height, box["height"])}
        return page.screenshot(clip=clip, full_page=True)  # type: ignore[arg-type]

    return taken


def rated(page: Page) -> bytes:
    """The self-assessment once three people have answered the first condition."""
    page.get_by_role("button", name=PAGES["self-assessment"].label, exact=True).click()
    held = page.locator(".hte-SelfAssessment")
    held.locator(".hte-answer").first.wait_for()
    for level, role in enumerate(("Practitioner", "Supervisor or manager", "Senior leader"), start=1):
        held.get_by_label("Who answers").select_option(label=role)
        for choice in held.locator(".hte-item select:visible").all()[:4]:
            choice.select_option(index=min(level, 2) + 1)
        held.get_by_role("button", name="Keep these answers").click()
        held.get_by_text(f"{level} rater{'s' if level > 1 else ''}").first.wait_for()
    held.get_by_text("3 raters").first.wait_for()
    return of_widget("self-assessment", 1150)(page)


SHOTS: dict[str, Callable[[Page], bytes]] = {
    "app-landing": app_landing,
    "lens-practice": of_widget("practice", 640),
    "lens-exclusion": of_widget("exclusion", 900),
    "power-explorer": of_widget("power", 620),
    "study-builder": of_widget("study", 620),
    "self-assessment": rated,
}


def main() -> None:
    """Take the named pictures, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *SHOTS], metavar="NAME", help=", ".join(SHOTS))
    names = parser.parse_args().names or list(SHOTS)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    server = start_app()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": WIDTH, "height": 2400})
            page.set_default_timeout(120_000)
            page.goto(server.url)
            page.get_by_text("Choose a page above").wait_for()
            for name in names:
                image = Image.open(io.BytesIO(SHOTS[name](page))).convert("RGB")
                file = FOLDER / f"{name}.png"
                image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                    file, optimize=True
                )
                print(f"{file.name}: {image.width} x {image.height}, {file.stat().st_size / 1000:.0f} kB", flush=True)
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
