"""Where a column lies, its unit, its type, the order of rows and the index decide nothing, for every public function.

A column is moved by 1e8 of its spread, measured in units from 1e-9 to 1e9 of its own, rows are shuffled, the index is
that of two files stacked, and columns come in every type that pandas has for the same values. Estimates agree to a
millionth of their standard error. A public name that is neither tried nor set apart with a reason fails the test.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit.metrics as metrics
import hybrid_toolkit.models as models
from hybrid_toolkit.models import Category, Column, Interaction

FAR = 1e8
AGREE = 1e-6
PLACED = re.compile(r"\(Intercept\)| \| |^level|^between$")
"""Rows that tell of a place (an intercept, a threshold) and move with the columns."""


@cache
def _people() -> pd.DataFrame:
    """24 teams of ten people, everything about them in one table."""
    rng = np.random.default_rng(5)
    n, team = 240, np.repeat(np.arange(24), 10)
    f = pd.DataFrame({"team": [f"t{i:02d}" for i in team], "site": [f"s{i % 5}" for i in team // 4]})
    f["stage"] = np.array(["early", "late", "mid"])[np.arange(n) % 3]
    f["worker"] = [f"w{i:03d}" for i in np.arange(n) // 2]
    f["x"], f["z"] = rng.normal(size=n), rng.normal(size=n)
    f["w"] = 0.6 * f["x"] + rng.normal(size=n)
    f["year"] = rng.integers(0, 10, n).astype(float)
    f["d"] = (rng.random(n) < 0.5) * 1
    f["arm"] = (team % 2).astype(int)
    f["g"] = np.where(team % 2 == 0, "one", "two")
    shock = rng.normal(0, 0.5, 24)[team]
    eta = 0.4 * f["x"] - 0.2 * f["z"] + 0.5 * f["d"] + shock
    f["y"] = eta + rng.normal(size=n)
    f["m"] = 0.5 * f["x"] + rng.normal(size=n)
    f["yes"] = (rng.random(n) < 1 / (1 + np.exp(-eta))) * 1
    f["count"] = rng.poisson(np.exp(0.5 + 0.3 * eta))
    f["answer"] = np.clip(np.round(3 + eta + rng.normal(size=n)), 1, 5).astype(int)
    f["months"] = np.ceil(rng.exponential(6 * np.exp(-0.3 * eta))).clip(1, 12).astype(int)
    f["left"] = (f["months"] < 12) * 1
    f["time"] = rng.uniform(0.5, 2.0, n)
    f["weight"] = rng.uniform(0.5, 2.0, n)
    f["asked"] = np.where(rng.random(n) < 1 / (1 + np.exp(-0.8 - 0.5 * f["x"])), f["y"], np.nan)
    for k in range(6):
        f[f"i{k}"] = np.clip(np.round(3 + 0.8 * eta + rng.normal(size=n)), 1, 5).astype(int)
    return f


@cache
def _panel() -> pd.DataFrame:
    """24 units over ten months with three starts and units without one."""
    rng = np.random.default_rng(6)
    unit, month = np.repeat(np.arange(24), 10), np.tile(np.arange(10), 24)
    f = pd.DataFrame({"unit": [f"u{i:02d}" for i in unit], "month": month, "block": [f"b{i % 8}" for i in unit]})
    f["start"] = np.array([4, 6, 7, 0])[unit % 4]
    f["one"] = np.where(unit % 3 == 0, 6, 0)
    f["cross"] = 2 + unit % 6
    f["dose"] = np.where(unit % 3 == 0, 0.1 * (1 + unit % 7), 0.0)
    f["x"] = rng.normal(size=24)[unit]
    late = (month >= f["start"]) & (f["start"] > 0)
    f["y"] = rng.normal(size=24)[unit] + 0.1 * month + 0.3 * f["x"] * month / 10 + late + rng.normal(size=240)
    return f


@cache
def _series() -> pd.DataFrame:
    rng = np.random.default_rng(7)
    f = pd.DataFrame({"month": np.arange(48), "x": rng.normal(size=48)})
    f["y"] = 0.05 * f["month"] + (f["month"] >= 24) + 0.4 * f["x"] + rng.normal(size=48)
    f["count"] = rng.poisson(np.exp(2 + 0.4 * (f["month"] >= 24) + 0.1 * f["x"]))
    f["over"] = rng.uniform(80, 120, 48)
    return f


@dataclass(frozen=True)
class Case:
    """A call, and what its columns are.

    Parameters
    ----------
    frame : makes the data. call : frame -> rows, or something that has ``tidy()``.
    x : columns whose place and unit decide nothing but their own rows.
    own : column -> pattern of the rows that are told in its unit, or one over it; the others do not change.
    y : an outcome that may lie anywhere and have any unit. keys, flags : columns of labels, and of yes/no.
    squares, free : patterns of rows in squared units of the outcome, and in none.
    placed : pattern of further rows that hold at the zero of a column, such as a main effect beside its product.
    units : a column may be told in another unit than its neighbours (items of one scale may not).
    shuffles : the answer does not depend on the order of rows (no draws are made over rows).
    """

    frame: Callable[[], pd.DataFrame]
    call: Callable[[pd.DataFrame], Any]
    x: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    y: str = ""
    keys: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    squares: str = r"^variance"
    free: str = r"share|^corr|ICC|difference\b"
    placed: str = "$^"
    units: bool = True
    shuffles: bool = True


X, Z, D = Column("x"), Column("z"), Column("d")
_TERMS = ["x", "year", "d", "stage"]
_OWN = {"x": r"^x(:|$)", "year": r"^year$", "z": r"^z$"}
_ROLLOUT: dict[str, Any] = {"outcome": "y", "panel_id": "unit", "time": "month", "first_treated": "start"}
_ONE: dict[str, Any] = {**_ROLLOUT, "first_treated": "one"}


def _people_case(
    name: str, *, y: str = "", cluster: str = "team", terms: Any = _TERMS, placed: str = "$^", **more: Any
) -> Case:
    setting = {"outcome": y or "y", "terms": terms, **({"cluster": cluster} if cluster else {}), **more}
    return Case(
        _people,
        lambda f: getattr(models, name)(f, **setting),
        x=("x", "year"),
        own=_OWN,
        y="" if y else "y",
        keys=("team", "stage"),
        flags=("d", *((y,) if y == "yes" else ())),
        placed=placed,
    )


def _roll_case(name: str, *, keys: tuple[str, ...] = ("unit",), **more: Any) -> Case:
    return Case(_panel, lambda f: getattr(models, name)(f, **more), x=("x",), y="y", keys=keys)


_LINEAR = [X, Column("year"), D, Category("stage")]
CASES: dict[str, Case] = {
    "fit_linear": _people_case(
        "fit_linear", terms=[*_LINEAR, Interaction(X, D), Interaction(X, Category("stage"))], placed=r"^d$|^stage"
    ),
    "fit_linear, effects": _people_case("fit_linear", terms=_LINEAR, fixed_effects=["worker", "site"]),
    "fit_linear, instruments": Case(
        _people,
        lambda f: models.fit_linear(f, outcome="y", terms=[X, D], cluster="team", instruments={"x": [Column("w")]}),
        x=("x", "w"),
        own=_OWN,
        y="y",
        keys=("team",),
    ),
    "fit_linear_pyfixest": _people_case("fit_linear_pyfixest", terms=_LINEAR),
    "fit_cr2": _people_case("fit_cr2", terms=_LINEAR),
    "fit_two_way": Case(
        _people,
        lambda f: models.fit_two_way(f, outcome="y", terms=_LINEAR, clusters=("team", "stage")),
        x=("x", "year"),
        own=_OWN,
        y="y",
        keys=("team", "stage"),
        flags=("d",),
    ),
    "fit_ols": _people_case("fit_ols", cluster="", variance="HC3"),
    "fit_binary": _people_case("fit_binary", y="yes"),
    "fit_binary, cloglog": _people_case("fit_binary", y="yes", link="cloglog", variance="sandwich"),
    "fit_counts": _people_case("fit_counts", y="count", exposure_time="time"),
    "fit_counts, size": _people_case("fit_counts", y="count", cluster="", family="negative binomial"),
    "fit_ordinal": _people_case("fit_ordinal", y="answer"),
    "fit_glmm": Case(
        _people,
        lambda f: models.fit_glmm(f, outcome="yes", terms=["x", "d"], groups="team", nodes=3),
        x=("x",),
        own=_OWN,
        keys=("team",),
        flags=("yes", "d"),
    ),
    "fit_glmm, ordinal": Case(
        _people,
        lambda f: models.fit_glmm(f, outcome="answer", terms=["x", "d"], groups="team", family="ordinal", nodes=1),
        x=("x",),
        own=_OWN,
        keys=("team",),
    ),
    "fit_mixed": Case(
        _people,
        lambda f: models.fit_mixed(f, outcome="y", groups="team", terms=["x", "year", "d"]),
        x=("x", "year"),
        own=_OWN,
        y="y",
        keys=("team",),
        flags=("d",),
    ),
    "fit_mixed, slopes": Case(
        _people,
        lambda f: models.fit_mixed(f, outcome="y", groups={"site": ["x"], "team": []}, terms=["x", "d"]),
        x=("x",),
        own={"x": r"^x$|^sd x"},
        y="y",
        keys=("team", "site"),
    ),
    "fit_variance_components": Case(
        _people,
        lambda f: models.fit_variance_components(f, outcome="y", group="team", terms=[X, D]),
        x=("x",),
        own=_OWN,
        y="y",
        keys=("team",),
        flags=("d",),
    ),
    "fit_within_between": Case(
        _people,
        lambda f: models.fit_within_between(f, outcome="y", exposure="x", panel_id="worker", cluster="team"),
        x=("x",),
        own={"x": r"^within$|^between$|^context$"},
        y="y",
        keys=("team", "worker"),
    ),
    "fit_pooled_slopes": Case(
        _people,
        lambda f: models.fit_pooled_slopes(
            f, outcome="y", exposure="x", group="site", cluster="team", covariates=["z"]
        ),
        x=("x", "z"),
        own={"x": r"."},
        y="y",
        keys=("team", "site"),
    ),
    "fit_mediation": Case(
        _people,
        lambda f: models.fit_mediation(
            f, outcome="y", exposure="d", mediator="m", covariates=["x", "year"], cluster="team", interval="jackknife"
        ),
        x=("x", "year"),
        y="y",
        free=r"share|path|exposure to",
        keys=("team",),
    ),
    "fit_weighted": Case(
        _people,
        lambda f: models.fit_weighted(f, outcome="y", treatment="d", covariates=["x", "year", "stage"], cluster="team"),
        x=("x", "year"),
        y="y",
        keys=("team", "stage"),
        flags=("d",),
    ),
    "fit_doubly_robust": Case(
        _people,
        lambda f: models.fit_doubly_robust(f, outcome="y", treatment="d", covariates=["x", "year", "stage"]),
        x=("x", "year"),
        y="y",
        keys=("stage",),
        flags=("d",),
    ),
    "fit_response_weighted": Case(
        _people,
        lambda f: models.fit_response_weighted(
            f, outcome="asked", terms=["z"], response_terms=["x", "year"], cluster="team"
        ),
        x=("x", "year", "z"),
        own=_OWN,
        y="asked",
        keys=("team",),
    ),
    "fit_randomised": Case(
        _people,
        lambda f: models.fit_randomised(f, outcome="y", treatment="arm", covariates=["x", "year"], cluster="team"),
        x=("x", "year"),
        y="y",
        keys=("team",),
        flags=("arm",),
    ),
    "wild_bootstrap": Case(
        _people,
        lambda f: models.wild_bootstrap(f, outcome="y", terms="arm", term="arm", cluster="team", draws=199),
        y="y",
        keys=("team",),
        flags=("arm",),
    ),
    "randomisation_test": Case(
        _people,
        lambda f: models.randomisation_test(f, outcome="y", treatment="arm", cluster="team", draws=199),
        y="y",
        keys=("team",),
        flags=("arm",),
    ),
    "fit_cox": Case(
        _people,
        lambda f: models.fit_cox(f, duration="months", event="left", terms=_TERMS, cluster="team"),
        x=("x", "year"),
        own=_OWN,
        keys=("team", "stage"),
        flags=("left", "d"),
    ),
    "concordance": Case(
        _people,
        lambda f: models.concordance(f, duration="months", event="left", score="x", cluster="team"),
        x=("x",),
        free="^concordance$",
        keys=("team",),
        flags=("left",),
    ),
    "fit_survey_regression": Case(
        _people,
        lambda f: models.fit_survey_regression(
            f, outcome="y", terms=["x", Category("g")], weight="weight", strata="g", cluster="team"
        ),
        x=("x",),
        own={"x": "^x$"},
        y="y",
        keys=("team",),
    ),
    "survey_estimate": Case(
        _people,
        lambda f: models.survey_estimate(f, outcomes="yes", weight="weight", strata="g", cluster="team"),
        keys=("team", "g"),
        flags=("yes",),
    ),
    "fit_discrete_time": Case(
        _people,
        lambda f: models.fit_discrete_time(f, duration="months", event="left", terms=_TERMS, cluster="team"),
        x=("x", "year"),
        own=_OWN,
        keys=("team", "stage"),
        flags=("left", "d"),
    ),
    "person_periods": Case(
        _people,
        lambda f: models.person_periods(f, duration="months", event="left").agg(["sum", "count"]).T.reset_index(),
        flags=("left",),
    ),
    "fit_kaplan_meier": Case(
        _people,
        lambda f: models.fit_kaplan_meier(f, duration="months", event="left", group="stage"),
        keys=("stage",),
        flags=("left",),
    ),
    "check_balance": Case(
        _people,
        lambda f: models.check_balance(f, treatment="d", covariates=["x", "year", "stage"]).assign(std_error=1.0),
        x=("x", "year"),
        keys=("stage",),
        flags=("d",),
    ),
    "specification_curve": Case(
        _people,
        lambda f: models.specification_curve(f, outcomes=["y"], exposure="d", cluster="team", controls=["x", "year"]),
        x=("x", "year"),
        y="y",
        keys=("team",),
    ),
    "spline": Case(
        _people,
        lambda f: models.fit_linear(f, outcome="y", terms=[models.spline(f, "x"), D], cluster="team"),
        x=("x",),
        own={"x": r"^x"},
        y="y",
        keys=("team",),
    ),
    "as_term": Case(_people, lambda f: models.fit_ols(f, outcome="y", terms=[models.as_term(f, "d")]), flags=("d",)),
    "fit_group_time": _roll_case("fit_group_time", **_ROLLOUT, covariates=["x"], variance="jackknife"),
    "fit_event_study": _roll_case("fit_event_study", **_ROLLOUT, cluster="block", keys=("unit", "block")),
    "fit_event_study, imputation": _roll_case("fit_event_study", **_ROLLOUT, estimator="imputation"),
    "bacon_decomposition": _roll_case("bacon_decomposition", **_ROLLOUT),
    "fit_two_by_two": _roll_case("fit_two_by_two", **_ONE, covariates=["x"]),
    "fit_synthetic_control": _roll_case("fit_synthetic_control", **_ONE),
    "fit_synthetic_did": _roll_case("fit_synthetic_did", **_ONE, draws=20),
    "fit_random_order": _roll_case("fit_random_order", **{**_ROLLOUT, "first_treated": "cross"}, draws=99),
    "fit_stepped_wedge": Case(
        _panel,
        lambda f: models.fit_stepped_wedge(
            f, outcome="y", cluster="block", time="month", first_treated="cross8", covariates=["x"]
        ),
        x=("x",),
        y="y",
        keys=("block",),
    ),
    "fit_dose": Case(
        _panel,
        lambda f: models.fit_dose(f, outcome="y", panel_id="unit", time="month", dose="dose", first_treated="one"),
        y="y",
        keys=("unit",),
    ),
    "fit_interrupted": Case(
        _series,
        lambda f: models.fit_interrupted(f, outcome="y", time="month", start=24, covariates=["x"]),
        x=("x",),
        y="y",
    ),
    "fit_interrupted_counts": Case(
        _series,
        lambda f: models.fit_interrupted_counts(
            f, outcome="count", time="month", start=24, covariates=["x"], exposure_time="over"
        ),
        x=("x",),
    ),
}

_ITEMS = [f"i{k}" for k in range(6)]
_FACTOR = {"factors": {"f": _ITEMS[:4]}}


def _reliability(*found: Any) -> pd.DataFrame:
    rows = [(r.name, r.estimate, r.conf_low, r.conf_high) for r in found]
    return pd.DataFrame(rows, columns=["term", "estimate", "conf_low", "conf_high"])


MEASURES: dict[str, Case] = {
    "oaxaca_blinder": Case(
        _people,
        lambda f: metrics.oaxaca_blinder(
            f, outcome="y", group="g", reference="one", covariates=["x", "year"], cluster="team"
        ),
        x=("x", "year"),
        y="y",
        free="$^",
        keys=("team", "g"),
    ),
    "oaxaca_blinder, pooled": Case(
        _people,
        lambda f: metrics.oaxaca_blinder(
            f, outcome="y", group="g", reference="one", covariates=["x", "stage"], cluster="team", form="pooled"
        ),
        x=("x",),
        y="y",
        free="$^",
        keys=("team", "g", "stage"),
    ),
    "decompose_concentration": Case(
        _people,
        lambda f: metrics.decompose_concentration(
            f, outcome="count", rank_by="x", covariates=["year", "stage"], cluster="team"
        ),
        x=("x", "year"),
        keys=("team", "stage"),
    ),
    "kitagawa": Case(
        _people,
        lambda f: metrics.kitagawa(f, outcome="y", group="g", reference="one", strata=["stage"], cluster="team"),
        y="y",
        free="$^",
        keys=("team", "g", "stage"),
    ),
    "concentration_index": Case(
        _people,
        lambda f: metrics.concentration_index(f, outcome="count", rank_by="x", cluster="team"),
        x=("x",),
        keys=("team",),
    ),
    "concentration_curve": Case(
        _people,
        lambda f: (
            metrics.concentration_curve(f, outcome="count", rank_by="x")
            .iloc[:, :2]
            .set_axis(["term", "estimate"], axis=1)
        ),
        x=("x",),
    ),
    "slope_index": Case(
        _people,
        lambda f: pd.concat([r.tidy() for r in metrics.slope_index(f, outcome="count", rank_by="x", cluster="team")]),
        x=("x",),
        keys=("team",),
    ),
    "gini": Case(_people, lambda f: metrics.gini(f, outcome="count", cluster="team", weight="weight"), keys=("team",)),
    "theil": Case(_people, lambda f: metrics.theil(f, outcome="time", cluster="team", weight="weight"), keys=("team",)),
    "cronbach_alpha": Case(
        _people, lambda f: _reliability(metrics.cronbach_alpha(f[["x", "w", "m"]])), x=("x",), units=False
    ),
    "omega_total": Case(
        _people, lambda f: _reliability(metrics.omega_total(f[["x", "w", "m"]], draws=0)), x=("x",), units=False
    ),
    "ordinal_alpha": Case(_people, lambda f: _reliability(metrics.ordinal_alpha(f[_ITEMS[:3]], draws=0))),
    "group_icc": Case(_people, lambda f: _reliability(*metrics.group_icc(f["y"], f["team"])), x=("y",), keys=("team",)),
    "rater_icc": Case(_people, lambda f: _reliability(*metrics.rater_icc(f[["x", "w", "m"]]).values())),
    "within_group_agreement": Case(
        _people,
        lambda f: (
            metrics.within_group_agreement(f[_ITEMS], f["team"], options=5)
            .rename_axis("term")
            .rename("estimate")
            .reset_index()
            .astype({"term": str})
        ),
        keys=("team",),
    ),
    "cohen_kappa": Case(
        _people, lambda f: _reliability(metrics.cohen_kappa(f["stage"], f["mood"])), keys=("stage", "mood")
    ),
    "fleiss_kappa": Case(_people, lambda f: _reliability(metrics.fleiss_kappa(f[["k0", "k1", "k2"]]))),
    "polychoric": Case(_people, lambda f: [("r", float(metrics.polychoric(f[["i0", "i1"]]).iloc[0, 1]))]),
    "flag_careless": Case(
        _people,
        lambda f: (
            metrics.flag_careless(f[_ITEMS], scales={"s": _ITEMS})
            .frame[["mahalanobis"]]
            .describe()
            .set_axis(["estimate"], axis=1)
            .rename_axis("term")
            .reset_index()
        ),
        x=("i0",),
    ),
    "fit_factor_model": Case(
        _people,
        lambda f: metrics.fit_factor_model(f, factors={"f": ["x", "w", "m", "y"]}),
        x=("m",),
        own={"m": r"\bm\b"},
        placed=r"intercept$",
    ),
    "measurement_invariance": Case(
        _people,
        lambda f: (
            metrics.measurement_invariance(f, factors={"f": ["x", "w", "m", "y"]}, group="g")
            .levels[["level", "chi2", "cfi"]]
            .set_axis(["term", "estimate", "std_error"], axis=1)
        ),
        x=("m",),
        keys=("g",),
    ),
    "impute_chained": Case(
        _people,
        lambda f: [
            ("asked", float(metrics.impute_chained(f[["asked", "x", "z"]], n_imputations=2).frames[0]["asked"].mean()))
        ],
        x=("x", "z"),
        shuffles=False,
    ),
}

APART: dict[str, str] = {
    **dict.fromkeys(
        ["adjusted_for_confounder", "benchmark_confounder", "e_value", "equivalence_test", "robustness_value"],
        "takes an estimate and its error, no columns",
    ),
    **dict.fromkeys(
        ["cluster_power", "design_effect", "stepped_wedge_power", "two_sample_power"], "takes sizes, no columns"
    ),
    **dict.fromkeys(
        ["honest_bounds", "pretest_power", "slope_for_power"], "takes the path of a fit that is tried here"
    ),
    "omega_of_model": "takes what fit_factor_model gave, which is tried here",
    "as_terms": "reads terms, and computes nothing",
    "slope_power": "takes sizes, no columns",
    "rating_counts": "counts the ratings that fleiss_kappa is tried on here",
    "fit_random_effects": "takes estimates of sites, no columns; its scale is tried by itself below",
    "pool_rubin": "takes estimates, no columns",
    "not_at_random_shifts": "takes imputed frames and an analysis of the caller's",
    **dict.fromkeys(
        [
            "contact_engagement",
            "contact_practice",
            "continuity",
            "household_access",
            "invariance_for",
            "measure",
            "measure_differences",
            "metric_values",
            "stage_slopes",
            "survey_invariance",
            "survey_scores",
            "worker_broadband",
            "worker_month_exposure",
        ],
        "takes loaded data, whose contract fixes the type and the range of every column",
    ),
    **dict.fromkeys(["career_stage", "score_instrument", "digital_exclusion_risk"], "columns with a unit of their own"),
    **dict.fromkeys(
        ["catalogue", "declare_metric", "instrument_ids", "load_metric", "register", "load_instrument"], "no data"
    ),
}


def _public(module: Any) -> set[str]:
    return {n for n in module.__all__ if not inspect.isclass(getattr(module, n)) and callable(getattr(module, n))}


def test_every_public_function_is_tried_or_set_apart() -> None:
    tried = {name.split(",")[0] for name in [*CASES, *MEASURES]}
    public = _public(models) | _public(metrics)
    assert public - tried - set(APART) == set(), "try these here, or say in APART why not"
    assert tried - public == set() and set(APART) - public == set()


def _frame(case: Case) -> pd.DataFrame:
    """Data whose numbers stand on the grid that a column far away can still show."""
    f = case.frame().copy()
    for c in {*case.x, *([case.y] if case.y else [])}:
        away = FAR * float(f[c].std())
        f[c] = (f[c].astype(float) + away) - away
    if case.frame is _panel:
        f["cross8"] = 2 + f["block"].str[1:].astype(int) % 6
    if case.frame is _people:
        f["mood"] = np.where(f["i0"] > 3, f["stage"], "mid")
        counts = np.random.default_rng(1).multinomial(4, [0.5, 0.3, 0.2], len(f))
        f[["k0", "k1", "k2"]] = counts
    return f


def _rows(found: Any) -> pd.DataFrame:
    if isinstance(found, list):
        return pd.DataFrame(found, columns=["term", "estimate"]).set_index("term")
    table = found if isinstance(found, pd.DataFrame) else found.tidy()
    table = table.rename(columns={"index": "term", "sum": "estimate"})
    if "time" in table.columns and "group" in table.columns:
        table["term"] = table["group"].astype(str) + " " + table["time"].astype(str)
    if "term" not in table.columns:
        table = table.rename(columns={next(c for c in ("part", "index", "measure", "parameter") if c in table): "term"})
    keep = [c for c in ("estimate", "std_error", "conf_low", "conf_high", "before", "after") if c in table.columns]
    return table.set_index(table["term"].astype(str))[keep].astype(float)


@cache
def _plain(name: str) -> pd.DataFrame:
    case = ALL[name]
    return _rows(case.call(_frame(case)))


ALL = {**CASES, **MEASURES}


def _agrees(got: pd.DataFrame, want: pd.DataFrame, times: Callable[[str], float], placed: str = "") -> None:
    for pattern in (PLACED, placed) if placed else ():
        got, want = got[~got.index.str.contains(pattern)], want[~want.index.str.contains(pattern)]
    assert list(got.index) == list(want.index)
    factor = np.array([times(t) for t in want.index])[:, None]
    a, b = got.to_numpy() / factor, want.to_numpy()
    size = np.abs(b[:, [0]])
    for c in ("std_error", "conf_high"):
        if c in want.columns:
            reach = want[[c]].to_numpy() if c == "std_error" else np.abs(want[["conf_high"]].to_numpy() - b[:, [0]])
            size = np.where(np.isfinite(reach) & (reach > 0), reach, size)
            break
    with np.errstate(invalid="ignore"):
        gap = np.abs(a - b)
    # limits rest on degrees of freedom, which a mixed model finds by differences
    allowed = AGREE * np.array([10.0 if c.startswith("conf") else 1.0 for c in want.columns])
    off = ~((gap <= allowed * size) | (np.isnan(a) & np.isnan(b)) | (a == b))
    with np.errstate(invalid="ignore", divide="ignore"):
        worst = pd.DataFrame(gap / size, index=want.index, columns=want.columns).max(axis=1)
    assert not off.any(), worst.to_dict()


@pytest.mark.parametrize("name", [n for n, c in ALL.items() if c.x or c.y])
def test_columns_may_lie_anywhere(name: str) -> None:
    case, want = ALL[name], _plain(name)
    f = _frame(case)
    for c in case.x:
        f[c] = f[c].astype(float) + FAR * float(f[c].std())
    if case.y:
        f[case.y] = f[case.y] - FAR * float(f[case.y].std())
    _agrees(_rows(case.call(f)), want, lambda _: 1.0, case.placed)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
@pytest.mark.parametrize("name", [n for n, c in ALL.items() if (c.x or c.y) and c.units])
def test_columns_may_have_any_unit(name: str, unit: float) -> None:
    case, want = ALL[name], _plain(name)
    f = _frame(case)
    units = {c: unit if i % 2 == 0 else 1 / unit for i, c in enumerate(case.x)}
    for c, u in units.items():
        f[c] = f[c].astype(float) * u
    scale = 1 / unit if case.y else 1.0
    if case.y:
        f[case.y] = f[case.y] * scale

    def times(term: str) -> float:
        out = 1.0 if re.search(case.free, term) else scale**2 if re.search(case.squares, term) else scale
        for c, u in units.items():
            if c in case.own and re.search(case.own[c], term):
                power = 2 if "~" in term or "residual variance" in term else 1  # a spline's bent columns are squares
                out = out / u**power if name != "fit_factor_model" else out * u**power
        return out

    _agrees(_rows(case.call(f)), want, times)


@pytest.mark.parametrize("name", [n for n, c in ALL.items() if c.shuffles])
def test_order_and_index_decide_nothing(name: str) -> None:
    case = ALL[name]
    f = _frame(case).sample(frac=1.0, random_state=3)
    f.index = pd.Index(np.arange(len(f)) % (len(f) // 2))
    _agrees(_rows(case.call(f)).sort_index(), _plain(name).sort_index(), lambda _: 1.0)


def _as_decimal(values: pd.Series) -> pd.Series:
    return pd.Series([Decimal(repr(float(v))) if v == v else None for v in values], index=values.index, dtype=object)


TYPES: dict[str, tuple[Callable, Callable, Callable]] = {
    "object": (
        lambda v: v.astype(object),
        lambda v: v.astype(object),
        lambda v: v.map({1: True, 0: False}).astype(object),
    ),
    "nullable": (
        lambda v: v.astype("Float64"),
        lambda v: v.astype("string"),
        lambda v: v.astype("boolean"),
    ),
    "decimal, category, words": (
        _as_decimal,
        lambda v: v.astype(pd.CategoricalDtype([*sorted(v.unique()), "never"])),
        lambda v: v.map({1: "yes", 0: "no"}),
    ),
    "arrow": (
        lambda v: v.astype("double[pyarrow]"),
        lambda v: v.astype("string[pyarrow]"),
        lambda v: v.astype("Int64"),
    ),
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ALL)
def test_types_decide_nothing(name: str, kind: str) -> None:
    case, (number, label, flag) = ALL[name], TYPES[kind]
    f = _frame(case)
    for columns, change in (((*case.x, case.y), number), (case.keys, label), (case.flags, flag)):
        for c in columns:
            if c:
                f[c] = change(f[c])
    _agrees(_rows(case.call(f)), _plain(name), lambda _: 1.0)
