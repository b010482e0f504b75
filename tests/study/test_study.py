"""The declaration: round trip, refusals before any fit, what the data must hold."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel
from hybrid_toolkit.errors import CoverageError, StudyError, UnreadableError
from hybrid_toolkit.study.fitting_studies import needs
from hybrid_toolkit.study.shipped_studies import (
    every_study,
    headline_studies,
    panel_study,
    policy_studies,
    question_studies,
)
from hybrid_toolkit.study.study import Study, load_study, parse_study

ALL = (*headline_studies(), panel_study())


@pytest.mark.parametrize("study", (*ALL, *policy_studies()), ids=lambda s: s.id)
def test_a_study_survives_the_way_to_a_file_and_back(study, tmp_path) -> None:
    path = tmp_path / "study.toml"
    path.write_text(study.to_toml(), encoding="utf-8")
    again = load_study(path)
    assert again == study and again.to_toml() == study.to_toml() and hash(again) == hash(study)


PARTS = {
    "outcome and exposure": {"exposure": "y"},
    "an outcome twice": {"secondary_outcomes": ("y",), "secondary_estimands": ("none",)},
    "a confounder twice": {"confounders": ("z", "z")},
    "held twice": {"confounders": ("z",), "fixed_effects": ("z",)},
    "exposure and mediator": {"mediators": ("x",)},
    "outcome and placebo": {"placebos": ("y",)},
    "outcome and instrument": {"instruments": ("y",)},
    "exposure and instrument": {"instruments": ("x",)},
    "exposure and colleagues": {"colleagues": "x"},
    "cluster and outcome": {"cluster": "y"},
    "moderator and mediator": {
        "design": "adjusted-interaction",
        "kind": "slope-gap",
        "moderators": ("m",),
        "mediators": ("m",),
    },
}


@pytest.mark.parametrize("change", PARTS.values(), ids=PARTS.keys())
def test_a_column_plays_one_part(change) -> None:
    plain = {"id": "a", "question": "Does it?", "estimand": "none", "outcome": "y", "exposure": "x", "cluster": "g"}
    with pytest.raises(StudyError) as caught:
        Study(**{**plain, "design": "cross-sectional", "row_unit": "rows", **change})
    assert caught.value.code == "STUDY-ROLES" and caught.value.fix


def test_awkward_text_survives_too() -> None:
    study = ALL[0].replace(
        question='Is it "better" – or (not) so?', caveats=('Is "a\\b" – ü,\n[x] = # y', "one\ttab", "", "'quoted'")
    )
    assert parse_study(study.to_toml()) == study


def test_studies_are_frozen_and_differ_when_anything_differs() -> None:
    with pytest.raises(FrozenInstanceError):
        ALL[0].id = "x"
    assert ALL[0].replace(cluster="family_id") != ALL[0]


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        ('moderator = "early"', "KEY-UNKNOWN", "moderator"),
        ("placebos = 3", "STUDY-KIND", "placebos"),
        ('contrast_size = "a"', "STUDY-KIND", "contrast_size"),
        ("time_label = true", "STUDY-KIND", "time_label"),
        ('words = "x"', "STUDY-KIND", "words"),
        ('[[words]]\noutcome = "engaged"\nphrase = "x"\nstyle = "bold"', "KEY-UNKNOWN", "style"),
    ],
)
def test_toml_that_is_not_a_study_names_what_is_wrong(line, code, named) -> None:
    text = ALL[2].replace(words=(), time_label="month").to_toml() + line + "\n"
    with pytest.raises(StudyError, match=named) as caught:
        parse_study(text)
    assert caught.value.code == code


TEXT = ALL[0].to_toml()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("", "KEY-MISSING", "There is nothing in it"),
        ("# a remark alone\n", "KEY-MISSING", "There is nothing in it"),
        (TEXT.replace("confounders", "confunders"), "KEY-UNKNOWN", "Did you mean 'confounders'"),
        (TEXT.replace('"within-worker"', '"within-workers"'), "STUDY-FIELD", "Did you mean 'within-worker'"),
        (TEXT.replace('"contact"', '"contacts"'), "UNIT-UNKNOWN", "Did you mean 'contact'"),
        (TEXT.replace('e = "choice_honoured"', 'e = "choice_honored"'), "COLUMN-UNKNOWN", "mean 'choice_honoured'"),
        ('kind = "slop"\n' + TEXT, "STUDY-FIELD", "Did you mean 'slope'"),
        ("[study]\n" + TEXT, "KEY-UNKNOWN", "before the first"),
        (TEXT + 'period = "month"\n', "KEY-UNKNOWN", "before the first"),
        ('id = "again"\n' + TEXT, "STUDY-UNREADABLE", "each key may appear once"),
        (TEXT.replace("contrast_size = 0.1", 'contrast_size = "0.1"'), "STUDY-KIND", "without quotation marks"),
        (TEXT + '[[words]]\noutcome = "choice_honoured"\nphrase = 3\n', "STUDY-KIND", "in quotation marks"),
        (TEXT + "[settings]\nseason = 12\n", "STUDY-SETTING", "does not take the setting 'season'"),
        (TEXT + "[settings]\n[settings.a]\nb = 1\n", "STUDY-KIND", "settings"),
        ("x = " + "[" * 9000 + "]" * 9000 + "\n" + TEXT, "STUDY-UNREADABLE", "nested too deeply"),
        ("contrast_size = " + "9" * 5000, "STUDY-UNREADABLE", "too many digits"),
        (TEXT + "\x00", "STUDY-UNREADABLE", "line"),
        ("\ufeff" + TEXT + "[[words]]\n", "KEY-MISSING", "outcome, phrase"),
    ],
)
def test_malformed_text_of_every_kind_says_where_and_what_was_likely_meant(text, code, said, tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    for read, given in ((parse_study, text), (load_study, path)):
        with pytest.raises((StudyError, UnreadableError)) as caught:
            read(given)
        assert caught.value.code == code and said in str(caught.value) and caught.value.fix
    if code == "STUDY-UNREADABLE":
        assert "mine.toml" in str(caught.value)


def test_files_of_editors_on_windows_are_read_and_other_encodings_refused(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(("\ufeff" + TEXT.replace("\n", "\r\n")).encode("utf-8"))
    assert load_study(path) == ALL[0]
    for wrong, said in ((TEXT.encode("utf-16"), "not UTF-8"), ("# caf\u00e9\n".encode("latin-1"), "not UTF-8")):
        path.write_bytes(wrong)
        with pytest.raises(UnreadableError, match=said):
            load_study(path)
    with pytest.raises(UnreadableError, match="is a folder"):
        load_study(tmp_path)


def test_a_setting_says_whether_its_name_or_its_value_is_wrong() -> None:
    study = policy_studies()[0].replace(design="synthetic-did")
    for settings, said in (
        ({"varience": "jackknife"}, "Did you mean 'variance'"),
        ({"variance": "guess"}, "that value of the setting 'variance'"),
        ((("variance", "jackknife"), ("variance", "placebo")), "2 times"),
    ):
        with pytest.raises(StudyError, match=said) as caught:
            study.replace(settings=settings)
        assert caught.value.code == "STUDY-SETTING"


def test_a_missing_key_broken_toml_and_a_missing_file() -> None:
    with pytest.raises(StudyError, match=r"KEY-MISSING.*question"):
        parse_study('id = "x"')
    with pytest.raises(UnreadableError, match="line 1"):
        parse_study("id = = 3")
    with pytest.raises(UnreadableError, match=r"nowhere\.toml"):
        load_study("nowhere.toml")


@pytest.mark.parametrize(
    ("which", "changes", "code"),
    [
        (0, {"id": "Remote Practice"}, "STUDY-ID"),
        (0, {"question": "Remote work is good."}, "STUDY-QUESTION"),
        (0, {"design": "regression"}, "STUDY-FIELD"),
        (0, {"contrast_size": 0.0}, "STUDY-FIELD"),
        (0, {"row_unit": "person"}, "UNIT-UNKNOWN"),
        (0, {"outcome": "wellbeing"}, "COLUMN-UNKNOWN"),
        (0, {"confounders": ("risk + need",)}, "COLUMN-UNKNOWN"),
        (0, {"confounders": ("risk", "remote")}, "MEDIATOR-HELD"),
        (0, {"confounders": ("rs_attendance",)}, "STUDY-ROLES"),
        (0, {"fixed_effects": ()}, "NOT-IDENTIFIED"),
        (0, {"moderators": ("low_access",)}, "NOT-IDENTIFIED"),
        (0, {"kind": "slope-gap", "moderators": ("low_access",)}, "NOT-IDENTIFIED"),
        (1, {"moderators": ()}, "NOT-IDENTIFIED"),
        (1, {"secondary_estimands": ("a", "b")}, "STUDY-ESTIMANDS"),
        (2, {"kind": "slope", "moderators": ()}, "NOT-IDENTIFIED"),
        (2, {"words": (OutcomeLabel("engagd", "engagement"),)}, "STUDY-WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "engagement"), OutcomeLabel("engaged", "engaging"))}, "STUDY-WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "engagement", scale=0.0),)}, "STUDY-WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "engagement", scale=float("nan")),)}, "STUDY-WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "engagement", smallest_important=-1.0),)}, "STUDY-WORDS"),
        (2, {"contrast": "remote contact, which harms families,"}, "WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "engagement, which falls because of mode"),)}, "WORDS"),
        (2, {"words": (OutcomeLabel("engaged", "rank of the team"),)}, "WORDS-BLAME"),
    ],
)
def test_a_study_that_cannot_be_run_is_refused_before_any_fit(which, changes, code) -> None:
    with pytest.raises(StudyError) as caught:
        ALL[which].replace(**changes)
    assert caught.value.code == code and caught.value.fix


def test_data_without_the_columns_say_which_are_missing(authority) -> None:
    tables = {n: authority[n] for n in authority if n != "attendance_day"}
    tables["contact"] = tables["contact"].drop(columns="mode_offered_choice")
    with pytest.raises(CoverageError) as caught:
        ALL[0].estimate(EvaluationData(tables))
    assert "attendance_day.worker_id" in str(caught.value) and "contact.mode_offered_choice" in str(caught.value)


def test_needs_name_only_what_a_contract_has_and_studies_use() -> None:
    by_id = {n.id: n for n in needs()}
    assert set(by_id) == {s.id for s in (*every_study(), *question_studies())}
    assert set(by_id["career-stage"].tables) == {"worker", "survey", "worker_month"}
    assert "reg_date" in by_id["career-stage"].tables["worker"]
    assert set(by_id["agency-turnover"].tables) == {"la_year"}
    assert all(n.kind == "study" for n in by_id.values())


def test_what_is_needed_is_enough(authority) -> None:
    for study in headline_studies():
        least = {t: authority[t][list(c)] for t, c in study.tables().items()}
        data = replace(authority, tables=least)
        assert study.frame(data)[study.outcome].notna().any()


def test_a_study_of_ones_own_runs_without_words(authority) -> None:
    own = Study(
        id="timeliness",
        question="Are contacts in time less often where more is remote?",
        estimand="none",
        outcome="timely",
        exposure="rs_desk",
        design="within-worker",
        row_unit="contact",
        cluster="team_id",
        fixed_effects=("worker_id", "month"),
    )
    result = own.estimate(authority)
    assert "one unit more of rs desk" in result.claims()[0].text
