"""One simulated authority that the tests of studies share."""

from __future__ import annotations

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.study.headline import headline_studies
from hybrid_toolkit.synth.generate import simulate_authority


@pytest.fixture(scope="session")
def authority() -> EvaluationData:
    tables = sorted({t for s in headline_studies() for t in s.tables()})
    return simulate_authority("helpful-hump", "small", 11, tables=tables)
