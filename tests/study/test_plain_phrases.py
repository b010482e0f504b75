"""Attacks on the words of a claim, a second list: alphabets, numbers as words, units, people singled out, labels."""

from __future__ import annotations

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel
from hybrid_toolkit.errors import StudyError

PLAIN: dict[str, object] = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id", "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip


def _words(phrase: str = "learning", *, unit: str = "", scale: float = 1.0) -> dict[str, object]:
    return {"words": (OutcomeLabel("y", phrase, unit=unit, scale=scale),)}


ATTACKS: dict[str, dict[str, object]] = {
    # other scripts and look-alikes
    "Armenian o": {"question": "Which team is w\u0585rst?"},
    "Greek blame": {"question": "Who is to blam\u03b5 here?"},
    "regional indicator": {"question": "Which team is \U0001f1fc\U0001f1f4\U0001f1f7\U0001f1f8\U0001f1f9?"},
    "squared letters": {"question": "Which team is \U0001f186\U0001f17e\U0001f181\U0001f182\U0001f183?"},
    "all Cyrillic name": {
        "contrast": "\u0410\u043b\u0435\u043a\u0441 \u0421\u043e\u0440\u043d\u0435\u0439\u043c rather than others"
    },
    "all Greek word": {"contrast": "\u03b1\u03b9\u03c4\u03af\u03b1 of lateness"},
    "Arabic digits unit": _words(unit="\u0661\u0660 points"),
    "fullwidth digits contrast": {"contrast": "\uff11\uff10 units more of x"},
    "Thai digits": {"contrast": "\u0e51\u0e50 units more of x"},
    "roman numerals contrast": {"contrast": "\u2169 units more of x"},
    # numbers as words
    "dozen units": {"contrast": "a dozen units more of x"},
    "score units": {"contrast": "twenty-five units more of x"},
    "couple of units": {"contrast": "a couple of units more of x"},
    "several units": {"contrast": "several units more of x"},
    "tenfold": {"contrast": "a tenfold rise in x"},
    "x10 times": {"contrast": "x times ten"},
    "a million units": {"contrast": "a million units more of x"},
    "1e3 units": {"contrast": "1e3 units more of x"},
    "one and a half units": {"contrast": "one and a half units more of x"},
    "minus one unit": {"contrast": "minus one unit of x"},
    "one unit less": {"contrast": "one unit less of x"},
    "no units": {"contrast": "zero units more of x"},
    # units
    "unit x scale small": _words(unit="points", scale=0.001),
    "unit 'times'": _words(unit="times as likely"),
    "unit 'proven'": _words(unit="points, beyond doubt"),
    "unit 'certain'": _words(unit="points for certain"),
    "unit of a key": _words(unit="points of W0123"),
    "unit roman": _words(unit="hundred-fold points"),
    "unit minus": _words(unit="\u2212points"),
    "unit more spelt": _words(unit="points to the good"),
    "unit million abbreviation": _words(unit="m visits"),
    "unit k": _words(unit="k points"),
    # contrast_size
    # names elsewhere
    "name as outcome column": {"outcome": "alex_surname"},
    "name as cluster": {"cluster": "alex_surname"},
    "name as id": {"id": "alex-surname"},
    "authority as id": {"id": "leeds"},
    "authority in estimand": {"estimand": "slope in Leeds"},
    "name in question possessive": {"question": "Does Alex Surname's style go with y?"},
    "nickname": {"contrast": "big Dave rather than others"},
    "role of one": {"contrast": "the head of service rather than others"},
    "the only man": {"contrast": "the only man in the team rather than others"},
    "the new worker": {"contrast": "the worker who joined on 3 May rather than others"},
    "name dotted": {"contrast": "alex.surname rather than others"},
    "name Welsh": {"contrast": "Siân ap Rhys rather than others"},
    "name hyphen": {"contrast": "Mary-Jane Surname rather than others"},
    "authority abbreviation": {"contrast": "LBTH rather than elsewhere"},
    "authority region": {"contrast": "Royal Borough of Kensington rather than elsewhere"},
    "authority nick": {"contrast": "RBKC rather than elsewhere"},
    # ranking through labels
    "label star": _words("learning of five-star teams"),
    "label A-rated": _words("learning in A-rated offices"),
    "label inadequate": _words("learning in inadequate teams"),
    "question quartile": {"question": "Which teams are in the lowest quartile?"},
    "question below average": {"question": "Which offices are below average?"},
    "question league": {"question": "What is the league position of each office?"},
    "question score people": {"question": "What score does each worker get?"},
    "question who stands out": {"question": "Who stands out?"},
    "question outlier teams": {"question": "Which teams are outliers?"},
    "question name": {"question": "Is Alex any good?"},
    "question good social worker": {"question": "Who is a good social worker?"},
    "question drag": {"question": "Which team drags us down?"},
    "question problem": {"question": "Who is the problem?"},
    "question let go": {"question": "Whom should we let go?"},
    "question fire": {"question": "Whom could we do without?"},
    "question risk person": {"question": "Which families will harm their children?"},
    "question red flag": {"question": "Which workers raise red flags?"},
    "moderator rank": {"moderators": ("worst_team",), "kind": "slope-gap"},
    "moderator name": {"moderators": ("mr_surname",), "kind": "slope-gap"},
    "mediator causal": {"mediators": ("caused_by_home",)},
    "emoji arrow": {"contrast": "home work \u27a1 less learning"},
    "emoji thumbs": {"contrast": "home work \U0001f44e"},
    "emoji medal": {"question": "Which team gets the \U0001f947?"},
    "semicolon Greek": {"contrast": "a day more at home\u037e staff learn nothing"},
    "ideographic stop": {"contrast": "a day more at home\u3002 staff learn nothing"},
    "dash sentence": {"contrast": "a day more at home \u2014 it is certain"},
    "parenthesis claim": {"contrast": "a day more at home (which is certain)"},
    "quote": {"contrast": 'a day more at home", says the regulator, "'},
    "equals": {"contrast": "home work = less learning"},
    "leads Latin": {"contrast": "home work, ergo lateness"},
    "p value": {"contrast": "a day more at home, p<0.001"},
    "proof": {"contrast": "a day more at home, beyond doubt"},
    "robust": {"contrast": "a day more at home, as is certain"},
    "newline separators": {"contrast": "a day more\u2028The team is lazy"},
    "template": {"contrast": "{estimate} {n} more"},
    "percent format": {"contrast": "%s %(n)d more"},
    "latex": {"contrast": "$\\text{x}$ more"},
    "jinja": {"contrast": "{{ 7*7 }} more at home"},
    "URL": {"contrast": "www.example.org rather than others"},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_such_words_come_into_a_study(attack: str) -> None:
    """Most of these once stood in a claim, or at the head of a report, as they were written."""
    with pytest.raises(StudyError, match=r"\[(WORDS[A-Z-]*|COLUMN[A-Z-]*)\]") as refused:
        ht.Study(**{**PLAIN, **ATTACKS[attack]})  # type: ignore[arg-type]
    assert "surname" not in str(refused.value).lower() and "dave" not in str(refused.value).lower()


@pytest.mark.parametrize(
    "phrase",
    [
        "families who say certain things are hard",
        "the first three months observed",
        "one more of four marks of a formal arrangement",
        "meeting remotely rather than in person",
        "time in unitary work",
        "the only office day of the week",
        "na\u00efve b\u00e9b\u00e9 clinics",
        "days at home (2 to 3 a week)",
        "the manager's support",
        "who the family met",
        "half a unit more of x",
    ],
)
def test_ordinary_phrases_pass(phrase: str) -> None:
    size = 0.5 if phrase.startswith("half") else 1.0
    study = ht.Study(**{**PLAIN, "contrast": phrase, "contrast_size": size})  # type: ignore[arg-type]
    assert study.contrast == phrase


@pytest.mark.parametrize(
    "question",
    [
        "Do workers who work more remotely answer the survey less often?",
        "What did teams' hybrid policies change in how many workers leave?",
        "Are families met in the way which they prefer?",
        "How often do families meet the worker whom they know?",
        "Does working remotely change \u201clearning\u201d; and for whom?",
    ],
)
def test_ordinary_questions_pass(question: str) -> None:
    assert ht.Study(**{**PLAIN, "question": question}).question == question  # type: ignore[arg-type]
