"""Every true parameter of a synthetic authority, frozen, and the sizes an authority may have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.calibration import ENGLAND_RATES, YEARS

BOUND = 2.5
"""Latent effects on a probability are normal, held within this many standard deviations."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a synthetic world is.

    Parameters
    ----------
    name : str
        Its name in ``SIZES`` or any other.
    n_la : int
        Local authorities.
    teams_per_la : int
        Teams an authority (the mean, where there is more than one authority).
    workers_per_team : float
        Filled posts a team at the start, agency workers among them.
    months : int
        Months observed; the last is September of the calibration year.
    waves : int
        Survey waves, in months 3, 7, 11, ... counted from 1.

    Examples
    --------
    >>> SIZES["small"].teams_per_la, SIZES["small"].wave_months
    (24, (2, 6, 10))
    """

    name: str
    n_la: int
    teams_per_la: int
    workers_per_team: float
    months: int
    waves: int

    def __post_init__(self) -> None:
        if min(self.n_la, self.months) < 1 or self.teams_per_la < 2 or self.workers_per_team < 2:
            raise UsageError(
                "A size needs at least 1 authority, 1 month, 2 teams and 2 workers a team.",
                fix="Choose one of SIZES, or increase the numbers.",
                code="SYNTH-SIZE",
            )
        if self.waves < 0 or 4 * self.waves - 1 > self.months:
            raise UsageError(
                f"{self.waves} survey waves do not fit in {self.months} months; wave w is in month 4w - 1.",
                fix="Ask for fewer waves or more months.",
                code="SYNTH-SIZE",
            )

    @property
    def wave_months(self) -> tuple[int, ...]:
        """Month index of each wave, counted from 0."""
        return tuple(4 * w + 2 for w in range(self.waves))


SIZES: Mapping[str, Size] = MappingProxyType(
    {
        s.name: s
        for s in (
            Size("small", 1, 24, 8.5, 12, 3),
            Size("three-years", 1, 24, 8.5, 36, 9),
            Size("authority", 1, 40, 10.0, 24, 6),
            Size("region", 12, 24, 10.0, 12, 3),
            Size("national", 150, 24, 10.0, 12, 3),
        )
    }
)
"""Sizes by name."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The parameters of a synthetic authority. Nothing that estimates may read them.

    Unless a line says otherwise, an effect on a share is in share points per unit, an effect on wellbeing or
    learning in standard deviations of the latent, and RS is the true share of desk hours worked remotely, 0 to 1.
    The defaults are the toolkit's own proposals with the measured calibration of England; none is a finding.

    Parameters
    ----------
    scenario : str, default "helpful-hump"
        Name of the scenario, for labels.
    calibration_year : int, default 2025
        2023, 2024 or 2025; the workforce figures of that year to 30 September are the targets.
    rs_mean : float, default 0.45
        Mean of RS over worker-months.
    rs_sd : float, default 0.2
        Spread of RS between workers.
    rs_within_sd : float, default 0.1
        Month-to-month spread of a worker's RS.
    rs_team_share : float, default 0.15
        Share of the between-worker variance of RS that lies between teams.
    rs_caring : float, default 0.03
        Shift of a worker's RS with caring responsibilities.
    rs_commute : float, default 0.02
        Shift of a worker's RS per 30 minutes of one-way commute.
    rs_early : float, default -0.04
        Shift of a worker's RS under three years registered.
    rs_broadband : float, default -0.1
        Shift of a worker's RS with home broadband under 10 Mbit/s.
    policy_step : float, default 0.2
        Rise of RS from the month of a team's policy.
    policy_step_sd : float, default 0.04
        Spread of that rise between teams.
    policy_never_share : float, default 0.3
        Share of teams with no policy in the period.
    policy_lag_months : int, default 0
        Months from the policy to the rise.
    policy_month : int, default 0
        Month of the period, counted from 1, in which a policy starts in every team of the authority; 0 where each team
        has a month of its own, or none.
    rs_caseload : float, default -0.02
        Shift of RS per five cases over the mean in the month before.
    rs_vacancy : float, default -0.1
        Shift of RS per unit of the team's posts vacant in the month before.
    rs_sickness : float, default -0.01
        Shift of RS per day lost a head in the team in the month before.
    rs_season : float, default 0.01
        Shift of RS per unit of the season.
    rs_role : float, default 0.01
        Shift of RS per step of role, managers being lowest.
    rs_hours : float, default -0.05
        Shift of RS per unit of full-time equivalent.
    rs_hotdesk : float, default 0.02
        Shift of RS where the team's desks are shared.
    rs_authority : float, default 0.02
        Shift of RS per SD of the authority.
    rs_all_office : float, default 0.03
        Share of workers who are always at the office.
    rs_all_home : float, default 0.01
        Share of workers whose desk hours are all at home.
    rs_error_sd : float, default 0.08
        Error of the diary (worker_month) measure of RS, a month. Attendance is unbiased.
    selection_rho : float, default 0.2
        Correlation of a worker's RS with the unseen part of that worker's practice.
    selection_rho_wellbeing : float, default 0.2
        Correlation of a worker's RS with the unseen part of that worker's wellbeing.
    practice_base : float, default 0.55
        Share of contacts in which the family's preferred mode is honoured.
    practice_rs : float, default -0.08
        Change of that share per unit of the worker's own RS in that month; the estimand S1.
    practice_interference : float, default 0.0
        Change of that share per unit of the team colleagues' mean RS.
    practice_latent_sd : float, default 0.08
        Spread of that share between workers, from practice that nothing records.
    practice_team_sd : float, default 0.03
        Spread of that share between teams.
    practice_month_sd : float, default 0.015
        Spread of that share between months.
    practice_risk : float, default -0.01
        Change of that share per point of the family's risk above 3.
    practice_remote : float, default -0.05
        Change of that share where the contact is remote; it is a part of ``practice_rs``.
    practice_caseload : float, default -0.012
        Change of that share per five cases over the mean in the month before.
    practice_vacancy : float, default -0.05
        Change of that share per unit of the team's posts vacant in the month before.
    practice_sickness : float, default -0.005
        Change of that share per day lost a head in the team in the month before.
    practice_early : float, default -0.01
        Change of that share for workers under three years registered.
    practice_hotdesk : float, default -0.01
        Change of that share where the team's desks are shared.
    timely_base : float, default 0.86
        Share of contacts held in time.
    timely_rs : float, default 0.02
        Change of that share per unit of RS.
    timely_caseload : float, default -0.02
        Change of that share per five cases over the mean in the month before.
    timely_vacancy : float, default -0.08
        Change of that share per unit of the team's posts vacant in the month before.
    timely_sickness : float, default -0.01
        Change of that share per day lost a head in the team in the month before.
    timely_style : float, default 0.01
        Change of that share per SD of the worker's practice that nothing records.
    timely_risk : float, default 0.005
        Change of that share per point of the family's risk above 3.
    timely_hotdesk : float, default -0.01
        Change of that share where the team's desks are shared.
    timely_manager : float, default 0.01
        Change of that share per SD of the manager.
    timely_season : float, default -0.02
        Change of that share per unit of the season.
    exclusion_penalty : float, default -0.15
        Engagement of low-access families in remote contact beyond the two separate effects (S3).
    engage_base : float, default 0.7
        Share of contacts in which the family engages.
    engage_remote : float, default -0.05
        Change of that share in remote contact.
    engage_low : float, default -0.06
        Change of that share in low-access families.
    engage_risk : float, default -0.02
        Change of that share per point of the family's risk above 3.
    engage_worker_sd : float, default 0.03
        Spread of that share between workers.
    engage_family_sd : float, default 0.05
        Spread of that share between families.
    engage_skill : float, default 0.02
        Change of that share per SD of the worker's skill.
    engage_continuity : float, default 0.03
        Change of that share where the worker had the family's case the month before.
    engage_style : float, default 0.01
        Change of that share per SD of the worker's practice that nothing records.
    engage_early : float, default -0.01
        Change of that share for workers under three years registered.
    engage_season : float, default -0.01
        Change of that share per unit of the season.
    mode_remote_base : float, default 0.32
        Share of contacts held remotely.
    mode_rs : float, default 0.35
        Change of that share per unit of the worker's RS in that month.
    mode_risk : float, default -0.05
        Change of that share per point of the family's risk above 3.
    mode_low_access : float, default -0.04
        Change of that share in low-access families.
    mode_rural : float, default 0.04
        Change of that share in rural areas.
    mode_early : float, default 0.02
        Change of that share for workers under three years registered.
    mode_engaged : float, default -0.06
        Change of that share where the family engaged in the contact before.
    mode_caseload : float, default 0.02
        Change of that share per five cases over the mean in the month before.
    mode_vacancy : float, default 0.08
        Change of that share per unit of the team's posts vacant in the month before.
    mode_sickness : float, default 0.01
        Change of that share per day lost a head in the team in the month before.
    low_access_share : float, default 0.4
        Share of families below the access threshold.
    low_access_risk : float, default 0.05
        Change of that share per point of risk.
    low_access_rural : float, default 0.08
        Change of that share in rural areas.
    access_unrecorded : float, default 0.4
        Share of families with no record.
    access_low_log_odds : float, default -0.6
        How much rarer (log odds) the record of a low-access family is.
    wb_rs : float, default 1.2
        Coefficient of RS in wellbeing = ``wb_rs`` RS + ``wb_rs2`` RS^2 + ...
    wb_rs2 : float, default -1.2
        Coefficient of RS^2 in the same equation.
    wb_asye : float, default -0.6
        Change of that slope in the assessed year, against mid-career workers.
    wb_early : float, default -0.3
        Change of that slope in early-career workers, against mid-career workers.
    wb_late : float, default 0.15
        Change of that slope in late-career workers, against mid-career workers.
    wb_caseload : float, default -0.03
        Change of wellbeing per case over the mean.
    wb_travel : float, default -0.05
        Change of wellbeing per hour of travel a week.
    wb_b2b : float, default -0.4
        Change of wellbeing per unit of back-to-back share.
    wb_cover : float, default -0.1
        Change of wellbeing per SD of duty cover.
    wb_caring : float, default -0.15
        Difference in wellbeing of carers.
    wb_interference : float, default 0.0
        Change of wellbeing per unit of colleagues' RS.
    wb_autonomy : float, default 0.15
        Change of wellbeing per unit of autonomy.
    wb_secure_base : float, default 0.15
        Change of wellbeing per unit of secure base.
    wb_conflict : float, default -0.2
        Change of wellbeing per unit of conflict of work and family.
    wb_supervision : float, default 0.1
        Change of wellbeing per unit of quality of supervision.
    wb_role : float, default -0.02
        Change of wellbeing per step of role, managers being lowest.
    wb_hours : float, default -0.1
        Change of wellbeing per unit of full-time equivalent.
    wb_hotdesk : float, default -0.05
        Change of wellbeing where the team's desks are shared.
    wb_manager : float, default 0.05
        Change of wellbeing per SD of the manager.
    wb_season : float, default -0.05
        Change of wellbeing per unit of the season.
    autonomy_rs : float, default 0.25
        Autonomy per 20 points of RS.
    wb_focus : float, default 0.05
        Change of wellbeing per unit of time to focus.
    focus_rs : float, default 0.2
        Time to focus per 20 points of RS.
    focus_travel : float, default -0.05
        Time to focus per hour of travel a week.
    boundary_rs : float, default 0.2
        Log of unpaid hours per unit of RS.
    b2b_rs : float, default 0.25
        Back-to-back share per unit of RS.
    supervision_rs : float, default 0.6
        Share of supervision held remotely per unit of RS.
    supervision_mode : float, default -0.25
        Quality of supervision where it is held remotely.
    supervision_manager : float, default 0.3
        Quality of supervision per SD of the manager.
    secure_co_presence : float, default 0.25
        Secure base per SD of co-presence.
    secure_supervision : float, default 0.25
        Secure base per unit of quality of supervision.
    conflict_boundary : float, default 0.25
        Conflict per SD of unpaid hours.
    conflict_caring : float, default 0.4
        Conflict of carers.
    wb_team_icc : float, default 0.05
        Share of the latent variance of wellbeing between teams.
    wb_la_icc : float, default 0.02
        Share of the latent variance of wellbeing between authorities.
    wb_worker_share : float, default 0.45
        Share of the latent variance of wellbeing between workers.
    co_presence_rho : float, default -0.7
        Correlation of RS with co-presence.
    learning_co_presence : float, default 0.3
        Learning per SD of co-presence; times ``learning_asye`` in the assessed year and ``learning_early`` to three
        years.
    learning_senior : float, default 0.0
        Learning per SD of time near experienced colleagues, times the same factors.
    learning_asye : float, default 2.0
        Factor on ``learning_co_presence`` and ``learning_senior`` in the assessed year.
    learning_early : float, default 1.5
        Factor on ``learning_co_presence`` to three years.
    learning_skill : float, default 0.25
        Skill per SD of learning.
    learning_team_icc : float, default 0.15
        Share of the latent variance of learning between teams.
    learning_role : float, default 0.05
        Learning per step of role, managers being lowest.
    learning_hours : float, default 0.2
        Learning per unit of full-time equivalent.
    learning_style : float, default 0.05
        Learning per SD of the worker's practice that nothing records.
    learning_hotdesk : float, default -0.05
        Learning where the team's desks are shared.
    learning_season : float, default -0.05
        Learning per unit of the season.
    skill_supervision : float, default 0.15
        Skill per unit of quality of supervision.
    skill_early : float, default -0.3
        Skill of workers under three years registered.
    rating_remote : float, default -0.15
        Change of a meeting's rated practice, in standard deviations of a meeting, where it is remote.
    rating_remote_early : float, default -0.1
        The same for workers under three years registered, beyond that.
    rater_sd : float, default 0.2
        Spread of severity between raters.
    alliance_remote : float, default -0.1
        Change of a parent's alliance after remote contact.
    alliance_remote_low : float, default -0.4
        The same in low-access families, beyond that.
    broadband_travel_h : float, default 6.0
        Hours of travel a month more without adequate broadband at home.
    leave_wb : float, default -0.4
        Log odds of leaving per SD of wellbeing.
    leave_rs : float, default -0.2
        Log odds of leaving per unit of RS so far, beyond what wellbeing does. One trial of two home days found a third
        fewer leavers (about -1.0), and evidence from adults' services in England points the other way.
    leave_early : float, default 0.2
        Log odds of leaving under three years registered.
    leave_commute : float, default 0.08
        Log odds of leaving per 30 minutes of one-way commute.
    leave_role : float, default 0.05
        Log odds of leaving per step of role, managers being lowest.
    leave_hotdesk : float, default 0.05
        Log odds of leaving where the team's desks are shared.
    leave_manager : float, default -0.1
        Log odds of leaving per SD of the manager.
    leave_authority : float, default 0.1
        Log odds of leaving per SD of the authority.
    leave_season : float, default 0.1
        Log odds of leaving per unit of the season.
    absence_wb : float, default -0.2
        Log of the days lost per SD of wellbeing.
    absence_season : float, default 0.25
        Log of the days lost per unit of the season.
    loading_high : float, default 0.8
        Largest loading of a survey item on its latent.
    loading_low : float, default 0.6
        Smallest loading of a survey item on its latent.
    acquiescence_sd : float, default 0.15
        A worker's tendency to agree, on the item's latent scale.
    noninvariance : float, default 0.0
        Shift of the last learning item for early-career workers, on the item's latent scale.
    response_rate : float, default 0.55
        Response at the first wave.
    response_wb : float, default 0.3
        Log odds of that response per SD of wellbeing.
    response_caseload : float, default -0.1
        Log odds of that response per five cases over the mean.
    attrition : float, default 0.15
        Share of workers lost after each wave.
    attrition_wb : float, default -0.2
        Log odds of that loss per SD of wellbeing.
    item_missing : float, default 0.005
        Share of single items left out.
    asye_share : float, default 0.08
        Share of staff with up to 1 year registered at the start.
    early_share : float, default 0.14
        Share of staff with 1 to 3 years registered at the start.
    mid_share : float, default 0.33
        Share of staff with 3 to 10 years registered at the start.
    worker_change : float, default 0.15
        Monthly chance that an open family gets another worker.
    approval_minority : float, default 0.0
        Change of the agreed remote share for workers of a minority ethnic group, of what they ask.
    refusal_share : float, default 0.08
        Share of requests that are refused.
    refusal_minority : float, default 0.0
        Log odds of a refusal for workers of a minority ethnic group.
    formal_narrows : float, default 0.0
        Share of both that a contractual or team arrangement takes away.
    panel_agency_turnover : float, default 0.06
        Turnover (percentage points) per percentage point of agency share, within an authority over years.
    panel_caseload_turnover : float, default 0.3
        Turnover (percentage points) per case a case holder, within an authority over years.
    panel_confounding : float, default 0.5
        Correlation of the authority's own level of turnover with its level of agency share.
    panel_caseload_confounding : float, default -0.5
        Correlation of the authority's own level of turnover with its level of caseload.

    Raises
    ------
    UsageError
        An unknown calibration year, a share or correlation outside its range, or parameters that could push a contact's
        probability outside 0 to 1.

    Examples
    --------
    >>> Truth().practice_rs, Truth.from_dict(Truth(practice_rs=0.0).to_dict()).practice_rs
    (-0.08, 0.0)
    """

    scenario: str = "helpful-hump"
    calibration_year: int = 2025
    rs_mean: float = 0.45
    rs_sd: float = 0.20
    rs_within_sd: float = 0.10
    rs_team_share: float = 0.15
    rs_caring: float = 0.03
    rs_commute: float = 0.02
    rs_early: float = -0.04
    rs_broadband: float = -0.10
    policy_step: float = 0.20
    policy_step_sd: float = 0.04
    policy_never_share: float = 0.30
    policy_lag_months: int = 0
    policy_month: int = 0
    rs_caseload: float = -0.02
    rs_vacancy: float = -0.1
    rs_sickness: float = -0.01
    rs_season: float = 0.01
    rs_role: float = 0.01
    rs_hours: float = -0.05
    rs_hotdesk: float = 0.02
    rs_authority: float = 0.02
    rs_all_office: float = 0.03
    rs_all_home: float = 0.01
    rs_error_sd: float = 0.08
    selection_rho: float = 0.20
    selection_rho_wellbeing: float = 0.20
    practice_base: float = 0.55
    practice_rs: float = -0.08
    practice_interference: float = 0.0
    practice_latent_sd: float = 0.08
    practice_team_sd: float = 0.03
    practice_month_sd: float = 0.015
    practice_risk: float = -0.01
    practice_remote: float = -0.05
    practice_caseload: float = -0.012
    practice_vacancy: float = -0.05
    practice_sickness: float = -0.005
    practice_early: float = -0.01
    practice_hotdesk: float = -0.01
    timely_base: float = 0.86
    timely_rs: float = 0.02
    timely_caseload: float = -0.02
    timely_vacancy: float = -0.08
    timely_sickness: float = -0.01
    timely_style: float = 0.01
    timely_risk: float = 0.005
    timely_hotdesk: float = -0.01
    timely_manager: float = 0.01
    timely_season: float = -0.02
    exclusion_penalty: float = -0.15
    engage_base: float = 0.70
    engage_remote: float = -0.05
    engage_low: float = -0.06
    engage_risk: float = -0.02
    engage_worker_sd: float = 0.03
    engage_family_sd: float = 0.05
    engage_skill: float = 0.02
    engage_continuity: float = 0.03
    engage_style: float = 0.01
    engage_early: float = -0.01
    engage_season: float = -0.01
    mode_remote_base: float = 0.32
    mode_rs: float = 0.35
    mode_risk: float = -0.05
    mode_low_access: float = -0.04
    mode_rural: float = 0.04
    mode_early: float = 0.02
    mode_engaged: float = -0.06
    mode_caseload: float = 0.02
    mode_vacancy: float = 0.08
    mode_sickness: float = 0.01
    low_access_share: float = 0.40
    low_access_risk: float = 0.05
    low_access_rural: float = 0.08
    access_unrecorded: float = 0.40
    access_low_log_odds: float = -0.60
    wb_rs: float = 1.2
    wb_rs2: float = -1.2
    wb_asye: float = -0.60
    wb_early: float = -0.30
    wb_late: float = 0.15
    wb_caseload: float = -0.03
    wb_travel: float = -0.05
    wb_b2b: float = -0.40
    wb_cover: float = -0.10
    wb_caring: float = -0.15
    wb_interference: float = 0.0
    wb_autonomy: float = 0.15
    wb_secure_base: float = 0.15
    wb_conflict: float = -0.2
    wb_supervision: float = 0.1
    wb_role: float = -0.02
    wb_hours: float = -0.1
    wb_hotdesk: float = -0.05
    wb_manager: float = 0.05
    wb_season: float = -0.05
    autonomy_rs: float = 0.25
    wb_focus: float = 0.05
    focus_rs: float = 0.20
    focus_travel: float = -0.05
    boundary_rs: float = 0.2
    b2b_rs: float = 0.25
    supervision_rs: float = 0.6
    supervision_mode: float = -0.25
    supervision_manager: float = 0.3
    secure_co_presence: float = 0.25
    secure_supervision: float = 0.25
    conflict_boundary: float = 0.25
    conflict_caring: float = 0.4
    wb_team_icc: float = 0.05
    wb_la_icc: float = 0.02
    wb_worker_share: float = 0.45
    co_presence_rho: float = -0.70
    learning_co_presence: float = 0.30
    learning_senior: float = 0.0
    learning_asye: float = 2.0
    learning_early: float = 1.5
    learning_skill: float = 0.25
    learning_team_icc: float = 0.15
    learning_role: float = 0.05
    learning_hours: float = 0.2
    learning_style: float = 0.05
    learning_hotdesk: float = -0.05
    learning_season: float = -0.05
    skill_supervision: float = 0.15
    skill_early: float = -0.3
    rating_remote: float = -0.15
    rating_remote_early: float = -0.10
    rater_sd: float = 0.20
    alliance_remote: float = -0.10
    alliance_remote_low: float = -0.40
    broadband_travel_h: float = 6.0
    leave_wb: float = -0.40
    leave_rs: float = -0.20
    leave_early: float = 0.2
    leave_commute: float = 0.08
    leave_role: float = 0.05
    leave_hotdesk: float = 0.05
    leave_manager: float = -0.1
    leave_authority: float = 0.1
    leave_season: float = 0.1
    absence_wb: float = -0.20
    absence_season: float = 0.25
    loading_high: float = 0.80
    loading_low: float = 0.60
    acquiescence_sd: float = 0.15
    noninvariance: float = 0.0
    response_rate: float = 0.55
    response_wb: float = 0.30
    response_caseload: float = -0.1
    attrition: float = 0.15
    attrition_wb: float = -0.20
    item_missing: float = 0.005
    asye_share: float = 0.08
    early_share: float = 0.14
    mid_share: float = 0.33
    worker_change: float = 0.15
    approval_minority: float = 0.0
    refusal_share: float = 0.08
    refusal_minority: float = 0.0
    formal_narrows: float = 0.0
    panel_agency_turnover: float = 0.06
    panel_caseload_turnover: float = 0.30
    panel_confounding: float = 0.50
    panel_caseload_confounding: float = -0.50

    def __post_init__(self) -> None:
        if self.calibration_year not in ENGLAND_RATES or self.calibration_year < 2023:
            raise UsageError(
                f"calibration_year must be one of 2023 to {YEARS[-1]}.",
                fix="Leave it out for the latest year.",
                code="TRUTH-YEAR",
            )
        shares = [f for f in _names() if f.endswith(("_share", "_icc", "_missing")) or f in _SHARES]
        wrong = [n for n in shares if not 0 <= getattr(self, n) <= 1]
        wrong += [n for n in _names() if n.endswith("_sd") and getattr(self, n) < 0]
        wrong += [n for n in _CORRELATIONS if not -1 < getattr(self, n) < 1]
        wrong += [n for n in ("policy_month", "policy_lag_months") if getattr(self, n) < 0]
        if self.selection_rho**2 + self.selection_rho_wellbeing**2 + self.rs_team_share > 1:
            wrong.append("selection_rho")
        if self.panel_confounding**2 + self.panel_caseload_confounding**2 > 1:
            wrong.append("panel_confounding")
        wrong += [n for n, (low, high) in self._reach().items() if low <= 0 or high >= 1]
        if wrong:
            raise UsageError(
                f"{len(wrong)} parameter(s) of the Truth are outside their range: {', '.join(wrong)}.",
                fix="Keep shares in 0 to 1, correlations inside -1 to 1 and standard deviations at or above 0; every "
                "probability that the parameters can build must stay inside 0 to 1.",
                code="TRUTH-RANGE",
            )

    def _reach(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest probability that the parameters can build, by their base."""
        spread = BOUND * (self.practice_latent_sd + self.practice_team_sd + self.practice_month_sd)
        spread += 1.5 * abs(self.practice_caseload) + abs(self.practice_early) + abs(self.practice_remote) / 2
        spread += 0.55 * (abs(self.practice_rs) + abs(self.practice_interference)) + 2 * abs(self.practice_risk)
        noise = BOUND * (self.engage_worker_sd + self.engage_family_sd) + 2 * abs(self.engage_risk)
        both = self.engage_remote + self.engage_low + self.exclusion_penalty
        means = (0.0, self.engage_remote, self.engage_low, both)
        return {
            "practice_base": (self.practice_base - spread, self.practice_base + spread),
            "engage_base": (self.engage_base + min(means) - noise, self.engage_base + max(means) + noise),
        }

    def to_dict(self) -> dict[str, Any]:
        """The parameters by name, ready for JSON.

        Returns
        -------
        dict[str, Any]
            The parameters by name, ready for JSON.
        """
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Truth:
        """The truth with these parameters; what is left out takes its default.

        Parameters
        ----------
        values : Mapping[str, Any]
            Parameters by name.

        Returns
        -------
        Truth
            The truth with these parameters; what is left out takes its default.

        Raises
        ------
        UsageError
            A name that is no parameter.
        """
        unknown = sorted(set(values) - set(_names()))
        if unknown:
            raise UsageError(
                f"{len(unknown)} name(s) are no parameter of the Truth: {', '.join(unknown)}.",
                fix="Use the parameters that help(Truth) lists.",
                code="TRUTH-UNKNOWN",
            )
        return cls(**dict(values))

    def to_json(self) -> str:
        """The parameters as JSON text.

        Returns
        -------
        str
            The parameters as JSON text.
        """
        return json.dumps(self.to_dict(), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Truth:
        """The truth that ``to_json`` wrote.

        Parameters
        ----------
        text : str
            JSON text that ``to_json`` wrote.

        Returns
        -------
        Truth
            The truth that ``to_json`` wrote.
        """
        return cls.from_dict(json.loads(text))


_SHARES = ("rs_mean", "response_rate", "attrition", "access_unrecorded", "worker_change", "loading_low", "loading_high")
_CORRELATIONS = (
    "selection_rho",
    "selection_rho_wellbeing",
    "co_presence_rho",
    "panel_confounding",
    "panel_caseload_confounding",
)


def _names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Truth))
