"""The grammar of claims, and attempts to make it overclaim."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybrid_toolkit.designs import DESIGNS, GRADES
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.claims import FINDINGS, ILLUSTRATION, grammar, grammar_table, lowered, make_claim
from hybrid_toolkit.study.headline import headline_studies, panel_study
from hybrid_toolkit.study.words import Words, causal_words, overreach

WORDS = Words("engaged", "the engagement of families", "percentage points", 100.0, 3.0)
INTERVALS = {"difference": (-0.15, -0.2, -0.1), "trifling": (0.02, 0.01, 0.025), "small": (0.0, -0.01, 0.02)}
INTERVALS["open"] = (0.0, -0.1, 0.1)
NAMES = sorted(grammar()["lower"])


def claim(grade: str = "associational", finding: str = "difference", **changes: object):
    estimate, low, high = INTERVALS[finding]
    given_all = {
        "words": WORDS,
        "contrast": "meeting remotely rather than in person",
        "estimate": estimate,
        "low": low,
        "high": high,
        "conf_level": 0.95,
        "design_grade": grade,
        "checks": (),
        "limits": ("A limit.",),
        "synthetic": False,
        **changes,
    }
    return make_claim(**given_all)


def test_the_grammar_is_whole() -> None:
    table = grammar_table()
    assert len(table) == len(GRADES) * len(FINDINGS) and table["sentence"].str.endswith(".").all()
    weak = table[table["grade"].isin(["descriptive", "associational"])]
    assert not any(causal_words(s) for s in weak["sentence"])
    assert not any(set(overreach(s)) - set(causal_words(s)) for s in table["sentence"])
    assert all(g in grammar()["forbidden"] for g in (*GRADES, ILLUSTRATION))
    every_check = {"clusters", "missing values", "first stage", "overlap", "power", "lead", "interference", "response"}
    assert every_check <= set(NAMES)


@pytest.mark.parametrize(("grade", "finding"), list(itertools.product(GRADES, FINDINGS)))
def test_every_sentence_can_be_filled_and_says_its_interval(grade, finding) -> None:
    got = claim(grade, finding)
    assert (got.grade, got.finding) == (grade, finding)
    assert "{" not in got.text and "95% interval" in got.text
    assert "A limit." in got.may_not_say and len(got.may_not_say) > 3
    assert bool(causal_words(got.text)) == (grade in ("quasi-causal", "causal"))


@given(
    st.sampled_from(GRADES),
    st.sampled_from(FINDINGS),
    st.lists(st.sampled_from([*NAMES, "a check of next year"]), unique=True),
    st.booleans(),
)
def test_nothing_raises_a_grade_and_every_failure_is_told(grade, finding, failed, synthetic) -> None:
    checks = [Check(n, False, f"{n} failed.") for n in failed] + [
        Check("other", True, "Fine."),
        Check("c", None, "So."),
    ]
    got = claim(grade, finding, checks=checks, synthetic=synthetic)
    spoken = lowered(grade, failed)
    assert GRADES.index(spoken) <= GRADES.index(grade)
    assert (
        GRADES.index(spoken) < GRADES.index(grade) or not failed or grade == "descriptive" or _only_caps(failed, grade)
    )
    assert all(any(f"'{n}'" in r for r in got.reasons) for n in failed)
    if synthetic:
        assert got.grade == ILLUSTRATION and "simulated" in got.text.lower() and "SYNTHETIC" in got.text
        assert not causal_words(got.text.replace("SYNTHETIC DATA - not evidence about any real authority", ""))
    elif GRADES.index(spoken) < 2:
        assert not causal_words(got.text)


def _only_caps(failed: list[str], grade: str) -> bool:
    rules = grammar()["lower"]
    caps = [rules[n].get("cap") for n in failed if n in rules]
    return len(caps) == len(failed) and all(c and GRADES.index(c) >= GRADES.index(grade) for c in caps)


@pytest.mark.parametrize(
    "phrase",
    [
        "the harm that remote contact causes",
        "engagement, which remote contact reduces",
        "engagement lost because of video calls",
        "the best team's engagement",
        "what this worker will do",
        "engagement driven down by remote contact",
        "the IMPACT on families",
        "results, due to mode",
    ],
)
def test_words_cannot_be_smuggled_into_a_sentence(phrase) -> None:
    with pytest.raises(StudyError, match="WORDS"):
        claim(words=replace(WORDS, phrase=phrase))
    with pytest.raises(StudyError, match="WORDS"):
        claim(contrast=phrase)
    with pytest.raises(StudyError, match="WORDS"):
        headline_studies()[2].but(contrast=phrase)


def test_slots_in_a_phrase_are_not_filled() -> None:
    assert "{size}" in claim(words=replace(WORDS, phrase="the {size} of it")).text


def test_no_interval_no_claim() -> None:
    for bad in (float("nan"), float("inf")):
        with pytest.raises(StudyError, match="CLAIM"):
            claim(low=bad)


def test_no_shipped_design_carries_a_causal_sentence() -> None:
    assert max(GRADES.index(d.grade) for d in DESIGNS.values()) < GRADES.index("causal")
    assert DESIGNS["cross-sectional"].grade == "associational"
    assert DESIGNS["two-way-panel"].grade == "associational"


def test_a_result_on_real_data_is_graded_by_its_checks(results) -> None:
    # the same results, as if an authority had brought the rows
    practice, stage, gap = (replace(results[s.id], synthetic=False) for s in headline_studies())
    (first,) = practice.claims()
    assert first.grade == lowered("quasi-causal", [c.name for c in practice.checks if c.passed is False])
    assert not any("simulated" in r for r in first.reasons)
    for c in (*stage.claims(), *gap.claims()):
        assert GRADES.index(c.grade) <= GRADES.index("associational") and not causal_words(c.text)
    (told,) = gap.claims()
    assert told.grade == "descriptive" and any("missing values" in r for r in told.reasons)  # 40% have no record
    assert len(stage.claims()) == 2


def test_a_synthetic_result_is_an_illustration_whatever_it_finds(results) -> None:
    for result in results.values():
        for c in result.claims():
            assert c.grade == ILLUSTRATION
            assert c.may_not_say[0].startswith("Anything about a real authority")


def test_power_from_a_diagnosis_lowers_the_claim(results) -> None:
    study = headline_studies()[0]
    result = replace(results[study.id], synthetic=False)
    diagnosis = study.diagnose("helpful-hump", sims=6, progress=False)
    before, after = result.claims()[0], result.claims(diagnosis)[0]
    assert diagnosis.value("power") < 0.8
    assert GRADES.index(after.grade) < GRADES.index(before.grade)
    assert any("'power'" in r for r in after.reasons)
    assert any("not tried" in r for r in before.reasons)


def test_shipped_studies_speak_plainly() -> None:
    for study in (*headline_studies(), panel_study()):
        for outcome in study.outcomes:
            words = study.words_for(outcome)
            assert words.smallest and words.unit and not overreach(words.phrase)
