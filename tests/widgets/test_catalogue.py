"""The catalogue of metrics as a widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.specs.registry import catalogue
from hybrid_toolkit.widgets.explorer.metric_catalogue import AREAS, MetricCatalogue


def test_every_metric_is_listed_and_a_word_narrows_them() -> None:
    widget = MetricCatalogue()
    assert widget.text.startswith(f"{len(catalogue())} metrics")
    assert all(f'<td class="hte-word">{i}</td>' in widget._figures.value for i in catalogue()["id"])
    widget.state = replace(widget.state, search="broadband")
    assert widget.text == f'{len(catalogue("broadband"))} metrics with "broadband"'
    widget.state = replace(widget.state, area="MC")
    assert "in Digital exclusion" in widget.text and "MC" in widget.to_code()
    frame = eval(widget.to_code().split("rows = ")[1].split("\n")[0], {"ht": ht})
    assert len(frame) == len(catalogue("broadband"))


def test_one_in_full_goes_when_it_is_not_found() -> None:
    widget = MetricCatalogue(metric="continuity_bice_boxerman")
    assert "Bice" in widget._figures.value and "Formula" in widget._figures.value
    widget.state = replace(widget.state, search="broadband")
    assert widget.state.metric == "" and "Formula" not in widget._figures.value


def test_nothing_found_is_said() -> None:
    widget = MetricCatalogue(search="<zzz>")
    assert widget.text == '0 metrics with "<zzz>"' and "shorter word" in widget._figures.value
    assert "<zzz>" not in widget._answer.value


def test_controls_are_labelled_and_the_state_is_saved(tmp_path: object) -> None:
    widget = MetricCatalogue(search="share", area="MA")
    assert [c.description for c in widget._lists.values()] == ["Search", "Area", "Show in full"]
    other = MetricCatalogue()
    other.load(widget.save(f"{tmp_path}/state.json"))
    assert other.text == widget.text


def test_every_area_holds_metrics() -> None:
    for area in set(AREAS) - {"own"}:
        assert not MetricCatalogue(area=area).text.startswith("0 ")


@pytest.mark.parametrize("wrong", [{"area": "MZ"}, {"metric": "none"}])
def test_bad_input(wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        MetricCatalogue(**wrong)
