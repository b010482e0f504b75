"""Sensitivity to unmeasured confounding, held to the published analysis of the Darfur survey."""

from __future__ import annotations

from importlib import metadata

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.sensitivity.unmeasured_confounding import (
    adjusted_for_confounder,
    benchmark_confounder,
    e_value,
    robustness_value,
)

COVARIATES = ["directlyharmed", "age", "farmer_dar", "herder_dar", "pastvoted", "hhsize_darfur", "female"]


@pytest.fixture(scope="module")
def darfur() -> pd.DataFrame:
    files = metadata.files("pysensemakr") or []
    (path,) = [f for f in files if f.name == "darfur.csv"]
    return pd.read_csv(path.locate())


def test_published_robustness_of_the_darfur_survey(darfur: pd.DataFrame) -> None:
    # Cinelli and Hazlett 2020, table 1: tolerance 0.0005.
    villages = pd.get_dummies(darfur["village"], drop_first=True, dtype=float)
    x = sm.add_constant(pd.concat([darfur[COVARIATES].astype(float), villages], axis=1))
    fit = sm.OLS(darfur["peacefactor"], x).fit()
    df = int(fit.df_resid)
    estimate, error = fit.params["directlyharmed"], fit.bse["directlyharmed"]
    found = robustness_value(estimate, error, df=df)
    assert found.df == 783
    assert (found.estimate, found.std_error, found.t) == pytest.approx((0.0973, 0.0233, 4.184), abs=5e-4)
    assert (found.r2_yd, found.rv, found.rv_alpha) == pytest.approx((0.0219, 0.1388, 0.0763), abs=5e-4)

    def partial(t: float, left: float) -> float:
        return t**2 / (t**2 + left)

    exposure = sm.OLS(darfur["directlyharmed"], x.drop(columns="directlyharmed")).fit()
    r2_dz, r2_yz = benchmark_confounder(
        partial(exposure.tvalues["female"], exposure.df_resid), partial(fit.tvalues["female"], df)
    )
    assert (r2_dz, r2_yz) == pytest.approx((0.0092, 0.1246), abs=5e-4)
    adjusted = adjusted_for_confounder(estimate, error, df=df, r2_dz=r2_dz, r2_yz=r2_yz)
    assert adjusted == pytest.approx((0.0752, 0.0219, 3.439), abs=5e-4)


def test_a_confounder_at_the_robustness_value_leaves_nothing() -> None:
    found = robustness_value(0.4, 0.1, df=200)
    left, _, _ = adjusted_for_confounder(0.4, 0.1, df=200, r2_dz=found.rv, r2_yz=found.rv)
    assert left == pytest.approx(0.0, abs=1e-12)


def test_omitting_a_known_confounder_moves_the_estimate_as_the_formula_says() -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(size=500)
    d = 0.5 * z + rng.normal(size=500)
    y = 0.3 * d + 0.6 * z + rng.normal(size=500)
    short, long = sm.OLS(y, sm.add_constant(d)).fit(), sm.OLS(y, sm.add_constant(np.column_stack([d, z]))).fit()
    on_z = sm.OLS(d, sm.add_constant(z)).fit()
    r2_yz = long.tvalues[2] ** 2 / (long.tvalues[2] ** 2 + long.df_resid)
    r2_dz = on_z.tvalues[1] ** 2 / (on_z.tvalues[1] ** 2 + on_z.df_resid)
    got, error, _ = adjusted_for_confounder(
        short.params[1], short.bse[1], df=int(short.df_resid), r2_dz=r2_dz, r2_yz=r2_yz
    )
    assert got == pytest.approx(long.params[1]) and error == pytest.approx(long.bse[1])


def test_e_value_of_an_interval_that_holds_one() -> None:
    assert e_value(1.3, 0.9, 1.9)[1] == 1.0
    assert e_value(0.5, 0.4, 0.8) == pytest.approx(e_value(2.0, 1.25, 2.5))


def test_bad_input_is_named() -> None:
    for call, code in (
        (lambda: robustness_value(1.0, 0.0, df=10), "ROBUSTNESS-DF"),
        (lambda: adjusted_for_confounder(1.0, 0.1, df=10, r2_dz=1.0, r2_yz=0.1), "R2-RANGE"),
        (lambda: benchmark_confounder(0.6, 0.1), "BENCHMARK-IMPOSSIBLE"),
        (lambda: e_value(2.0, 2.5, 3.0), "RISK-RATIO"),
    ):
        with pytest.raises(EstimationError) as caught:
            call()
        assert caught.value.code == code
