"""One large simulated authority that several tests look at."""

from __future__ import annotations

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size

LARGE = Size("large", 1, 400, 10.0, 12, 3)
SEED = 11


@pytest.fixture(scope="session")
def small() -> EvaluationData:
    return simulate_authority("helpful-hump", "small", SEED)


@pytest.fixture(scope="session")
def large() -> EvaluationData:
    tables = {"worker", "worker_month", "survey", "family", "access", "child_event", "allocation_spell", "la_year"}
    return simulate_authority("helpful-hump", LARGE, SEED, tables=tables | {"contact"})
