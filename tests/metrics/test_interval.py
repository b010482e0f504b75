"""Intervals where a second factor crosses the clusters: by hand, and by how often they hold the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.compute import few_clusters
from hybrid_toolkit.metrics.intervals.interval import Estimate, MeanOf, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import DifferenceInDifferences


def test_two_way_variance_by_hand() -> None:
    """Mean 4, deviations -3 -1 0 4; sums by team -4 4, by month -3 3, by cell as the rows; all over n = 4."""
    frame = pd.DataFrame({"y": [1.0, 3.0, 4.0, 8.0], "month": list("pqpq"), "team": list("aabb")})
    i = clustered_interval(MeanOf("y", crossed="month")(frame), frame["team"])
    team, month, cell = 2 * 32 / 16, 2 * 18 / 16, 4 / 3 * 26 / 16
    variance = team + month - cell
    df = variance**2 / (team**2 + month**2)
    assert (i.std_error, i.df) == pytest.approx((np.sqrt(variance), df))
    assert i.conf_high == pytest.approx(4 + stats.t.ppf(0.975, df) * np.sqrt(variance))


def test_the_sandwich_of_three_parameters_by_hand() -> None:
    """Influence sums of the teams 0.3, -0.1 and -0.2; G = 3, N = 8, k = 3: 3/2 x 7/5 x 0.14."""
    influence = np.array([0.1, 0.2, 0.0, -0.1, 0.0, -0.1, -0.1, 0.0])
    estimate = Estimate(2.0, influence, np.ones(8, dtype=bool), 3)
    i = clustered_interval(estimate, pd.Series(list("aabbbccc")))
    assert i.std_error == pytest.approx(np.sqrt(1.5 * 7 / 5 * 0.14))


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


def _shares(rng: np.random.Generator, teams: int, giants: int, level: float) -> tuple[pd.DataFrame, float]:
    """Yes/no rows of unequal teams, and the share that all such authorities taken together have."""
    size = rng.integers(4, 13, teams) * 4
    size[:giants] = 180
    team = np.repeat(np.arange(teams), size)
    logit = special.logit(level)
    y = rng.random(len(team)) < special.expit(logit + 0.4 * rng.standard_normal(teams))[team]
    truth = float(special.expit(logit + 0.4 * stats.norm.ppf((np.arange(2000) + 0.5) / 2000)).mean())
    return pd.DataFrame({"y": y.astype(float), "team": team.astype(str)}), truth


@pytest.mark.parametrize(("teams", "giants", "level"), [(8, 1, 0.5), (12, 1, 0.9), (15, 2, 0.5), (12, 0, 0.97)])
def test_shares_with_a_giant_hold_the_truth_inside_their_range(teams: int, giants: int, level: float) -> None:
    """400 draws: Monte Carlo error of .95 is .011. The sandwich with G - 1 held 88% with one giant in 8."""
    rng = np.random.default_rng(11)
    held = []
    for _ in range(400):
        frame, truth = _shares(rng, teams, giants, level)
        i = clustered_interval(MeanOf("y")(frame), frame["team"], bounds=(0.0, 1.0))
        held.append(i.conf_low <= truth <= i.conf_high)
        assert 0 <= i.conf_low < i.conf_high <= 1
    assert 0.93 - 2 * 0.011 <= np.mean(held) <= 0.97 + 2 * 0.011


def test_a_giant_is_told_and_counts_for_what_it_is() -> None:
    size = [100, *[10] * 10]
    frame = pd.DataFrame({"y": np.arange(200) % 2 * 1.0, "team": np.repeat([f"t{k}" for k in range(11)], size)})
    frame.loc[:20, "y"] = 1.0
    i = clustered_interval(MeanOf("y")(frame), frame["team"], bounds=(0.0, 1.0))
    assert i.effective == pytest.approx(200**2 / (100**2 + 10 * 10**2)) and "count as 3.6" in few_clusters(i)
    even = clustered_interval(MeanOf("y")(frame), pd.Series(np.arange(200) % 20).astype(str))
    assert even.effective == pytest.approx(20) and even.df == pytest.approx(19) and not few_clusters(even)


def test_a_share_of_all_or_none_has_an_interval_by_its_clusters() -> None:
    """Ten teams without a single no are ten observations: Wilson's limit is 10 / (10 + t^2)."""
    frame = pd.DataFrame({"y": np.ones(100), "team": np.repeat([f"t{k}" for k in range(10)], 10)})
    i = clustered_interval(MeanOf("y")(frame), frame["team"], bounds=(0.0, 1.0))
    t = stats.t.ppf(0.975, 9)
    assert (i.conf_low, i.conf_high) == pytest.approx((10 / (10 + t**2), 1.0))
    none = clustered_interval(MeanOf("y")(frame.assign(y=0.0)), frame["team"], bounds=(0.0, 1.0))
    assert (none.conf_low, none.conf_high) == pytest.approx((0.0, 1 - i.conf_low))
    assert np.isnan(clustered_interval(MeanOf("y")(frame), frame["team"]).conf_low)


def test_limits_end_where_the_range_ends() -> None:
    frame = pd.DataFrame({"y": [0.0, 0, 0, 0, 0, 9], "team": list("aabbcc")})
    i = clustered_interval(MeanOf("y")(frame), frame["team"], bounds=(0.0, None))
    wide = clustered_interval(MeanOf("y")(frame), frame["team"])
    assert wide.conf_low < 0 == i.conf_low and i.conf_high == wide.conf_high


def test_a_contrast_that_one_cluster_carries_has_no_interval() -> None:
    frame = pd.DataFrame({"y": np.arange(12.0) % 5, "a": [1, 1, 1, 1, *[0] * 8], "b": [0, 1] * 6})
    frame["team"] = ["a"] * 4 + list("bbbbcccc")
    i = clustered_interval(DifferenceInDifferences("y", "a", "b")(frame), frame["team"])
    assert np.isnan([i.std_error, i.conf_low, i.conf_high]).all() and i.n_clusters == 3


def test_the_interval_of_unequal_clusters_has_the_freedom_of_their_effective_number() -> None:
    cluster = pd.Series(np.repeat(["a", "b", "c", "d"], [10, 10, 10, 30]))
    y = pd.DataFrame({"y": np.random.default_rng(3).normal(size=60)})
    found = clustered_interval(MeanOf("y")(y), cluster)
    free = 60**2 / (3 * 10**2 + 30**2) - 1  # of the sizes, by hand: 2, where four equal clusters would have 3
    assert found.df == pytest.approx(free) == 2.0 and found.effective == pytest.approx(3.0)
    half = stats.t.ppf(0.975, 2.0) * found.std_error
    assert found.conf_high - found.conf_low == pytest.approx(2 * half)
