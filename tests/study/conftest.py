"""One simulated authority that the tests of studies share."""

from __future__ import annotations

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.shipped_studies import headline_studies
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size


@pytest.fixture(scope="session")
def authority() -> EvaluationData:
    tables = sorted({t for s in headline_studies() for t in s.tables()})
    return simulate_authority("helpful-hump", "small", 11, tables=tables)


@pytest.fixture(scope="session")
def results(authority: EvaluationData) -> dict[str, StudyResult]:
    """Each headline study on that authority, by id."""
    return {s.id: s.estimate(authority) for s in headline_studies()}


@pytest.fixture(scope="session")
def whole() -> EvaluationData:
    """Every table of a very small authority."""
    return simulate_authority("helpful-hump", Size("tiny", 1, 4, 5.0, 7, 1), 3)
