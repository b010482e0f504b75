"""What an intruder asks of a what-if: whom a rule moves, whom it leaves, who reaches the end, and slopes held back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.estimation.what_if_changes import Change

PLAIN = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id", "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip
STAGES = ("early", "mid", "late")


def people(seed: int = 4, *, n: int = 360) -> pd.DataFrame:
    """One row a worker; exposures of which nobody's is extreme, slopes that are strong."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.1, 0.5, n)
    frame = pd.DataFrame({"x": x, "team_id": [f"T{i % 30:02}" for i in range(n)],
                          "worker_id": [f"W{i:04}" for i in range(n)],
                          "stage": [STAGES[i // 30 % 3] for i in range(n)]})  # fmt: skip
    return frame.assign(y=3 - 2 * x + rng.normal(0, 0.3, n))


def of_groups(frame: pd.DataFrame, change: Change, **fields: object) -> pd.DataFrame:
    study = ht.Study(**{**PLAIN, "confounders": ("stage",), **fields})  # type: ignore[arg-type]
    rows = study.estimate_frame(frame).what_if(change).rows
    return rows.set_index("group" if "group change" in set(rows["role"]) else "role")


def moving(frame: pd.DataFrame, stage: str, count: int, *, to: float) -> pd.DataFrame:
    """The first few workers of a stage at another exposure."""
    at = frame.index[frame["stage"].eq(stage)][:count]
    return frame.assign(x=frame["x"].where(~frame.index.isin(at), to))


@pytest.mark.parametrize("few", [1, 9])
def test_a_group_of_whom_a_rule_moves_few_is_not_shown_nor_told_by_the_others(few: int) -> None:
    """A hundred and twenty workers, of whom one is beyond the rule: its figure over the slope was his hours."""
    frame = moving(moving(people(), "early", few, to=0.62), "mid", 40, to=0.62)
    rows = of_groups(moving(frame, "late", 40, to=0.62), Change("cap", 0.55))
    shown = rows.filter(like="career stage", axis=0)["estimate"].notna()
    assert not shown["career stage: early"] and shown.sum() == 1, "the next goes with it, and the last stays"
    assert rows.loc["career stage: early", "exposure_change"] != rows.loc["career stage: early", "exposure_change"]
    enough = moving(people(), "early", 40, to=0.62)
    enough = moving(moving(enough, "mid", 40, to=0.62), "late", 40, to=0.62)
    assert of_groups(enough, Change("cap", 0.55))["estimate"].notna().all()


def test_groups_of_whom_few_are_moved_together_are_not_what_all_less_the_others_leaves() -> None:
    """Two groups with three movers each: both are hidden, and all less the third told the six of them."""
    frame = moving(moving(people(), "early", 3, to=0.62), "mid", 3, to=0.62)
    rows = of_groups(moving(frame, "late", 60, to=0.62), Change("cap", 0.55))
    assert rows.filter(like="career stage", axis=0)["estimate"].isna().all()
    assert np.isfinite(rows.loc[["all"], "estimate"]).all()


def test_nobody_of_a_group_moved_is_told_of_each_of_them_too() -> None:
    frame = moving(moving(people(), "mid", 40, to=0.62), "late", 40, to=0.62)
    rows = of_groups(frame, Change("cap", 0.55))
    assert np.isnan(rows.loc["career stage: early", "estimate"]), "nought would say that none of them is beyond"


@pytest.mark.parametrize("few", [4, 9])
@pytest.mark.parametrize("kind", ["moved", "left"])
def test_a_rule_that_moves_or_leaves_few_is_refused(few: int, kind: str) -> None:
    frame = people()
    x = np.where(frame.index < few, 0.62, frame["x"]) if kind == "moved" else frame["x"].mask(frame.index < few, 0.02)
    study = ht.Study(**PLAIN)  # type: ignore[arg-type]
    with pytest.raises(StudyError, match="fewer than 10 people") as refused:
        study.estimate_frame(frame.assign(x=x)).what_if(Change("cap", 0.55 if kind == "moved" else 0.05))
    assert str(few) not in refused.value.message


def test_of_a_gap_each_side_needs_people_whom_the_rule_moves() -> None:
    rng = np.random.default_rng(2)
    frame = people().assign(m=np.arange(360) % 2 == 0)
    frame = frame.assign(x=np.where(frame["m"], 0.5, 0.62) * rng.uniform(0.3, 1, 360))
    frame.loc[[0, 2, 4], "x"] = 0.61
    gap = {"kind": "slope-gap", "moderators": ("m",)}
    study = ht.Study(**{**PLAIN, **gap})  # type: ignore[arg-type]
    result = study.estimate_frame(frame)
    with pytest.raises(StudyError, match="fewer than 10 people"):
        result.what_if(Change("cap", 0.55))
    assert "interval" in result.what_if(Change("times", 0.95)).summary()


def test_a_shift_tells_nobody_who_reaches_the_end_of_the_share() -> None:
    """Six workers are nearly always at home: a shift of all alike, whatever they have."""
    study, changes = ht.Study(**PLAIN), []  # type: ignore[arg-type]
    for far in (0.93, 0.97):
        frame = people()
        frame.loc[:5, "x"] = far
        result = study.estimate_frame(frame)
        rows = result.what_if({"x": 0.1}).rows.set_index("role")
        changes.append(rows.loc["change", "exposure_change"])
    assert changes == pytest.approx([0.1, 0.1], abs=1e-12)
    many = people()
    many.loc[:19, "x"] = 0.95
    assert study.estimate_frame(many).what_if({"x": 0.1}).rows["exposure_change"].max() < 0.099


def test_two_rules_that_differ_by_one_worker_are_told_alike() -> None:
    frame = people(n=240)
    result = ht.Study(**PLAIN).estimate_frame(frame)  # type: ignore[arg-type]
    x = np.sort(frame["x"].to_numpy())
    told = [result.what_if(Change("cap", float(cut))) for cut in (x[150] + 1e-6, x[151] + 1e-6)]
    assert told[0].moved == told[1].moved and told[0].moved % (5 / 240) == pytest.approx(0, abs=1e-9)


def test_the_slope_of_a_side_that_is_held_back_follows_from_no_what_if() -> None:
    """Thirteen workers have the rarer outcome, four of them on one side: the study holds that side's slope back."""
    rng = np.random.default_rng(3)
    frame = people().assign(m=np.arange(360) % 3 == 0, x=rng.random(360) < 0.5, y=1.0)
    rare = [*frame.index[frame["m"]][:9], *frame.index[~frame["m"]][:4]]
    frame.loc[rare, "y"] = 0.0
    frame["x"] = frame["x"].astype(float)
    frame["low_access"] = frame["m"]
    gap = {"kind": "slope-gap", "moderators": ("m",)}
    result = ht.Study(**{**PLAIN, **gap}).estimate_frame(frame)  # type: ignore[arg-type]
    estimates = result.estimates.set_index("role")
    assert (estimates.loc["slope", "rests_on"] < 10).any() and (estimates.loc["main", "rests_on"] >= 10).all()
    rows = result.what_if({"x": -0.1}).rows
    shown = set(rows.loc[rows["estimate"].notna(), "role"])
    assert shown == {"now", "gap change"}, "change or a group's figure over the shift is the slope of a side"


@pytest.mark.parametrize(("away", "times"), [(202401.0, 1.0), (1e8, 1.0), (0.0, 1e9), (0.0, 1e-9)])
def test_on_whom_an_estimate_rests_does_not_hang_on_where_a_confounder_lies(away: float, times: float) -> None:
    """Six workers are all that a confounder leaves of the exposure, wherever it is counted from."""
    rng, n = np.random.default_rng(7), 360
    frame = people().assign(c=np.round(rng.normal(size=n), 3))
    frame["x"] = 0.3 + 0.02 * frame["c"] + np.where(frame.index < 6, rng.normal(0, 0.1, n), 0)
    study = ht.Study(**{**PLAIN, "confounders": ("c",)})  # type: ignore[arg-type]
    rests = [
        study.estimate_frame(f).tidy()["rests_on"].iloc[0] for f in (frame, frame.assign(c=frame["c"] * times + away))
    ]
    assert rests[0] == rests[1] <= 6
