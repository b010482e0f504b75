"""Published comparators of scales: every figure with source, year and population; a reference, never a score."""

from __future__ import annotations

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.metrics.comparators import COMPARATOR_COLUMNS, _rows
from hybrid_toolkit.metrics.specs.registry import REGISTRY


def test_every_row_has_source_year_and_population_and_a_metric_that_exists() -> None:
    rows = _rows()
    assert len(rows) == 202 and {r["metric"] for r in rows} <= set(REGISTRY)
    for name in ("statistic", "value", "population", "country", "year", "source", "address", "licence"):
        assert all(r[name].strip() for r in rows), name


def test_figures_are_in_the_unit_of_the_metric() -> None:
    t = ht.comparators("rereferral_share").tidy()
    england = t[t["statistic"].eq("England figure, %")].iloc[0]
    assert tuple(t.columns) == COMPARATOR_COLUMNS and (england["value"], england["estimate"], england["unit"]) == (
        "22.6",
        0.226,
        "share",
    )
    turnover = ht.comparators("turnover_rate_pct").tidy()
    newest = turnover[turnover["statistic"].eq("England figure") & turnover["year"].eq("2025")]
    assert newest["estimate"].tolist() == [11.8]


@pytest.mark.parametrize("metric", sorted({r["metric"] for r in _rows()}))
def test_every_number_lies_within_the_range_of_its_metric(metric: str) -> None:
    spec = REGISTRY[metric]
    lines = ht.comparators(metric).tidy().query("line")
    assert lines["estimate"].between(spec.low, spec.high if spec.high is not None else float("inf")).all()


def test_a_figure_of_an_unsure_scale_or_of_another_statistic_is_no_reference_line() -> None:
    t = ht.comparators("swemwbs").tidy()
    workers = t[t["population"].str.contains("UK social workers")]
    assert len(workers) == 3 and not workers["line"].any() and workers["note"].str.contains("raw or metric").all()
    ons = ht.comparators("ons4_anxious").tidy()
    assert not ons[ons["statistic"].str.startswith("%")]["line"].any() and ons["line"].sum() == 1
    assert not ht.comparators("turnover_rate_pct").tidy().query("statistic == 'sd of local authorities'")["line"].any()


def test_lines_and_sentences_name_whom_they_describe() -> None:
    found = ht.comparators("cbi_work")
    lines = found.lines()
    assert 0 < len(lines) <= 4 and lines["label"].str.contains("social workers").all()
    said = found.summary()
    assert "n = 380" in said and "not a target" in said and "no team is scored" in said
    assert found.glance()["n_lines"].item() >= len(lines)


def test_none_seen_and_unknown() -> None:
    assert ht.comparators("safety").tidy().empty and "no published comparator" in ht.comparators("safety").summary()
    with pytest.raises(UsageError):
        ht.comparators("no such metric")
