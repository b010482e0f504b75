"""Inputs of every day that once gave a wrong answer in silence, or a refusal with the wrong reason."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import metrics, models
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError, MeasureError
from hybrid_toolkit.models import Column


def _years() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"team": np.repeat(np.arange(20), 25), "step": rng.integers(0, 10, 500)})
    f["yes"] = (rng.random(500) < 1 / (1 + np.exp(-0.1 * f["step"] + 0.5))) * 1
    f["count"] = rng.poisson(np.exp(0.05 * f["step"]))
    f["months"] = np.ceil(rng.exponential(8, 500)).clip(1, 12)
    f["left"] = (f["months"] < 12) * 1
    return f


PLACES = {
    "calendar year": lambda t: 2016 + t,
    "year and month": lambda t: 201601 + 100 * t,
    "day of a spreadsheet": lambda t: 42370 + 365 * t,
    "seconds": lambda t: 1.45e9 + 31536000 * t,
    "population": lambda t: 250_000 + 3 * t,
    "share": lambda t: 1e-7 * t,
    "pounds": lambda t: 1e6 * t,
}
FITS = {
    "binary": (models.fit_binary, {"outcome": "yes"}),
    "counts": (models.fit_counts, {"outcome": "count"}),
    "discrete time": (models.fit_discrete_time, {"duration": "months", "event": "left"}),
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", FITS)
def test_a_year_has_the_error_of_a_year_less_a_constant(kind: str, where: str) -> None:
    fit, setting = FITS[kind]
    f = _years()
    plain = fit(f, terms=["step"], cluster="team", **setting).tidy().set_index("term").loc["step"]
    f["when"] = PLACES[where](f["step"].astype(float))
    unit = np.ptp(f["when"]) / np.ptp(f["step"])
    got = fit(f, terms=["when"], cluster="team", **setting).tidy().set_index("term").loc["when"]
    assert got["std_error"] * unit == pytest.approx(plain["std_error"], rel=1e-6)
    assert got["p_value"] == pytest.approx(plain["p_value"], rel=1e-5)


@pytest.mark.parametrize("fit", ["fit_linear", "fit_binary", "fit_counts", "fit_ols", "fit_cr2"])
def test_a_year_and_its_square_are_two_columns_and_twice_a_year_is_one(fit: str) -> None:
    f = _years()
    f["year"] = 2016.0 + f["step"]
    f["square"], f["again"] = f["year"] ** 2, 3 * f["year"] - 7
    outcome = {"fit_binary": "yes", "fit_counts": "count"}.get(fit, "months")
    more = {} if fit == "fit_ols" else {"cluster": "team"}
    call = getattr(models, fit)
    got = call(f, outcome=outcome, terms=[Column("year"), Column("square")], **more).tidy().set_index("term")
    f["square"], f["year"] = f["step"] ** 2, f["step"]
    near = call(f, outcome=outcome, terms=[Column("year"), Column("square")], **more).tidy().set_index("term")
    assert got.loc["square", "estimate"] == pytest.approx(near.loc["square", "estimate"], rel=1e-5)
    assert got.loc["square", "std_error"] == pytest.approx(near.loc["square", "std_error"], rel=1e-5)
    with pytest.raises(EstimationError, match=r"SINGULAR.*: again\."):
        call(f.assign(again=3 * f["year"] - 7), outcome=outcome, terms=[Column("year"), Column("again")], **more)


def test_separation_is_said_where_it_is_and_only_there() -> None:
    """A steep slope that has a finite estimate is given; Albert and Anderson's three cases are told apart."""
    x = np.concatenate([np.linspace(-3, -0.1, 40), np.linspace(0.1, 3, 40)])
    f = pd.DataFrame({"x": x + 2020, "yes": (x > 0) * 1})
    with pytest.raises(EstimationError, match="SEPARATION"):
        models.fit_binary(f, outcome="yes", terms=["x"])
    f.loc[39, "yes"], f.loc[40, "yes"] = 1, 0  # the two nearest rows cross: overlap
    steep = models.fit_binary(f, outcome="yes", terms=["x"])
    assert steep.converged and steep.estimate[1] > 10
    quasi = pd.DataFrame({"d": [0] * 10 + [1] * 10, "yes": [0] * 10 + [0, 1] * 5})
    with pytest.raises(EstimationError, match="SEPARATION"):
        models.fit_binary(quasi, outcome="yes", terms=["d"])


def test_the_basis_holds_columns_far_away() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3)) * [1, 1e-9, 1e9] + [1e8, 1.0, 1e17]
    m = np.column_stack([np.ones(50), x])
    s = scaled(m)
    assert s.own.all() and np.allclose(s.z.T @ s.z / 50, np.eye(4), atol=1e-12)
    assert np.allclose(s.z @ s.r, m, rtol=1e-14)
    assert np.allclose(s.into(s.back(np.array([0.0, 1, 1, 1])))[1:], 1.0)


@pytest.mark.parametrize("late", [False, True])
def test_a_monotone_likelihood_is_refused_by_name(late: bool) -> None:
    """Nobody with x = 1 ever leaves while somebody with x = 0 is at risk; entry comes late."""
    rng = np.random.default_rng(3)
    n = 80
    f = pd.DataFrame({"x": np.arange(n) % 2, "z": rng.normal(size=n)})
    f["entry"] = rng.uniform(0, 3, n) if late else 0.0
    f["time"] = f["entry"] + rng.exponential(4, n) + 0.01
    f["left"] = np.where(f["x"] == 1, 0, (rng.random(n) < 0.8) * 1)
    with pytest.raises(EstimationError, match=r"SEPARATION.*monotone likelihood"):
        models.fit_cox(f, duration="time", event="left", terms=["x", "z"], entry="entry" if late else None)
    f.loc[f.index[f["x"] == 1][:2], "left"] = 1
    fit = models.fit_cox(f, duration="time", event="left", terms=["x", "z"], entry="entry" if late else None)
    assert fit.converged and abs(fit.estimate[0]) < 8


def test_short_series_of_few_counts_answer_with_a_width_or_not_at_all() -> None:
    refused = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        e = np.zeros(24)
        for t in range(1, 24):
            e[t] = 0.5 * e[t - 1] + 0.3 * rng.normal()
        f = pd.DataFrame({"month": range(24), "y": rng.poisson(np.exp(e + 0.05 * np.arange(24)))})
        try:
            fit = models.fit_interrupted_counts(f, outcome="y", time="month", start=12)
        except EstimationError as error:
            assert error.code in ("NOT-CONVERGED", "SEPARATION", "NO-EVENTS")
            refused += 1
            continue
        assert np.abs(fit.estimate).max() < 20 and fit.std_error.min() > 1e-3
    assert refused <= 3


def test_a_series_whose_likeness_has_no_end_gives_no_estimate() -> None:
    y = np.cumsum(np.cumsum(np.random.default_rng(1).normal(size=60)))
    with pytest.raises(EstimationError, match="NOT-CONVERGED"):
        models.fit_interrupted(pd.DataFrame({"t": range(60), "y": y}), outcome="y", time="t", start=30)


def test_equal_estimates_keep_the_width_of_their_own_errors() -> None:
    """One over the root of the sum of the inverse variances, as metafor's adhoc gives; t with two degrees."""
    v = np.array([0.1, 0.2, 0.3])
    fit = models.fit_random_effects([0.5, 0.5, 0.5], v)
    assert fit.std_error == pytest.approx((1 / v).sum() ** -0.5)
    assert fit.conf_high - 0.5 == pytest.approx(4.302653 * (1 / v).sum() ** -0.5, rel=1e-6)


def _panel(labels: list[object]) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    unit, t = np.repeat(np.arange(12), 12), np.tile(np.arange(12), 12)
    y = rng.normal(size=12)[unit] + 0.3 * t + 2.0 * ((unit % 2 == 0) & (t >= 7)) + rng.normal(0, 0.3, 144)
    f = pd.DataFrame({"unit": unit, "t": t, "y": y, "when": [labels[i] for i in t]})
    f["start"] = [labels[7] if u % 2 == 0 else None for u in unit]
    f["began"] = np.where(unit % 2 == 0, 7, 0)
    return f


WRITTEN = {
    "months": [
        *(f"{m} 2020" for m in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
    ],
    "quarters": [f"Q{q} {y}" for y in (2019, 2020, 2021) for q in (1, 2, 3, 4)],
    "weeks": [f"W{i}" for i in range(1, 13)],
    "year and month": [f"2020-{i:02d}" for i in range(1, 13)],
    "financial years": [f"{y}/{(y + 1) % 100:02d}" for y in range(2009, 2021)],
}


@pytest.mark.parametrize("form", WRITTEN)
def test_periods_in_words_are_in_the_order_of_time(form: str) -> None:
    f = _panel(list(WRITTEN[form])).sample(frac=1.0, random_state=0)
    plain = models.fit_event_study(f, outcome="y", panel_id="unit", time="t", first_treated="began")
    got = models.fit_event_study(f, outcome="y", panel_id="unit", time="when", first_treated="start")
    assert got.estimate == pytest.approx(plain.estimate, rel=1e-9) and abs(got.estimate[0] - 2) < 0.5
    with pytest.raises(EstimationError, match="TIME-TEXT"):
        shuffled = f.assign(when=f["when"].map(lambda w: "zz" + w[::-1]))
        models.fit_group_time(shuffled, outcome="y", panel_id="unit", time="when", first_treated="start")


def test_untreated_units_that_a_covariate_dropped_are_said() -> None:
    f = _panel(list(range(12)))
    f["x"] = np.where(f["unit"] % 2 == 0, 1.0 + f["unit"], np.nan)
    with pytest.raises(EstimationError, match=r"6 untreated units were left out .* missing covariate"):
        models.fit_group_time(
            f, outcome="y", panel_id="unit", time="t", first_treated="began", covariates=["x"], unbalanced="drop"
        )


def test_weights_of_kappa_follow_the_order_of_the_categories() -> None:
    order = ["none", "some", "severe"]
    first = pd.Series(["none", "none", "some", "some", "severe", "severe", "none", "severe"])
    second = pd.Series(["none", "some", "some", "severe", "severe", "some", "none", "severe"])
    want = metrics.cohen_kappa(first, second, categories=order, weights="linear").estimate
    kind = pd.CategoricalDtype(order, ordered=True)
    got = metrics.cohen_kappa(first.astype(kind), second.astype(kind), weights="linear").estimate
    # observed disagreement 3 of 8 by one step; expected from margins (3, 2, 3)/8 and (2, 3, 3)/8
    place = {c: i for i, c in enumerate(order)}
    a, b = first.map(place).to_numpy(), second.map(place).to_numpy()
    by_hand = 1 - np.abs(a - b).mean() / np.abs(a[:, None] - b[None, :]).mean()
    assert got == want == pytest.approx(by_hand)
    with pytest.raises(MeasureError, match="KAPPA-ORDER"):
        metrics.cohen_kappa(first, second, weights="linear")


def test_alphas_interval_holds_at_a_ceiling() -> None:
    """300 draws of 100 answers, most at the top: 95 +- 4 in a hundred; Feldt's interval holds far fewer."""

    def draw(rng: np.random.Generator, n: int) -> pd.DataFrame:
        z = 0.7 * rng.normal(size=(n, 1)) + np.sqrt(0.51) * rng.normal(size=(n, 6))
        return pd.DataFrame(np.clip(np.round(4.9 + 0.9 * z), 1, 5))

    rng = np.random.default_rng(11)
    truth = metrics.cronbach_alpha(draw(rng, 400_000), interval="feldt").estimate
    held = {"jackknife": 0, "feldt": 0}
    for _ in range(300):
        items = draw(rng, 100)
        for how in held:
            got = metrics.cronbach_alpha(items, interval=how)
            held[how] += got.conf_low <= truth <= got.conf_high
    assert held["jackknife"] / 300 > 0.91 and held["feldt"] / 300 < 0.91


def test_alphas_interval_is_that_of_leaving_out_each_respondent() -> None:
    rng = np.random.default_rng(0)
    items = pd.DataFrame(rng.normal(size=(30, 1)) + rng.normal(size=(30, 4)))
    left = [metrics.cronbach_alpha(items.drop(index=i), interval="feldt").estimate for i in range(30)]
    error = np.sqrt(29 / 30 * ((np.array(left) - np.mean(left)) ** 2).sum())
    got = metrics.cronbach_alpha(items)
    assert got.estimate - got.conf_low == pytest.approx(2.04523 * error, rel=1e-5)


def test_the_fraction_of_missing_information() -> None:
    """m = 3, between = within = 1: r = 4/3, df = 2 (1 + 3/4)^2 = 6.125, (r + 2 / (df + 3)) / (1 + r) = 0.6654."""
    got = metrics.pool_rubin([1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    assert got.df == pytest.approx(6.125)
    assert got.missing_information == pytest.approx((4 / 3 + 2 / 9.125) / (7 / 3))
    assert got.missing_variance == pytest.approx(4 / 7)
    assert metrics.pool_rubin([1.0, 1.0], [1.0, 1.0]).missing_information == 0
