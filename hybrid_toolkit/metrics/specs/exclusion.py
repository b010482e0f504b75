"""Digital exclusion of families and workers: MC1 to MC6."""

from __future__ import annotations

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS
from hybrid_toolkit.metrics.constructs.exclusion import worker_broadband
from hybrid_toolkit.metrics.contacts.contact_tables import ContactUnits
from hybrid_toolkit.metrics.intervals.interval import MeanOf
from hybrid_toolkit.metrics.intervals.statistics import DifferenceInDifferences, Slope
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import household_access, look_up, number_values, require, worker_month_exposure


def access_rows(data: EvaluationData) -> pd.DataFrame:
    """``household_access`` with numbers for the shares."""
    out = household_access(data)
    shares = ("meets_complete", "meets_lower", "meets_upper", "recorded")
    return out.assign(**{name: out[name].astype("float64") for name in shares})


def blanks(rows: pd.DataFrame) -> str:
    """How many of the households that were asked have a flag blank, in words; empty where none has."""
    asked = rows["asked"].sum()
    partly = asked - rows["recorded"].sum()
    return (
        f"{partly / asked:.0%} of households asked have a blank: read access_meets_lower and _upper" if partly else ""
    )


def broadband_frame(data: EvaluationData) -> pd.DataFrame:
    """``worker_broadband`` with ``inadequate`` (0/1) and its complement as numbers."""
    out = worker_broadband(data)
    adequate = out["adequate"].astype("float64")
    return out.assign(adequate=adequate, inadequate=1 - adequate)


def area_exposure(data: EvaluationData) -> pd.DataFrame:
    """Worker-months with the share of premises in the authority that cannot get 30 Mbit/s (``no30mbit_share``)."""
    area = require(data, "la", "la_id", "no30mbit_pct")
    out = look_up(worker_month_exposure(data), require(data, "team", "team_id", "la_id"), "team_id", ["la_id"])
    out = look_up(out, area, "la_id", ["no30mbit_pct"])
    return out.assign(no30mbit_share=number_values(out, "no30mbit_pct") / 100)


ENGAGEMENT = ContactUnits("engagement")
"""``contact_engagement``."""


MDLS = ("Access is not recorded at random: a share among the recorded is not a share of families.",)
ENGAGED = (
    "Engaged as the worker who held the contact recorded it: a parent or child spoke to its purpose. It is the "
    "worker's word and may go with the mode: the family's own is alliance, an observer's is skill."
)
ACCESS = load_instrument("family_access")
_HOURS = ("worker_id", "month", "h_home", "h_office")


def _access(
    name: str,
    title: str,
    question: str,
    formula: str,
    column: str,
    high: float,
    unit: str,
    caveats: tuple[str, ...] = (),
) -> MetricSpec:
    return MetricSpec(
        id=name,
        code=ACCESS.code,
        name=title,
        question=question,
        unit="household",
        columns={"access": ("family_id", "date", *ACCESS_FLAGS)},
        formula=formula,
        low=0,
        high=high,
        direction="higher",
        min_n=10,
        value_unit=unit,
        caveats=(*MDLS, *caveats),
        source="After the Minimum Digital Living Standard 2025 (own flags, not its full content)",
        frame=access_rows,
        statistic=MeanOf(column),
        warn=blanks if column in ("meets_complete", "count") else None,
        cluster=("lsoa", "family_id"),
    )


SPECS: tuple[MetricSpec, ...] = (
    _access(
        "access_meets_share",
        "Households with all ten digital needs met",
        ACCESS.question,
        "households with all ten flags true at the latest record / households with all ten answered",
        "meets_complete",
        1,
        "share",
        ("Of complete records: right where flags are left blank at random, and not where those left out have less.",),
    ),
    _access(
        "access_meets_lower",
        "Households with all ten digital needs met, at least",
        ACCESS.question,
        "households known to have all ten / households with a record",
        "meets_lower",
        1,
        "share",
        ("The lower bound: every blank is read as not met, so that it needs no assumption about blanks.",),
    ),
    _access(
        "access_meets_upper",
        "Households with all ten digital needs met, at most",
        ACCESS.question,
        "households not known to lack any of ten / households with a record",
        "meets_upper",
        1,
        "share",
        ("The upper bound: every blank is read as met, so that it needs no assumption about blanks.",),
    ),
    _access(
        "access_count",
        "Digital needs met, of ten",
        "How far are families from what they need?",
        "mean number of flags true at the latest record, of households with all ten recorded",
        "count",
        10,
        "needs",
    ),
    _access(
        "access_recorded_share",
        "Households whose access is known",
        "Do we know which families are shut out?",
        "households with all ten needs answered / households",
        "recorded",
        1,
        "share",
    ),
    MetricSpec(
        id="digital_exclusion_risk_index",
        code="MC2",
        name="Digital Exclusion Risk Index",
        question="Where is digital exclusion likely?",
        unit="small area",
        columns={},
        formula="mean of three components, each a weighted sum of indicators put on 0 to 10 between a base's ends",
        low=0,
        high=10,
        direction="lower",
        min_n=1,
        value_unit="score 0-10",
        caveats=("Its owner forbids targets, trends and inference about individuals.",),
        source="Greater Manchester Combined Authority, DERI v1.6",
        elsewhere="Computed by digital_exclusion_risk() from small-area indicators, which no contract holds.",
    ),
    MetricSpec(
        id="exclusion_penalty_raw",
        code="MC3",
        name="Exclusion gap in engagement (unadjusted)",
        question="Does remote contact go with less engagement where digital access is low?",
        unit="held contact",
        columns={
            "contact": ("contact_id", "family_id", "held_date", "mode", "engaged"),
            "access": ("family_id", "date", *ACCESS_FLAGS),
        },
        formula="[P(engaged | in person, low access) - P(engaged | remote, low)] - [the same with adequate access]: "
        "above zero where remote contact costs families with low access more",
        low=-1,
        high=1,
        direction="lower",
        min_n=400,
        value_unit="difference of shares",
        caveats=(
            "Mode is confounded by risk and need: the study 'exclusion-gap' adjusts for them.",
            "At least 100 contacts in each of the four cells.",
            ENGAGED,
        ),
        source="This project",
        frame=ENGAGEMENT,
        statistic=DifferenceInDifferences("engaged", "in_person", "low_access", min_cell=100),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="engaged_share",
        code="MC3",
        name="Contacts in which the family engaged",
        question="Do families engage?",
        unit="held contact",
        columns={"contact": ("contact_id", "family_id", "held_date", "mode", "engaged")},
        formula="held contacts with engagement / held contacts for which it is recorded",
        low=0,
        high=1,
        direction="higher",
        min_n=30,
        value_unit="share",
        caveats=(ENGAGED,),
        source="This project",
        frame=ENGAGEMENT,
        statistic=MeanOf("engaged"),
        cluster=("team_id", "worker_id", "family_id"),
    ),
    MetricSpec(
        id="workforce_digital_skill",
        code="MC4",
        name="Essential digital skills for work",
        question="Can the workforce do the digital tasks of the work?",
        unit="worker",
        columns={},
        formula="skill view: at least one task in each of five areas; task view: all twenty tasks",
        low=0,
        high=1,
        direction="higher",
        min_n=10,
        value_unit="share",
        caveats=("52% of UK working-age adults fail the task view and 18% the skill view (2024).",),
        source="Essential Digital Skills for Work",
        elsewhere="Not computed: the twenty tasks are not in the contracts yet.",
    ),
    MetricSpec(
        id="broadband_burden_pct",
        code="MC5",
        name="Cost of home broadband borne by the worker",
        question="Who pays for working at home?",
        unit="worker",
        columns={
            "worker": ("worker_id", "broadband_mbps", "broadband_cost", "net_pay_band"),
            "worker_month": _HOURS,
        },
        formula="100 x monthly cost x home desk hours / waking hours / net pay",
        low=0,
        high=100,
        direction="lower",
        min_n=10,
        value_unit="% of net pay",
        caveats=("Net pay is taken from the band, by assumption unless amounts are given.",),
        source="This project, pathway E1",
        frame=broadband_frame,
        statistic=MeanOf("burden"),
    ),
    MetricSpec(
        id="broadband_cost_pct",
        code="MC5",
        name="Whole cost of home broadband",
        question="What does the connection cost a worker who would not have it otherwise?",
        unit="worker",
        columns={
            "worker": ("worker_id", "broadband_mbps", "broadband_cost", "net_pay_band"),
            "worker_month": _HOURS,
        },
        formula="100 x monthly cost / net pay",
        low=0,
        high=100,
        direction="lower",
        min_n=10,
        value_unit="% of net pay",
        caveats=(
            "The most that work can cost, for a worker who would have no connection without it; "
            "broadband_burden_pct is the least, for one who would have the same.",
            "Net pay is taken from the band, by assumption unless amounts are given.",
        ),
        source="This project, pathway E1",
        frame=broadband_frame,
        statistic=MeanOf("whole_burden"),
    ),
    MetricSpec(
        id="broadband_travel_penalty_h",
        code="MC5",
        name="Extra travel without adequate broadband",
        question="Do workers without adequate broadband travel more?",
        unit="worker",
        columns={
            "worker": ("worker_id", "broadband_mbps", "commute_min", "role"),
            "worker_month": (*_HOURS, "h_commute", "h_visit_travel"),
        },
        formula="coefficient of inadequate broadband (under 30 Mbit/s) in a regression of travel hours a month on it, "
        "commute minutes and role",
        low=None,
        high=None,
        direction="lower",
        min_n=30,
        value_unit="hours a month",
        caveats=("An association.", "Cost borne and broadband absent are two things: see broadband_burden_pct."),
        source="This project, pathway E1",
        frame=broadband_frame,
        statistic=Slope("travel_h", "inadequate", ("commute_min", "role")),
    ),
    MetricSpec(
        id="broadband_adequate_share",
        code="MC5",
        name="Workers with adequate broadband",
        question="How many workers can work well at home?",
        unit="worker",
        columns={"worker": ("worker_id", "broadband_mbps"), "worker_month": _HOURS},
        formula="workers with 30 Mbit/s or more at home / workers whose speed is known",
        low=0,
        high=1,
        direction="higher",
        min_n=10,
        value_unit="share",
        source="This project, pathway E1",
        frame=broadband_frame,
        statistic=MeanOf("adequate"),
    ),
    MetricSpec(
        id="area_broadband_slope",
        code="MC6",
        name="Slope of remote share on poor area broadband",
        question="Is there less remote work where broadband is poor?",
        unit="worker-month",
        columns={
            "la": ("la_id", "no30mbit_pct"),
            "team": ("team_id", "la_id"),
            "worker": ("worker_id", "team_id"),
            "worker_month": _HOURS,
        },
        formula="coefficient of the share of premises without 30 Mbit/s in a regression of remote share, clustered on "
        "authorities",
        low=None,
        high=None,
        direction="none",
        min_n=30,
        value_unit="share per unit share",
        caveats=("Ecological: says nothing about a worker.", "Needs several authorities."),
        source="This project, pathway E2",
        frame=area_exposure,
        statistic=Slope("rs_desk", "no30mbit_share"),
        cluster=("la_id",),
    ),
)
