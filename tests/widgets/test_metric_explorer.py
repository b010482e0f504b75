"""The widget: its traits are its state, its lists follow, its page is sound, its code gives the same number."""

from __future__ import annotations

import subprocess
import sys
from xml.etree import ElementTree

import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.explorer.metric_page import view_html
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.html_parts import code_html, notice_html, table_html
from hybrid_toolkit.widgets.parts.state import ExplorerState
from hybrid_toolkit.widgets.parts.svg import Bar, DrawnInterval, bars_svg, interval_rows_svg, interval_series_svg

NAN = float("nan")


@pytest.fixture
def explorer(small: ht.EvaluationData) -> ht.MetricExplorer:
    return ht.MetricExplorer(small, metric="choice_honoured")


def test_a_trait_moves_the_page_the_list_and_the_code(explorer: ht.MetricExplorer) -> None:
    before = explorer.text
    explorer.metric = "remote_share_desk"
    assert explorer.text != before
    assert explorer.text.split("; ")[0] in explorer._answer.value
    assert explorer._lists["metric"].value == "remote_share_desk"
    assert 'metric="remote_share_desk"' in explorer.to_code()


def test_a_list_moves_the_trait(explorer: ht.MetricExplorer) -> None:
    explorer._lists["group"].value = "service"
    assert explorer.group == "service" and "by service" in explorer.text
    explorer._lists["period"].value = "quarter"
    assert explorer.state == ExplorerState("choice_honoured", "service", "quarter")


def test_a_metric_that_cannot_be_split_that_way_is_shown_unsplit_and_says_so(explorer: ht.MetricExplorer) -> None:
    explorer.group = "career_stage"
    explorer.metric = "access_count"
    assert explorer.group == "all"
    assert "cannot be split by: Career stage" in explorer._answer.value
    assert all(key != "career_stage" for _, key in explorer._lists["group"].options)


def test_an_error_stands_in_place_and_the_next_move_works(explorer: ht.MetricExplorer) -> None:
    explorer.metric = "no such metric"
    assert 'role="alert"' in explorer._answer.value and explorer._figures.value == ""
    assert explorer.view is None and "Traceback" not in explorer._answer.value
    explorer.metric = "choice_honoured"
    assert explorer.view is not None and 'role="alert"' not in explorer._answer.value


def test_a_failure_inside_shows_no_value(explorer: ht.MetricExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("worker W123 earns 31,000")

    monkeypatch.setattr(MetricViews, "_measure", fails)
    explorer.metric = "engaged_share"
    assert "ValueError" in explorer._answer.value and "W123" not in explorer._answer.value


def test_without_data_it_says_what_to_do() -> None:
    empty = ht.MetricExplorer(ht.EvaluationData({"la": pd.DataFrame({"la_id": ["A"]})}))
    assert empty.text == "There is nothing to explore yet: these data open no metric."
    said = empty._answer.value
    assert "survey answers" in said and "hybrid-toolkit coverage FOLDER" in said and empty.view is None
    assert "()" not in said, "a reader of the page is told in words, not in code"


def test_a_choice_that_is_not_offered_is_refused_at_once(small: ht.EvaluationData) -> None:
    with pytest.raises(UsageError, match="Use one of"):
        ht.MetricExplorer(small, metric="choice_honoured", group="worker_id")


def test_its_code_gives_the_same_number_in_a_fresh_process(explorer: ht.MetricExplorer) -> None:
    explorer.group = "service"
    code = explorer.to_code()
    assert 'ht.load_synthetic("small")' in code
    got = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == explorer.text


def test_the_page_is_sound_stamped_and_named(explorer: ht.MetricExplorer) -> None:
    explorer.period = "month"
    for html in (explorer._answer.value, explorer._figures.value, explorer._code.value):
        ElementTree.fromstring(f"<div>{html.replace(' readonly', '')}</div>")
        assert "<script" not in html
    assert "SYNTHETIC DATA" in explorer._answer.value
    page = explorer._figures.value
    assert page.count('role="img"') == page.count("<title>") == page.count("<desc>") == 2
    assert "<caption>" in page and 'scope="col"' in page
    assert all(c.description for c in explorer._lists.values()), "every list has a visible label"


def test_what_is_shown_is_hidden_in_the_page_too(views: MetricViews) -> None:
    view = views.view(ExplorerState("choice_honoured", "career_stage"))
    hidden = [c for c in view.cells if c.hidden]
    page = view_html(view)
    assert page.count("hidden to protect people") == len(hidden)


def test_repr_is_short(explorer: ht.MetricExplorer) -> None:
    assert repr(explorer) == 'MetricExplorer(data, metric="choice_honoured")'


def test_figures_hold_with_nothing_to_draw() -> None:
    rows = [
        DrawnInterval("A", NAN, NAN, NAN, hidden=True),
        DrawnInterval("B", NAN, NAN, NAN),
        DrawnInterval("C", 1.0, NAN, NAN),
    ]
    for drawn in (
        interval_rows_svg(rows, title="T & t", description="<d>", axis="a"),
        interval_series_svg(rows, title="T", description="d", axis="a"),
        interval_rows_svg([], title="T", description="d", axis="a"),
        bars_svg([Bar("x", NAN, hidden=True)], title="T", description="d", axis="a"),
    ):
        ElementTree.fromstring(drawn)
        assert "nan" not in drawn


def test_words_from_outside_cannot_become_markup() -> None:
    bad = '<img src=x onerror="alert(1)">'
    made = notice_html(bad) + table_html(bad, [bad], [[bad]]) + code_html(bad)
    made += interval_rows_svg([DrawnInterval(bad, 1, 0, 2)], title=bad, description=bad, axis=bad)
    assert "<img" not in made
