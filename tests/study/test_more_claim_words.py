"""Forty-odd more tries to name, rank, blame or enlarge in the words of a study or of a metric of one's own."""

from __future__ import annotations

import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel as W
from hybrid_toolkit.errors import MeasureError, StudyError

PLAIN = {
    "id": "s", "question": "Does y go with x?", "row_unit": "rows", "outcome": "y", "exposure": "x",
    "cluster": "team_id", "design": "cross-sectional", "estimand": "slope",
}  # fmt: skip
J = "\u2060"
"""A sign that is not seen and joins words."""
SIDES = (
    *(
        "Cllr Surname rather than others",
        "Rev Surname and others",
        "Lady Surname",
        "Oluwaseun Surname rather than others",
    ),
    *(
        "cases of Precious Surname",
        "cases of A1ex Surname",
        f"visits of Al{J}ex Surname",
        "visits of Al\u200cex Surname",
    ),
    *("visits of \u0410l\u0435x Surname", "visits of alex-surname", "Brum rather than elsewhere", f"Le{J}eds staff"),
    *("team seven rather than the rest", "team number four rather than others", "the fourth team rather than others"),
    *("team IV rather than others", "Team Alpha rather than others", "staff member 12 rather than others"),
    *("practitioner 7 rather than others", "person twelve rather than others", "worker \u2116 12"),
    *("our deaf colleague rather than others", "whoever joined in May 2019", "the Polish worker rather than others"),
    *("my manager rather than others", "the idle rather than others", "laziness"),
)
SIZES = (
    *("a unit and a half more", "10 x one unit more", "two-thirds of a unit more", "one unit more, ten times over"),
    *("a thousandth of a unit more", "a gross of units more", "a hundred-odd units more", "0x10 units more"),
)
QUESTIONS = (
    *("How do individual workers compare on visits?", "Where does each team stand on visits?"),
    *("Do some social workers try less hard at home?", "Can we list workers by visits kept?"),
    *("Can teams be sorted by visits kept?", "Can offices be put in order by visits?", "How can workers be scored?"),
    *("Does team A see more families than team B?", "Which 3 teams have most leavers?"),
    *("What are the three teams with most leavers?", "Are there bad apples among home workers?"),
    *("Do home workers pull their weight?", "Are some workers not up to the job?", "Are teams at home coasting?"),
    *("Do difficult families miss visits by phone?", "Are home workers cheating on hours?"),
    *("Is it the manager's fault that visits fell?", "Do the usual suspects miss visits?"),
    *("Can we spot those who will leave from their logins?", "Are parents lying about access?"),
    *("Is the new social worker slower?", "Is he slower than she?", "Are home workers a waste of money?"),
)
UNITS = (
    *("points (x 100)", "tens of points", "points in hundreds", "points times ten", "points (ten each)"),
    *("minus points", "points, certain", "points (reverse)"),
)
FIELDS = {
    "phrase blames": {"words": (W("y", "incompetence"),)},
    "phrase of a team": {"words": (W("y", "practice of team seven"),)},
    "phrase is sure": {"words": (W("y", "learning, 100% sure"),)},
    "phrase of a court": {"words": (W("y", "learning as the court found"),)},
    "unit of effects, sentence": {"effect_unit": "points. Staff at home do less"},
    "unit of effects, formula": {"effect_unit": "=1+1"},
    "unit of effects, markup": {"effect_unit": "<b>points</b>"},
    "unit of effects, rank": {"effect_unit": "points of the worst team"},
    "unit of effects, number": {"effect_unit": "thousand points"},
    "unit of effects, cause": {"effect_unit": "points caused by home work"},
    "caveat ranks": {"caveats": ("Staff at home are the worst of all.",)},
    "caveat blames": {"caveats": ("Team at home is to blame.",)},
    "caveat, markup": {"caveats": ("<script>alert(1)</script>",)},
    "caveat, formula": {"caveats": ("=HYPERLINK(1)",)},
    "caveat, long": {"caveats": ("word " * 1000,)},
    "caveat, turned": {"caveats": ("\u202eesrow",)},
    "lean blames": {"known_lean": "The teams at home are lazy."},
    "lean, formula": {"known_lean": "=1+1"},
    "lean, markup": {"known_lean": "<img src=x>"},
    "time, markup": {"time_label": "month</b>"},
    "time ranks": {"time_label": "month of the worst"},
    "id blames": {"id": "lazy-teams"},
}
FAIR = (
    *("office two days a week rather than three", "team of ten or more", "the first worker that a family meets"),
    *("work at home on one to two days", "a manager one day a week in the office", "visits by video rather than phone"),
    *("a lone worker policy", "grade 7 staff rather than others", "team working in person"),
)
METRIC = {
    "question": "How often are visits kept?", "table": "contact", "formula": 'share(mode == "video")', "unit": "share",
}  # fmt: skip
METRICS = (
    *({"name": "Visits of team seven"}, {"name": "Visits of Al\u0435x Surname"}, {"name": "Visits that staff skip"}),
    *({"name": "Laziness index"}, {"name": "<b>Visits</b>"}, {"name": "[Visits](javascript:1)"}),
    *({"name": "Visits |99|"}, {"name": "Visits per named worker"}, {"name": "Risk of leaving of a worker"}),
    *({"name": "Visits", "unit": "<i>"}, {"name": "Visits", "question": "Can workers be sorted by visits?"}),
    *({"name": "Visits", "caveats": [c]} for c in ("The teams at home are idle.", "<script>x</script>")),
    *({"name": "Visits", "caveats": [c]} for c in ("Nobody doubts that Team A is lazy.", "=1+1")),
    {"name": "Visits", "caveats": ["Not only the worst teams are shown, nobody doubts."]},
)


@pytest.mark.parametrize("side", (*SIDES, *SIZES))
def test_nobody_is_a_side_and_a_size_is_said_once(side: str) -> None:
    with pytest.raises(StudyError, match="WORDS") as refused:
        ht.Study(**{**PLAIN, "contrast": side})  # type: ignore[arg-type]
    assert "surname" not in str(refused.value).lower()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_asks_for_nobody(question: str) -> None:
    with pytest.raises(StudyError, match=r"WORDS-BLAME|WORDS-NAMED"):
        ht.Study(**{**PLAIN, "question": question})  # type: ignore[arg-type]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_changes_no_figure(unit: str) -> None:
    with pytest.raises(StudyError, match="WORDS"):
        ht.Study(**{**PLAIN, "words": (W("y", "learning", unit=unit),)})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", FIELDS)
def test_no_field_of_a_study_ranks_blames_or_holds_more_than_words(field: str) -> None:
    with pytest.raises(StudyError, match="WORDS"):
        ht.Study(**{**PLAIN, **FIELDS[field]})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given", METRICS, ids=lambda g: " ".join(map(str, g.values())).encode("ascii", "replace").decode()
)
def test_no_text_of_an_own_metric_does(given: dict[str, object]) -> None:
    with pytest.raises(MeasureError, match="METRIC-WORDS"):
        ht.declare_metric(**{**METRIC, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("phrase", FAIR)
def test_plain_contrasts_pass(phrase: str) -> None:
    assert ht.Study(**{**PLAIN, "contrast": phrase}).contrast == phrase  # type: ignore[arg-type]
