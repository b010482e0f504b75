"""The first notebook in a real JupyterLab: run whole, its explorer moved by mouse and keyboard, its code taken away."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import hybrid_toolkit as ht
from hybrid_toolkit.widgets.explorer.metric_view import view_metric

pytestmark = pytest.mark.browser
NOTEBOOK = "01-does-remote-working-change-practice.ipynb"
DESKTOP, PHONE = (1280, 900), (420, 900)


@pytest.fixture(scope="module")
def page(open_notebook: Callable[[str], Page]) -> Page:
    """The notebook, all of its cells run."""
    return open_notebook(NOTEBOOK)


def explorer(page: Page) -> Locator:
    return page.locator(".hte").last


def answer(page: Page) -> str:
    return explorer(page).locator(".hte-answer").inner_text()


def test_every_cell_runs(page: Page) -> None:
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert explorer(page).locator(".hte-answer").is_visible()


def test_the_number_follows_mouse_and_keyboard_and_is_the_library_s(page: Page, tmp_path: Path) -> None:
    data = ht.load_synthetic("small")
    widget = explorer(page)
    widget.scroll_into_view_if_needed()
    first = answer(page)
    widget.get_by_label("Metric").select_option(label="Remote share of desk hours")
    expect(widget.locator(".hte-answer")).not_to_have_text(first)
    expect(widget.locator(".hte-answer")).to_have_text(view_metric(data, metric="remote_share_desk").text)

    widget.get_by_label("Metric").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SELECT"
    page.keyboard.press("ArrowDown")
    by_group = view_metric(data, metric="remote_share_desk", group="career_stage").text
    expect(widget.locator(".hte-answer")).to_have_text(by_group)
    chosen = widget.get_by_label("Group").evaluate("e => e.selectedOptions[0].text")
    assert chosen.replace("\u00a0", " ") == "Career stage"
    page.screenshot(path=tmp_path / "desktop.png")

    code = taken_code(page)
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert got.stdout.strip() == by_group


def taken_code(page: Page) -> str:
    """Copy the code by its button and read the clipboard."""
    box = explorer(page).locator(".hte-code")
    box.get_by_role("button", name="Copy").click()
    expect(box.get_by_role("button")).to_have_text("Copied")
    code = str(page.evaluate("navigator.clipboard.readText()"))
    assert code == box.get_by_role("textbox").input_value()
    return code


def test_it_fits_a_narrow_screen(page: Page, tmp_path: Path) -> None:
    width, height = PHONE
    page.set_viewport_size({"width": width, "height": height})
    widget = explorer(page)
    widget.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / "phone.png")
    box = widget.bounding_box()
    assert box is not None and box["width"] <= width
    beyond = "e => [...e.querySelectorAll('svg, select, textarea')].filter(x => x.getBoundingClientRect().right > "
    assert widget.evaluate(f"{beyond} innerWidth).length") == 0
