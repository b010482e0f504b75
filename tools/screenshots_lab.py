"""Make the pictures of the widgets in docs/widgets.md again: ``python -m tools.screenshots_lab`` (needs Chromium).

Each widget stands in a cell of a notebook in a real JupyterLab, as a person sees it there.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, ViewportSize, sync_playwright

from hybrid_toolkit.app.settings import free_port
from tools.screenshots import keep

WIDGETS = {
    "metric-explorer": "ht.MetricExplorer(data, metric='informal_learning', group='career_stage')",
    "lens-practice": "ht.PracticeQuality(data, group='mode')",
    "lens-exclusion": "ht.DigitalExclusion(data)",
    "power-explorer": "ht.PowerExplorer()",
    "study-builder": "ht.StudyBuilder()",
    "self-assessment": "ht.SelfAssessment()",
}
"""Picture -> the code of its cell."""
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
"""No news and no questions; every cell of the notebook is in the page."""
SCREEN: ViewportSize = {"width": 1280, "height": 2600}
"""Tall enough for the longest widget: a picture shows what is on the screen alone."""
TALLEST = 900
"""Pixels of a picture that are kept: what follows is seen in the notebook."""
_NOTEBOOK, _SECONDS = "pictures.ipynb", 600


def notebook() -> str:
    """A notebook with one widget a cell."""
    sources = ["import hybrid_toolkit as ht\ndata = ht.load_synthetic('small')", *WIDGETS.values()]
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for i, source in enumerate(sources)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def run_all(page: Page, url: str) -> None:
    """Open the notebook and run every cell."""
    end = time.monotonic() + _SECONDS
    while True:
        try:
            page.goto(url)
            break
        except Error:  # the port is not open yet
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
    page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    page.get_by_text("| Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
    page.locator(".hte-SelfAssessment").first.wait_for()


def main() -> None:
    """Take the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    port, token = free_port(0), secrets.token_hex(16)
    with tempfile.TemporaryDirectory() as work, sync_playwright() as playwright:
        Path(work, _NOTEBOOK).write_text(notebook(), encoding="utf-8")
        for name, values in SETTINGS.items():
            file = Path(work, "settings", "@jupyterlab", f"{name}.jupyterlab-settings")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")
        homes = ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        environment = {**os.environ, **{name: f"{work}/{name.lower()}" for name in homes}}
        environment["JUPYTERLAB_SETTINGS_DIR"] = f"{work}/settings"
        environment["JUPYTERLAB_WORKSPACES_DIR"] = f"{work}/workspaces"
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}"]
        command += ["--LabApp.news_url=None", "--LabApp.extension_manager=readonly"]
        lab = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        try:
            page = browser.new_page(viewport=SCREEN)
            page.set_default_timeout(_SECONDS * 1000)
            run_all(page, f"http://127.0.0.1:{port}/doc/tree/{_NOTEBOOK}?reset&token={token}")
            for cell, name in enumerate(WIDGETS, start=1):
                shown = page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea-output").last
                shown.scroll_into_view_if_needed()
                keep(name, shown.screenshot(), tallest=TALLEST)
        finally:
            browser.close()
            lab.terminate()
            lab.wait()


if __name__ == "__main__":
    main()
