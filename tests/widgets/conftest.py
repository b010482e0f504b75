"""The committed authority, loaded once."""

from __future__ import annotations

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews


@pytest.fixture(scope="session")
def small() -> ht.EvaluationData:
    return ht.load_synthetic("small")


@pytest.fixture(scope="session")
def views(small: ht.EvaluationData) -> MetricViews:
    return MetricViews(small)
