"""What an intruder reads in the words of checks, which go out with a report: few people by a share, a count, a team."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.designs.base import rounded_counts, share_told

PLAIN = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id", "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip


def council(silent: int = 0, *, far: float = 0.0, seed: int = 3) -> pd.DataFrame:
    """Sixty workers in fifteen teams, of which one has two; some who were asked say nothing."""
    rng = np.random.default_rng(seed)
    team = np.r_[[0, 0], np.arange(58) % 14 + 1]
    frame = pd.DataFrame({"worker_id": [f"W{i:02}" for i in range(60)], "team_id": [f"T{t:02}" for t in team]})
    frame["x"] = (team % 2 == 0).astype(float)
    frame["y"] = rng.normal(3, 0.5, 60)
    frame.loc[frame["team_id"].eq("T00"), "y"] += far
    frame["responded"] = True
    frame.loc[60 - silent :, ["responded", "y"]] = [False, np.nan]
    return frame


def told(frame: pd.DataFrame, **fields: object) -> str:
    """All that the checks of a study say."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = ht.Study(**{**PLAIN, **fields}).estimate_frame(frame)  # type: ignore[arg-type]
    return "\n".join(result.checks_frame()["message"])


@pytest.mark.parametrize("few", [1, 2, 9])
def test_how_few_did_not_answer_is_told_by_no_share(few: int) -> None:
    """'97% of people asked replied' says of sixty that two did not, and a lone silent worker was counted to one."""
    said, all_answered = (told(council(silent), responded="responded") for silent in (few, 0))
    assert "Over 83% of people asked replied" in said and "Under 17% of rows were excluded" in said
    assert "Over 83% of people asked replied" in all_answered
    shares = [float(v) for v in re.findall(r"(\d+)% of (?:people|rows)", said)]
    assert not {round(100 * few / 60), round(100 - 100 * few / 60)} & set(map(int, shares))


def test_how_many_did_not_answer_is_told_as_counts_are() -> None:
    said = [told(council(silent), responded="responded") for silent in (19, 20, 21)]
    assert len({re.findall(r".*of people asked.*", s)[0] for s in said}) == 1, "no two differ by one worker"
    assert "About 67% of people asked replied" in said[0]


def test_what_one_team_adds_to_an_estimate_is_not_told() -> None:
    """The mean of a team of two followed to a tenth from how far the estimate moved without it."""
    frame = council(far=2.0)
    result = ht.Study(**PLAIN).estimate_frame(frame)  # type: ignore[arg-type]
    (check,) = [c for c in result.checks if c.name == "influence"]
    estimate, apart = float(result.tidy()["estimate"].iloc[0]), check.value
    assert apart is not None
    with_team, without = frame[frame["x"].eq(1)], frame[frame["x"].eq(1) & frame["team_id"].ne("T00")]
    moved = with_team["y"].mean() - without["y"].mean()  # by which the estimate moves, since the others stay
    n, few = len(with_team), 2
    recovered = with_team["y"].mean() + moved * (n - few) / few
    assert recovered == pytest.approx(frame.loc[frame["team_id"].eq("T00"), "y"].mean())
    assert not re.search(r"\d\.\d", check.message), f"{estimate:+.3f} beside its ends was the team of two"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("58 of 60 answered: there is no response to model", "60 of 60 answered: there is no response to model"),
        ("3 of 1,242 rows have no team", "fewer than 10 of 1,240 rows have no team"),
        ("7 workers cannot be told apart", "fewer than 10 workers cannot be told apart"),
        ("2 groups have fewer than 100 workers", "2 groups have fewer than 100 workers"),
    ],
)
def test_a_check_that_could_not_be_run_counts_nobody(message: str, shown: str) -> None:
    assert rounded_counts(message) == shown


def test_a_share_of_many_is_told_to_one_per_cent() -> None:
    rows = pd.DataFrame(index=range(2_000))
    assert [share_told(s, rows) for s in (0.493, 0.001, 0.9999)] == ["49%", "Under 1%", "Over 99%"]
    assert share_told(0.5, pd.DataFrame(index=range(12))) == "Some"
