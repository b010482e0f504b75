"""Intervals where a second factor crosses the clusters: by hand, and by how often they hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.intervals.influence import MeanOf
from hybrid_toolkit.metrics.intervals.interval import clustered_interval


def test_two_way_variance_by_hand() -> None:
    """Mean 4, deviations -3 -1 0 4; sums by team -4 4, by month -3 3, by cell as the rows; all over n = 4."""
    frame = pd.DataFrame({"y": [1.0, 3.0, 4.0, 8.0], "month": list("pqpq"), "team": list("aabb")})
    i = clustered_interval(MeanOf("y", crossed="month")(frame), frame["team"])
    team, month, cell = 2 * 32 / 16, 2 * 18 / 16, 4 / 3 * 26 / 16
    variance = team + month - cell
    df = variance**2 / (team**2 + month**2)
    assert (i.std_error, i.df) == pytest.approx((np.sqrt(variance), df))
    assert i.conf_high == pytest.approx(4 + stats.t.ppf(0.975, df) * np.sqrt(variance))


def test_one_level_of_the_factor_leaves_the_interval_as_it_was() -> None:
    frame = pd.DataFrame({"y": [1.0, 3.0, 4.0, 8.0], "month": "p", "team": list("aabb")})
    crossed, plain = (clustered_interval(MeanOf("y", crossed=c)(frame), frame["team"]) for c in ("month", ""))
    assert crossed == plain and plain.df == 1


def test_ratings_of_a_unit_count_for_their_own_raters() -> None:
    """A meeting coded twice: each rating moves the mean by half of its own deviation."""
    frame = pd.DataFrame(
        {"y": [2.0, 5.0], "rater_1": ["r", "r"], "rater_2": ["s", None], "y_1": [1.0, 5.0], "y_2": [3.0, np.nan]}
    )
    crossed = MeanOf("y", crossed="rater")(frame).crossed
    assert crossed is not None
    assert crossed.influence.tolist() == [[(1 - 3.5) / 4, (3 - 3.5) / 4], [(5 - 3.5) / 2, 0.0]]


def _meetings(rng: np.random.Generator, teams: int, raters: int, spread: float) -> pd.DataFrame:
    team, rater = np.repeat(np.arange(teams), 18), rng.integers(0, raters, teams * 18)
    effect = 0.3 * rng.standard_normal(teams)[team] + spread * rng.standard_normal(raters)[rater]
    y = effect + rng.standard_normal(len(team))
    return pd.DataFrame({"y": y, "team": team.astype(str), "rater_1": rater.astype(str), "y_1": y})


@pytest.mark.parametrize(("spread", "least"), [(0.25, 0.93), (0.0, 0.93)])
def test_intervals_hold_the_truth_with_five_raters(spread: float, least: float) -> None:
    """300 draws: Monte Carlo error of .95 is .013."""
    rng = np.random.default_rng(7)
    held = []
    for _ in range(300):
        frame = _meetings(rng, 24, 5, spread)
        i = clustered_interval(MeanOf("y", crossed="rater")(frame), frame["team"])
        held.append(i.conf_low <= 0 <= i.conf_high)
    assert least - 2 * 0.013 <= np.mean(held) <= 0.995


def test_raters_and_months_widen_what_they_should() -> None:
    data: EvaluationData = ht.simulate_authority("helpful-hump", "small", 4)
    whole = ht.measure(data, ["skill", "choice_honoured"]).set_index("metric")
    for name in ("skill", "choice_honoured"):
        spec = ht.metrics.REGISTRY[name]
        plain = ht.measure(data, replace(spec, statistic=MeanOf(spec.statistic.columns[0]))).iloc[0]
        assert plain["estimate"] == whole.loc[name, "estimate"]
        assert plain["conf_high"] < whole.loc[name, "conf_high"]
    by = ht.metrics.measure_differences(data, "skill", by="role", reference="5")
    assert by["conf_low"].lt(by["conf_high"]).all()
