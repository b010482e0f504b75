"""The teams that a study needs: the least number that reaches the power, from the spread of its trials."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.models.planning.slope_power import t_power
from hybrid_toolkit.study.diagnosis.diagnosis_result import Diagnosis
from hybrid_toolkit.study.diagnosis.teams_needed import teams_needed


def tried(truth: float, spread: float = 0.01) -> Diagnosis:
    """A diagnosis whose estimates have exactly this standard deviation."""
    drawn = np.linspace(-1, 1, 101)
    rows = pd.DataFrame({"outcome": "y", "error": "", "estimate": truth + spread * drawn / np.std(drawn, ddof=1)})
    held: Any = SimpleNamespace(truths=(("y", truth),), conf_level=0.95, draws=rows)
    return cast("Diagnosis", held)


@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_it_is_the_least_number_that_reaches_the_power(power: float) -> None:
    n = int(teams_needed(tried(0.02), teams=24, power=power))

    def at(teams: int) -> float:
        return t_power(0.02, 0.01 * math.sqrt(24 / teams), teams - 1, alpha=0.05)

    assert at(n) >= power > at(n - 1)


def test_half_the_effect_needs_about_four_times_as_many_teams() -> None:
    whole, half = (teams_needed(tried(t), teams=24) for t in (0.02, 0.01))
    assert half / whole == pytest.approx(4, rel=0.1)


def test_it_is_not_known_where_nothing_is_to_be_found_or_too_much_is_asked() -> None:
    assert math.isnan(teams_needed(tried(0.0), teams=24))
    assert math.isnan(teams_needed(tried(0.0001), teams=24, most=1000))
    with pytest.raises(UsageError, match="POWER-INPUT"):
        teams_needed(tried(0.02), teams=1)
    with pytest.raises(UsageError, match="POWER-INPUT"):
        teams_needed(tried(0.02), teams=24, power=1.2)
