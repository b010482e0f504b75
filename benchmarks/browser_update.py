"""How long one move takes in a real browser: ``python benchmarks/browser_update.py`` (needs Chromium).

In the app, each lens's list or slider is moved by the keyboard; the time runs from the key to the moment at which
another answer stands in the page, measured by the page itself. The aim is a median under 250 ms.
``widget_update.py`` times the same moves without a browser.
"""

from __future__ import annotations

import os
import shutil
import statistics

from playwright.sync_api import Page, sync_playwright

from hybrid_toolkit.app import start_app
from hybrid_toolkit.widgets.workbench import PAGES

MOVES = {
    "practice": ("By", "ArrowDown"),
    "career": ("Read at", "ArrowLeft"),
    "exclusion": ("Enough is", "ArrowLeft"),
    "wellbeing": ("By", "ArrowDown"),
    "power": ("Teams", "ArrowRight"),
}
TIMES = 4
_WATCH = """() => {
  const line = [...document.querySelectorAll('.hte-live')].find(e => e.offsetParent);
  const before = line.textContent;
  window.moved = new Promise(done => {
    const start = {at: 0};
    document.addEventListener('keydown', () => { start.at = performance.now(); }, {capture: true, once: true});
    const watch = new MutationObserver(() => {
      if (start.at && line.textContent && line.textContent !== before) {
        watch.disconnect(); requestAnimationFrame(() => done(performance.now() - start.at));
      }
    });
    watch.observe(line, {childList: true, subtree: true, characterData: true});
  });
}"""


def moves(page: Page, key: str) -> list[float]:
    """Milliseconds of each move on one page."""
    label, arrow = MOVES[key]
    page.get_by_role("button", name=PAGES[key].label, exact=True).press("Enter")
    held = page.locator(f".hte-{PAGES[key].widget}")
    held.locator(".hte-answer").first.wait_for()
    sliders = held.get_by_role("slider", name=label, exact=True)
    control = sliders if sliders.count() else held.get_by_label(label, exact=True)
    found = []
    for _ in range(TIMES):
        page.evaluate(_WATCH)
        control.press(arrow)
        found.append(float(page.evaluate("Promise.race([moved, new Promise(r => setTimeout(() => r(-1), 30000))])")))
    return [t for t in found if t >= 0]


def main() -> None:
    """Print the median and the slowest move of each page, and of all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    server = start_app()
    every: list[float] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(server.url)
            page.get_by_text("Choose a page above").wait_for()
            for key in MOVES:
                found = moves(page, key)
                every += found
                said = f"median {statistics.median(found):5.0f} ms, slowest {max(found):5.0f} ms" if found else "none"
                print(f"{PAGES[key].label:<18} {said}, {len(found)} moves", flush=True)
            browser.close()
    finally:
        server.stop()
    print(f"{'all':<18} median {statistics.median(every):5.0f} ms, slowest {max(every):5.0f} ms, {len(every)} moves")
    print(f"load of the machine over a minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
