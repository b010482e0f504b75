"""One treated cluster is refused by every design that learns its interval from clusters; two to four are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.designs import DESIGNS, ModelColumns
from hybrid_toolkit.designs.validate_rows import clusters_behind
from hybrid_toolkit.errors import EstimationError, HybridToolkitError
from hybrid_toolkit.trust.dgps import DGPS
from tests.designs.test_bad_input import plan_of
from tests.study.test_every_design import CASES

OVER_TIME = {"two-by-two", "staggered-rollout", "sun-abraham", "imputation", "two-way-rollout", "stepped-wedge"}
WITHIN = {"within-worker", "two-way-panel", "within-between"}
OWN_REFUSAL = {"two-by-two": "TOO-FEW-TREATED"}
SKIPPED = {
    "random-order": "its inference is the lottery's",
    "dose": "its exposure takes many values",
    "synthetic-did": "made for one changed unit",
    "adjusted-interaction": "a product of two columns is tried by itself below",
    "mediation": "one slope leads to the mediator and one from it",
    "partial-pooling": "its slopes lie within groups of clusters",
}


def treated(design: str, teams: int) -> tuple[pd.DataFrame, ModelColumns]:
    """The design's world with so many clusters under the exposure, and its plan."""
    plan = plan_of(design)
    f = DGPS[CASES[design][0]].simulate(4).reset_index(drop=True)
    chosen = f[plan.cluster].isin(sorted(f[plan.cluster].unique())[:teams])
    if design in OVER_TIME:
        middle = float(np.sort(f["month"].unique())[f["month"].nunique() // 2])
        f["first_treated"] = np.where(chosen, middle, np.nan)
        f["policy"] = (f["month"] >= f["first_treated"]).astype(float)
        return f, plan
    late = f["wave"] > f["wave"].median() if design in WITHIN else True
    return f.assign(**{plan.exposure: (chosen & late).astype(float)}), plan


TRIED = [d for d in CASES if DESIGNS[d].over_clusters and d not in SKIPPED]


@pytest.mark.parametrize("design", TRIED)
def test_one_treated_cluster_is_refused_and_sent_elsewhere(design: str) -> None:
    f, plan = treated(design, 1)
    with pytest.raises(HybridToolkitError) as caught:
        DESIGNS[design].fit(f, plan)
    place = f"{design}: name it in OWN_REFUSAL, WITHIN or SKIPPED of {__file__}"
    assert caught.value.code == OWN_REFUSAL.get(design, "ONE-CLUSTER"), place
    assert "synthetic" in caught.value.fix and "interrupted" in caught.value.fix, place


@pytest.mark.parametrize("design", TRIED)
def test_three_treated_clusters_fail_the_check_unless_the_inference_is_made_for_few(design: str) -> None:
    f, plan = treated(design, 3)
    try:
        fit = DESIGNS[design].fit(f, plan)
    except HybridToolkitError as error:
        pytest.fail(f"{design}: name it in WITHIN or SKIPPED of {__file__}: {error.code}")
    assert 1.5 <= clusters_behind(f, fit) <= 3
    found = next(c for c in DESIGNS[design].checks(f, fit) if c.name == "clusters")
    assert found.passed is (design == "two-by-two") and "Fewer than 5" in found.message
    low, high = fit.interval
    assert low < fit.estimate < high


def test_one_of_25_authorities_is_answered_by_synthetic_control_and_series() -> None:
    f = DGPS["factors-one"].simulate(1)
    for design in ("synthetic-control", "synthetic-did"):
        plan = ModelColumns("y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated")
        low, high = DESIGNS[design].fit(f, plan).interval
        assert np.isfinite([low, high]).all()


def test_a_small_side_within_a_group_counts() -> None:
    """The gap in slope between two groups rests on the one team of the smaller group that has the exposure."""
    rng = np.random.default_rng(2)
    f = pd.DataFrame({"team_id": np.repeat(np.arange(20), 30), "odd": np.tile([0.0, 1.0], 300)})
    f["x"] = np.where(f["odd"] == 1, f["team_id"] == 3, f["team_id"] % 2).astype(float)
    f["y"] = rng.normal(size=600) + rng.normal(size=20)[f["team_id"]]
    with pytest.raises(EstimationError, match="ONE-CLUSTER"):
        DESIGNS["adjusted-interaction"].fit(f, ModelColumns("y", "x", "team_id", moderator="odd"))
