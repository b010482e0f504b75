"""The switch that sets published figures beside an answer: in the explorer, the lenses and their saved states."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.comparators import comparators
from hybrid_toolkit.widgets.explorer.metric_explorer import MetricExplorer
from hybrid_toolkit.widgets.lenses.lenses import CareerStage, DigitalExclusion, Wellbeing


def test_the_explorer_shows_published_figures_where_they_are_asked_for(small: ht.EvaluationData) -> None:
    explorer = MetricExplorer(small, metric="swemwbs")
    before = explorer.text
    assert "Published figures" not in explorer._figures.value and explorer.view.references == ()
    explorer.beside = "published"
    lines = comparators("swemwbs").lines()
    assert [r.figure for r in explorer.view.references] == lines["estimate"].tolist()
    page = explorer._figures.value
    assert all(label.replace("&", "&amp;") in page for label in lines["label"]) and "not a target" in page
    assert page.count("stroke-dasharray") == len(lines) and explorer.text == before, "the answer itself stays"
    held: dict[str, object] = {}
    exec(explorer.to_code().replace("print(view.text)", ""), held)
    assert [r.label for r in held["view"].references] == lines["label"].tolist()  # type: ignore[attr-defined]


def test_a_metric_without_published_figures_offers_none(small: ht.EvaluationData) -> None:
    explorer = MetricExplorer(small, metric="swemwbs", beside="published")
    explorer.metric = "choice_honoured"
    assert explorer.beside == "none" and explorer.state.beside == "none"
    with pytest.raises(UsageError, match="offer no beside"):
        MetricExplorer(small, metric="choice_honoured", beside="published")


def test_a_lens_has_the_same_switch_and_older_states_are_read(small: ht.EvaluationData, tmp_path: Path) -> None:
    lens = Wellbeing(small, scale="swemwbs", group="all")
    plain = len(lens.view.panels)
    lens.save(tmp_path / "now.json")
    assert json.loads((tmp_path / "now.json").read_text())["schema"] == 2
    shown = Wellbeing(small, scale="swemwbs", group="all", beside="published")
    assert len(shown.view.panels) == plain + 1 and "as a reference" in shown._figures.value
    older = json.loads((tmp_path / "now.json").read_text())
    older["schema"] = 1
    del older["state"]["beside"]
    (tmp_path / "older.json").write_text(json.dumps(older))
    shown.load(tmp_path / "older.json")
    assert shown.state.beside == "none" and len(shown.view.panels) == plain


def test_career_stage_and_digital_access_have_the_switch_too(small: ht.EvaluationData, tmp_path: Path) -> None:
    career = CareerStage(small, outcome="swemwbs", beside="published")
    lines = comparators("swemwbs").lines()
    assert list(career.view.panels[1].release.content["label"]) == lines["label"].tolist()
    assert "not a target" in " ".join(career.view.notes) and career.view.panels[1].release.basis == "published"
    before = career.text
    career._lists["beside"].value = "none"
    assert career.text == before and "as a reference" not in career._figures.value
    career._lists["outcome"].value = "informal_learning"
    assert list(career._views.choices(career.state)["beside"]) == ["none"], "nothing published is known of it"

    access = DigitalExclusion(small, who="families", beside="published")
    last = access.view.panels[-1].release.content
    assert last["figure"].tolist() == [0.6] and "4 in 10" in last["label"].iloc[0] and "60%" in access._figures.value
    steps = list(access._views.choices(access.state)["threshold"])
    other = next(s for s in steps if s != "10")
    assert list(access._views.choices(replace(access.state, threshold=other))["beside"]) == ["none"]
    for lens in (career, access):
        assert 'beside="published"' in lens.to_code() or lens is career
        lens.save(tmp_path / "now.json")
        older = json.loads((tmp_path / "now.json").read_text())
        del older["state"]["beside"]
        (tmp_path / "older.json").write_text(json.dumps({**older, "schema": 1}))
        lens.load(tmp_path / "older.json")
        assert lens.state.beside == "none"
