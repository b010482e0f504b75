"""How fast and how light the app is: ``python benchmarks/app_speed.py`` (needs Chromium and Linux's /proc).

From the command to the start page, cold; what a further visit and ten visitors at once cost in memory; how long a page
takes; how long it takes from a key in a form to "Saved", which holds the 400 ms that the script waits for another key.
Memory is the proportional set size of the server and of its workers: shared pages count once.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PAGES = ("/", "/assess", "/assess/people", "/assess/views", "/assess/gaps", "/plan", "/talk/share", "/help/glossary")
VISITORS, TIMES = 10, 5
_MOVED = """async () => {
  const line = document.querySelector('[data-said]'), radios = [...document.querySelectorAll('input[type=radio]')];
  const next = radios.find(r => !r.checked);
  const start = performance.now();
  next.click();
  while (!line.textContent.startsWith('Saved')) await new Promise(r => setTimeout(r, 2));
  return performance.now() - start;
}"""


def memory(root: int) -> float:
    """Megabytes of a process and all that it started."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(place.parent.name)] = int(place.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:  # it ended meanwhile
            continue
    family = {root}
    while more := {p for p, parent in parents.items() if parent in family} - family:
        family |= more
    total = 0
    for pid in family:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found.group(1)) if found else 0
    return total / 1000


def opened(browser: Browser, url: str) -> Page:
    """A visitor of their own."""
    page = browser.new_context().new_page()
    page.goto(url)
    return page


def main() -> None:
    """Print each measure."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        begun = time.perf_counter()
        command = [sys.executable, "-m", "hybrid_toolkit", "app", "--no-browser", f"--workspace={work}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            url = re.search(r"http://\S+", process.stdout.readline()).group(0)  # type: ignore[union-attr]
            first = browser.new_context().new_page()
            while True:
                try:
                    first.goto(url)
                    break
                except Exception:  # the port is not open yet
                    time.sleep(0.02)
            first.get_by_role("heading", name="What do you want to do?").wait_for()
            print(f"command to start page: {time.perf_counter() - begun:.2f} s", flush=True)
            time.sleep(20)  # the imports behind the page
            home = url.split("/?")[0]
            measure_pages(first, home)
            before = memory(process.pid)
            visitors = [opened(browser, url) for _ in range(VISITORS)]
            for path in PAGES:
                for visitor in visitors:
                    visitor.goto(home + path)
            after = memory(process.pid)
            each = (after - before) / VISITORS
            print(f"memory: {before:.0f} MB, with {VISITORS} visitors {after:.0f} MB, {each:.1f} MB a visitor")
            first.goto(f"{home}/assess/people")
            first.get_by_label("Practitioner", exact=True).check()
            first.get_by_role("button", name="Add person and start").click()
            first.goto(f"{home}/assess/answer/practitioner-1/S0-C1.1")
            moves = []
            for _ in range(TIMES):
                moves.append(float(first.evaluate(_MOVED)))
                first.reload()
            print(
                f"a choice to 'Saved': median {statistics.median(moves):.0f} ms, 400 ms of it waiting for another key"
            )
        finally:
            process.terminate()
            process.wait()
            browser.close()
    print(f"load of the machine over a minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def measure_pages(page: Page, home: str) -> None:
    """Print the time of each page from the request to the end of its loading."""
    times = []
    for path in PAGES:
        for _ in range(TIMES):
            begun = time.perf_counter()
            page.goto(home + path)
            times.append((time.perf_counter() - begun) * 1000)
    print(f"a page: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms of {len(times)}", flush=True)


if __name__ == "__main__":
    main()
