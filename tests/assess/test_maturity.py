"""Levels, gaps and belief beside data: cases worked by hand."""

from __future__ import annotations

import math

import pytest

from hybrid_toolkit.assess import Answer, Assessment, compare_belief, find_gaps, rate_conditions, suggest_actions
from hybrid_toolkit.assess.maturity import CAVEAT
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.result import TIDY_COLUMNS, Result

C1 = ("S0-C1.1", "S0-C1.2", "S0-C1.3", "S0-C1.4")
NAMES = ("none", "emerging", "established", "evidenced")


def answers(role: str, *levels: int, number: int = 1, items: tuple[str, ...] = C1) -> list[Answer]:
    proof = {i: "survey" if level == 3 else "" for i, level in enumerate(levels)}
    return [Answer(i, role, NAMES[v], number, proof[n]) for n, (i, v) in enumerate(zip(items, levels, strict=False))]


def test_the_median_over_raters_of_each_raters_median() -> None:
    """Raters: (0,1,1,2) -> 1; (2,2,3,3) -> 2.5; (3,3,3,3) -> 3; (0,0,0,1) -> 0. Median of 0, 1, 2.5, 3 = 1.75."""
    held = (
        answers("practitioner", 0, 1, 1, 2)
        + answers("supervisor", 2, 2, 3, 3)
        + answers("senior_leader", 3, 3, 3, 3)
        + answers("practitioner", 0, 0, 0, 1, number=2)
    )
    first = rate_conditions(Assessment(tuple(held))).conditions[0]
    assert first.level == 1.75 and first.n_raters == 4
    assert first.by_role == {"practitioner": 0.5, "supervisor": 2.5, "senior_leader": 3.0}
    assert first.spread == 2.5 and first.n_evidence == 6


def test_two_raters_give_no_level_and_half_the_prompts_count() -> None:
    two = answers("practitioner", 1, 1) + answers("supervisor", 2, 2) + answers("hr", 3)
    first = rate_conditions(Assessment(tuple(two))).conditions[0]
    assert math.isnan(first.level) and math.isnan(first.spread) and first.n_raters == 2
    three = rate_conditions(Assessment(tuple(two + answers("it", 0, 0)))).conditions[0]
    assert three.level == 1 and three.n_raters == 3


def test_the_result_keeps_the_protocol_and_says_its_limits() -> None:
    empty = rate_conditions(Assessment())
    assert isinstance(empty, Result)
    assert tuple(empty.tidy().columns) == TIDY_COLUMNS and len(empty.tidy()) == 9
    assert CAVEAT in empty.summary() and "not been validated" in CAVEAT and "compare" in CAVEAT
    assert empty.glance().loc[0, "n"] == 0


@pytest.mark.parametrize(
    ("levels", "kind"), [((0, 1, 2), "low"), ((0, 2, 2), "apart"), ((2, 2, 2), "no_evidence"), ((2, 2, 3), None)]
)
def test_gaps_and_their_first_reason(levels: tuple[int, ...], kind: str | None) -> None:
    roles = ("practitioner", "supervisor", "senior_leader")
    held = [a for r, v in zip(roles, levels, strict=True) for a in answers(r, v)]
    found = find_gaps(Assessment(tuple(held)))
    assert [g.kind for g in found] == ([kind] if kind else [])


def test_two_raters_open_no_gap_and_a_gap_knows_what_may_help() -> None:
    two = [*answers("practitioner", 0), *answers("supervisor", 0)]
    assert not find_gaps(Assessment(tuple(two)))
    gap = find_gaps(Assessment((*two, *answers("hr", 0))))[0]
    assert gap.metrics == ("arrangement_formality",) and [a.id for a in suggest_actions(gap)] == ["S3-A3", "S3-A15"]


@pytest.mark.parametrize(
    ("level", "estimate", "low", "high", "target", "direction", "said"),
    [
        (2, 0.8, 0.7, 0.9, 0.6, "higher", "People and data agree: in place"),
        (2, 0.5, 0.4, 0.55, 0.6, "higher", "People and data disagree: people rate this as in place"),
        (1, 0.8, 0.7, 0.9, 0.6, "higher", "People and data disagree: people rate this as not in place"),
        (1, 0.5, 0.4, 0.55, 0.6, "higher", "People and data agree: not yet"),
        (2, 0.6, 0.5, 0.7, 0.65, "higher", "inconclusive"),
        (2, 10.0, 8.0, 9.9, 10.0, "lower", "People and data agree: in place"),
        (2, 12.0, 11.0, 13.0, 10.0, "lower", "do not meet your target"),
        (2, 0.5, 0.4, 0.6, 0.5, "none", "discuss it together"),
        (math.nan, 0.8, 0.7, 0.9, 0.6, "higher", "Too few people"),
        (2, math.nan, math.nan, math.nan, 0.6, "higher", "Hidden or not measured"),
        (2, 0.8, math.nan, math.nan, 0.6, "higher", "People and data agree"),
    ],
)
def test_belief_beside_data(
    level: float, estimate: float, low: float, high: float, target: float, direction: str, said: str
) -> None:
    assert said in compare_belief(
        level=level, estimate=estimate, low=low, high=high, target=target, direction=direction
    )


def test_what_cannot_be_answered_is_refused_without_the_value() -> None:
    with pytest.raises(UsageError, match="never named") as name:
        Answer("S0-C1.1", "Jo Bloggs", "none")
    assert "Bloggs" not in str(name.value)
    with pytest.raises(UsageError, match="evidence"):
        Answer("S0-C1.1", "hr", "evidenced", evidence=" ")
    with pytest.raises(UsageError, match="twice"):
        Assessment((Answer("S0-C1.1", "hr", "none"), Answer("S0-C1.1", "hr", "emerging")))
    with pytest.raises(UsageError, match="no metric"):
        Assessment().target("no_such_metric", 1.0)


def test_an_answer_takes_the_place_of_the_same_raters_and_a_rater_can_leave() -> None:
    held = Assessment().put(Answer("S0-C1.1", "hr", "none")).put(Answer("S0-C1.1", "hr", "emerging"))
    assert [a.level for a in held.answers] == ["emerging"]
    assert not held.without("hr").answers and held.target("skill", 3.0).target("skill", None).targets == {}
