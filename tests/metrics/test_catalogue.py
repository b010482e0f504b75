"""The catalogue holds every metric of the specification, and what it says is true of the contracts."""

from __future__ import annotations

import re

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.metrics.specs.registry import (
    NOT_CO_PRODUCED,
    REGISTRY,
    MetricSpec,
    catalogue,
    find_metrics,
    register,
)

CODES = [
    f"M{area}{i}"
    for area, last in (("A", 4), ("B", 4), ("C", 6), ("D", 10), ("E", 8), ("F", 4), ("G", 4))
    for i in range(1, last + 1)
]


def test_every_code_of_the_specification_is_there() -> None:
    codes = {m.code for m in REGISTRY.values()}
    assert not set(CODES) - codes, "codes of the specification without a metric"
    odd = {m.id: m.code for m in REGISTRY.values() if not re.fullmatch(r"M[A-G][1-9][0-9]?", m.code)}
    assert not odd, f"metrics whose code is not M, an area from A to G and a number: {odd}"


def test_the_frame_is_tidy_and_searchable() -> None:
    frame = ht.metrics.catalogue()
    assert frame["id"].is_unique and len(frame) == len(REGISTRY)
    assert frame.loc[frame["id"] == "remote_share_desk", "code"].item() == "ME1"
    assert set(catalogue("swemwbs")["id"]) >= {"swemwbs", "stage_gap_wellbeing"}
    assert catalogue("no such words").empty


@pytest.mark.parametrize("spec", REGISTRY.values(), ids=lambda s: s.id)
def test_spec_is_complete(spec: MetricSpec) -> None:
    assert spec.name and spec.question.endswith("?") and spec.formula and spec.source and spec.unit
    assert spec.co_produced == NOT_CO_PRODUCED
    assert spec.computed == bool(spec.columns), "a computed metric says what it needs"
    for table, columns in spec.columns.items():
        assert set(columns) <= set(TABLES[table].names)
    if not spec.computed:
        assert spec.elsewhere


def test_find_by_id_and_code() -> None:
    assert [m.id for m in find_metrics(["choice_honoured", "ME2"])] == ["choice_honoured", "arrangement_formality"]
    assert len(find_metrics("MD1")) == 7
    with pytest.raises(UsageError, match="METRIC-UNKNOWN"):
        find_metrics("MZ9")


def test_a_metric_is_registered_once() -> None:
    with pytest.raises(MeasureError, match="METRIC-TWICE"):
        register(REGISTRY["swemwbs"])


def test_a_spec_that_says_nothing_is_refused() -> None:
    base = {
        "id": "x", "code": "X", "name": "x", "question": "x?", "unit": "x", "columns": {}, "formula": "x",
        "low": 0, "high": 1, "min_n": 1, "value_unit": "x", "source": "x",
    }  # fmt: skip
    with pytest.raises(MeasureError, match="direction"):
        MetricSpec(**base, direction="up", elsewhere="y")  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="says where it is"):
        MetricSpec(**base, direction="none")  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="low must be below high"):
        MetricSpec(**{**base, "high": -1}, direction="none", elsewhere="y")  # type: ignore[arg-type]
