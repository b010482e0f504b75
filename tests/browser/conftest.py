"""A real JupyterLab on loopback and Debian's Chromium, and a hand that uses the widgets as a person would."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Browser, Download, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from pypdf import PdfReader

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=60_000)  # a slow machine is no failure
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "notebook-extension/tracker": {"windowingMode": "none"},
}
"""No news and no questions; every cell of a notebook is in the page, seen or not."""
_BEYOND = """e => {
const shown = [...e.querySelectorAll('svg, select, input, textarea, button, table, p, h3, figcaption')];
return shown.filter(x => {
  const box = x.getBoundingClientRect();
  return box.width && box.right > innerWidth + 1 && !x.closest('.hte-scroll');
}).map(x => x.tagName + ' ' + x.textContent.slice(0, 60))}"""


@dataclass(frozen=True)
class Hand:
    """Uses one widget in a page: reads it, asks axe-core about it, takes its files away.

    ``folder`` is where files are saved.
    """

    folder: Path

    def serious(self, page: Page, within: str) -> list[str]:
        """Serious and critical findings of axe-core inside one element, each with where it was found."""
        found = Axe().run(page, context=within).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        return [f"{v['id']}: {n['target']} {n['failureSummary'][:160]}" for v in grave for n in v["nodes"]]

    def findings(self, page: Page) -> list[str]:
        """Findings of axe-core that are moderate or worse, on the whole page."""
        found = Axe().run(page).response["violations"]
        grave = [v for v in found if v["impact"] in ("moderate", "serious", "critical")]
        return [f"{v['id']}: {n['target']} {n['failureSummary'][:160]}" for v in grave for n in v["nodes"]]

    def printed(self, page: Page) -> str:
        """The words of the page as it is printed on A4, without spaces."""
        file = self.folder / "printed.pdf"
        page.pdf(path=file, prefer_css_page_size=True)
        text = "".join(page.extract_text() for page in PdfReader(file).pages)
        return "".join(unicodedata.normalize("NFKC", text).split())

    def last_printed(self) -> str:
        """The words of the last page of what was printed, without spaces."""
        return "".join(PdfReader(self.folder / "printed.pdf").pages[-1].extract_text().split())

    def beyond(self, held: Locator) -> list[str]:
        """What lies to the right of the screen, apart from tables in a region that scrolls.

        A page that was resized just now is given five seconds to lay itself out again.
        """
        for _ in range(50):
            found = list(held.evaluate(_BEYOND))
            if not found:
                break
            held.page.wait_for_timeout(100)
        return found

    def taken(self, page: Page, held: Locator) -> dict[str, Path]:
        """Prepare the downloads and take each by its link: file name -> where it was saved."""
        held.get_by_role("button", name="Prepare downloads").click()
        expect(held.locator("a.hte-download").first).to_be_visible()
        files = {}
        for link in held.locator("a.hte-download").all():
            taken = _download(page, link)
            files[taken.suggested_filename] = self.folder / taken.suggested_filename
            taken.save_as(self.folder / taken.suggested_filename)
        return files

    def words(self, file: Path) -> str:
        """The words of a downloaded file, read by what people open it with."""
        if file.suffix == ".docx":
            document = Document(str(file))
            cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
            return "\n".join([*(p.text for p in document.paragraphs), *cells])
        if file.suffix == ".xlsx":
            rows = [row for sheet in load_workbook(file) for row in sheet.iter_rows(values_only=True)]
            return "\n".join(str(cell) for row in rows for cell in row if cell is not None)
        return file.read_text(encoding="utf-8-sig")


def _download(page: Page, link: Locator) -> Download:
    """What a link gives; Chromium passes over one click in a burst of more than ten, so it is clicked once more."""
    try:
        with page.expect_download(timeout=15_000) as started:
            link.click()
    except PlaywrightTimeoutError:
        with page.expect_download() as started:
            link.click()
    return started.value


@pytest.fixture
def hand(tmp_path: Path) -> Hand:
    return Hand(tmp_path)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token and the folder of notebooks it serves."""

    url: str
    token: str
    folder: Path

    def address(self, notebook: str) -> str:
        """Where one notebook opens in an empty workspace."""
        return f"{self.url}doc/workspaces/{Path(notebook).stem}/tree/{notebook}?reset&token={self.token}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; without one the test is skipped, and fails where ``CI=true``."""
    found = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
    if found:
        return found
    reason = "no Chromium on this machine (Debian: apt-get install chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks without outputs; settings, kernels' state and home are temporary."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        (folder / notebook.name).write_text(_without_outputs(notebook), encoding="utf-8")
    for name, values in SETTINGS.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    runtime, token = home / "runtime", secrets.token_hex(16)
    environment = os.environ | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    log = home / "lab.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={_free_port()}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None"]
    command += ["--LabApp.extension_manager=readonly"]
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield Lab(_address(runtime, process, log), token, folder)
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def open_notebook(lab: Lab, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens a notebook in its own page, runs all of its cells and waits until the last one has run."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(60_000)

    def opened(notebook: str) -> Page:
        page = context.new_page()
        page.goto(lab.address(notebook))
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.get_by_text("| Idle").wait_for()
        prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
        for _ in range(3):
            page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
            page.locator(".lm-Menu-itemLabel").get_by_text("Run All Cells", exact=True).click()
            try:
                prompts.filter(has_text="*").or_(prompts.filter(has_text="1")).first.wait_for(timeout=15_000)
                break
            except PlaywrightTimeoutError:  # the kernel was not yet listening
                page.screenshot(path=lab.folder / "not-started.png")
        error = page.locator(".jp-OutputArea [data-mime-type='application/vnd.jupyter.stderr']")  # errors, warnings
        ran = page.locator(".jp-CodeCell").last.locator(".jp-InputPrompt", has_text=re.compile(r"\d"))
        ran.or_(error).first.wait_for(timeout=300_000)
        assert error.count() == 0, error.first.inner_text()
        return page

    yield opened
    context.close()


def _without_outputs(notebook: Path) -> str:
    """The notebook as if it had never run, so that what is seen was made by this run."""
    held = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in held["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return json.dumps(held)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _address(runtime: Path, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> str:
    """Wait until the server has said where it listens and answers there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for said in runtime.glob("jpserver-*.json"):
            try:
                found = json.loads(said.read_text(encoding="utf-8"))
                with socket.create_connection(("127.0.0.1", found["port"]), timeout=1):
                    return str(found["url"])
            except (OSError, ValueError):
                pass
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start: {log.read_text(encoding='utf-8')[-2000:]}")
