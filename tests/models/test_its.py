"""Interrupted time series against statsmodels, known truth and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models.series.interrupted_series import fit_interrupted


def series(
    seed: int, n: int = 48, start: int = 24, rho: float = 0.4, level: float = 1.0, bend: float = 0.1
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    noise, e = rng.normal(size=n + 50), np.zeros(n + 50)
    for t in range(1, n + 50):
        e[t] = rho * e[t - 1] + noise[t]
    t = np.arange(n)
    y = 10 + 0.05 * t + (t >= start) * (level + bend * (t - start)) + e[50:]
    return pd.DataFrame({"month": t, "rate": y})


MODEL = {"outcome": "rate", "time": "month", "start": 24}
TRUE = {"level change": 1.0, "slope change": 0.1, "change in the last period": 3.3}


def both(seed: int, shock: float = 2.0) -> pd.DataFrame:
    """A changed and a control series; something else changes both at the start."""
    a, b = series(seed), series(seed + 5000, level=0, bend=0)
    f = pd.concat([a.assign(ours=1), b.assign(ours=0)], ignore_index=True)
    return f.assign(rate=f["rate"] + shock * (f["month"] >= 24) + 3 * f["ours"])


@pytest.mark.parametrize("rho", [0.0, 0.4])
def test_intervals_cover_the_truth(rho) -> None:
    hits = []
    for seed in range(60):
        rows = fit_interrupted(series(seed, rho=rho), **MODEL).tidy().set_index("term")
        hits.append([rows.loc[k, "conf_low"] <= v <= rows.loc[k, "conf_high"] for k, v in TRUE.items()])
    assert (np.mean(hits, axis=0) >= 0.89).all(), np.mean(hits, axis=0)


def test_a_control_series_takes_out_what_changed_both() -> None:
    hits, alone = [], []
    for seed in range(40):
        f = both(seed)
        rows = fit_interrupted(f, **MODEL, control="ours").tidy().set_index("term")
        hits.append([rows.loc[k, "conf_low"] <= v <= rows.loc[k, "conf_high"] for k, v in TRUE.items()])
        alone.append(fit_interrupted(f[f["ours"] == 1], **MODEL).estimate[0])
    assert (np.mean(hits, axis=0) >= 0.86).all()
    assert np.mean(alone) == pytest.approx(3.0, abs=0.3)


def test_newey_west_is_that_of_statsmodels_and_says_that_it_is_narrow() -> None:
    import statsmodels.api as sm

    f = series(1)
    since = f["month"].to_numpy() - 24.0
    post = (since >= 0).astype(float)
    x = np.column_stack([np.ones(48), since, post, post * since])
    kwds = {"maxlags": 3, "use_correction": True}
    theirs = sm.OLS(f["rate"].to_numpy(), x).fit(cov_type="HAC", cov_kwds=kwds)
    ours = fit_interrupted(f, **MODEL, errors="newey-west").tidy()
    assert ours["estimate"].tolist()[:2] == pytest.approx(theirs.params[2:].tolist())
    assert ours["std_error"].tolist()[:2] == pytest.approx(theirs.bse[2:].tolist())
    assert "too narrow" in fit_interrupted(f, **MODEL, errors="newey-west").summary()


def test_statsmodels_agrees_on_the_autocorrelation_of_a_long_series() -> None:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    f = series(2, n=400, start=200)
    fit = fit_interrupted(f, outcome="rate", time="month", start=200)
    since = f["month"].to_numpy() - 200.0
    post = (since >= 0).astype(float)
    x = np.column_stack([np.ones(400), since, post, post * since])
    theirs = SARIMAX(f["rate"].to_numpy(), exog=x, order=(1, 0, 0)).fit(disp=False)
    assert fit.rho == pytest.approx(theirs.params[4], abs=0.02)
    assert fit.estimate[:2].tolist() == pytest.approx(theirs.params[2:4].tolist(), abs=0.02)
    assert fit.tidy()["std_error"].iloc[0] == pytest.approx(theirs.bse[2], rel=0.1)


def test_dates_and_gaps() -> None:
    f = series(3)
    dated = f.assign(month=pd.date_range("2022-01-01", periods=48, freq="MS"))
    model = {**MODEL, "start": pd.Timestamp("2024-01-01")}
    by_date = fit_interrupted(dated, **model)
    np.testing.assert_allclose(by_date.estimate, fit_interrupted(f, **MODEL).estimate)
    gaps = dated.drop(index=[5, 6, 30])
    fit = fit_interrupted(gaps, **model)
    assert (fit.n, fit.n_before, fit.n_after) == (45, 22, 23)
    same = fit_interrupted(f.drop(index=[5, 6, 30]), **MODEL)
    np.testing.assert_allclose(fit.estimate, same.estimate)
    assert fit.estimate[0] == pytest.approx(by_date.estimate[0], abs=0.6)
    quarters = f.assign(month=pd.date_range("2010-01-01", periods=48, freq="QS"))
    assert fit_interrupted(quarters, **{**MODEL, "start": "2016-01-01"}).n_before == 24


def test_the_path_without_the_change_is_the_trend_gone_on() -> None:
    path = fit_interrupted(series(4), **MODEL).path
    assert np.allclose(np.diff(path["without"]), np.diff(path["without"])[0])
    assert np.allclose(path["without"][:24], path["fitted"][:24])
    fit = fit_interrupted(both(4), **MODEL, control="ours")
    gap = (fit.path["fitted"] - fit.path["without"]).to_numpy()
    assert gap[24:].mean() == pytest.approx(fit.tidy().set_index("term").loc["mean change after the start", "estimate"])


def test_a_season_is_taken_out() -> None:
    f = series(5)
    f["rate"] += 4 * np.sin(2 * np.pi * f["month"] / 12)
    plain = fit_interrupted(f, **MODEL).tidy()["std_error"].iloc[0]
    fit = fit_interrupted(f, **MODEL, season=12, harmonics=1)
    assert fit.tidy()["std_error"].iloc[0] < plain and fit.estimate[0] == pytest.approx(1.0, abs=1.5)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": 46}, "TOO-FEW-PERIODS"),
        ({"start": 1}, "TOO-FEW-PERIODS"),
        ({"start": "soon"}, "PERIODS"),
        ({"time": "word"}, "PERIODS"),
        ({"time": "flat"}, "PANEL-DUPLICATE"),
        ({"outcome": "flat"}, "CONSTANT"),
        ({"covariates": ["twice"]}, "SINGULAR"),
        ({"control": "flat"}, "NOT-BINARY"),
        ({"errors": "none"}, "ERRORS-UNKNOWN"),
        ({"outcome": "rate/2"}, "TERM-NOT-A-COLUMN"),
    ],
)
def test_bad_input_says_what_is_wrong(change, code) -> None:
    f = series(6).assign(word="w", flat=1, twice=lambda d: 2 * d["month"])
    with pytest.raises(EstimationError, match=code):
        fit_interrupted(f, **{**MODEL, **change})


def test_short_series_missing_rows_and_an_absent_column() -> None:
    f = series(7, n=14, start=7)
    f.loc[2, "rate"] = np.nan
    before = f.copy()
    fit = fit_interrupted(f, outcome="rate", time="month", start=7)
    pd.testing.assert_frame_equal(f, before)
    assert fit.n_missing == 1 and "The series is short" in fit.summary()
    assert {"converged", "rho"} <= set(fit.glance().columns)
    with pytest.raises(CoverageError, match="COLUMN-MISSING"):
        fit_interrupted(f, outcome="rate", time="week", start=7)


def test_twelve_periods_a_side_are_still_called_short() -> None:
    fit = fit_interrupted(series(7, n=24, start=12), outcome="rate", time="month", start=12)
    assert fit.n_before == fit.n_after == 12 and "The series is short" in fit.summary()


def test_a_level_for_each_month_follows_school_holidays() -> None:
    """Four years with a summer dip: by default each month has a level, and the interval is less than half as wide."""
    f = series(7)
    f["rate"] -= 12.0 * (f["month"] % 12 == 5)
    one, each = (fit_interrupted(f, **MODEL, season=12, harmonics=h) for h in (1, None))
    assert each.tidy()["std_error"].iloc[2] < 0.5 * one.tidy()["std_error"].iloc[2]
    short = f[f["month"] <= 34]  # under three whole cycles one wave is taken, and nothing is singular
    assert fit_interrupted(short, **MODEL, season=12).terms == one.terms


def _holidays(rng: np.random.Generator, months: int, beyond: float) -> pd.DataFrame:
    """Monthly visits of a service: fewer in August, a month like the one before, and like the last quarter's."""
    noise, e = rng.normal(size=months + 50), np.zeros(months + 50)
    for t in range(3, months + 50):
        e[t] = 0.3 * (e[t - 1] - beyond * e[t - 4] if t > 3 else 0) + beyond * e[t - 3] + noise[t]
    at = np.arange(months)
    return pd.DataFrame({"month": at, "rate": 10 + 0.05 * at - 3 * (at % 12 == 7) + e[50:]})


@pytest.mark.parametrize(("months", "beyond", "least", "most"), [(30, 0, 0, 0.1), (48, 0, 0, 0.1), (72, 0.6, 0.7, 1)])
def test_what_is_left_over_is_found_where_it_is_and_not_where_a_level_a_month_is_fitted(
    months: int, beyond: float, least: float, most: float
) -> None:
    """By its chi-squared distribution 17% to 31% of the quiet series were told; 60 draws each."""
    rng = np.random.default_rng(8)
    told = [
        fit_interrupted(
            _holidays(rng, months, beyond), outcome="rate", time="month", start=months // 2, season=12
        ).left_over_p
        < 0.05
        for _ in range(60)
    ]
    assert least <= np.mean(told) <= most
