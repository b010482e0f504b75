"""The guard on words covers what stands around a claim: reasons, verdicts, caveats, summaries."""

from __future__ import annotations

import pytest

from hybrid_toolkit.study.estimation.shown_words import overclaims
from hybrid_toolkit.study.estimation.study_result import StudyResult


@pytest.mark.parametrize(
    "text",
    [
        "Working at home lowers engagement.",
        "It would improve supervision.",
        "24 teams took part. Remote work causes the difference.",
        "Engagement fell because workers were at home.",
        "The policy had an effect on visits.",
        "By the causal graph nothing is left open. Desk time reduces choice.",
        "Excluded because of a missing value; desk time reduces choice.",
    ],
)
def test_a_causal_sentence_is_found_and_passes_where_the_design_supports_it(text: str) -> None:
    assert overclaims(text) and overclaims(text, grade="descriptive")
    assert overclaims(text, grade="quasi-causal") == overclaims(text, grade="causal") == ()


@pytest.mark.parametrize("text", ["Team A is the best.", "She will leave next.", "Teams are ranked by visits."])
@pytest.mark.parametrize("says", ["finding", "condition"])
def test_no_grade_ranks_or_predicts(text: str, says: str) -> None:
    assert overclaims(text, grade="causal", says=says)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "15% of rows were excluded because of a missing value, within the limit of 30%.",
        "There are enough teams (24) for confidence intervals that account for correlation within each team.",
        "The design supports 'quasi-causal' at most.",
        "No arrow is missing from the causal graph.",
        "No one is scored, ranked or predicted.",
        "Graded down because of the check 'response': 47% of people asked replied.",
    ],
)
def test_a_term_of_the_field_passes(text: str) -> None:
    assert overclaims(text) == ()


def test_names_of_columns_are_not_read() -> None:
    assert overclaims("By effect_score and team_id.") and not overclaims("By effect_score.", names=["effect_score"])


def test_what_the_headline_studies_show(results: dict[str, StudyResult]) -> None:
    read = 0
    for result in results.values():
        names, grade = result.study.columns, result.claims()[0].row[1]
        for claim in result.claims():
            for text in (claim.text, *claim.reasons):
                assert overclaims(text, grade=claim.row[1], names=names) == (), text
            assert all(text[0].isupper() and text.endswith(".") for text in claim.does_not_show)
        for check in result.checks:
            assert overclaims(check.message, grade=grade, names=names) == (), check.message
        assert overclaims(result.summary(), grade=grade, names=names) == ()
        conditions = (*result.assumptions, result.identification.summary())
        assert not any(overclaims(text, says="condition", names=names) for text in conditions)
        read += len(result.checks) + len(result.claims())
    assert read > 20


def test_a_number_names_a_team_and_a_decimal_is_a_value() -> None:
    assert not overclaims("by mode of contact: Office 3.52 (3.25 to 3.77), Home 3.26")
    for text in ("Look at team 3.", "office 35, then", "Team 12"):
        assert overclaims(text), text
