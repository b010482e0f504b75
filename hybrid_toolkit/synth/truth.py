"""Every true parameter of a synthetic authority, frozen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hybrid_toolkit.errors import UsageError, plural
from hybrid_toolkit.synth.calibration import ENGLAND_RATES, YEARS
from hybrid_toolkit.synth.parameter_sources import parameter_sources

BOUND = 2.5
"""Latent effects on a probability are normal, held within this many standard deviations."""
_FIRST_YEAR = 2023
"""A panel of areas is drawn back from the calibration year to 2017: this leaves it seven years; assumed enough."""


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
    {parameters}

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
    office_monday: float = -0.5
    office_friday: float = -1.1
    anchor_share: float = 0.4
    anchor_pull: float = 1.5
    leave_school: float = 0.12
    leave_school_caring: float = 0.12
    visit_monday: float = 0.9
    visit_friday: float = 0.85
    visit_school: float = 0.85
    duty_weekend: float = 0.2
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
    adjustment_minority: float = 0.0
    formal_narrows: float = 0.0
    panel_agency_turnover: float = 0.06
    panel_caseload_turnover: float = 0.30
    panel_confounding: float = 0.50
    panel_caseload_confounding: float = -0.50

    def __post_init__(self) -> None:
        if self.calibration_year not in ENGLAND_RATES or self.calibration_year < _FIRST_YEAR:
            raise UsageError(
                f"calibration_year must be one of {_FIRST_YEAR} to {YEARS[-1]}.",
                fix="Leave it out for the latest year.",
                code="TRUTH-YEAR",
            )
        shares = [f for f in _names() if f.endswith(("_share", "_icc", "_missing")) or f in _SHARES]
        wrong = [n for n in shares if not 0 <= getattr(self, n) <= 1]
        wrong += [n for n in _names() if n.endswith("_sd") and getattr(self, n) < 0]
        wrong += [n for n in _CORRELATIONS if not -1 < getattr(self, n) < 1]
        wrong += [n for n in ("policy_month", "policy_lag_months", "leave_school_caring") if getattr(self, n) < 0]
        wrong += [n for n in _DAYS if getattr(self, n) <= 0]
        if self.selection_rho**2 + self.selection_rho_wellbeing**2 + self.rs_team_share > 1:
            wrong.append("selection_rho")
        if self.panel_confounding**2 + self.panel_caseload_confounding**2 > 1:
            wrong.append("panel_confounding")
        wrong += [n for n, (low, high) in self._reach().items() if low <= 0 or high >= 1]
        if wrong:
            raise UsageError(
                f"{plural(len(wrong), 'parameter')} of the Truth outside the range allowed: {', '.join(wrong)}.",
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
                f"{plural(len(unknown), 'name is', 'names are')} no parameter of the Truth: {', '.join(unknown)}.",
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


_SHARES = (
    *("rs_mean", "response_rate", "attrition", "access_unrecorded", "worker_change", "loading_low", "loading_high"),
    *("leave_school", "duty_weekend"),
)
_DAYS = ("visit_monday", "visit_friday", "visit_school")
_CORRELATIONS = (
    "selection_rho",
    "selection_rho_wellbeing",
    "co_presence_rho",
    "panel_confounding",
    "panel_caseload_confounding",
)


def _names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Truth))


def _documented() -> str:
    """The parameters as numpydoc has them; what each means stands once, in ``parameters.csv``."""
    found = parameter_sources()
    known = [f for f in fields(Truth) if f.name in found]
    lines = [f"    {f.name} : {f.type}, default {f.default!r}\n        {found[f.name].meaning}" for f in known]
    return "\n".join(lines).lstrip()


if Truth.__doc__:  # there is none under python -OO
    Truth.__doc__ = Truth.__doc__.replace("{parameters}", _documented())
