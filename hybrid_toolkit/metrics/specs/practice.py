"""Relational practice: MA1 to MA4 and the continuity and visit parts of MF2 and MF3 that records of contacts give."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.constructs.practice import practice_skill
from hybrid_toolkit.metrics.contacts.contact_formulas import CHOICE_HONOURED, PREFERENCE_MET, REMOTE
from hybrid_toolkit.metrics.contacts.contact_tables import ContactUnits
from hybrid_toolkit.metrics.instruments import load_instrument, score_instrument
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.psychometrics.intraclass import rater_icc
from hybrid_toolkit.metrics.psychometrics.reliability import cronbach_alpha
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import look_up, month_of, optional, require

SKILL_COLUMNS = {
    "practice_rating": ("contact_id", "rater_id", *PRACTICE_ITEMS),
    "contact": ("contact_id", "family_id", "worker_id", "held_date", "mode"),
}
WAI, SKILL = load_instrument("wai_sr"), load_instrument("practice_skill")


HELD_CONTACTS = ContactUnits("held_contacts")
"""``contact_practice`` of the contacts that were held, with ``choice_recorded`` (0/1)."""


def alliance_answers(data: EvaluationData) -> pd.DataFrame:
    """Alliance scores, one row a parent's answers about a worker: keys, ``month``, ``team_id`` and the four scores."""
    rows = require(data, "alliance", "family_id", "worker_id", "date", *WAI.item_ids)
    scores = score_instrument(rows[["family_id", "worker_id", "date", *WAI.item_ids]], "wai_sr").frame
    out = look_up(scores, optional(data, "worker", "team_id"), "worker_id", ["team_id"])
    return out.assign(month=month_of(out["date"]))


def alliance_alpha(data: EvaluationData) -> float:
    """Alpha of the twelve alliance items."""
    return cronbach_alpha(require(data, "alliance", *WAI.item_ids)[list(WAI.item_ids)]).estimate


def rater_agreement(data: EvaluationData) -> float:
    """ICC(2,1) of the mean rating over the meetings coded by two raters or more (the first two of each)."""
    rows = require(data, "practice_rating", "contact_id", "rater_id", *PRACTICE_ITEMS)
    score = rows[list(PRACTICE_ITEMS)].astype("float64").mean(axis=1, skipna=False)
    frame = rows[["contact_id", "rater_id"]].assign(score=score).dropna().sort_values(["contact_id", "rater_id"])
    frame["turn"] = frame.groupby("contact_id").cumcount()
    wide = frame[frame["turn"] < 2].pivot(index="contact_id", columns="turn", values="score").dropna()
    if wide.shape[1] < 2 or len(wide) < 3:
        raise MeasureError(
            "table 'practice_rating': fewer than 3 meetings are coded by two raters.",
            fix="Create double codes for a fifth of the meetings.",
            code="RELIABILITY-N",
        )
    return rater_icc(wide)["ICC(2,1)"].estimate


def _skill(name: str, title: str, what: str) -> MetricSpec:
    return MetricSpec(
        id=name if name == "skill" else f"skill_{name}",
        code=SKILL.code,
        name=title,
        question=SKILL.question,
        unit="recorded meeting",
        columns=SKILL_COLUMNS,
        formula=f"{what}; mean over raters, then over meetings",
        low=1,
        high=5,
        direction="higher",
        min_n=30,
        value_unit="rating 1-5",
        reliability="ICC(2,1) of .70 or more, a fifth of meetings coded twice",
        caveats=(
            "The coding manual belongs to its authors.",
            "How strict a rater is moves every meeting they code: the interval is clustered on teams and raters, and "
            "with few raters it is wide.",
            "Published inter-rater ICC is .731 to .967; skill goes with engagement in a study of 127 families.",
        ),
        source="Whittaker et al. 2017; Forrester et al. 2019",
        frame=practice_skill,
        statistic=MeanOf(name, crossed="rater"),
        cluster=("team_id", "worker_id"),
        reliability_of=rater_agreement,
    )


def _alliance(scale: str, title: str, low: float, high: float) -> MetricSpec:
    return MetricSpec(
        id=scale,
        code=WAI.code,
        name=title,
        question=WAI.question,
        unit="parent and worker",
        columns={"alliance": ("family_id", "worker_id", "date", *WAI.item_ids)},
        formula="sum of the scale's items",
        low=low,
        high=high,
        direction="higher",
        min_n=10,
        value_unit="score",
        reliability="alpha or omega of .70 or more",
        caveats=("Norms from therapy do not carry over to involuntary clients.", "A ceiling is common."),
        source="Hatcher and Gillaspy 2006 (item map; copyright Society for Psychotherapy Research)",
        frame=alliance_answers,
        statistic=MeanOf(scale),
        cluster=("worker_id", "family_id"),
        reliability_of=alliance_alpha,
    )


CONTACT = ("contact_id", "family_id", "held_date", "mode")

SPECS: tuple[MetricSpec, ...] = (
    _skill("skill", "Practice skill, all seven dimensions", "mean of the seven ratings"),
    _skill("care", "Care", "mean of collaboration, autonomy and empathy"),
    _skill("authority", "Authority", "mean of purposefulness, child focus and clarity about concerns"),
    _skill("evocation", "Evocation", "the rating of evocation"),
    _alliance("alliance", "Working alliance", 12, 60),
    _alliance("alliance_task", "Working alliance: task", 4, 20),
    _alliance("alliance_bond", "Working alliance: bond", 4, 20),
    _alliance("alliance_goal", "Working alliance: goal", 4, 20),
    MetricSpec(
        id="choice_honoured",
        code="MA3",
        name="Family's choice of mode honoured",
        question="Are families offered a choice of how to meet, and is it kept to?",
        unit="held contact",
        columns={"contact": (*CONTACT, "mode_offered_choice", "mode_preferred")},
        formula=CHOICE_HONOURED.words,
        low=0,
        high=1,
        direction="higher",
        min_n=30,
        value_unit="share",
        caveats=("Look first at how often offer and wish are recorded (choice_recorded).",),
        source="This project, from evaluation factor C8e1 of the self-assessment",
        frame=HELD_CONTACTS,
        statistic=MeanOf("choice_honoured", crossed="month"),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="choice_recorded",
        code="MA3",
        name="Choice of mode recorded",
        question="In how many contacts is it known what the family wanted?",
        unit="held contact",
        columns={"contact": (*CONTACT, "mode_offered_choice", "mode_preferred")},
        formula="held contacts with offer, wish and mode recorded / held contacts",
        low=0,
        high=1,
        direction="higher",
        min_n=30,
        value_unit="share",
        source="This project: completeness that goes before choice_honoured",
        frame=HELD_CONTACTS,
        statistic=MeanOf("choice_recorded"),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="preference_met_share",
        code="MA3",
        name="Contacts held in the way the family preferred",
        question="Where a family's wish is noted, is it met in that way?",
        unit="held contact",
        columns={"contact": (*CONTACT, "mode_preferred")},
        formula=PREFERENCE_MET.words,
        low=0,
        high=1,
        direction="higher",
        min_n=30,
        value_unit="share",
        caveats=(
            "For records that note the wish and not whether a choice was offered: it says less than choice_honoured.",
            "Where only in person or remote is recorded, only that is compared.",
            "Families whose wish is noted may differ from the others.",
        ),
        source="This project, from evaluation factor C8e1 of the self-assessment",
        frame=HELD_CONTACTS,
        statistic=MeanOf("preference_met", crossed="month"),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="remote_contact_share",
        code="MA3",
        name="Contacts by video or telephone",
        question="How much contact with families is remote?",
        unit="held contact",
        columns={"contact": CONTACT},
        formula=REMOTE.words,
        low=0,
        high=1,
        direction="none",
        min_n=30,
        value_unit="share",
        caveats=("Not good or bad by itself: read it with choice honoured and engagement.",),
        source="This project",
        frame=HELD_CONTACTS,
        statistic=MeanOf("remote"),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="condition_maturity",
        code="MA4",
        name="Maturity of the nine conditions",
        question="How far are the conditions for hybrid working in place?",
        unit="authority or service",
        columns={},
        formula="32 prompts rated 0 to 3 (none, emerging, established, evidenced); median over raters",
        low=0,
        high=3,
        direction="higher",
        min_n=3,
        value_unit="rating 0-3",
        caveats=("This project's scale, not validated.", "Show the spread by role. Never a league table."),
        source="This project, over the nine conditions of the self-assessment",
        elsewhere="Assessed by raters in the assess room, not measured from tables.",
    ),
)
