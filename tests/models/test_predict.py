"""Predicted means of groups against statsmodels; grids that are no grids, and models of people, are refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.miscmodels.ordinal_model import OrderedModel

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models import (
    Category,
    fit_binary,
    fit_counts,
    fit_cox,
    fit_cr2,
    fit_discrete_time,
    fit_linear,
    fit_mixed,
    fit_ols,
    fit_ordinal,
    fit_response_weighted,
    fit_two_way,
    spline,
)
from hybrid_toolkit.models.terms.prediction import MOST_ROWS, mean_of_link

GRID = pd.DataFrame({"x": [-1.0, 0.0, 0.5, 2.0], "need": ["lac", "cin", "cp", "cin"]})
FORMULA = "x * need"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 600
    f = pd.DataFrame({"x": rng.normal(size=n), "need": rng.choice(["cin", "cp", "lac"], n), "g": np.arange(n) // 20})
    eta = 0.5 * f["x"] + 0.4 * (f["need"] == "cp") + rng.normal(0, 0.3, 30)[f["g"]]
    f["y"] = eta + rng.normal(size=n)
    f["yes"] = (rng.random(n) < 1 / (1 + np.exp(-eta))).astype(int)
    f["visits"] = rng.poisson(np.exp(0.3 + 0.5 * eta))
    f["hours"] = rng.uniform(1, 3, n)
    f["answer"] = np.digitize(eta + rng.logistic(size=n), [-1.0, 0.5, 1.5])
    f["days"] = np.ceil(rng.exponential(9 * np.exp(-0.3 * eta)))
    f["left"] = rng.integers(0, 2, n)
    f["reply"] = f["y"].where(rng.random(n) < 0.8)
    return f


def columns(got: pd.DataFrame) -> list[np.ndarray]:
    return [got[c].to_numpy() for c in ("estimate", "std_error", "conf_low", "conf_high")]


def test_least_squares_is_statsmodels(frame) -> None:
    got = fit_ols(frame, outcome="y", terms=FORMULA).predict(GRID)
    peer = smf.ols("y ~ " + FORMULA, frame).fit().get_prediction(GRID).summary_frame()
    for ours, name in zip(columns(got), ("mean", "mean_se", "mean_ci_lower", "mean_ci_upper"), strict=True):
        assert ours == pytest.approx(peer[name].to_numpy(), rel=1e-9)
    assert got[["x", "need"]].equals(GRID)


def test_a_clustered_sandwich_is_statsmodels(frame) -> None:
    got = fit_linear(frame, outcome="y", terms=FORMULA, cluster="g", variance="sandwich").predict(GRID)
    peer = smf.ols("y ~ " + FORMULA, frame).fit(cov_type="cluster", cov_kwds={"groups": frame["g"]}, use_t=True)
    told = peer.get_prediction(GRID).summary_frame()
    assert got["estimate"].to_numpy() == pytest.approx(told["mean"].to_numpy())
    assert got["std_error"].to_numpy() == pytest.approx(told["mean_se"].to_numpy())
    half = stats.t.ppf(0.975, 29) * got["std_error"]  # 30 clusters; statsmodels takes the degrees of the rows here
    assert (got["conf_high"] - got["estimate"]).to_numpy() == pytest.approx(half.to_numpy())


def test_a_spline_and_a_reference_keep_their_places_on_a_grid(frame) -> None:
    terms = [spline(frame, "x", df=3), Category("need", reference="lac")]
    fit = fit_linear(frame, outcome="y", terms=terms, cluster="g")
    bent = terms[0].build(GRID)
    hand = fit.estimate[0] + sum(fit.estimate[fit.index(c)] * v for c, v in bent.items())
    hand = hand + np.array([0.0 if n == "lac" else fit.estimate[fit.index(f"need[{n}]")] for n in GRID["need"]])
    assert fit.predict(GRID)["estimate"].to_numpy() == pytest.approx(hand)


@pytest.mark.parametrize(
    ("link", "family"),
    [
        ("logit", sm.families.Binomial()),
        ("probit", sm.families.Binomial(sm.families.links.Probit())),
        ("cloglog", sm.families.Binomial(sm.families.links.CLogLog())),
    ],
)
def test_probabilities_are_statsmodels(frame, link, family) -> None:
    got = fit_binary(frame, outcome="yes", terms="x + need", link=link).predict(GRID)
    peer = smf.glm("yes ~ x + need", frame, family=family).fit(tol=1e-12).get_prediction(GRID).summary_frame()
    for ours, name in zip(columns(got), ("mean", "mean_se", "mean_ci_lower", "mean_ci_upper"), strict=True):
        # statsmodels weighs the probit and the complementary log-log by observed curvature, ours by expected
        assert ours == pytest.approx(peer[name].to_numpy(), rel=1e-6 if name == "mean" or link == "logit" else 0.02)


def test_rates_are_for_one_unit_of_time_at_risk(frame) -> None:
    got = fit_counts(frame, outcome="visits", terms="x + need", exposure_time="hours").predict(GRID)
    model = smf.glm("visits ~ x + need", frame, family=sm.families.Poisson(), exposure=frame["hours"])
    peer = model.fit(tol=1e-12).get_prediction(GRID, exposure=np.ones(len(GRID))).summary_frame()
    for ours, name in zip(columns(got), ("mean", "mean_se", "mean_ci_lower", "mean_ci_upper"), strict=True):
        assert ours == pytest.approx(peer[name].to_numpy(), rel=1e-6)


def test_a_mixed_model_gives_the_mean_over_groups(frame) -> None:
    got = fit_mixed(frame, outcome="y", terms="x + need", groups="g").predict(GRID)
    peer = smf.mixedlm("y ~ x + need", frame, groups=frame["g"]).fit(reml=True)
    assert got["estimate"].to_numpy() == pytest.approx(peer.predict(GRID).to_numpy(), abs=2e-4)
    x = np.column_stack([np.ones(4), GRID["need"] == "cp", GRID["need"] == "lac", GRID["x"]])
    v = peer.cov_params().loc[peer.fe_params.index, peer.fe_params.index]
    order = ["Intercept", "need[T.cp]", "need[T.lac]", "x"]
    v = v.loc[order, order].to_numpy()
    assert got["std_error"].to_numpy() == pytest.approx(np.sqrt(np.einsum("ij,jk,ik->i", x, v, x)), rel=2e-3)
    assert not [c for c in got if c == "g"]


def test_the_fewest_degrees_of_freedom_concerned_are_used(frame) -> None:
    fit = fit_cr2(frame, outcome="y", terms="x", cluster="g")
    got = fit.predict(pd.DataFrame({"x": [0.0, 1.0]}))
    half = (got["conf_high"] - got["conf_low"]) / 2 / got["std_error"]
    assert half.tolist() == pytest.approx([stats.t.ppf(0.975, fit.df[0]), stats.t.ppf(0.975, fit.df.min())])


@pytest.mark.parametrize(("link", "distr"), [("logit", "logit"), ("probit", "probit")])
def test_probabilities_of_answers_are_statsmodels(frame, link, distr) -> None:
    got = fit_ordinal(frame, outcome="answer", terms="x + need", link=link).predict(GRID)
    dummies = lambda f: np.column_stack([f["x"], f["need"] == "cp", f["need"] == "lac"]).astype(float)  # noqa: E731
    peer = OrderedModel(frame["answer"], dummies(frame), distr=distr).fit(method="bfgs", disp=False, gtol=1e-8)
    told = peer.model.predict(peer.params, exog=dummies(GRID))
    assert got["estimate"].to_numpy().reshape(4, 4) == pytest.approx(told, abs=1e-5)
    assert got["answer"].tolist()[:4] == ["0", "1", "2", "3"]
    assert got.groupby(got.index // 4)["estimate"].sum().tolist() == pytest.approx([1.0] * 4)
    step, cov = 1e-5, np.asarray(peer.cov_params())
    moved = np.stack([
        (peer.model.predict(peer.params + step * e, exog=dummies(GRID))
         - peer.model.predict(peer.params - step * e, exog=dummies(GRID))) / (2 * step)
        for e in np.eye(len(peer.params))
    ])  # fmt: skip
    error = np.sqrt(np.einsum("kij,kl,lij->ij", moved, cov, moved))
    assert got["std_error"].to_numpy().reshape(4, 4) == pytest.approx(error, rel=5e-3)
    assert ((got["conf_low"] > 0) & (got["conf_low"] < got["estimate"]) & (got["conf_high"] < 1)).all()


def test_relative_hazards_are_statsmodels(frame) -> None:
    got = fit_cox(frame, duration="days", event="left", terms="x + need").predict(GRID)
    exog = lambda f: np.column_stack([f["x"], f["need"] == "cp", f["need"] == "lac"]).astype(float)  # noqa: E731
    peer = PHReg(frame["days"], exog(frame), status=frame["left"], ties="efron").fit()
    told = peer.predict(exog=exog(GRID), pred_type="hr")
    assert got["estimate"].to_numpy() == pytest.approx(told.predicted_values, rel=1e-5)
    eta = np.log(got["estimate"].to_numpy())
    half = 1.959964 * peer.predict(exog=exog(GRID), pred_type="lhr").standard_errors
    assert np.log(got["conf_high"].to_numpy()) == pytest.approx(eta + half, rel=1e-4)


def test_every_other_fit_with_a_mean_predicts(frame) -> None:
    both = frame.assign(month=np.arange(len(frame)) % 6)
    one = fit_two_way(both, outcome="y", terms="x + need", clusters=("g", "month")).predict(GRID)
    two = fit_response_weighted(
        frame, outcome="reply", terms="x + need", response_terms="x", cluster="g"
    ).predict(GRID, conf_level=0.5)  # fmt: skip
    assert np.isfinite(one["std_error"]).all() and np.isfinite(two["std_error"]).all()
    wide = fit_ols(frame, outcome="y", terms="x").predict(pd.DataFrame({"x": [1.0]}), conf_level=0.99)
    narrow = fit_ols(frame, outcome="y", terms="x").predict(pd.DataFrame({"x": [1.0]}), conf_level=0.5)
    assert wide["conf_low"].item() < narrow["conf_low"].item() < narrow["conf_high"].item() < wide["conf_high"].item()


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog", "log"])
def test_the_slope_of_a_link_is_its_slope(link) -> None:
    at = np.linspace(-2, 2, 9)
    up, down = mean_of_link(link, at + 1e-6)[0], mean_of_link(link, at - 1e-6)[0]
    assert mean_of_link(link, at)[1] == pytest.approx((up - down) / 2e-6, rel=1e-5)


@pytest.mark.parametrize(
    ("grid", "error", "words"),
    [
        (GRID[["x"]], CoverageError, "lacks 1 column"),
        (GRID.assign(worker_id="SECRET"), EstimationError, "1 column.* not the model's"),
        (GRID.iloc[:0], EstimationError, "1 to 1,000 different rows"),
        (pd.concat([GRID, GRID]), EstimationError, "4 of which repeat another"),
        (GRID.assign(x=[1.0, np.nan, 2.0, 3.0]), EstimationError, "missing value, at position 2"),
        (GRID.assign(need="SECRET"), EstimationError, "4 row.* outside the 3 levels"),
        (GRID.assign(x=[f"SECRET{i}" for i in range(4)]), EstimationError, "not numeric"),
        ([1.0], EstimationError, "must be a pandas data frame"),
        (pd.DataFrame({"x": np.linspace(0, 1, MOST_ROWS + 1), "need": "cin"}), EstimationError, "has 1,001"),
    ],
)
def test_what_is_no_grid_is_refused(frame, grid, error, words) -> None:
    fit = fit_linear(frame, outcome="y", terms="x + need", cluster="g")
    with pytest.raises(error, match=words) as caught:
        fit.predict(grid)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("name", ["worker_id", "team_id", "id", "ID"])
def test_no_person_family_or_team_is_predicted(frame, name) -> None:
    f = frame.assign(**{name: frame["g"].astype(str)})
    fit = fit_ols(f, outcome="y", terms=["x", name])
    with pytest.raises(EstimationError, match="PREDICT-PERSON"):
        fit.predict(pd.DataFrame({"x": [1.0], name: ["1"]}))


def test_codes_as_fine_as_people_are_refused_whatever_their_name(frame) -> None:
    f = frame.assign(badge=(np.arange(len(frame)) // 3).astype(str))
    with pytest.raises(EstimationError, match="PREDICT-PERSON"):
        fit_ols(f, outcome="y", terms="x + badge").predict(pd.DataFrame({"x": [1.0], "badge": ["1"]}))


def test_a_place_may_be_a_group(frame) -> None:
    f = frame.assign(site_id=(frame["g"] % 4).astype(str))
    assert len(fit_ols(f, outcome="y", terms="x + site_id").predict(pd.DataFrame({"x": [1.0], "site_id": ["2"]}))) == 1


def test_fits_without_a_mean_say_so(frame) -> None:
    within = fit_linear(frame, outcome="y", terms="x", fixed_effects="need", cluster="g")
    bent = fit_linear(frame, outcome="y", terms="x", instruments={"x": "hours"}, cluster="g")
    periods = fit_discrete_time(frame, duration="days", event="left", terms="x")
    for fit in (within, bent, periods):
        with pytest.raises(EstimationError, match="PREDICT-NONE"):
            fit.predict(pd.DataFrame({"x": [1.0]}))


def test_an_intercept_alone_is_one_group(frame) -> None:
    got = fit_ols(frame, outcome="y", terms=[]).predict(pd.DataFrame(index=[0]))
    assert got["estimate"].item() == pytest.approx(frame["y"].mean())
