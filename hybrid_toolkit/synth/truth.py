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
    name : its name in ``SIZES`` or any other.
    n_la : local authorities.
    teams_per_la : teams an authority (the mean, where there is more than one authority).
    workers_per_team : filled posts a team at the start, agency workers among them.
    months : months observed; the last is September of the calibration year.
    waves : survey waves, in months 3, 7, 11, ... counted from 1.

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
    scenario : name of the scenario, for labels.
    calibration_year : 2023, 2024 or 2025; the workforce figures of that year to 30 September are the targets.
    rs_mean, rs_sd : mean of RS over worker-months, and its spread between workers.
    rs_within_sd : month-to-month spread of a worker's RS.
    rs_team_share : share of the between-worker variance of RS that lies between teams.
    rs_caring, rs_commute, rs_early, rs_broadband : shifts of a worker's RS: caring; per 30 minutes of one-way
        commute; under three years registered; home broadband under 10 Mbit/s.
    policy_step, policy_step_sd : rise of RS from the month of a team's policy, and its spread between teams.
    policy_never_share : share of teams with no policy in the period.
    policy_lag_months : months from the policy to the rise.
    policy_month : month of the period, counted from 1, in which a policy starts in every team of the authority; 0
        where each team has a month of its own, or none.
    rs_error_sd : error of the diary (worker_month) measure of RS, a month. Attendance is unbiased.
    selection_rho : correlation of a worker's RS with the unseen part of that worker's practice.
    selection_rho_wellbeing : correlation of a worker's RS with the unseen part of that worker's wellbeing.
    practice_base, practice_rs : share of contacts in which the family's preferred mode is honoured; change of
        that share per unit of the worker's own RS in that month. ``practice_rs`` is estimand S1.
    practice_interference : change of that share per unit of the team colleagues' mean RS.
    practice_latent_sd, practice_team_sd, practice_month_sd, practice_risk : other parts of that share.
    exclusion_penalty : engagement of low-access families in remote contact beyond the two separate effects (S3).
    engage_base, engage_remote, engage_low, engage_risk, engage_worker_sd, engage_family_sd : the other parts.
    mode_remote_base, mode_rs, mode_risk, mode_low_access : share of contacts held remotely, and what moves it.
    low_access_share, low_access_risk, low_access_rural : share of families below the access threshold.
    access_unrecorded, access_low_log_odds : share of families with no record, and how much rarer (log odds) the
        record of a low-access family is.
    wb_rs, wb_rs2 : wellbeing = wb_rs RS + wb_rs2 RS^2 + ...
    wb_asye, wb_early, wb_late : change of that slope against mid-career workers.
    wb_caseload, wb_travel, wb_b2b, wb_cover, wb_caring, wb_interference : per case over the mean; per hour of
        travel a week; per unit of back-to-back share; per SD of duty cover; carers; per unit of colleagues' RS.
    wb_team_icc, wb_la_icc, wb_worker_share : shares of the latent variance between teams, authorities, workers.
    co_presence_rho : correlation of RS with co-presence.
    learning_co_presence : learning per SD of co-presence; times ``learning_asye`` in the assessed year and
        ``learning_early`` to three years.
    learning_skill : skill per SD of learning.
    learning_team_icc : share of the latent variance of learning between teams.
    broadband_travel_h : hours of travel a month more without adequate broadband at home.
    leave_wb : log odds of leaving per SD of wellbeing.
    absence_wb : log of the days lost per SD of wellbeing.
    loading_high, loading_low : largest and smallest loading of a survey item on its latent.
    acquiescence_sd : a worker's tendency to agree, on the item's latent scale.
    noninvariance : shift of the last learning item for early-career workers, on the item's latent scale.
    response_rate, response_wb, attrition, attrition_wb : response at the first wave; its log odds per SD of
        wellbeing; share of workers lost after each wave; its log odds per SD of wellbeing.
    item_missing : share of single items left out.
    asye_share, early_share, mid_share : staff by years registered at the start: to 1, to 3, to 10.
    worker_change : monthly chance that an open family gets another worker.
    panel_agency_turnover, panel_caseload_turnover : turnover (percentage points) per percentage point of agency
        share and per case a case holder, within an authority over years.
    panel_confounding : correlation of the authority's own level of turnover with its level of each exposure.

    Raises
    ------
    UsageError : an unknown calibration year, a share or correlation outside its range, or parameters that could
        push a contact's probability outside 0 to 1.

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
    exclusion_penalty: float = -0.15
    engage_base: float = 0.70
    engage_remote: float = -0.05
    engage_low: float = -0.06
    engage_risk: float = -0.02
    engage_worker_sd: float = 0.03
    engage_family_sd: float = 0.05
    mode_remote_base: float = 0.32
    mode_rs: float = 0.35
    mode_risk: float = -0.05
    mode_low_access: float = -0.04
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
    wb_team_icc: float = 0.05
    wb_la_icc: float = 0.02
    wb_worker_share: float = 0.45
    co_presence_rho: float = -0.70
    learning_co_presence: float = 0.30
    learning_asye: float = 2.0
    learning_early: float = 1.5
    learning_skill: float = 0.25
    learning_team_icc: float = 0.15
    broadband_travel_h: float = 6.0
    leave_wb: float = -0.40
    absence_wb: float = -0.20
    loading_high: float = 0.80
    loading_low: float = 0.60
    acquiescence_sd: float = 0.15
    noninvariance: float = 0.0
    response_rate: float = 0.55
    response_wb: float = 0.30
    attrition: float = 0.15
    attrition_wb: float = -0.20
    item_missing: float = 0.005
    asye_share: float = 0.08
    early_share: float = 0.14
    mid_share: float = 0.33
    worker_change: float = 0.15
    panel_agency_turnover: float = 0.06
    panel_caseload_turnover: float = 0.30
    panel_confounding: float = 0.50

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
        if 2 * self.panel_confounding**2 > 1:
            wrong.append("panel_confounding")
        wrong += [n for n, (low, high) in self._reach().items() if low <= 0 or high >= 1]
        if wrong:
            raise UsageError(
                f"{len(wrong)} parameter(s) of the truth are outside their range: {', '.join(wrong)}.",
                fix="Keep shares in 0 to 1, correlations inside -1 to 1 and standard deviations at or above 0; every "
                "probability that the parameters can build must stay inside 0 to 1.",
                code="TRUTH-RANGE",
            )

    def _reach(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest probability that the parameters can build, by their base."""
        spread = BOUND * (self.practice_latent_sd + self.practice_team_sd + self.practice_month_sd)
        spread += 0.55 * (abs(self.practice_rs) + abs(self.practice_interference)) + 2 * abs(self.practice_risk)
        noise = BOUND * (self.engage_worker_sd + self.engage_family_sd) + 2 * abs(self.engage_risk)
        both = self.engage_remote + self.engage_low + self.exclusion_penalty
        means = (0.0, self.engage_remote, self.engage_low, both)
        return {
            "practice_base": (self.practice_base - spread, self.practice_base + spread),
            "engage_base": (self.engage_base + min(means) - noise, self.engage_base + max(means) + noise),
        }

    def to_dict(self) -> dict[str, Any]:
        """The parameters by name, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Truth:
        """The truth with these parameters; what is left out takes its default.

        Raises
        ------
        UsageError : a name that is no parameter.
        """
        unknown = sorted(set(values) - set(_names()))
        if unknown:
            raise UsageError(
                f"{len(unknown)} name(s) are no parameter of the truth: {', '.join(unknown)}.",
                fix="Use the parameters that help(Truth) lists.",
                code="TRUTH-UNKNOWN",
            )
        return cls(**dict(values))

    def to_json(self) -> str:
        """The parameters as JSON text."""
        return json.dumps(self.to_dict(), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Truth:
        """The truth that ``to_json`` wrote."""
        return cls.from_dict(json.loads(text))


_SHARES = ("rs_mean", "response_rate", "attrition", "access_unrecorded", "worker_change", "loading_low", "loading_high")
_CORRELATIONS = ("selection_rho", "selection_rho_wellbeing", "co_presence_rho", "panel_confounding")


def _names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Truth))
