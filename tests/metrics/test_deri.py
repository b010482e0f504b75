"""The area index: worked out by hand, and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest

from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.constructs.digital_exclusion_risk import WEIGHTS, digital_exclusion_risk

AREAS = pd.DataFrame(
    {
        "area": ["a", "b", "c"],
        "no_30mbit_pct": [0.0, 4.0, 10.0],
        "under_10mbit_pct": [0.0, 1.0, 2.0],
        "speed_mbps": [100.0, 60.0, 20.0],
        "pension_credit_pct": [5.0, 10.0, 25.0],
        "no_qualifications_pct": [10.0, 20.0, 30.0],
        "unemployment_pct": [2.0, 3.0, 6.0],
        "imd": [10.0, 20.0, 50.0],
        "age_65_74_pct": [8.0, 10.0, 12.0],
        "age_75_pct": [5.0, 6.0, 10.0],
        "limiting_disability_pct": [10.0, 20.0, 20.0],
        "grade_de_pct": [20.0, 25.0, 40.0],
    }
)


def test_the_index_by_hand() -> None:
    """b: broadband (4 + 5 + 5)/3; deprivation .2 x 2.5 x 3 + .4 x 5; demography (25 + 10 + 20 + 5)/14."""
    made = digital_exclusion_risk(AREAS, base="authority")
    b = made.frame.iloc[1]
    assert (b["broadband"], b["deprivation"], b["demography"]) == pytest.approx((14 / 3, 3.5, 60 / 14))
    assert b["deri"] == pytest.approx((14 / 3 + 3.5 + 60 / 14) / 3)
    assert made.frame["deri"].tolist()[::2] == pytest.approx([0.0, 10.0])
    assert "forbids" in made.summary() and "base: authority" in made.summary()


def test_a_wider_base_and_other_weights() -> None:
    wide = AREAS.assign(no_30mbit_pct=[0.0, 4.0, 20.0])
    weights = {**WEIGHTS, "broadband": {"no_30mbit_pct": 1.0}}
    got = digital_exclusion_risk(AREAS, base="nation", base_areas=wide, weights=weights)
    assert got.frame["broadband"].tolist() == pytest.approx([0.0, 2.0, 5.0])


def test_missing_stays_missing() -> None:
    frame = AREAS.assign(imd=[10.0, None, 50.0])
    got = digital_exclusion_risk(frame, base="authority")
    assert got.frame["deri"].isna().tolist() == [False, True, False] and "1 left out" in got.summary()


@pytest.mark.parametrize(
    ("frame", "more", "words"),
    [
        (AREAS.assign(family_id="f"), {}, "never joined to people"),
        (AREAS.assign(worker_id="w"), {}, "never joined to people"),
        (AREAS, {"base": "here"}, "base is not named"),
        (AREAS.drop(columns="imd"), {}, "no column imd"),
        (pd.concat([AREAS, AREAS]), {}, "more than one row"),
        (AREAS, {"weights": {"broadband": {"no_30mbit_pct": 0.5}}}, "do not sum to 1"),
        (AREAS, {"weights": {"broadband": {"no_30mbit_pct": 2.0, "imd": -1.0}}}, "below zero"),
        (AREAS.assign(imd=3.0), {}, "does not vary"),
        (AREAS, {"base_areas": AREAS.head(2), "base": "nation"}, "outside the base"),
    ],
)
def test_bad_input_is_named(frame: pd.DataFrame, more: dict[str, object], words: str) -> None:
    with pytest.raises(MeasureError, match=words):
        digital_exclusion_risk(frame, **{"base": "authority", **more})  # type: ignore[arg-type]
