"""The plain difference in differences against a hand-made case, Welch's test, regression and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.two_by_two import fit_two_by_two

TEAMS = {"outcome": "y", "panel_id": "team", "time": "month", "first_treated": "start"}


def teams(seed: int = 0, units: int = 16, months: int = 6, start: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    f = pd.DataFrame({"team": np.repeat(np.arange(units), months), "month": np.tile(np.arange(months), units)})
    f["start"] = np.where(f["team"] < units // 2, float(start), np.nan)
    f["size"] = rng.normal(size=units)[f["team"]]
    f["y"] = f["month"] + rng.normal(size=units)[f["team"]] + rng.normal(size=len(f)) + (f["month"] >= f["start"])
    return f


def test_it_is_welchs_test_on_the_changes() -> None:
    f = teams()
    fit = fit_two_by_two(f, **TEAMS)
    late = f["month"] >= 3
    change = f[late].groupby("team")["y"].mean() - f[~late].groupby("team")["y"].mean()
    theirs = stats.ttest_ind(change[:8], change[8:], equal_var=False)
    row = fit.tidy().iloc[0]
    assert row["estimate"] == pytest.approx(change[:8].mean() - change[8:].mean())
    assert row["p_value"] == pytest.approx(theirs.pvalue) and fit.df == pytest.approx(theirs.df)
    assert row["estimate"] == pytest.approx(
        fit.treated_after - fit.treated_before - fit.control_after + fit.control_before
    )
    assert row["estimate"] == pytest.approx(fit_event_study(f, **TEAMS, estimator="two-way").estimate[0])


def test_clusters_and_covariates_use_the_jackknife() -> None:
    f = teams(1).assign(place=lambda d: d["team"] // 2)
    plain, held = fit_two_by_two(f, **TEAMS), fit_two_by_two(f, **TEAMS, cluster="place", covariates=["size"])
    assert (plain.n_clusters, held.n_clusters) == (16, 8) and "jackknife" in held.method
    assert 6 < held.df < 7  # eight clusters, not quite alike in what the covariate leaves of the treatment
    assert held.estimate != plain.estimate and held.std_error > 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.assign(start=np.nan), "NO-TREATED"),
        (lambda f: f.assign(start=3), "NO-UNTREATED"),
        (lambda f: f[f["team"].isin([0, 8, 9])], "TOO-FEW-TREATED"),
        (lambda f: f.assign(start=f["start"].where(f["team"] > 3, 4)), "SEVERAL-STARTS"),
        (lambda f: f[f["month"] == 3], "TOO-FEW-PERIODS"),
        (lambda f: f.assign(start=f["start"].where(f["month"] > 3, 2)), "TREATMENT-REVERSES"),
        (lambda f: f.drop(index=0), "PANEL-UNBALANCED"),
        (lambda f: f.assign(y=f["month"] * 1.0), "CONSTANT"),
    ],
)
def test_bad_input_is_named(change, code) -> None:
    with pytest.raises(EstimationError, match=code):
        fit_two_by_two(change(teams()), **TEAMS)
    assert fit_two_by_two(teams().drop(index=0), **TEAMS, unbalanced="drop").n_missing == 6


@pytest.mark.parametrize(("treated", "least"), [(2, 0.95), (3, 0.94), (4, 0.93)])
def test_intervals_hold_where_few_are_treated(treated, least) -> None:
    """Welch's degrees of freedom held 87% with two of 24 and 92% with three: units may lie close by chance."""
    hits = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        u, t = np.repeat(np.arange(24), 4), np.tile(np.arange(4), 24)
        f = pd.DataFrame({"u": u, "t": t, "y": rng.normal(size=24)[u] + rng.normal(size=96) + 0.1 * t})
        f["start"] = np.where(u < treated, 2, 0)
        row = fit_two_by_two(f, outcome="y", panel_id="u", time="t", first_treated="start").tidy().iloc[0]
        hits.append(row["conf_low"] <= 0 <= row["conf_high"])
    assert np.mean(hits) >= least
