"""Many studies from their sums: each equal to the single fit of a library, on equal and unequal clusters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import Category, Column, fit_linear
from hybrid_toolkit.models.linear.batched_linear import fit_fixed_clusters, fit_random_intercepts
from hybrid_toolkit.models.linear.cluster_sums import ClusterSums, cell_sums
from hybrid_toolkit.models.multilevel.mixed import fit_mixed

PERIODS = 4
NAMES = ("constant", "p1", "p2", "p3", "treated")


def frames(count: int = 3, *, unequal: bool, team_sd: float = 0.4) -> list[pd.DataFrame]:
    out = []
    for seed in range(count):
        rng = np.random.default_rng(seed)
        rows = rng.integers(2, 9, (9, PERIODS)) if unequal else np.full((9, PERIODS), 5)
        team, period = (np.repeat(v.ravel(), rows.ravel()) for v in np.indices(rows.shape))
        treated = (period > team % 3).astype(float)
        y = 3 + 0.3 * treated + 0.1 * period + team_sd * rng.standard_normal(9)[team] + rng.standard_normal(len(team))
        out.append(pd.DataFrame({"team": team, "period": period.astype(str), "treated": treated, "y": y}))
    return out


def sums_of(several: list[pd.DataFrame]) -> ClusterSums:
    parts = []
    for f in several:
        x = np.column_stack([np.ones(len(f)), *(f["period"] == str(t) for t in (1, 2, 3)), f["treated"]]).astype(float)
        m = np.column_stack([x, f["y"]])
        grams = np.stack([m[f["team"] == g].T @ m[f["team"] == g] for g in range(9)])
        parts.append(grams)
    s = np.stack(parts)
    return ClusterSums(NAMES, s[..., 0, 0], s[..., :5, :5], s[..., 0, :5], s[..., :5, 5], s[..., 0, 5], s[..., 5, 5])


@pytest.mark.parametrize("unequal", [False, True])
def test_each_mixed_model_is_that_of_the_library(unequal) -> None:
    several = frames(unequal=unequal)
    got = fit_random_intercepts(sums_of(several), term="treated")
    assert got.converged.all() and not got.at_edge.any()
    for k, f in enumerate(several):
        one = fit_mixed(f, outcome="y", terms=[Column("treated"), Category("period")], groups="team")
        at = one.terms.index("treated")
        assert got.estimate[k] == pytest.approx(one.estimate[at], abs=1e-7)
        assert got.std_error[k] == pytest.approx(np.sqrt(one.vcov[at, at]), abs=1e-7)
        assert got.residual_sd[k] == pytest.approx(one.residual_sd, abs=1e-6)
        assert got.cluster_sd[k] == pytest.approx(one.random[0].sd[0], abs=1e-5)


def test_the_optimum_is_that_of_the_full_likelihood() -> None:
    """Written out with whole covariance matrices and searched on a fine grid: no sums, no derivative."""
    f = frames(1, unequal=True)[0]
    got = fit_random_intercepts(sums_of([f]), term="treated")
    x = np.column_stack([np.ones(len(f)), *(f["period"] == str(t) for t in (1, 2, 3)), f["treated"]]).astype(float)
    z = (f["team"].to_numpy()[:, None] == np.arange(9)).astype(float)
    y = f["y"].to_numpy()

    def criterion(ratio: float) -> tuple[float, float]:
        inverse = np.linalg.inv(np.eye(len(f)) + ratio * z @ z.T)
        a = x.T @ inverse @ x
        b = np.linalg.solve(a, x.T @ inverse @ y)
        rss = (y - x @ b) @ inverse @ (y - x @ b)
        free = len(f) - x.shape[1]
        return free * np.log(rss) - np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(a)[1], b[-1]

    best = float((got.cluster_sd / got.residual_sd)[0] ** 2)
    lowest, b = criterion(best)
    assert b == pytest.approx(got.estimate[0], abs=1e-10)
    assert all(criterion(best * (1 + step))[0] > lowest for step in (-0.1, -0.01, -0.001, 0.001, 0.01, 0.1))


@pytest.mark.parametrize("unequal", [False, True])
@pytest.mark.parametrize("variance", ["jackknife", "sandwich"])
def test_each_fixed_effects_fit_is_that_of_the_linear_core(unequal, variance) -> None:
    several = frames(unequal=unequal)
    whole = sums_of(several)
    got = fit_fixed_clusters(whole.only(NAMES[1:]), term="treated", variance=variance)
    pooled = fit_fixed_clusters(whole, term="treated", within=False, variance=variance)
    for k, f in enumerate(several):
        for fit, fixed in ((got, ["team"]), (pooled, [])):
            one = fit_linear(
                f,
                outcome="y",
                terms=[Column("treated"), Category("period")],
                fixed_effects=fixed,
                cluster="team",
                variance=variance,
            )
            row = one.tidy().set_index("term").loc["treated"]
            assert fit.estimate[k] == pytest.approx(row["estimate"], abs=1e-8)
            assert fit.std_error[k] == pytest.approx(row["std_error"], abs=1e-8)
            assert fit.interval[1][k] == pytest.approx(row["conf_high"], abs=1e-8)


def test_no_spread_between_clusters_is_the_edge_and_least_squares() -> None:
    f = frames(1, unequal=False)[0]
    level = f.groupby("team")["y"].transform("mean") - f["treated"].groupby(f["team"]).transform("mean")
    flat = f.assign(y=f["y"] - level)
    got = fit_random_intercepts(sums_of([flat]), term="treated")
    pooled = fit_fixed_clusters(sums_of([flat]), term="treated", within=False)
    assert got.at_edge.all() and got.converged.all() and got.cluster_sd[0] == 0
    assert got.estimate[0] == pytest.approx(pooled.estimate[0], abs=1e-12)


def test_a_fit_speaks() -> None:
    got = fit_random_intercepts(sums_of(frames(unequal=True)), term="treated", conf_level=0.9)
    assert got.tidy().shape == (3, 8) and len(got.glance()) == 3 and "3 studies" in got.summary()
    assert (got.tidy()["p_value"] < 0.1).tolist() == ((got.interval[0] > 0) | (got.interval[1] < 0)).tolist()


def test_bad_sums_are_refused() -> None:
    good = sums_of(frames(1, unequal=False))
    with pytest.raises(EstimationError, match="TERM-UNKNOWN"):
        fit_random_intercepts(good, term="dose")
    with pytest.raises(EstimationError, match="SINGULAR"):
        fit_random_intercepts(good.only((*NAMES, "treated")), term="treated")
    with pytest.raises(EstimationError, match="SINGULAR"):
        fit_fixed_clusters(good, term="treated")  # the constant is the clusters' own
    with pytest.raises(EstimationError, match="VARIANCE-UNKNOWN"):
        fit_fixed_clusters(good, term="treated", variance="none")
    one = cell_sums(("x",), np.ones((1, 2, 1)), np.full((1, 2), 9.0), np.ones((1, 1, 2)), np.ones((1, 1)))
    with pytest.raises(EstimationError, match="ONE-CLUSTER"):
        fit_random_intercepts(one, term="x")
    few = cell_sums(("x",), np.ones((2, 1, 1)), np.ones((2, 1)), np.ones((1, 2, 1)), np.ones((1, 2)))
    with pytest.raises(EstimationError, match="TOO-FEW-ROWS"):
        fit_random_intercepts(few, term="x")
