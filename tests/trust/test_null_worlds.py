"""Every declared design was tried where nothing has an effect, and says a difference there no more than it should."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS
from tools.null_worlds import BEGIN, END, MOST_SAID, PAGE, WORLDS, rate, table

FULL = 200
"""Draws of a design at least, with which 5% has a Monte Carlo error of 1.5 points."""


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return pd.read_csv(PAGE.with_suffix(".csv"), keep_default_na=False)


def test_every_declared_design_has_a_world_and_what_was_run_was_run_in_full(found) -> None:
    odd = sorted(set(WORLDS) ^ set(DESIGNS))
    assert not odd, f"designs without a null world in WORLDS of tools/null_worlds.py, or the reverse: {odd}"
    assert set(found["design"]) <= set(DESIGNS) and len(found) >= 11
    assert found["n_sims"].ge(FULL).all() and found["design"].is_unique


def test_no_design_says_a_difference_too_often_or_refuses_many_draws(found) -> None:
    share = found["said"] / (found["n_sims"] - found["refused"])
    assert (share <= MOST_SAID).all() and "(too often)" not in PAGE.read_text(encoding="utf-8")
    assert (found["refused"] <= 0.1 * found["n_sims"]).all()


def test_the_page_holds_the_measured_table(found) -> None:
    page = PAGE.read_text(encoding="utf-8")
    same = page.split(BEGIN)[1].split(END)[0].strip() == table(found).strip()
    waiting = sorted(set(WORLDS) - set(found["design"]))
    assert same, f"{PAGE} is not of its table: run python -m tools.null_worlds --only ID; not run yet: {waiting}"


@pytest.mark.parametrize("design", ["partial-pooling", "controlled-series", "interrupted-counts", "dose"])
def test_a_row_is_drawn_again_alike(design: str) -> None:
    once, again = (rate(design, n_sims=3, seed=1) for _ in range(2))
    assert once == again and once["refused"] < 3


def test_worlds_have_no_effect() -> None:
    """The neighbours' common course, taken out by hand, leaves a change of 0 on average."""
    gaps = []
    for seed in range(200):
        f = WORLDS["controlled-series"].make(np.random.default_rng(seed))
        mean = f.groupby([f["la_id"].eq(0), f["month"] > 24])["y"].mean().unstack()
        gaps.append((mean.loc[True, True] - mean.loc[True, False]) - (mean.loc[False, True] - mean.loc[False, False]))
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / np.sqrt(200)
