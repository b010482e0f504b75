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


def wandering(seed: int, n: int = 36, start: int = 18, level: float = 1.0) -> pd.DataFrame:
    """A stock: what comes and goes in a month stays in the months after."""
    t, walk = np.arange(n), np.random.default_rng(seed).normal(size=n).cumsum()
    return pd.DataFrame({"month": t, "rate": 10 + 0.05 * t + (t >= start) * level + walk})


def test_a_series_that_wanders_is_told_by_its_changes() -> None:
    """Refused under an autocorrelation inside its range, with what to use instead; that covers the truth."""
    hits, refused = [], 0
    for seed in range(80):
        f = wandering(seed)
        try:
            fit_interrupted(f, **{**MODEL, "start": 18})
        except EstimationError as error:
            assert error.code == "NOT-CONVERGED" and "errors = 'random-walk'" in error.fix
            refused += 1
        rows = fit_interrupted(f, **{**MODEL, "start": 18}, errors="random-walk").tidy().set_index("term")
        rows = rows.loc[["level change", "slope change", "mean change after the start"]]
        hits.append((rows["conf_low"].le([1, 0, 1]) & rows["conf_high"].ge([1, 0, 1])).tolist())
    assert refused > 8 and (np.mean(hits, axis=0) >= 0.91).all() and np.mean(hits) <= 0.99


def test_a_random_walk_is_least_squares_of_changes() -> None:
    import statsmodels.api as sm

    f = both(4)
    ours = fit_interrupted(f, **MODEL, control="ours", errors="random-walk")
    each = []
    for who in (0, 1):
        t, y = f.loc[f["ours"] == who, "month"].to_numpy(), f.loc[f["ours"] == who, "rate"].to_numpy()
        x = np.column_stack([np.ones(len(t)), t == 24, t > 24])[1:].astype(float)
        each.append((np.diff(y), np.column_stack([x, x * who])))
    theirs = sm.OLS(np.concatenate([e[0] for e in each]), np.concatenate([e[1] for e in each])).fit()
    assert ours.estimate[:2].tolist() == pytest.approx(theirs.params[4:].tolist())
    assert ours.std_error[:2].tolist() == pytest.approx(theirs.bse[4:].tolist())
    assert ours.df[0] == theirs.df_resid and "wanders" in ours.prose() and ours.path["fitted"].notna().all()
    gone = fit_interrupted(f.drop(index=[5, 30]), **MODEL, control="ours", errors="random-walk")  # gaps: longer steps
    assert gone.estimate[1] == pytest.approx(ours.estimate[1], abs=0.1)


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


def test_periods_counted_from_the_start_give_the_same_as_years() -> None:
    """The start is 0 then, which is never only where each unit has a start of its own."""
    years = pd.DataFrame({"year": range(1996, 2026), "rate": np.random.default_rng(3).normal(60, 3, 30)})
    found = fit_interrupted(years, outcome="rate", time="year", start=2015)
    since = fit_interrupted(years.assign(year=years["year"] - 2015), outcome="rate", time="year", start=0)
    assert since.estimate.tolist() == pytest.approx(found.estimate.tolist(), abs=1e-9)
    assert since.std_error.tolist() == pytest.approx(found.std_error.tolist(), rel=1e-9)
