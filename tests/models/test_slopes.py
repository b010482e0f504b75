"""Within-between models, pooled slopes, specification curves and equivalence: hand cases, known truth, bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.inference.equivalence import equivalence_test
from hybrid_toolkit.models.linear.linear import fit_linear
from hybrid_toolkit.models.multilevel.pooled_slopes import fit_pooled_slopes
from hybrid_toolkit.models.multilevel.within_between import fit_within_between
from hybrid_toolkit.models.sensitivity.specification_curve import specification_curve
from hybrid_toolkit.models.terms.terms import Column


def panel(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    worker = np.repeat(np.arange(120), 4)
    lasting = rng.normal(size=120)[worker]
    x = lasting + rng.normal(size=480)
    y = 0.3 * x + lasting + rng.normal(size=480)
    wave = np.tile(np.arange(4), 120)
    return pd.DataFrame({"y": y, "x": x, "worker": worker, "team": worker // 6, "wave": wave})


def test_the_slope_within_is_that_of_fixed_effects() -> None:
    f = panel()
    made = {"outcome": "y", "exposure": "x", "panel_id": "worker", "cluster": "team"}
    fit = fit_within_between(f, **made)
    fixed = fit_linear(f, outcome="y", terms=[Column("x")], fixed_effects=["worker"], cluster="team")
    rows = fit.tidy().set_index("term")
    assert rows.loc["within", "estimate"] == pytest.approx(fixed.estimate[0], abs=1e-9)
    assert rows.loc["within", "std_error"] == pytest.approx(float(np.sqrt(fixed.vcov[0, 0])), rel=0.05)
    assert rows.loc["within", "conf_low"] < 0.3 < rows.loc["within", "conf_high"]
    assert rows.loc["context", "estimate"] == pytest.approx(
        rows.loc["between", "estimate"] - rows.loc["within", "estimate"]
    )
    assert rows.loc["context", "p_value"] < 0.05 and "differ in other ways" in fit.summary()
    assert fit.mixed is not None and fit.mixed.estimate[1] == pytest.approx(rows.loc["within", "estimate"], abs=1e-6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"exposure": "lasting"}, "SINGULAR"),
        ({"exposure": "level"}, "SINGULAR"),
        ({"cluster": "wave"}, "CLUSTERS-CROSSED"),
        ({"cluster": "one", "random": "none"}, "CLUSTERS"),
        ({"covariates": ["within"]}, "TERM-TWICE"),
        ({"random": "curve"}, "RANDOM-UNKNOWN"),
    ],
)
def test_bad_panels_say_what_is_wrong(change, code) -> None:
    f = panel().assign(lasting=lambda g: g["worker"] * 1.0, level=lambda g: g["wave"] - 1.5, one=1, within=1.0)
    made = {"outcome": "y", "exposure": "x", "panel_id": "worker", "cluster": "team"} | change
    with pytest.raises(EstimationError) as caught:
        fit_within_between(f, **made)
    assert caught.value.code == code and caught.value.fix


def groups(seed: int, *, sd_random: float = 0.2, k: int = 8) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = 320
    g, slope = rng.integers(0, k, n), 0.3 + sd_random * rng.normal(size=k)
    x = rng.normal(size=n)
    y = slope[g] * x + rng.normal(0, 0.2, 20)[np.arange(n) // 16] + rng.normal(size=n)
    return pd.DataFrame({"y": y, "x": x, "g": g, "team": np.arange(n) // 16}), slope


def pooled(f: pd.DataFrame):
    return fit_pooled_slopes(f, outcome="y", exposure="x", group="g", cluster="team")


def test_pooled_slopes_are_nearer_and_their_intervals_hold_on_average() -> None:
    alone, drawn, held, asked = 0.0, 0.0, 0, 0
    for seed in range(25):
        f, slope = groups(seed)
        s = pooled(f).slopes
        alone += float(((s["alone"] - slope) ** 2).sum())
        drawn += float(((s["pooled"] - slope) ** 2).sum())
        held += int(((s["conf_low"] <= slope) & (slope <= s["conf_high"])).sum())
        asked += len(slope)
    assert drawn < 0.9 * alone
    assert 0.91 <= held / asked <= 0.99


def test_a_slope_is_not_weighed_by_its_own_error() -> None:
    """Eight groups of three teams each whose slopes are all 0: the mean is said to differ in about 5% of draws.

    Weighed by variances from three teams each, it was in 9%.
    """
    said = []
    for seed in range(150):
        rng = np.random.default_rng([5, seed])
        team = np.repeat(np.arange(24), 12)
        x, y = rng.normal(size=288), rng.normal(0, 0.6, 24)[team] + rng.normal(size=288)
        y = y + rng.normal(0, 0.4, 24)[team] * x
        row = pooled(pd.DataFrame({"y": y, "x": x, "g": team % 8, "team": team})).tidy().iloc[0]
        said.append(row["conf_low"] > 0 or row["conf_high"] < 0)
    assert np.mean(said) <= 0.07


def test_slopes_that_are_one_are_drawn_together() -> None:
    f, _ = groups(1, sd_random=0.0)
    fit = pooled(f)
    assert np.ptp(fit.slopes["pooled"]) < 0.6 * np.ptp(fit.slopes["alone"])
    assert (fit.slopes["weight"] >= 0).all() and (fit.slopes["weight"] < 0.8).all()


def test_pooling_needs_groups_that_carry_a_slope() -> None:
    f, _ = groups(2)
    with pytest.raises(EstimationError, match="GROUPS"):
        pooled(f.assign(g=lambda h: h["g"] % 2))
    with pytest.raises(EstimationError, match="SINGULAR"):
        pooled(f.assign(x=lambda h: h["x"].where(h["g"] > 0, 1.0)))


def test_every_combination_is_run_and_told_apart() -> None:
    rng = np.random.default_rng(0)
    f = pd.DataFrame(rng.normal(size=(200, 4)), columns=["x", "a", "b", "e"])
    f["y"] = 0.5 * f["x"] + f["a"] + f["e"]
    f = f.assign(z=lambda g: 10 * g["y"], late=np.arange(200) % 2, team=np.arange(200) // 10)
    curve = specification_curve(
        f,
        outcomes=["y", "z"],
        exposure="x",
        controls=["a", "b"],
        subsets={"late": "late"},
        cluster="team",
        standardise=True,
    )
    assert len(curve.rows) == 2 * 2 * 4 and curve.failed == 0
    assert curve.rows["estimate"].is_monotonic_increasing
    one = curve.rows.query("outcome == 'y' and subset == 'all rows' and controls == 'a'")["estimate"].iloc[0]
    by_hand = fit_linear(f, outcome="y", terms=[Column("x"), Column("a")], cluster="team").estimate[1] / f["y"].std()
    assert one == pytest.approx(by_hand)
    taken = curve.choices.query("dimension == 'controls' and choice == 'a'")["taken"]
    assert taken.sum() == 8 and len(taken) == 16
    assert curve.same_sign == 1.0 and "16 specifications" in curve.summary()


def test_a_specification_that_cannot_be_fitted_is_counted() -> None:
    f = panel().assign(double=lambda g: 2 * g["x"])
    curve = specification_curve(f, outcomes=["y"], exposure="x", controls=["double"], cluster="team")
    assert len(curve.rows) == 1 and curve.failed == 1
    with pytest.raises(EstimationError, match="SPECIFICATIONS"):
        specification_curve(
            f.assign(**{f"c{i}": 1.0 for i in range(12)}),
            outcomes=["y"],
            exposure="x",
            controls=[f"c{i}" for i in range(12)],
            cluster="team",
        )


def test_equivalence_is_two_one_sided_tests() -> None:
    """By hand: t of 3 and -3 on 20 degrees of freedom, p 0.0035 each; the interval of level 0.90 inside the bounds."""
    made = equivalence_test(0.0, 0.1, low=-0.3, high=0.3, df=20)
    assert made.p_low == pytest.approx(0.00354, abs=1e-5) and made.p_high == pytest.approx(made.p_low)
    assert made.equivalent and -0.3 < made.conf_low < made.conf_high < 0.3
    open_ = equivalence_test(0.2, 0.1, low=-0.3, high=0.3, df=20)
    assert not open_.equivalent and open_.conf_high > 0.3 and "cannot be said" in open_.summary()
    with pytest.raises(EstimationError, match="EQUIVALENCE"):
        equivalence_test(0.0, 0.1, low=0.3, high=-0.3)
