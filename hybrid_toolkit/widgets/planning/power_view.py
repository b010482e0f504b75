"""What a planned study would find, by formula, as teams, waves, effect or response change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import ASSUMED, vouch
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import plural, with_article
from hybrid_toolkit.models.planning.slope_power import SlopePower, slope_power
from hybrid_toolkit.report.documents.blocks import Form, TableColumn
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, LensView, notes_release
from hybrid_toolkit.widgets.parts.svg_curves import SAME_PLACE, Curve, curves_svg

OVER: Mapping[str, str] = {
    "teams": "Number of teams",
    "workers": "Workers per team",
    "waves": "Survey waves",
    "response": "Response rate",
    "effect": "Effect to detect (standard deviations)",
}
"""What the curve may run over."""
COMPARED: Mapping[str, str] = {"pooled": "Between workers", "within": "Within the same workers over time"}
RANGES: Mapping[str, tuple[float, float, float]] = {
    "teams": (4, 120, 1),
    "workers": (2, 20, 1),
    "waves": (1, 12, 1),
    "response": (0.1, 1.0, 0.05),
    "effect": (0.02, 0.5, 0.01),
    "group_share": (0.0, 0.5, 0.02),
}
"""Field -> lowest, highest and step of its slider."""
LABELS: Mapping[str, str] = {**OVER, "group_share": "Share of workers in the smaller group (0 for no comparison)"}
"""Field -> words beside its slider."""
POINTS = 13
TARGET = 0.8
_GAP = "Each group's slope has its own error, so that a gap between groups needs far more than one slope does."


@dataclass(frozen=True, slots=True)
class PowerExplorerState:
    """A planned study of a slope.

    Parameters
    ----------
    teams : int, default 24
        Number of teams.
    workers : int, default 8
        Workers in each team.
    waves : int, default 3
        Survey waves.
    response : float, default 0.6
        Share that answers.
    effect : float, default 0.15
        Slope in standard deviations of the outcome a standard deviation; where groups are compared, the difference of
        their slopes.
    compared : str, default "pooled"
        ``"pooled"`` or ``"within"`` workers.
    over : str, default "teams"
        What the curve runs over.
    group_share : float, default 0.0
        Share of workers in the smaller of two groups whose slopes are compared, such as early-career workers and the
        others; 0 for one slope over everybody.
    """

    teams: int = 24
    workers: int = 8
    waves: int = 3
    response: float = 0.6
    effect: float = 0.15
    compared: str = "pooled"
    over: str = "teams"
    group_share: float = 0.0


def view_power(
    *, teams: int = 24, workers: int = 8, waves: int = 3, response: float = 0.6, effect: float = 0.15,
    compared: str = "pooled", over: str = "teams", group_share: float = 0.0,
) -> LensView:  # fmt: skip
    """The power of a planned study and how it follows one thing: the view of the widget, without it.

    Parameters
    ----------
    teams : int, default 24
        As in ``hybrid_toolkit.models.planning.slope_power``.
    workers : int, default 8
        As in ``hybrid_toolkit.models.planning.slope_power``.
    waves : int, default 3
        As in ``hybrid_toolkit.models.planning.slope_power``.
    response : float, default 0.6
        As in ``hybrid_toolkit.models.planning.slope_power``.
    effect : float, default 0.15
        As in ``hybrid_toolkit.models.planning.slope_power``.
    compared : str, default "pooled"
        As in ``hybrid_toolkit.models.planning.slope_power``.
    over : str, default "teams"
        What the curve runs over, one of ``OVER``.
    group_share : float, default 0.0
        As in ``hybrid_toolkit.models.planning.slope_power``.

    Raises
    ------
    EstimationError
        A value outside its range, or a comparison within workers over one wave.

    Examples
    --------
    >>> view_power(teams=48).text.split(" has ")[1].split(". ")[0]
    'an 88% chance of detecting an effect of 0.15 standard deviations'
    >>> view_power(teams=48, group_share=0.22).text.split(" detecting ")[1].split(". ")[0]
    'slopes 0.15 standard deviations apart between 22% of workers and the others'
    """
    return power_of(PowerExplorerState(teams, workers, waves, response, effect, compared, over, group_share))


def power_of(state: PowerExplorerState) -> LensView:
    """The view of one state; raises as ``view_power``."""
    here = _solve(state)
    curve = _curve(state)
    gate = Gate()
    release = gate.facts(curve, title=f"Power over {OVER[state.over].lower()}", basis="assumption")
    rows = [[_step(state.over, r["value"]), f"{r['power']:.0%}"] for r in release.content.to_dict("records")]
    at = float(getattr(state, state.over))
    panel = FigurePanel(f"Power over {OVER[state.over].lower()}", release, partial(_draw, state.over, at),
                  [OVER[state.over], "Power"], rows, columns=_power_columns(state.over))  # fmt: skip
    answering, chance = with_article(f"{state.response:.0%}"), with_article(f"{here.power:.0%}")
    text = (
        f"A study with {plural(state.teams, 'team')} of {plural(state.workers, 'worker')}, "
        f"{plural(state.waves, 'survey wave')} and {answering} response rate has {chance} chance "
        f"of detecting {_asked(state, state.effect)}. The smallest {_smallest(state)} it would detect 80% of the time "
        f"is {here.minimum_effect:.2f}."
    )
    notes = [
        f"About {here.rows:,.0f} answers; the design effect of teams and repeated answers is {here.design_effect:.2f}.",
        "This uses a formula. It assumes teams of equal size and non-response at random, and a two-sided 5% test.",
        *([_GAP] if state.group_share else []),
        "The effect is your assumption, not a finding. To test the full study, choose a question and try it on "
        "simulated services.",
    ]
    said = notes_release(gate, notes, title="Power", source=None)
    return LensView("Power", text, (panel,), said)


def _asked(state: PowerExplorerState, effect: float) -> str:
    """The effect in words: a slope, or a gap between the slopes of two groups."""
    if not state.group_share:
        return f"an effect of {effect:g} standard deviations"
    return f"slopes {effect:g} standard deviations apart between {state.group_share:.0%} of workers and the others"


def _smallest(state: PowerExplorerState) -> str:
    return "gap" if state.group_share else "effect"


@lru_cache(maxsize=4096)
def _solve(state: PowerExplorerState) -> SlopePower:
    asked = asdict(state)
    asked.pop("over")
    return slope_power(**asked)


def _curve(state: PowerExplorerState) -> pd.DataFrame:
    low, high, step = RANGES[state.over]
    values = np.unique(np.append(np.linspace(low, high, POINTS), float(getattr(state, state.over))))
    if step == 1:
        values = np.unique(np.round(values))
    if state.over == "waves" and state.compared == "within":
        values = values[values >= 2]
    powers = [_solve(_with(state, float(v))).power for v in values]
    return vouch(pd.DataFrame({"value": values, "power": np.round(powers, 4)}), ASSUMED)


def _with(state: PowerExplorerState, value: float) -> PowerExplorerState:
    changed: dict[str, Any] = {state.over: value}
    return replace(state, **changed)


def _power_columns(over: str) -> dict[str, TableColumn]:
    share = "share" if over == "response" else ""
    form: Form = "number" if over in ("response", "effect") else "count"
    return {"value": TableColumn(OVER[over], form, share), "power": TableColumn("Power", "percent")}


def _step(over: str, value: float) -> str:
    return f"{value:.0%}" if over == "response" else f"{value:g}" if over != "effect" else f"{value:.2f}"


def _draw(over: str, at: float, release: Release) -> str:
    nan = float("nan")
    points = tuple((float(v), float(p), nan, nan) for v, p in release.content[["value", "power"]].to_numpy())
    here = next((p[1] for p in points if abs(p[0] - at) < SAME_PLACE), nan)
    said = f"Power runs from {points[0][1]:.0%} at {_step(over, points[0][0])} to {points[-1][1]:.0%} at "
    said += f"{_step(over, points[-1][0])}; {here:.0%} at {_step(over, at)}, where the dashed line stands."
    axis = {"effect": "effect, SD", "response": "share that answers"}.get(over, OVER[over].lower())
    return curves_svg([Curve("", points)], title=f"Power over {OVER[over].lower()}", description=said, x_axis=axis,
                      y_axis="power", at=at, columns=1, floor=(0.0, 1.0),
                      per_cent="xy" if over == "response" else "y")  # fmt: skip
