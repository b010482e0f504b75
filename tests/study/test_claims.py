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
from hybrid_toolkit.study.claims import (
    CLAIM_FAMILIES,
    FINDINGS,
    ILLUSTRATION,
    grammar,
    grammar_table,
    lowered,
    make_claim,
    prediction_sentence,
    what_if_sentence,
)
from hybrid_toolkit.study.headline import headline_studies, panel_study
from hybrid_toolkit.study.words import Words, causal_words, contrast_of, overreach

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
    assert set(table["family"]) == {*CLAIM_FAMILIES, "prediction", "what-if"}
    for family in CLAIM_FAMILIES:
        mine = table[table["family"] == family]
        grades = GRADES[:2] if family in ("decomposition", "mediation") else GRADES
        assert set(zip(mine["grade"], mine["finding"], strict=True)) == set(itertools.product(grades, FINDINGS))
    assert table["sentence"].str.endswith(".").all() and table["sentence"].is_unique
    caveat = grammar()["what_if"]["caveat"]
    for row in table.itertuples():
        said = row.sentence.replace("prediction interval", "interval")
        assert not set(overreach(said)) - set(causal_words(said))
        if row.family == "what-if" and row.grade in GRADES[:2]:
            assert caveat in said
            said = said.replace(caveat, "")
        if row.grade not in ("quasi-causal", "causal"):
            assert not causal_words(said)
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


def test_only_a_design_that_rests_on_chance_carries_a_causal_sentence() -> None:
    for design in DESIGNS.values():
        if design.grade == "causal":
            assert any(w in " ".join(design.assumptions).lower() for w in ("chance", "random", "lot"))
    assert DESIGNS["cross-sectional"].grade == "associational"
    assert DESIGNS["two-way-panel"].grade == "associational"


def test_a_result_on_real_data_is_graded_by_its_checks(results) -> None:
    # the same results, as if an authority had brought the rows
    practice, stage, gap = (replace(results[s.id], synthetic=False) for s in headline_studies())
    (first,) = practice.claims()
    failed = [c.name for c in practice.checks if c.passed is False]
    failed += ["open path"] if practice.identification.identified is False else []
    assert first.grade == lowered("quasi-causal", failed)
    assert all(any(f"'{name}'" in r for r in first.reasons) for name in failed)
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
    known = replace(results[study.id].identification, identified=True)
    result = replace(results[study.id], synthetic=False, identification=known, checks=())
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


BASE = ["causes", "effect", "impact", "reduces", "because", "best", "worst", "ranked", "predicts", "improves", "harmed"]
BASE += ["led to", "brought about", "due to", "drives", "worsened", "highest", "will", "outperforms", "increases"]
LOOKALIKE = {"a": "\u0430", "e": "\u0435", "o": "\u03bf", "c": "\u0441", "p": "\u0440", "i": "\u0456", "s": "\u0455"}
LEET = {"a": "4", "e": "3", "o": "0", "s": "5", "i": "1"}
DISGUISES = {
    "as it is": lambda w, i: w,
    "capitals": lambda w, i: w.upper(),
    "other alphabet": lambda w, i: "".join(LOOKALIKE.get(c, c) for c in w),
    "full width": lambda w, i: "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in w),
    "zero width": lambda w, i: w[:i] + "\u200b" + w[i:],
    "soft hyphen": lambda w, i: w[:i] + "\u00ad" + w[i:],
    "hyphen": lambda w, i: w[:i] + "-" + w[i:],
    "line break": lambda w, i: w[:i] + "-\n" + w[i:],
    "unicode hyphen": lambda w, i: w[:i] + "\u2011" + w[i:],
    "accents": lambda w, i: w[:i] + "\u0301" + w[i:],
    "spaced": lambda w, i: " ".join(w) if " " not in w else w,
    "dotted": lambda w, i: ".".join(w) if " " not in w else w,
    "digits": lambda w, i: "".join(LEET.get(c, c) for c in w),
    "joined by a hyphen": lambda w, i: f"remote-{w}",
    "wide gap": lambda w, i: w.replace(" ", " \t\n "),
}


@given(st.sampled_from(BASE), st.sampled_from(sorted(DISGUISES)), st.integers(1, 3))
def test_a_word_in_disguise_is_seen(word, disguise, at) -> None:
    phrase = f"the engagement that contact {DISGUISES[disguise](word, at)} families"
    assert overreach(phrase), disguise
    for change in (
        {"words": replace(WORDS, phrase=phrase)},
        {"contrast": phrase},
        {"words": replace(WORDS, unit=phrase)},
    ):
        with pytest.raises(StudyError, match="WORDS"):
            claim("causal", **change)
    with pytest.raises(StudyError, match="WORDS"):
        headline_studies()[2].but(contrast=phrase)


PLAIN = [
    "share",
    "of",
    "contacts",
    "families",
    "engagement",
    "workers",
    "early-career",
    "digital access",
    "the",
    "remote",
]
PLAIN += [
    "{size}",
    "{level}",
    "{0}",
    "%s",
    "\u2014",
    "learning",
    "met",
    "as",
    "preferred",
    "not",
    "less",
    "a",
    "10",
    "\n",
]
KINDS_TRIED = ("slope", "slope-gap", "effect", "indirect", "log-odds", "log-rate", "log-hazard", "composition")


@given(
    st.lists(st.one_of(st.sampled_from(PLAIN), st.sampled_from(BASE)), min_size=1, max_size=8),
    st.lists(st.sampled_from(PLAIN), min_size=1, max_size=6),
    st.sampled_from(GRADES),
    st.sampled_from(KINDS_TRIED),
    st.lists(st.sampled_from(NAMES), unique=True, max_size=5),
    st.booleans(),
    st.tuples(st.floats(-40, 40), st.floats(0, 40), st.floats(0, 40)),
)
def test_no_phrase_check_or_figure_makes_a_weak_design_speak_strongly(
    phrase, contrast, grade, kind, failed, synthetic, figures
) -> None:
    estimate, below, above = figures
    given_all = {
        "words": Words("y", " ".join(phrase), "points", 1.0, 1.5),
        "contrast": " ".join(contrast),
        "estimate": estimate,
        "low": estimate - below,
        "high": estimate + above,
        "checks": [Check(n, False, f"{n} failed.") for n in failed],
        "synthetic": synthetic,
        "kind": kind,
    }
    try:
        got = claim(grade, **given_all)
    except StudyError as error:
        assert error.code == "WORDS" and overreach(f"{' '.join(phrase)} {' '.join(contrast)}")
        return
    carried = lowered(grade, failed)
    assert GRADES.index(carried) <= GRADES.index(grade)
    said = got.text.replace("SYNTHETIC DATA - not evidence about any real authority", "")
    assert not set(overreach(said)) - set(causal_words(said))
    if synthetic or carried in ("descriptive", "associational") or kind == "composition":
        assert not causal_words(said)
    if synthetic:
        assert got.grade == ILLUSTRATION
    if kind.startswith("log-"):
        assert " times" in said or "smallest" in said


@pytest.mark.parametrize(
    "phrase", ["the engagement of Team B", "contacts of Worker 12", "families of Office-3", "Family A's visits"]
)
def test_nobody_is_called_by_letter_or_number(phrase) -> None:
    assert overreach(phrase)
    with pytest.raises(StudyError, match="WORDS"):
        claim(words=replace(WORDS, phrase=phrase))


def test_a_ratio_is_spoken_as_times() -> None:
    words = Words("left", "the odds of leaving within a year", "", 1.0, 1.2)
    given_all = {"kind": "log-odds", "words": words, "contrast": "10 points more remote time"}
    got = claim("associational", estimate=0.405, low=0.18, high=0.63, **given_all)
    assert got.text == (
        "10 points more remote time is associated with the odds of leaving within a year 1.50 times as high "
        "(95% interval 1.20 to 1.88 times)."
    )
    assert claim("associational", estimate=0.05, low=0.01, high=0.1, **given_all).finding == "trifling"
    assert claim("associational", estimate=0.0, low=-0.1, high=0.1, **given_all).finding == "small"
    assert claim("associational", estimate=0.0, low=-0.9, high=0.1, **given_all).finding == "open"
    with pytest.raises(StudyError, match="CLAIM-SMALLEST"):
        claim("associational", estimate=0.4, low=0.1, high=0.6, **{**given_all, "words": replace(words, smallest=0.2)})


@pytest.mark.parametrize(
    ("kind", "phrase", "said"),
    [
        ("log-odds", "engagement", "the odds of engagement 2.72 times"),
        ("log-rate", "visits", "the rate of visits 2.72 times"),
        ("log-rate", "the number of visits", "with the number of visits 2.72 times"),
        ("log-hazard", "leaving", "the rate of leaving 2.72 times"),
        ("log-odds", "the share of counts", "the odds of the share of counts 2.72 times"),
    ],
)
def test_a_ratio_says_what_it_is_a_ratio_of(kind, phrase, said) -> None:
    """Odds that are 2.7 times as high are not a share that is."""
    words = Words("y", phrase)
    assert said in claim("associational", estimate=1.0, low=0.5, high=1.5, words=words, kind=kind).text


@pytest.mark.parametrize("kind", KINDS_TRIED)
@pytest.mark.parametrize("low", [-1.0, 0.2])
def test_an_outcome_without_a_unit_leaves_no_gap(kind, low) -> None:
    for smallest in (None, 1.2, 9.0):
        words = Words("y", "the odds and rate of y", smallest=smallest)
        for grade in GRADES:
            text = claim(grade, estimate=0.5, low=low, high=1.0, words=words, kind=kind).text
            assert "  " not in text and " ." not in text and " ," not in text


def test_a_contrast_that_was_left_out_is_named_by_what_is_compared() -> None:
    assert contrast_of("", "hot_desks", "effect") == "hot desks"
    assert contrast_of("", "x", "log-odds") == "one unit more of x"


def test_a_policy_and_a_decomposition_have_sentences_of_their_own() -> None:
    rule = {"contrast": "a rule of three office days", "kind": "effect"}
    assert "where it came in" in claim("quasi-causal", **rule).text
    part = {"contrast": "who is in the two groups", "kind": "composition"}
    assert claim("causal", **part).text.startswith("−15.0 percentage points of the difference in")
    assert not causal_words(claim("causal", **part).text)


@pytest.mark.parametrize("failed", ["open path", "invariance", "lock", "co-production", "few clusters", "convergence"])
def test_what_lowers_a_claim_is_told(failed) -> None:
    got = claim("quasi-causal", checks=[Check(failed, False, f"{failed} failed.")])
    assert GRADES.index(got.grade) < GRADES.index("quasi-causal")
    assert any(f"'{failed}'" in r for r in got.reasons)


def test_an_open_path_of_the_graph_lowers_a_result(results) -> None:
    result = replace(results["remote-practice"], synthetic=False, checks=())
    shut = replace(result, identification=replace(result.identification, identified=True))
    open_ = replace(result, identification=replace(result.identification, identified=False))
    assert shut.claims()[0].grade == "quasi-causal"
    assert open_.claims()[0].grade == "associational" and any("open path" in r for r in open_.claims()[0].reasons)


def test_what_if_and_prediction_keep_to_the_grade() -> None:
    figures = {"words": WORDS, "low": -0.2, "high": -0.1, "conf_level": 0.95}
    for grade in GRADES:
        said = what_if_sentence(change="a rota with a day more in the office", estimate=-0.15, grade=grade, **figures)
        assert (grammar()["what_if"]["caveat"] in said) == (grade in GRADES[:2])
        assert "−15.0 percentage points" in said
    for bad in ("a rota that causes harm", "the best rota"):
        with pytest.raises(StudyError, match="WORDS"):
            what_if_sentence(change=bad, estimate=-0.15, grade="causal", **figures)
        with pytest.raises(StudyError, match="WORDS"):
            prediction_sentence(contrast=bad, k=4, **figures)
    with pytest.raises(StudyError, match="CLAIM"):
        what_if_sentence(change="a rota", estimate=float("nan"), grade="causal", **figures)
    assert "nothing can be said" in prediction_sentence(
        words=WORDS, contrast="a rota", low=float("nan"), high=float("nan"), conf_level=0.95, k=2
    )
