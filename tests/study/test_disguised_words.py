"""Attacks on the words of a claim: disguised names, ranks, blame, causal words, units, sizes, markup, formulas."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel as W
from hybrid_toolkit.data.wording.named import named_in
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.declaration.phrase_form import check_contrast
from hybrid_toolkit.study.shipped_studies import declared_study

PLAIN = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id", "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip
Z = "\u200b"
"""A space of no width."""
ATTACKS = {
    # names as sides
    "name, zero width": {"contrast": f"Alex{Z} Sur{Z}name rather than others"},
    "name, no-break space": {"contrast": "Alex\u00a0Surname rather than others"},
    "name, newline": {"contrast": "Alex\nSurname rather than others"},
    "name, Cyrillic letter": {"contrast": "\u0410lex Surname rather than others"},
    "name, capitals": {"contrast": "Alex Surname rather than others".upper()},
    "name, lower case": {"contrast": "alex surname rather than the other workers"},
    "name, markup": {"contrast": "Alex <b>Surname</b> rather than others"},
    "name, entity": {"contrast": "Alex&nbsp;Surname rather than others"},
    "name, title in capitals": {"contrast": "MR SURNAME rather than others"},
    "name, title lower": {"contrast": "mr surname rather than others"},
    "name, initial first": {"contrast": "A. Surname rather than others"},
    "name as unit": {"words": (W("y", "learning", unit="points for Alex Surname"),)},
    "name as phrase": {"words": (W("y", "learning of Alex Surname"),)},
    "authority, spaced": {"contrast": "L e e d s rather than elsewhere"},
    "authority, zero width": {"contrast": f"Le{Z}eds rather than elsewhere"},
    "authority, capitals": {"contrast": "LEEDS rather than elsewhere"},
    "authority, possessive": {"contrast": "Leeds's way of working"},
    "authority in unit": {"words": (W("y", "learning", unit="points in Leeds"),)},
    "authority, full width": {"contrast": "\uff2c\uff45\uff45\uff44\uff53 rather than elsewhere"},
    "authority, Cyrillic": {"contrast": "L\u0435\u0435ds rather than elsewhere"},
    "authority, hyphen": {"contrast": "Tower-Hamlets rather than elsewhere"},
    "authority, code": {"contrast": "E08000035 rather than elsewhere"},
    "team by key": {"contrast": "T07 rather than the rest"},
    "person by key": {"contrast": "W0123 rather than the rest"},
    # ranking and blame in questions
    "rank, zero width": {"question": f"Which team is wor{Z}st?"},
    "rank, newline": {"question": "Which team is\nworst?"},
    "rank, Cyrillic": {"question": "Which team is w\u043erst?"},
    "rank, full width": {"question": "Which team is \uff57\uff4f\uff52\uff53\uff54?"},
    "rank, spaced": {"question": "Which team is w o r s t?"},
    "rank, digits": {"question": "Which team is w0rst?"},
    "rank, markup": {"question": "Which team is wor<i></i>st?"},
    "rank, soft hyphen": {"question": "Which team is wor\u00adst?"},
    "rank, ordinal": {"question": "Which team comes last?"},
    "rank, first": {"question": "Which office comes first on visits?"},
    "rank, order": {"question": "In what order do the teams stand?"},
    "rank, laggard": {"question": "Which teams are laggards?"},
    "blame, zero width": {"question": f"Who is to bl{Z}ame for the delays?"},
    "blame, culprit": {"question": "Who are the culprits behind late visits?"},
    "blame, Cyrillic": {"question": "Are home workers l\u0430zy?"},
    "blame, dead wood": {"question": "Who is dead wood?"},
    "predict a person": {"question": "Which workers are about to leave?"},
    "question, html": {"question": "<script>alert(1)</script> Does y go with x?"},
    "question, formula": {"question": '=HYPERLINK("a","Does y go with x?")?'},
    "question, long": {"question": "Does y go with x, " * 200 + "?"},
    # causal in phrases
    "causal, zero width": {"contrast": f"home work that ca{Z}uses it"},
    "causal, upside": {"contrast": "home work, \u202esesuac\u202c it"},
    "causal, full width": {"contrast": "home work that \uff43\uff41\uff55\uff53\uff45\uff53 it"},
    "causal, math": {"contrast": "home work that \U0001d41c\U0001d41a\U0001d42e\U0001d42c\U0001d41e\U0001d42c it"},
    "causal, in unit": {"words": (W("y", "learning", unit="points, caused by home work"),)},
    "causal, markdown": {"contrast": "home work that **ca**uses it"},
    "causal, html comment": {"contrast": "home work that ca<!-- -->uses it"},
    "causal, entity": {"contrast": "home work that c&#97;uses it"},
    "causal, arrow": {"contrast": "home work -> less learning"},
    "causal, arrow sign": {"contrast": "home work \u2192 less learning"},
    "causal, because of": {"words": (W("y", "learning lost through home work"),)},
    "causal, owes": {"words": (W("y", "learning that owes its fall to home work"),)},
    # units
    "unit hides scale": {"words": (W("y", "learning", unit="points", scale=1000.0),)},
    "unit with a number": {"words": (W("y", "learning", unit="thousand points"),)},
    "unit x10": {"words": (W("y", "learning", unit="0 points"),)},
    "unit digits": {"words": (W("y", "learning", unit="00 points"),)},
    "unit closes bracket": {
        "words": (
            W(
                "y",
                "learning",
                unit="points). This holds for all (",
            ),
        )
    },
    "unit newline": {"words": (W("y", "learning", unit="points\nThe workers were at fault"),)},
    "unit negates": {"words": (W("y", "learning", unit="points fewer"),)},
    "contrast size words": {"contrast": "ten units more of x", "contrast_size": 1.0},
    "contrast size digits": {"contrast": "10 units more of x", "contrast_size": 1.0},
    "contrast double": {"contrast": "twice as much x", "contrast_size": 1.0},
    "contrast size 0.1 says a whole day": {"contrast": "one whole unit more of x", "contrast_size": 0.1},
    "contrast size unit word": {"contrast": "a unit's more of x", "contrast_size": 0.5},
    "contrast second sentence": {"contrast": "a day more at home. The teams at home do less"},
    "contrast colon": {"contrast": "a day more at home: no doubt remains about it"},
    "phrase second sentence": {
        "words": (W("y", "learning. It is certain that staff at home learn nothing, and learning"),)
    },
    "phrase formula": {"words": (W("y", "=1+1"),)},
    "phrase html": {"words": (W("y", "<img src=x onerror=alert(1)>"),)},
    "phrase markdown link": {"words": (W("y", "[learning](javascript:alert(1))"),)},
    "phrase markdown image": {"words": (W("y", "![x](//host/x.png) learning"),)},
    "phrase pipe": {"words": (W("y", "learning | 99 | certain"),)},
    "phrase empty": {"words": (W("y", f"{Z}{Z}"),)},
    "phrase tab": {"words": (W("y", "learning\t99"),)},
    "phrase rtl": {"words": (W("y", "\u202egninrael"),)},
    "phrase bell": {"words": (W("y", "learn\x07ing"),)},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_disguise_brings_words_into_a_claim(attack: str) -> None:
    """Each of these once printed its words in a claim or at the head of a report."""
    with pytest.raises(StudyError, match=r"\[(WORDS[A-Z-]*|COLUMN[A-Z-]*)\]") as refused:
        ht.Study(**{**PLAIN, **ATTACKS[attack]})  # type: ignore[arg-type]
    assert "surname" not in str(refused.value).lower() and "leeds" not in str(refused.value).lower()


@pytest.mark.parametrize(
    "phrase",
    [
        "10 percentage points more desk time at home",
        "informal learning (scale 1 to 5)",
        "may the family choose",
        "grace period of three days",
        "mark of a formal arrangement",
        "enquiries under S47 or section 17",
        "a rise in art therapy",
        "summer months rather than winter",
        "meetings (e.g. reviews) held on screen",
        "workers who miss visits",
        "reading on screen",
        "hope felt by young people",
    ],
)
def test_ordinary_phrases_pass(phrase: str) -> None:
    assert named_in(phrase) == ""
    size = 0.1 if "percentage" in phrase else 1.0
    given = {"contrast": phrase, "contrast_size": size, "words": (W("y", phrase),)}
    study = ht.Study(**{**PLAIN, **given})  # type: ignore[arg-type]
    assert study.contrast == phrase


@pytest.mark.parametrize(("contrast", "size"), [("ten units more", 10.0), ("0.5 units", 0.5), ("half a unit", 0.5)])
def test_a_number_of_units_that_is_the_size_passes(contrast: str, size: float) -> None:
    check_contrast(contrast, size)


def test_the_shipped_words_pass() -> None:
    declared = Path(ht.__file__).parent / "study" / "shipped"
    files = sorted(declared.glob("*.toml"))
    assert len(files) > 20
    for file in files:
        assert tomllib.loads(file.read_text(encoding="utf-8"))["question"]
        assert named_in(declared_study(file.stem).contrast) == ""
