"""What an intruder asks of a claim: names as sides, questions that rank or blame, sizes not said, few people."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.wording.named import named_in
from hybrid_toolkit.errors import StudyError

PLAIN = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id",
    "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip

NAMED_SIDES = (
    *(
        "Alex Surname rather than her colleagues",
        "the cases of Mr Surname",
        "Ms Surname",
        "Dr Surname's team",
        "Surname, Alex",
    ),
    *(
        "Lee Surname and others",
        "having Chris Surname as supervisor",
        "work with Prof Surname",
        "Mrs O'Surname",
        "Miss Surname",
    ),
    *(
        "Leeds rather than Bradford",
        "being in Kent",
        "Tower Hamlets",
        "the move from Essex to Suffolk",
        "Bristol staff",
    ),
    *(
        "East Riding",
        "Milton Keynes against the rest",
        "Reading rather than Slough",
        "compared with Bury",
        "Isle of Wight",
    ),
    *("Cardiff rather than Swansea", "being in Gwynedd", "Caerdydd", "ynys môn", "Sir Gaerfyrddin staff", "Glasgow"),
    *("the move from Fife to Moray", "Na h-Eileanan Siar", "Highland council", "Scottish Borders", "orkney", "Belfast"),
    *("the Southern Health and Social Care Trust", "Mid Ulster", "Derry", "Isles of Scilly", "City of London"),
    *("PC Surname rather than her colleagues", "J Surname's cases", "Surname, Dorothy", "Service manager Surname"),
    *("Team manager Surname", "TM Surname", "Principal social worker Surname", "Head of Service Surname"),
    *("Director Surname's teams", "cases held by AB", "Surname's team", "the Surname team"),
    *("the Surname family", "baby Surname", "child K", "Client A", "mother of Kai", "Auntie Bev", "Łukasz's team"),
    *("the tall one in the North team", "our newest recruit", "Frau Surname", "Señora Surname", "Madame Surname"),
    *("Zoë's caseload", "Anytown MBC rather than others", "Mcr staff", "B'ham", "00CN"),
    *("leeds", "norfolk", "cases at 12 High Street", "the family on 0113 496 0000", "child of case no 20431"),
)
QUESTIONS = (
    "Which team is worst?",
    "Who is to blame for the delays?",
    "Which office lets families down most?",
    "Can we rank the authorities by visits kept?",
    "Is Alex Surname slower than others?",
    "Is Leeds better than Bradford?",
    "Who is the weakest social worker?",
    "Which worker fails?",
    "Whose fault is the turnover?",
    "Are agency workers lazy?",
    "Which manager has the most leavers?",
    "Does the bottom team see families less?",
    "Are the worst performers at home?",
    "Which family is hardest, and who is behind?",
    "Are home workers skiving?",
    "Who is responsible for the failures?",
    "Is one team failing its families?",
    "Should the slowest workers be disciplined?",
    "Do incompetent workers stay at home?",
    "Name and shame: who works least?",
    "Which of the teams has the lowest score?",
    "Do staff neglect their duty when remote?",
    "Are some teams letting children down?",
    "What council is behind?",
    "League of offices by visits?",
    "Will this worker leave?",
    "Who is likely to leave next?",
    "Which authorities are the best and the worst?",
    "Who is underperforming when at home?",
    "Are home workers unprofessional?",
    "Are remote workers hiding?",
    "Are working mothers less committed?",
    "Do part-timers let the side down?",
    "Wer war am schlechtesten?",
    "Qui est le pire ?",
    "Pwy yw'r gwaethaf?",
    "Does the manager of North bully her team?",
    "Is the North team rubbish?",
)
FAIR = (
    "Does working remotely change how often families are met in the way they prefer?",
    "Do an authority's agency share and caseload go with its turnover of social workers?",
    "What did teams' hybrid policies change?",
    "Does remote contact widen the gap in engagement for families without full digital access?",
    "Is reading on screen associated with longer recordings?",
    "Do workers in England's early help teams meet families' wishes more often on a Monday?",
    "Is the time since a worker's last supervision associated with the family's own rating?",
)


@pytest.mark.parametrize("side", NAMED_SIDES)
def test_nobody_is_a_side_by_name(side: str) -> None:
    with pytest.raises(StudyError, match=r"WORDS-NAMED|COLUMN"):
        ht.Study(**{**PLAIN, "contrast": side})  # type: ignore[arg-type]


@pytest.mark.parametrize("column", ["sarah_jones", "leeds", "mr_khan", "tower_hamlets"])
def test_a_column_with_a_name_is_no_side(column: str) -> None:
    with pytest.raises(StudyError, match="WORDS-NAMED"):
        ht.Study(**{**PLAIN, "exposure": column})  # type: ignore[arg-type]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_neither_ranks_nor_blames(question: str) -> None:
    with pytest.raises(StudyError, match=r"WORDS-BLAME|WORDS-NAMED"):
        ht.Study(**{**PLAIN, "question": question})  # type: ignore[arg-type]


@pytest.mark.parametrize("question", FAIR)
def test_a_fair_question_passes(question: str) -> None:
    assert ht.Study(**{**PLAIN, "question": question}).question == question  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "phrase",
    [
        "a day more at home",
        "York stone",
        "having a named supervisor",
        "more reading",
        "",
        "the last one of a release",
        "children's social workers",
        "Team Name",
        "Wave A and wave B",
        "a manager of Welsh teams",
    ],
)
def test_ordinary_words_name_nobody(phrase: str) -> None:
    assert named_in(phrase) in ("", "an authority") and (phrase != "a day more at home" or named_in(phrase) == "")


@pytest.mark.parametrize("size", [1000.0, 0.1, 2.0])
def test_a_contrast_says_its_own_size(size: float) -> None:
    with pytest.raises(StudyError, match="WORDS-SIZE"):
        ht.Study(**{**PLAIN, "contrast": "one unit more of x", "contrast_size": size})  # type: ignore[arg-type]
    frame = rows(300)
    study = ht.Study(**{**PLAIN, "contrast_size": size})  # type: ignore[arg-type]
    if size == 1000:
        with pytest.raises(StudyError, match="CONTRAST-REACH"):
            study.estimate_frame(frame)
        return
    text = study.estimate_frame(frame.assign(x=3 * frame["x"])).claims()[0].text
    assert f"{size:g} units more" in text.lower() and "one unit" not in text.lower()


def rows(n: int, *, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"y": rng.normal(3, 1, n), "x": rng.random(n), "team_id": [f"T{i % 30:02}" for i in range(n)]})


@pytest.mark.parametrize("few", [1, 2, 6, 9])
@pytest.mark.parametrize("kind", ["few rows", "few exposed", "few people of many rows"])
def test_a_claim_on_few_people_prints_no_interval(few: int, kind: str) -> None:
    frame = rows(300)
    if kind == "few rows":
        frame = rows(9).assign(team_id=list("abcdefghi")) if few > 2 else rows(8).assign(team_id=list("abcdefgh"))
    elif kind == "few exposed":
        frame["x"] = (np.arange(300) < few).astype(float)
        frame.loc[: few - 1, "team_id"] = [f"T{i:02}" for i in range(few)]
    else:
        frame["worker_id"] = [f"W{i % few}" for i in range(300)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = ht.Study(**PLAIN).estimate_frame(frame)  # type: ignore[arg-type]
        except ht.errors.HybridToolkitError:
            return  # refused before any sentence
    (claim,) = result.claims()
    assert (
        claim.text.startswith("Withheld")
        and claim.finding == "withheld"
        and "interval" not in claim.text
        and "(" not in claim.text
    )
    assert "interval" not in result.summary().split("Checks:")[0].split("Design")[1].partition("\n")[2]


def test_a_claim_on_enough_people_is_as_before() -> None:
    (claim,) = ht.Study(**PLAIN).estimate_frame(rows(300)).claims()  # type: ignore[arg-type]
    assert "interval" in claim.text and claim.finding in ("difference", "inconclusive", "equivalent", "negligible")


@pytest.mark.parametrize("kind", ["few exposed", "few people of many rows"])
def test_what_if_is_not_asked_of_an_estimate_on_few_people(kind: str) -> None:
    """Six people: the claim was withheld, and the what-if printed its interval."""
    frame = rows(300)
    if kind == "few exposed":
        frame["x"] = (np.arange(300) < 6).astype(float)
        frame.loc[:5, "team_id"] = [f"T{i:02}" for i in range(6)]
    else:
        frame["worker_id"] = [f"W{i % 6}" for i in range(300)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = ht.Study(**PLAIN).estimate_frame(frame)  # type: ignore[arg-type]
        with pytest.raises(StudyError, match="WHAT-IF-FEW") as refused:
            result.what_if({"x": 0.02})
    assert "interval" not in str(refused.value)
    enough = ht.Study(**PLAIN).estimate_frame(rows(300)).what_if({"x": 0.02})  # type: ignore[arg-type]
    assert "interval" in enough.summary()


@pytest.mark.parametrize("field", ["caveats", "known_lean", "confounders", "groups", "instruments", "time_label"])
def test_nobody_is_named_in_any_other_text_of_a_study(field: str) -> None:
    text = "alex_surname" if field in ("confounders", "groups", "instruments") else "the cases of Alex Surname"
    given = (text,) if field in ("caveats", "confounders", "instruments") else text
    with pytest.raises(StudyError, match="WORDS-NAMED"):
        ht.Study(**{**PLAIN, field: given})
