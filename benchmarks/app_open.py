"""How long the app takes to open, warm: ``python benchmarks/app_open.py`` (needs Chromium).

From asking for the page to the words of the landing page, in a browser that has opened it before; the kernel that
Voilà keeps ready is waited for between two openings, as it would be between two people. The aim is under 5 seconds.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from hybrid_toolkit.app import start_app

TIMES = 5
READY = 12.0
"""Seconds that a kernel is given to be made ready on an idle machine."""


def opened(page: Page, url: str) -> float:
    """Seconds until the landing page's words stand."""
    start = time.perf_counter()
    page.goto(url)
    page.get_by_text("Choose a page above").wait_for()
    return time.perf_counter() - start


def main() -> None:
    """Print each time, the median, and the load of the machine."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    server = start_app()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.set_default_timeout(120_000)
            print(f"first: {opened(page, server.url):.2f} s")
            found = []
            for _ in range(TIMES):
                time.sleep(READY)
                found.append(opened(page, server.url))
            browser.close()
    finally:
        server.stop()
    print(f"warm: {', '.join(f'{t:.2f}' for t in found)} s; median {statistics.median(found):.2f} s")
    print(f"load of the machine over a minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
