"""Named truths: what an estimator should find, and what it should not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.synth.truth import Truth

_NO_EFFECT = Truth(
    scenario="null",
    selection_rho=0.0,
    selection_rho_wellbeing=0.0,
    practice_rs=0.0,
    exclusion_penalty=0.0,
    wb_rs=0.0,
    wb_rs2=0.0,
    wb_asye=0.0,
    wb_early=0.0,
    wb_late=0.0,
    wb_travel=0.0,
    wb_b2b=0.0,
    wb_cover=0.0,
    wb_autonomy=0.0,
    wb_focus=0.0,
    wb_secure_base=0.0,
    wb_conflict=0.0,
    wb_supervision=0.0,
    secure_co_presence=0.0,
    supervision_mode=0.0,
    practice_remote=0.0,
    timely_rs=0.0,
    leave_rs=0.0,
    rating_remote=0.0,
    rating_remote_early=0.0,
    alliance_remote=0.0,
    alliance_remote_low=0.0,
    learning_co_presence=0.0,
)

SCENARIOS: Mapping[str, Truth] = MappingProxyType(
    {
        t.scenario: t
        for t in (
            _NO_EFFECT,
            Truth(),
            Truth(
                scenario="early-career-harm",
                wb_rs=0.6,
                wb_rs2=-0.6,
                wb_asye=-1.6,
                wb_early=-1.2,
                learning_asye=3.0,
                learning_early=2.5,
            ),
            Truth(scenario="exclusion-penalty", exclusion_penalty=-0.25, mode_rs=0.5),
            replace(
                _NO_EFFECT,
                scenario="confounded-null",
                selection_rho=0.75,
                selection_rho_wellbeing=0.30,
                practice_latent_sd=0.11,
            ),
            Truth(scenario="fewer-leavers", leave_rs=-1.0),
            Truth(scenario="more-leavers", leave_rs=0.8),
            replace(
                _NO_EFFECT,
                scenario="busy-months",
                rs_caseload=-0.08,
                practice_caseload=-0.06,
                practice_latent_sd=0.06,
                timely_caseload=-0.05,
            ),
            Truth(
                scenario="unequal-approval",
                approval_minority=-0.25,
                refusal_minority=1.0,
                adjustment_minority=-2.0,
                formal_narrows=0.6,
            ),
            Truth(
                scenario="interference",
                practice_interference=-0.12,
                wb_interference=-0.20,
                practice_latent_sd=0.06,
                policy_step=0.25,
            ),
            Truth(scenario="one-change", policy_month=7, policy_step_sd=0.0),
        )
    }
)
"""Scenario by name.

- ``null``: remote share changes nothing and is not selected.
- ``helpful-hump``: wellbeing peaks near the middle; the defaults of ``Truth``.
- ``early-career-harm``: remote share costs early-career workers learning and wellbeing.
- ``exclusion-penalty``: remote contact widens the engagement gap of low-access families by 25 points.
- ``confounded-null``: no effect, but workers whose practice is better work remotely more: the slope between
  workers is far above 0, the slope within workers is 0.
- ``fewer-leavers``, ``more-leavers``: remote share keeps workers as in the one trial of two home days, or loses them
  as evidence from adults' services suggests; what is published is wide and has both signs.
- ``busy-months``: no effect, but a month after many cases is less remote and honours fewer choices: the slope within a
  worker is far above 0 unless the cases of the month before are held.
- ``unequal-approval``: workers of a minority ethnic group are refused more, agreed less and less often given an
  adjustment that they asked for; formal rules narrow all three.
- ``interference``: colleagues' remote share matters too, so one worker's outcome depends on others' exposure.
- ``one-change``: one policy for the whole authority, in the seventh month, with the same step in every team: six
  months before it at every size.
"""


def scenario(name: str) -> Truth:
    """The truth of a named scenario.

    Parameters
    ----------
    name : str
        Name of a scenario.

    Returns
    -------
    Truth
        The truth of a named scenario.

    Raises
    ------
    UsageError
        No scenario has that name.

    Examples
    --------
    >>> scenario("null").practice_rs
    0.0
    """
    if name not in SCENARIOS:
        raise UsageError(
            "There is no scenario of that name.", fix=f"Choose one of: {', '.join(SCENARIOS)}.", code="SCENARIO-UNKNOWN"
        )
    return SCENARIOS[name]
