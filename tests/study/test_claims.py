"""The grammar of claims, and attempts to make it overclaim."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hybrid_toolkit.data.wording.claim_words import OutcomeLabel, causal_words, contrast_of, overreach
from hybrid_toolkit.designs import DESIGNS, GRADES
from hybrid_toolkit.errors import HybridToolkitError, StudyError
from hybrid_toolkit.result import Check
from hybrid_toolkit.study.estimation.claim_grammar import (
    CLAIM_FAMILIES,
    FINDINGS,
    ILLUSTRATION,
    grammar,
    grammar_table,
    lowered,
    lowering_table,
)
from hybrid_toolkit.study.estimation.claims import make_claim
from hybrid_toolkit.study.estimation.what_if_changes import what_if_sentence
from hybrid_toolkit.study.sharing.pooling import prediction_sentence
from hybrid_toolkit.study.shipped_studies import headline_studies, panel_study
from hybrid_toolkit.study.study import Study

WORDS = OutcomeLabel("engaged", "the engagement of families", "percentage points", 100.0, 3.0)
INTERVALS = {"difference": (-0.15, -0.2, -0.1), "negligible": (0.02, 0.01, 0.025), "equivalent": (0.0, -0.01, 0.02)}
INTERVALS["inconclusive"] = (0.0, -0.1, 0.1)
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
        "caveats": ("A limit.",),
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
    assert "{" not in got.text and "95% confidence interval" in got.text
    assert "A limit." in got.does_not_show and len(got.does_not_show) > 3
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
        headline_studies()[2].replace(contrast=phrase)


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
    assert not any("data are simulated" in r for r in first.reasons)
    for c in (*stage.claims(), *gap.claims()):
        assert GRADES.index(c.grade) <= GRADES.index("associational") and not causal_words(c.text)
    (told,) = gap.claims()
    assert told.grade == "descriptive" and any("missing values" in r for r in told.reasons)  # 40% have no record
    assert len(stage.claims()) == 2


def test_a_synthetic_result_is_an_illustration_whatever_it_finds(results) -> None:
    for result in results.values():
        for c in result.claims():
            assert c.grade == ILLUSTRATION
            assert c.does_not_show[0].startswith("Anything about a real authority")


def test_power_from_a_diagnosis_lowers_the_claim(results) -> None:
    study = headline_studies()[0]
    known = replace(results[study.id].identification, identified=True)
    result = replace(results[study.id], synthetic=False, identification=known, checks=())
    diagnosis = study.diagnose("helpful-hump", n_sims=6, progress=False)
    before, after = result.claims()[0], result.claims(diagnosis)[0]
    assert diagnosis.value("power") < 0.8
    assert GRADES.index(after.grade) < GRADES.index(before.grade)
    assert any("'power'" in r for r in after.reasons)
    assert any("not tested" in r for r in before.reasons)


def test_shipped_studies_speak_plainly() -> None:
    for study in (*headline_studies(), panel_study()):
        for outcome in study.outcomes:
            words = study.words_for(outcome)
            assert words.smallest_important and words.unit and not overreach(words.phrase)


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
        headline_studies()[2].replace(contrast=phrase)


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
        "words": OutcomeLabel("y", " ".join(phrase), "points", 1.0, 1.5),
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
        assert " times" in said or "smallest_important" in said


@pytest.mark.parametrize(
    "phrase", ["the engagement of Team B", "contacts of Worker 12", "families of Office-3", "Family A's visits"]
)
def test_nobody_is_called_by_letter_or_number(phrase) -> None:
    assert overreach(phrase)
    with pytest.raises(StudyError, match="WORDS"):
        claim(words=replace(WORDS, phrase=phrase))


def test_a_ratio_is_spoken_as_times() -> None:
    words = OutcomeLabel("left", "the odds of leaving within a year", "", 1.0, 1.2)
    given_all = {"kind": "log-odds", "words": words, "contrast": "10 points more remote time"}
    got = claim("associational", estimate=0.405, low=0.18, high=0.63, **given_all)
    assert got.text == (
        "10 points more remote time is associated with a difference in the odds of leaving within a year: "
        "1.50 times as high (95% confidence interval 1.20 to 1.88 times)."
    )
    assert claim("associational", estimate=0.05, low=0.01, high=0.1, **given_all).finding == "negligible"
    assert claim("associational", estimate=0.0, low=-0.1, high=0.1, **given_all).finding == "equivalent"
    assert claim("associational", estimate=0.0, low=-0.9, high=0.1, **given_all).finding == "inconclusive"
    with pytest.raises(StudyError, match="CLAIM-SMALLEST"):
        claim(
            "associational",
            estimate=0.4,
            low=0.1,
            high=0.6,
            **{**given_all, "words": replace(words, smallest_important=0.2)},
        )


@pytest.mark.parametrize("scale", [1.0, 100.0, 0.5])
def test_a_ratio_is_printed_as_it_is_whatever_its_outcome_is_multiplied_by(scale) -> None:
    """The odds are 1.50 times as high whether engagement is told as a share or as a percentage."""
    words = OutcomeLabel("engaged", "the odds of engagement", "percentage points", scale)
    got = claim(estimate=0.405, low=0.18, high=0.63, kind="log-odds", words=words)
    assert "1.50 times as high (95% confidence interval 1.20 to 1.88 times)" in got.text
    plain = claim(estimate=0.405, low=0.18, high=0.63, words=words)
    assert plain.text != claim(estimate=0.405, low=0.18, high=0.63, words=replace(words, scale=2 * scale)).text


@pytest.mark.parametrize(
    ("kind", "phrase", "said"),
    [
        ("log-odds", "engagement", "the odds of engagement: 2.72 times"),
        ("log-rate", "visits", "the rate of visits: 2.72 times"),
        ("log-rate", "the number of visits", "in the number of visits: 2.72 times"),
        ("log-hazard", "leaving", "the rate of leaving: 2.72 times"),
        ("log-odds", "the share of counts", "the odds of the share of counts: 2.72 times"),
    ],
)
def test_a_ratio_says_what_it_is_a_ratio_of(kind, phrase, said) -> None:
    """Odds that are 2.7 times as high are not a share that is."""
    words = OutcomeLabel("y", phrase)
    assert said in claim("associational", estimate=1.0, low=0.5, high=1.5, words=words, kind=kind).text


@pytest.mark.parametrize("kind", KINDS_TRIED)
@pytest.mark.parametrize("low", [-1.0, 0.2])
def test_an_outcome_without_a_unit_leaves_no_gap(kind, low) -> None:
    for smallest_important in (None, 1.2, 9.0):
        words = OutcomeLabel("y", "the odds and rate of y", smallest_important=smallest_important)
        for grade in GRADES:
            text = claim(grade, estimate=0.5, low=low, high=1.0, words=words, kind=kind).text
            assert "  " not in text and " ." not in text and " ," not in text


def test_a_contrast_that_was_left_out_is_named_by_what_is_compared() -> None:
    assert contrast_of("", "hot_desks", "effect") == "hot desks"
    assert contrast_of("", "x", "log-odds") == "one unit more of x"


def test_a_policy_and_a_decomposition_have_sentences_of_their_own() -> None:
    rule = {"contrast": "a rule of three office days", "kind": "effect"}
    assert "where in place" in claim("quasi-causal", **rule).text
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
        assert "15.0 percentage points lower (95% confidence interval 10.0 to 20.0 percentage points lower)" in said
    for bad in ("a rota that causes harm", "the best rota"):
        with pytest.raises(StudyError, match="WORDS"):
            what_if_sentence(change=bad, estimate=-0.15, grade="causal", **figures)
        with pytest.raises(StudyError, match="WORDS"):
            prediction_sentence(contrast=bad, k=4, **figures)
    with pytest.raises(StudyError, match="CLAIM"):
        what_if_sentence(change="a rota", estimate=float("nan"), grade="causal", **figures)
    assert "too few to say" in prediction_sentence(
        words=WORDS, contrast="a rota", low=float("nan"), high=float("nan"), conf_level=0.95, k=2
    )


SMUGGLED = [
    *(
        "promotes",
        "enables families",
        "creates",
        "shapes",
        "gives rise to",
        "as a result of",
        "accounts for",
        "explains",
    ),
    *(
        "facilitates",
        "deters",
        "exacerbates",
        "eases",
        "transforms",
        "cuts",
        "halves",
        "changes how",
        "protects",
        "thus",
    ),
    *("significant", "insignificant", "likely to leave", "strongest team", "ahead of other", "poorest", "failing team"),
    *("remoteReducesHarm", "team 7", "worker_12", "North Team", "Duty Hub", "worker id", "team_id", "c/a/u/s/e/s"),
    *(
        "\u1d04\u1d00\u1d1c\ua731\u1d07\ua731",
        "\u0188auses",
        "\U0001f152\U0001f150\U0001f164\U0001f162\U0001f154\U0001f162",
    ),
    *("\u043aauses", "cau<b></b>ses", "ca&shy;uses", "&#99;auses", "\u202esesuac\u202c"),
]


@pytest.mark.parametrize("word", SMUGGLED)
def test_more_verbs_names_and_disguises_are_seen(word) -> None:
    for grade in GRADES:
        with pytest.raises(StudyError, match="WORDS"):
            claim(grade, words=replace(WORDS, phrase=f"the engagement, {word}, of contact"))
        with pytest.raises(StudyError, match="WORDS"):
            claim(grade, contrast=f"an arrangement that {word} here")


@pytest.mark.parametrize(
    "phrase",
    [
        *(
            "the share of contacts held as preferred",
            "child protection visits",
            "support from the team a month",
            "visits",
        ),
        *("protected time for supervision", "changes of social worker", "the odds of leaving", "learning in The Team"),
        *(
            "ymweliadau \u00e2 theuluoedd",
            "d\u00e9j\u00e0 vu",
            "budget per child",
            "explanations asked for",
            "team meetings",
        ),
    ],
)
def test_plain_phrases_pass(phrase) -> None:
    assert not overreach(phrase) and claim(words=replace(WORDS, phrase=phrase))


def test_a_phrase_is_printed_on_one_line_and_can_be_read() -> None:
    got = claim(words=replace(WORDS, phrase="share\n of\t contacts\u200b\x07 {0} <i>held</i>"))
    assert "share of contacts {0} <i>held</i>" in got.text and got.text.isprintable()
    with pytest.raises(StudyError, match="WORDS-LONG"):
        claim(contrast="a rota " * 200)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_a_claim_or_strengthens_it(phrase, contrast) -> None:
    try:
        got = claim("causal", checks=[Check("lead", False, "It failed.")], contrast=contrast,
                    words=replace(WORDS, phrase=phrase))  # fmt: skip
    except StudyError as error:
        assert error.code == "WORDS"
        return
    assert not causal_words(got.text) and "\n" not in got.text and "95% confidence interval" in got.text


@given(st.floats(-1e7, 1e7), st.floats(0, 1e6), st.floats(0, 1e6), st.sampled_from(["slope", "effect", "log-odds"]))
def test_the_printed_interval_says_what_the_finding_says(estimate, below, above, kind) -> None:
    """No interval that leaves out nothing is printed as if it held it, nor one that holds it as if it did not."""
    scale = 1e-6 if kind == "log-odds" else 1.0
    low, high = scale * (estimate - below), scale * (estimate + above)
    got = claim(words=OutcomeLabel("y", "visits", "points"), estimate=scale * estimate, low=low, high=high, kind=kind)
    told = re.search(r"interval (?:ranges from )?(.+?)(?:\)|\. Values)", got.text)
    assert told and "e+" not in got.text
    sides = {"lower": told[1].count("lower"), "higher": told[1].count("higher")}
    ends = told[1].removesuffix(" times").split(" to ")
    if got.finding == "difference":
        assert not (sides["lower"] and sides["higher"])
        assert "1.00" not in ends if kind == "log-odds" else not any(re.fullmatch(r"0( points.*)?", e) for e in ends)
    else:
        assert max(sides.values()) < 2
        assert not all(e.startswith("just above") for e in ends) and not all(e.startswith("just below") for e in ends)


def test_figures_have_units_levels_and_singulars() -> None:
    one = replace(WORDS, smallest_important=1.0)
    assert (
        "a difference of 1 percentage point or more in"
        in claim(finding="inconclusive", words=one, low=-0.004, high=0.004).text
    )
    assert "99.9% confidence interval" in claim(conf_level=0.999).text
    assert (
        "12,346 visits higher"
        in claim(words=OutcomeLabel("y", "visits", "visits"), estimate=12345.6, low=9000.0, high=15000.0).text
    )
    assert (
        "over 100 times"
        in claim(kind="log-odds", words=OutcomeLabel("y", "leaving"), estimate=9.0, low=8.0, high=60.0).text
    )
    with pytest.raises(StudyError, match="CLAIM"):
        claim(estimate=0.1, low=0.2, high=0.0)


def test_a_gap_says_its_groups_and_a_path_its_mediator() -> None:
    gap = claim(kind="slope-gap", relative_to="low_access").text
    assert "the engagement of families where 'low access' is yes relative to where it is no: 15.0" in gap
    told = replace(WORDS, phrase="the engagement of some relative to that of others")
    assert "low access" not in claim(kind="slope-gap", relative_to="low_access", words=told).text
    path = claim("causal", kind="indirect", relative_to="contact_time").text
    assert "that runs through contact time" in path and not causal_words(path)
    with pytest.raises(StudyError, match="WORDS"):
        claim(kind="slope-gap", relative_to="team_id")


@given(st.sampled_from(GRADES), st.sampled_from(FINDINGS), st.sampled_from(KINDS_TRIED), st.booleans())
def test_every_sentence_is_a_row_of_the_table(grade, finding, kind, synthetic) -> None:
    words = replace(WORDS, smallest_important=1.2, scale=1.0)
    estimate, low, high = {
        "difference": (1, 0.5, 2),
        "negligible": (0.05, 0.01, 0.1),
        "equivalent": (0, -0.1, 0.1),
    }.get(finding, (0, -2, 2))
    got = claim(grade, words=words, kind=kind, synthetic=synthetic, estimate=estimate, low=low, high=high)
    table = grammar_table().set_index(["family", "grade", "finding"])["sentence"]
    pieces = [re.escape(p) for p in re.split(r" ?\{\w+\}", table[got.row])]
    pattern = ".*".join(pieces)
    said = got.text.removeprefix("In simulated data: ").partition(" SYNTHETIC")[0]
    assert got.finding == finding == got.row[2] and re.fullmatch(pattern, said)


def test_an_unsettled_check_is_told_and_raises_nothing() -> None:
    could_not = Check("interference", None, "This check could not be run (SINGULAR).")
    informs = Check("unadjusted comparison", None, "An unadjusted comparison gives 1.")
    got = claim("causal", checks=[could_not, informs, Check("lead", False, "It failed.")])
    assert got.grade == "associational"
    assert any("Inconclusive: the check 'interference'" in r for r in got.reasons)
    assert not any("unadjusted" in r for r in got.reasons)


def test_ninety_percent_is_the_least_level_that_carries_a_grade() -> None:
    assert claim("causal", conf_level=0.9).grade == claim("causal").grade
    assert claim("causal", conf_level=0.88).grade == claim("causal", conf_level=0.5).grade != claim("causal").grade


def test_a_low_level_carries_no_effect_and_bad_coverage_neither() -> None:
    got = claim("causal", conf_level=0.5)
    assert got.grade == "associational" and any("50% exclude the true value too often" in r for r in got.reasons)
    assert claim("causal", checks=[Check("coverage", False, "Intervals held it in 70%.")]).grade == "associational"
    assert set(lowering_table()["check"]) == set(NAMES)


def rows(seed: int = 1, *, teams: int = 20, each: int = 12, slope: float = 0.5) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    team = np.repeat(np.arange(teams), each)
    x = rng.normal(size=len(team))
    y = slope * x + 0.2 * rng.normal(size=teams)[team] + rng.normal(size=len(team))
    return pd.DataFrame({"team_id": team, "x": x, "y": y, "w": x + rng.normal(size=len(team)), "other": -y})


FREE = Study(id="free", question="Does y go with x?", estimand="none", outcome="y", exposure="x",
             design="cross-sectional", row_unit="rows", cluster="team_id")  # fmt: skip
REAL = {
    "nothing": (lambda f: f, {}, {}),
    "clusters": (lambda f: f[f["team_id"] < 6], {}, {}),
    "missing values": (lambda f: f.assign(y=f["y"].where(np.arange(len(f)) % 10 < 3)), {}, {}),
    "response": (
        lambda f: f.assign(a=np.arange(len(f)) % 5 < 2, wave=1, worker_id=np.arange(len(f))),
        {"responded": "a"},
        {},
    ),
    "multiple testing": (
        lambda f: f.assign(y=weak(f)),
        {"secondary_outcomes": ("noise",), "secondary_estimands": ("none",)},
        {},
    ),
    "interval level": (lambda f: f, {}, {"conf_level": 0.5}),
}


def weak(frame: pd.DataFrame) -> pd.Series:
    """An outcome whose p-value alone lies between 0.025 and 0.05."""
    for slope in np.linspace(0.02, 0.4, 60):
        y = frame["noise"].sample(frac=1, random_state=3).to_numpy() + slope * frame["x"]
        fit = FREE.design_used.fit(frame.assign(y=y), FREE.plan())
        if 0.026 < float(fit.row["p_value"].iloc[0]) < 0.049:
            return y
    raise AssertionError


@pytest.mark.parametrize("cause", sorted(REAL))
def test_real_rows_lower_the_claim_and_say_why(cause) -> None:
    spoil, fields, options = REAL[cause]
    frame = spoil(rows().assign(noise=np.random.default_rng(8).normal(size=240)))
    claims = FREE.replace(**fields).estimate_frame(frame, **options).claims()
    told = [r for r in claims[0].reasons if r.startswith("Graded down")]
    if cause == "nothing":
        assert claims[0].grade == "associational" and not told
    else:
        assert claims[0].grade == "descriptive" and any(f"'{cause}'" in r for r in told)
        assert "is associated" not in claims[0].text


def test_several_causes_at_once_are_all_told() -> None:
    frame = rows()[lambda f: f["team_id"] < 6]
    frame = frame.assign(y=frame["y"].where(np.arange(len(frame)) % 10 < 3))
    got = FREE.estimate_frame(frame, synthetic=True).claims()[0]
    assert {"clusters", "missing values"} <= {r.split("'")[1] for r in got.reasons if r.startswith("Graded down")}
    assert got.grade == ILLUSTRATION and any("simulated" in r for r in got.reasons)


def test_a_column_called_by_the_number_of_a_team_is_refused_when_it_is_declared() -> None:
    with pytest.raises(StudyError, match="WORDS-NAMED") as caught:
        FREE.replace(outcome="team_3")
    assert "another name" in caught.value.fix


@pytest.mark.parametrize("column", ["worker_id", "harm_prevented", "reducesRisk"])
def test_columns_that_claim_or_name_have_no_claim_until_they_are_named_plainly(column) -> None:
    frame = rows().rename(columns={"y": column})
    study = FREE.replace(outcome=column)
    with pytest.raises(StudyError, match="WORDS") as caught:
        study.estimate_frame(frame).claims()
    assert "Words(outcome, phrase)" in caught.value.fix
    plain = study.replace(words=(OutcomeLabel(column, "the outcome"),))
    assert "the outcome" in plain.estimate_frame(frame).claims()[0].text


ONE = {
    "exposure of one team": {"exposure": "one"},
    "moderator of one team": {"kind": "slope-gap", "moderators": ("one",)},
    "exposure of one worker": {"exposure": "worker"},
    "weights on one team": {
        "design": "propensity-weights",
        "kind": "effect",
        "exposure": "one",
        "confounders": ("x",),
    },
}


@pytest.mark.parametrize("case", sorted(ONE))
def test_no_team_or_person_stands_alone_on_a_side(case) -> None:
    at = np.arange(240)
    frame = rows().assign(one=lambda f: (f["team_id"] == 3).astype(float), worker=(at == 5).astype(float))
    with pytest.raises(HybridToolkitError) as caught:
        FREE.replace(**ONE[case]).estimate_frame(frame)
    assert caught.value.code in ("ONE-SIDE", "ONE-CLUSTER", "SINGULAR", "SEPARATION", "TERM-CONSTANT")
    assert "3" not in str(caught.value.fix)


def test_a_side_in_few_teams_is_described_only() -> None:
    frame = rows().assign(some=lambda f: (f["team_id"] < 3).astype(float))
    got = FREE.replace(exposure="some").estimate_frame(frame).claims()[0]
    assert got.grade == "descriptive" and any("'sides'" in r for r in got.reasons)
    rare = frame.assign(some=(np.arange(240) % 40 == 0).astype(float))
    assert any("'sides'" in r for r in FREE.replace(exposure="some").estimate_frame(rare).claims()[0].reasons)
    wide = frame.assign(some=lambda f: (f["team_id"] % 2).astype(float))
    assert not any("'sides'" in r for r in FREE.replace(exposure="some").estimate_frame(wide).claims()[0].reasons)
