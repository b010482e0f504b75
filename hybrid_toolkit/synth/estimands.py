"""True values of the estimands that the synthetic room can answer."""

from __future__ import annotations

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.policy_effects import POLICY_ESTIMANDS, leaving_slope, policy_effect
from hybrid_toolkit.synth.projection import stage_gap
from hybrid_toolkit.synth.sizes import SIZES, Size
from hybrid_toolkit.synth.tables.contacts import BY_CHANCE, OFFERED
from hybrid_toolkit.synth.truth import Truth

PANEL_ESTIMANDS = ("panel_agency_turnover", "panel_caseload_turnover")
_DIRECT = {
    "practice_rs_within": "practice_rs",
    "exclusion_penalty": "exclusion_penalty",
    **{name: name for name in PANEL_ESTIMANDS},
}
ESTIMANDS = ("practice_rs_within", "stage_gap_learning", "stage_gap_wellbeing", "exclusion_penalty")
"""Estimands of the headline studies."""
VARIANT_ESTIMANDS = (
    "preference_rs_within",
    "seen_alone_rs_within",
    "assessed_gap_learning",
    "assessed_gap_wellbeing",
)
"""Estimands of the studies for records that lack what the headline studies need."""
EVERY = (*ESTIMANDS, *VARIANT_ESTIMANDS, *PANEL_ESTIMANDS, *POLICY_ESTIMANDS, "leaving_remote")
"""Every estimand that ``true_value`` knows."""


def true_value(truth: Truth, estimand_id: str, *, size: Size | str = "small") -> float:
    """The true value of an estimand.

    Parameters
    ----------
    truth : Truth
        The parameters.
    estimand_id : str
        One of:

        - ``practice_rs_within``: share of contacts in which the family's preferred mode is honoured, per unit of the
          worker's own remote share in that month. A parameter, so exact.
        - ``exclusion_penalty``: how much more remote contact lowers engagement in low-access families than in others,
          a difference of differences of shares. A parameter, so exact.
        - ``stage_gap_learning``, ``stage_gap_wellbeing``: slope of the score on mean remote share among early-career
          workers (under three years registered) less that among the others, in points (1 to 5; 7 to 35) per unit.
          A population projection, see ``projection``: where learning or wellbeing do not go with remote share it is 0;
          elsewhere its Monte Carlo standard error is about 0.01 and 0.05.
        - ``preference_rs_within``: the first, of all contacts in which the wish is noted, offered a choice or not.
          Without an offer some are held as preferred by chance, so it is smaller by that share. Exact.
        - ``seen_alone_rs_within``: share of visits in person at which the child is seen alone, per unit of remote
          share, at the same purpose. Nothing in the simulated authority leads from one to the other: 0.
        - ``assessed_gap_learning``, ``assessed_gap_wellbeing``: as the stage gaps, for workers in their first year
          registered less the others.
        - ``panel_agency_turnover``, ``panel_caseload_turnover``: turnover in percentage points per percentage point of
          agency share, and per case a case holder, within an authority over years. Parameters, so exact.
        - ``policy_remote``, ``policy_choice``: mean effect of a team's policy on its remote share and on the share of
          contacts held as preferred, over the team-months under the policy; with ``_area``, on the whole authority
          from ``policy_month`` on. See ``policy``.
        - ``leaving_remote``: mean slope of the log odds of leaving in a month on the remote share. See ``policy``.
    size : Size | str, default "small"
        Gives months and waves, on which the stage gaps and the effects of a policy depend.

    Returns
    -------
    float
        The true value of an estimand.

    Raises
    ------
    UsageError
        No estimand has that id, no size that name, the size has no survey waves, or the truth has no one month of a
        policy.

    Examples
    --------
    >>> true_value(Truth(), "practice_rs_within"), true_value(Truth(), "exclusion_penalty")
    (-0.08, -0.15)
    """
    if estimand_id in _DIRECT:
        return float(getattr(truth, _DIRECT[estimand_id]))
    if estimand_id == "preference_rs_within":
        return truth.practice_rs * (1 - (1 - OFFERED) * BY_CHANCE)
    if estimand_id == "seen_alone_rs_within":
        return 0.0
    if estimand_id not in EVERY:
        raise UsageError(
            "There is no estimand of that id.",
            fix=f"Choose one of: {', '.join(EVERY)}.",
            code="ESTIMAND-UNKNOWN",
        )
    if isinstance(size, str) and size not in SIZES:
        raise UsageError(
            "There is no size of that name.", fix=f"Choose one of: {', '.join(SIZES)}.", code="SIZE-UNKNOWN"
        )
    made = SIZES[size] if isinstance(size, str) else size
    if estimand_id in POLICY_ESTIMANDS:
        return policy_effect(truth, estimand_id, made)
    return leaving_slope(truth, made) if estimand_id == "leaving_remote" else stage_gap(truth, estimand_id, made)
