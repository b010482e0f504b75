"""Interrupted series of counts against statsmodels, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.series.interrupted_counts import fit_interrupted_counts
from hybrid_toolkit.trust.dgps.series import ALL, SERIES_LOG_RATE

WORLDS = {w.id: w for w in ALL}
MODEL = {"outcome": "y", "time": "month", "start": 25}


def theirs(f: pd.DataFrame, offset: np.ndarray | None = None):
    import statsmodels.api as sm

    since = f["month"].to_numpy() - 25.0
    post = (since >= 0).astype(float)
    x = np.column_stack([np.ones(len(f)), since, post, post * since])
    return sm.GLM(f["y"].to_numpy(), x, family=sm.families.Poisson(), offset=offset).fit(scale="X2")


def test_coefficients_without_autocorrelation_are_those_of_statsmodels() -> None:
    f = WORLDS["counts-level"].simulate(1).assign(children=lambda d: 500 + 3.0 * d["month"])
    fit = fit_interrupted_counts(f, **MODEL, errors="newey-west", exposure_time="children")
    glm = theirs(f, np.log(f["children"].to_numpy()))
    assert fit.estimate[:2].tolist() == pytest.approx(glm.params[2:4].tolist(), abs=1e-5)
    assert fit.dispersion == pytest.approx(glm.scale, rel=1e-4)
    assert "too narrow" in fit.summary()


def test_a_negative_binomial_tells_that_a_wandering_rate_is_taken_up() -> None:
    f = WORLDS["counts-level"].simulate(1)
    assert "wanders" in fit_interrupted_counts(f, **MODEL, family="negative-binomial").summary()


def test_errors_without_autocorrelation_are_near_those_of_statsmodels() -> None:
    ratio = []
    for seed in range(15):
        f = WORLDS["counts-plain"].simulate(seed)
        fit = fit_interrupted_counts(f, **MODEL)
        ratio.append(fit.tidy()["std_error"].iloc[0] / theirs(f).bse[2])
    assert np.mean(ratio) == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("family", ["poisson", "negative-binomial"])
def test_intervals_cover_the_ratio(family) -> None:
    hits, narrow = [], []
    for seed in range(40):
        f = WORLDS["counts-level"].simulate(seed)
        row = fit_interrupted_counts(f, **MODEL, family=family).tidy().iloc[2]
        hits.append(row["conf_low"] <= SERIES_LOG_RATE <= row["conf_high"])
        if family == "poisson":
            row = fit_interrupted_counts(f, **MODEL, errors="newey-west").tidy().iloc[2]
            narrow.append(row["conf_low"] <= SERIES_LOG_RATE <= row["conf_high"])
    assert np.mean(hits) >= 0.85
    assert not narrow or np.mean(narrow) < np.mean(hits)


def test_a_control_series_and_gaps() -> None:
    a, b = WORLDS["counts-plain"].simulate(1), WORLDS["counts-plain"].simulate(2)
    b["y"] = np.where(b["month"] >= 25, np.round(b["y"] / np.exp(SERIES_LOG_RATE)), b["y"])
    f = pd.concat([a.assign(ours=1), b.assign(ours=0)], ignore_index=True).drop(index=[3, 60])
    f["y"] += (f["month"] >= 25) * 10.0
    fit = fit_interrupted_counts(f, **MODEL, control="ours")
    assert fit.n == 94 and fit.n_clusters == 2 and fit.converged
    assert fit.tidy().loc[2, "conf_low"] < SERIES_LOG_RATE * 0.8 < fit.tidy().loc[2, "conf_high"]
    assert (fit.path["without"][:20] == fit.path["fitted"][:20]).all()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda f: f.assign(y=f["y"] / 3), "NOT-COUNTS"),
        (lambda f: f.assign(y=-f["y"]), "NOT-COUNTS"),
        (lambda f: f.assign(y=f["y"] * (f["month"] < 25)), "NO-EVENTS"),
        (lambda f: f.assign(over=0), "EXPOSURE"),
        (lambda f: f[f["month"] < 27], "TOO-FEW-PERIODS"),
        (lambda f: f.assign(y=7), "CONSTANT"),
    ],
)
def test_bad_input_is_named(change, code) -> None:
    f = change(WORLDS["counts-level"].simulate(1).assign(over=1.0))
    with pytest.raises(EstimationError, match=code):
        fit_interrupted_counts(f, **MODEL, exposure_time="over")
