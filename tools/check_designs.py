"""The designs whose checks are tried, each with its worlds: ``HOMES``."""

from __future__ import annotations

from functools import partial

from hybrid_toolkit.designs import ModelColumns
from hybrid_toolkit.trust.dgps import authority as a
from tools import check_worlds as w
from tools.check_worlds import SAYS, Home, Make, but, pilot_of, rollout, workers

STAFF = a.AuthorityWorld(exposure="worker")
CHANGING = a.AuthorityWorld(exposure="team-month")
TEAMS = ModelColumns("y", "policy", "team_id", panel_id="team_id", time="month", first_treated="first_treated")
AREAS = ModelColumns("y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated")
SEASON = (("season", 12.0),)
SEASONAL = ModelColumns(
    "y", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated", settings=SEASON
)
EVENTS = ModelColumns(
    "events", "policy", "la_id", panel_id="la_id", time="month", first_treated="first_treated", settings=SEASON
)
TREND_FAULTS = {
    "parallel trends": ("the teams that will start rise by 0.08 a month", {"drift": 0.08}),
    "placebo in time": ("the teams that will start rise by 0.08 a month", {"drift": 0.08}),
    "anticipation": ("all of an effect of 0.8 is there two months before", {"effect": 0.8, "early": 1.0}),
    "interference": ("teams outside lose up to 0.8 as others start", {"spill": 0.8}),
    SAYS: ("an effect of 0.5", {"effect": 0.5}),
}
NO_FAULT = {
    "convergence": "a fit that does not converge is refused before any check",
    "few clusters": "no world is known here in which the interval differs from the wild bootstrap's: it holds with few",
}
"""Checks for which a world with their fault is missing, and why."""
DIFFER = "workers differ in days at home"
CHANGE = "teams change days at home, shocks last"
_FEW_ANSWER = "35% to 60% answered"
staff: Make = partial(workers, made=STAFF)
changing: Make = partial(workers, made=CHANGING)
twelve: Make = partial(workers, made=a.AuthorityWorld(teams=12, exposure="worker"))
sloped: Make = partial(workers, made=a.AuthorityWorld(exposure="worker", slope=1.0))
sloped_teams: Make = partial(workers, made=a.AuthorityWorld(exposure="team-month", slope=1.0))
wandering: Make = but(staff, w.wander)
_UNRELATED = partial(w.measured_twice, second=False)
_three: Make = partial(workers, made=a.AuthorityWorld(pilot=3))
_ALWAYS = ("check_clusters", "check_missing_values", "check_converged")
_TWELVE = ("12 teams", twelve)
_SLOPE = ("a slope of 1", sloped)
_UNLIKE = "one large team is at home on all days, and its outcome lies far off"
_PILOT_10: Make = partial(a.staying, a.AuthorityWorld(pilot=10))


def plan(outcome: str, exposure: str, **more: object) -> ModelColumns:
    """Columns of a study of workers in teams."""
    return ModelColumns(outcome, exposure, "team_id", **more)  # type: ignore[arg-type]


def _series(change: Make | None = None, months: int = 48, effect: float = 0.0) -> Make:
    return change or partial(a.monthly, months=months, effect=effect)


_REGRESSION = (
    Home(
        "cross-sectional",
        plan("y", "x"),
        (DIFFER, staff),
        {
            "missing values": (_FEW_ANSWER, but(staff, w.silent)),
            "clusters": _TWELVE,
            "influence": (_UNLIKE, but(staff, w.unlike("y", 3.0))),
            SAYS: _SLOPE,
        },
    ),
    Home(
        "cross-sectional",
        plan("y", "x", responded="responded", panel_id="worker_id", time="month"),
        ("a survey that 85% answer, whoever they are", but(staff, w.answered(0.85))),
        {
            "response": (_FEW_ANSWER, but(staff, w.silent)),
            "attrition": ("few of those who began low answer later", but(staff, w.fell_away)),
        },
        run=("check_response", "check_attrition"),
        of="a survey",
    ),
    Home(
        "multilevel",
        plan("y", "x", panel_id="worker_id", fixed_effects=("month",)),
        (CHANGE, changing),
        {
            "clusters": (
                "3 of 24 teams work at home",
                but(_three, w.piloting),
            ),
            "missing values": (_FEW_ANSWER, but(changing, w.silent)),
            SAYS: ("a slope of 1", sloped_teams),
        },
        run=_ALWAYS,
    ),
    Home(
        "within-worker",
        plan("y", "x", fixed_effects=("worker_id", "month")),
        (CHANGE, changing),
        {
            "missing values": (_FEW_ANSWER, but(changing, w.silent)),
            "variation within": ("everyone keeps to the days of the first month", but(changing, w.hardly_changes)),
            SAYS: ("a slope of 1", sloped_teams),
        },
    ),
    Home(
        "within-worker",
        plan("y", "x", fixed_effects=("worker_id", "month"), instruments=("x_two",)),
        (f"{DIFFER} and over time, recorded twice", but(wandering, w.measured_twice)),
        {"first stage": ("the second record tells of something else", but(wandering, _UNRELATED))},
        run=("check_first_stage",),
        of="two measures",
    ),
    Home(
        "within-worker",
        plan("y", "x", fixed_effects=("worker_id", "month"), placebos=("x_next",), colleagues="x_others"),
        (f"{DIFFER} and over time", but(wandering, w.with_neighbours)),
        {
            "lead": ("they go with next quarter's days", but(wandering, partial(w.with_neighbours, ahead=1.5))),
            "interference": (
                "they go with the days of others",
                but(wandering, partial(w.with_neighbours, others=4)),
            ),
        },
        run=("check_placebo", "check_colleagues"),
        of="with others and the next quarter",
    ),
    Home(
        "cross-sectional",
        plan("y", "x", moderator="senior"),
        (DIFFER, staff),
        {"common range": ("senior workers are at home on most days, others are not", but(staff, w.apart))},
        run=("check_common_range",),
        of="two groups",
    ),
    Home(
        "within-between",
        plan("y", "x", panel_id="worker_id", time="month"),
        ("workers stay in their teams, teams change days at home, shocks last", w.stayed),
        {
            "variation within": ("everyone keeps to the days of the first wave", but(w.stayed, w.hardly_changes)),
            "attrition": ("most of those who began low leave", but(w.stayed, w.left_low)),
        },
        run=("check_within", "check_drop_out"),
    ),
    Home(
        "adjusted-interaction",
        plan("y", "at_home", moderator="senior"),
        (DIFFER, staff),
        {"overlap": ("few are senior", but(staff, w.rare("senior", 0.2)))},
        run=("check_overlap",),
    ),
    Home(
        "binary-outcome",
        plan("yes", "x"),
        (DIFFER, staff),
        {
            "clusters": _TWELVE,
            "missing values": ("40% was never recorded", but(staff, w.lost("yes"))),
            "influence": (_UNLIKE, but(staff, w.all_yes)),
            "rarer answer": ("1 in 100 says yes", but(staff, w.rare("yes", 0.02))),
            SAYS: _SLOPE,
        },
    ),
    Home(
        "count-outcome",
        plan("count", "x"),
        (DIFFER, staff),
        {
            "clusters": _TWELVE,
            "missing values": ("40% was never recorded", but(staff, w.lost("count"))),
            "influence": (_UNLIKE, but(staff, w.unlike("count", 6.0))),
            "events": ("fewer than ten events", but(staff, w.rare("count", 0.004))),
            SAYS: _SLOPE,
        },
    ),
    Home(
        "ordinal-outcome",
        plan("answer", "x"),
        (DIFFER, staff),
        {"one slope at every threshold": ("days at home draw answers to both ends", but(staff, w.both_ends))},
        run=("check_parallel",),
    ),
    Home(
        "retention",
        plan("left", "pilot", duration="months"),
        ("10 of 24 teams pilot", _PILOT_10),
        {
            "clusters": ("3 of 24 teams pilot", partial(a.staying, a.AuthorityWorld(pilot=3))),
            "missing values": ("40% was never recorded", but(_PILOT_10, w.lost("months"))),
            "events": ("fewer than ten leave", but(_PILOT_10, w.rare("left", 0.04))),
            "proportional hazards": ("pilot teams lose people at once, hardly any later", but(_PILOT_10, w.turning)),
        },
        run=(
            "check_clusters",
            "check_missing_values",
            "check_converged",
            "check_events_per_term",
            "check_proportional",
        ),
    ),
    Home(
        "doubly-robust",
        plan("y", "at_home", confounders=("age",)),
        (DIFFER, staff),
        {
            "overlap": ("age all but decides who works at home", but(staff, w.older(4.0, of="at_home"))),
            "balance": ("age all but decides who works at home", but(staff, w.older(4.0, of="at_home"))),
            "effective sample": ("age all but decides who works at home", but(staff, w.older(4.0, of="at_home"))),
        },
        run=("check_weighted_overlap", "check_weighted_balance", "check_effective_size"),
    ),
    Home(
        "mediation",
        plan("y", "x", mediators=("autonomy",), confounders=("age",)),
        (f"{DIFFER}, autonomy goes with it", staff),
        {
            "first path": ("autonomy does not go with days at home", but(staff, w.no_first_path)),
            "interaction": ("autonomy matters at home only", but(staff, w.at_home_only)),
            "mediator and outcome": ("what one leader says moves both a little", but(staff, w.shared_cause)),
        },
        run=("check_path", "check_interaction", "check_residual_correlation"),
    ),
    Home(
        "decomposition",
        plan("y", "senior", confounders=("age",)),
        (DIFFER, staff),
        {
            "common support": ("hardly any senior worker is as young as the others", but(staff, w.elders)),
            "choice of reference": ("age matters among senior workers only", but(staff, w.age_among_senior)),
        },
        run=("check_common_support", "check_reference"),
    ),
)


def _trend(make: object, without: tuple[str, ...] = ()) -> dict[str, tuple[str, Make]]:
    return {k: (words, make(**more)) for k, (words, more) in TREND_FAULTS.items() if k not in without}  # type: ignore[operator]


_ROLLOUT = (
    Home(
        "two-by-two",
        TEAMS,
        ("10 of 24 teams pilot, months have a season", pilot_of(10)),
        {
            **_trend(partial(pilot_of, 10), ("interference",)),
            "group sizes": ("3 of 24 teams pilot", pilot_of(3)),
            "clusters": ("5 of 12 teams pilot", partial(a.by_team, a.AuthorityWorld(teams=12, pilot=5))),
            "missing values": ("40% was never recorded", but(pilot_of(10), w.lost("y"))),
            "influence": ("one pilot team changes beyond all others", but(pilot_of(10), w.one_starter(8.0))),
        },
    ),
    Home(
        "staggered-rollout",
        TEAMS,
        ("three groups of six teams start, months have a season", rollout()),
        {
            **_trend(rollout),
            "clusters": ("3 of 24 teams pilot", pilot_of(3)),
            "group sizes": ("3 of 24 teams pilot", pilot_of(3)),
            "missing values": ("40% was never recorded", but(rollout(), w.lost("y"))),
            "influence": ("one team that starts changes beyond all others", but(rollout(), w.one_starter(8.0))),
        },
    ),
    Home(
        "random-order",
        plan(
            "y",
            "policy",
            settings=(("order", "randomised"),),
            panel_id="team_id",
            time="month",
            first_treated="first_treated",
        ),
        ("all teams start, by lot", w.wedge),
        {"random order": ("teams that do well go first", but(w.wedge, w.out_of_order))},
        run=("check_order",),
    ),
    Home(
        "stepped-wedge",
        TEAMS,
        ("all teams start, by lot", w.wedge),
        {
            "random order": ("teams that do well go first", but(w.wedge, w.out_of_order)),
            "influence": ("one team changes beyond all others", but(w.wedge, w.one_starter(8.0))),
            "time under the policy": ("an effect of 1 comes a month after the start", but(w.wedge, w.growing)),
            SAYS: ("an effect of 0.5", partial(w.wedge, effect=0.5)),
        },
        run=("check_order", "check_time_under_policy", "check_unit_left_out"),
    ),
)
_SERIES = (
    Home(
        "interrupted-series",
        SEASONAL,
        ("48 months with school holidays", _series()),
        {
            "length of the series": ("24 months", _series(months=24)),
            "autocorrelation": ("figures are entered in batches, two months in five", but(_series(), w.wave_of_two)),
            "anticipation": ("a change of 3 is there two months before", but(_series(), w.early(3.0))),
            "placebo in time": ("something else added 3 for good a year before", but(_series(), w.jolted(3.0))),
            "influence of periods": ("the first month of the change lies 6 above", but(_series(), w.struck(6.0))),
            "missing values": ("half was never recorded", but(_series(), w.lost("y", 0.5))),
            SAYS: ("a change of 2", _series(effect=2.0)),
        },
    ),
    Home(
        "controlled-series",
        SEASONAL,
        ("one of 10 authorities that share trend and season", a.neighbours),
        {
            "influence": ("one of the others moves far off after the start", but(a.neighbours, w.one_control)),
            SAYS: ("a change of 2", partial(a.neighbours, effect=2.0)),
        },
        run=("check_influence",),
    ),
    Home(
        "synthetic-did",
        AREAS,
        ("four of 25 authorities that follow common waves", but(a.authorities, w.four_change)),
        {
            "influence": ("one of the four changes beyond all others", but(a.authorities, w.one_of_four)),
            SAYS: ("an effect of 1", but(a.authorities, partial(w.four_change, effect=1.0))),
        },
        run=("check_changed_left_out",),
    ),
    Home(
        "synthetic-control",
        AREAS,
        ("one of 25 authorities that follow common waves", a.authorities),
        {
            "fit before the start": ("the changed one has a wave of its own", partial(a.authorities, unlike=True)),
            "influence": ("it is like one other only, which has a shock of its own", but(a.authorities, w.one_donor)),
            "missing values": ("40% was never recorded", but(a.authorities, w.lost("y"))),
            SAYS: ("an effect of 1.5", partial(a.authorities, effect=1.5)),
        },
    ),
)
HOMES = (*_REGRESSION, *_ROLLOUT, *_SERIES)
"""Every design whose checks are tried; where one serves several designs it is tried in one of them."""
