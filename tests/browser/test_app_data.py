"""Own data without code, and a study planned: driven in a real browser by mouse and by keyboard, numbers compared."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from hybrid_toolkit.app import Server, start_app
from hybrid_toolkit.app.uploads import uploads_folder
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.widgets.explorer.first_measure import first_measure
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews, view_metric
from hybrid_toolkit.widgets.planning.power_view import view_power

pytestmark = pytest.mark.browser
SLOW = 240_000
"""Milliseconds for a step that reads nine exports with 40,000 contacts on a busy machine."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def server(chromium: str, work: Path) -> Iterator[Server]:
    started = start_app(workspace=str(work))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def page(server: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    opened.goto(server.url)
    yield opened
    context.close()


def done(page: Page, heading: str) -> None:
    """Wait until slow work has given the page."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=SLOW)
    expect(page.locator("[data-waits]")).to_have_count(0, timeout=SLOW)


def press(page: Page, name: str) -> None:
    """A button reached and pressed by the keyboard alone."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.firstChild || {}).textContent || ''").strip() == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab does not reach '{name}'")


def test_a_service_opens_its_own_exports_by_keyboard_alone(
    page: Page, server: Server, extracts: Path, work: Path, tmp_path: Path
) -> None:
    county = tmp_path / "county"
    shutil.copytree(extracts / "county", county)
    start = server.url.split("/?")[0]
    page.goto(start)
    press(page, "Look at our data")
    done(page, "Our data")
    press(page, "Choose your files")
    done(page, "Choose your files")
    press(page, "Continue")
    expect(page.locator(".error-summary")).to_contain_text("No place is named")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the summary leads to the field
    assert page.evaluate("document.activeElement.id") == "path"
    page.keyboard.type(str(county))
    press(page, "Continue")
    done(page, "What each file is")
    assert page.locator("section h2").count() >= 9
    recognised = page.get_by_role("radio", name=re.compile("As recognised.*worker month"))
    assert recognised.count() >= 1 and recognised.first.is_checked()
    press(page, "Continue")
    done(page, "Columns and codes")
    press(page, "Continue")
    done(page, "Check and open")
    for _ in range(5):  # what the export does not keep to is set aside, table by table
        if not page.get_by_role("button", name="Set this table aside").count():
            break
        expect(page.locator("main")).to_contain_text("First rows in your file")
        press(page, "Set this table aside")
        done(page, "Check and open")
    press(page, "Open these data")
    done(page, "A first look")
    assert (work / "mapping.toml").is_file()
    data = load_data(county, str(work / "mapping.toml"))
    offered = MetricViews(data).metrics()
    metric = first_measure(offered, own=True)
    told = page.locator("main").inner_text()
    assert view_metric(data, metric=metric, gate=Gate(source=data)).headline in told
    assert "SYNTHETIC" not in told and page.locator("figure img").count() >= 1
    page.goto(f"{start}/data/measures?metric={metric}")
    done(page, "Measures")
    page.get_by_label("Broken down by").focus()
    page.keyboard.press("ArrowDown")
    group = page.get_by_label("Broken down by").input_value()
    press(page, "Show")
    page.wait_for_url(f"**group={group}**")
    done(page, "Measures")
    page.goto(f"{start}/data/measures")
    done(page, "Measures")
    assert page.get_by_label("Measure", exact=True).input_value() == metric, "what was chosen is there again"
    assert page.get_by_label("Broken down by").input_value() == group
    page.goto(f"{start}/data/measures?metric={metric}&group=all")
    done(page, "Measures")
    page.get_by_role("link", name="Excel").click()
    done(page, "Your file is ready")
    with page.expect_download() as held:
        page.get_by_role("link", name="Save the file").click()
    book = load_workbook(io.BytesIO(Path(held.value.path()).read_bytes()))
    numbers = [c.value for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, float)]
    assert book.sheetnames[0] == "Read me" and numbers
    page.get_by_role("link", name="Back", exact=True).click()
    done(page, "Measures")
    page.get_by_role("link", name="Everything (ZIP)").click()
    done(page, "Your file is ready")
    with page.expect_download() as held:
        page.get_by_role("link", name="Save the file").click()
    with zipfile.ZipFile(held.value.path()) as archive:
        assert {"report.docx", "report.html", "report.xlsx"} <= set(archive.namelist())


def test_a_study_is_sized_by_formula_and_chosen_by_keyboard(page: Page, server: Server) -> None:
    start = server.url.split("/?")[0]
    page.goto(f"{start}/study?teams=48&workers=8&waves=3&response=60&effect=0.15&compared=pooled")
    done(page, "How large a study needs to be")
    assert view_power(teams=48).text in page.locator("main").inner_text()
    page.goto(f"{start}/study?teams=3")
    done(page, "How large a study needs to be")
    expect(page.locator(".error-summary")).to_contain_text("enter a number from 4 to 120")
    page.goto(f"{start}/study/question")
    done(page, "What do you want to find out?")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    press(page, "Continue")
    done(page, "How will you compare?")
    press(page, "Continue")
    done(page, "How large is your service?")
    press(page, "Continue")
    done(page, "Check your study")
    expect(page.locator("dl.summary")).to_contain_text("Method")


def test_sent_files_are_shown_where_they_go_wrong_and_are_gone_once_they_are_open(
    page: Page, server: Server, tmp_path: Path, hand: Any
) -> None:
    start = server.url.split("/?")[0]
    staff = "".join(f"W{i},{'many' if i == 3 else '1.0'},T{i % 3}\n" for i in range(40))
    (tmp_path / "Staff list.csv").write_text("Staff ref,WTE,Team\n" + staff)
    (tmp_path / "Teams.csv").write_text("Team ID,Team type\n" + "".join(f"T{i},Assessment\n" for i in range(3)))
    page.goto(f"{start}/data/open")
    page.locator("input[type=file]").set_input_files([str(p) for p in sorted(tmp_path.glob("*.csv"))])
    page.get_by_role("button", name="Continue").last.click()
    for heading in ("What each file is", "Columns and codes"):
        done(page, heading)
        page.get_by_role("button", name="Continue").click()
    done(page, "Check and open")
    page.get_by_role("link", name="See where it is worker fte").click()
    done(page, "Where the problem is")
    expect(page.locator("td.found")).to_have_text("text of 4 letters or signs the problem")
    assert "many" not in page.locator("main").inner_text() and hand.findings(page) == []
    page.screenshot(path=hand.folder / "cell.png", full_page=True)
    page.get_by_role("button", name="Set this column aside").click()
    done(page, "Check and open")
    for _ in range(5):
        if not page.get_by_role("button", name="Set this table aside").count():
            break
        page.get_by_role("button", name="Set this table aside").first.click()
        done(page, "Check and open")
    copies = [p for p in uploads_folder().glob("*/*/*") if p.name == "Staff list.csv"]
    assert copies
    page.get_by_role("button", name="Open these data").click()
    done(page, "A first look")
    assert not [p for p in copies if p.exists()], "what was sent stays behind"
    page.goto(f"{start}/data")
    done(page, "Our data")
    expect(page.locator("main")).to_contain_text("their copies are removed")


@pytest.fixture
def fresh(chromium: str, tmp_path: Path) -> Iterator[Server]:
    """A server that has worked out nothing yet, on the simulated authority: its first lens takes seconds."""
    started = start_app(workspace=str(tmp_path))
    yield started
    started.stop()


def test_slow_work_is_cancelled_until_it_is_asked_for_again(page: Page, fresh: Server) -> None:
    """Cancel comes back to the same address, says so, and begins nothing; Start again does."""
    path = "/data/otherwise"
    page.goto(fresh.url)
    page.goto(fresh.url.split("/?")[0] + path)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("This was cancelled.")
    page.reload()
    expect(page.locator("main")).to_contain_text("This was cancelled.")
    assert page.url.endswith(path)
    page.get_by_role("button", name="Start again").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
