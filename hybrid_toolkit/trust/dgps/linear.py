"""Workers in teams over months: what linear models with clustered intervals are tried on.

In month t the outcome of worker i of team j is::

    y_ijt = slope_i x_ijt + team_j + worker_i + w_ijt,    x_ijt = 0.5 team part + 0.5 worker part + within part

with all parts normal; the noise w is larger where x is far from its mean. The true slope is 0.5 unless a world says
otherwise. In ``linear-selected`` a worker's unseen level goes with that worker's x, so that a slope over all rows is
off by about +0.2; in ``linear-drifting`` something unseen moves with x within workers too, and the within slope is off
by about +0.4. In ``linear-two-measures`` x is seen twice, each time with an error of its own, and a slope on one of
them within workers is pulled towards 0 by two fifths.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.dgp import DGP

_EARLY = 0.3
"""Share of workers in the early stage, whose level and slope differ."""
_SLOPE, _GAP = 0.5, -0.4
_TEAM_SD, _WORKER_SD, _NOISE_SD, ERROR_SD = 0.4, 0.5, 1.0, 0.8


@dataclass(frozen=True, slots=True)
class Staff:
    """The numbers and the truth of one world.

    Parameters
    ----------
    teams : int, default 24
        Number of teams.
    workers : int, default 8
        Mean workers a team.
    months : int, default 6
        Number of months.
    slope : float, default _SLOPE
        True slope.
    gap : float, default 0.0
        Added to it for early-career workers.
    selection : float, default 0.0
        Weight of the unseen part of a worker's level that goes with the worker's x.
    drift : float, default 0.0
        Weight of the unseen part of a month that goes with x within a worker.
    error_sd : float, default 0.0
        Error of each of the two measures of x.
    uneven : bool, default False
        A few teams hold most of the workers.
    """

    teams: int = 24
    workers: int = 8
    months: int = 6
    slope: float = _SLOPE
    gap: float = 0.0
    selection: float = 0.0
    drift: float = 0.0
    error_sd: float = 0.0
    uneven: bool = False


def draw(staff: Staff, rng: np.random.Generator) -> pd.DataFrame:
    """One row a worker and month: ``team``, ``worker``, ``month``, ``x``, ``z`` (second measure), ``early``, ``y``."""
    weights = np.geomspace(1, 12, staff.teams) if staff.uneven else np.ones(staff.teams)
    sizes = np.maximum(np.round(staff.teams * staff.workers * weights / weights.sum()).astype(int), 2)
    team_of = np.repeat(np.arange(staff.teams), sizes)
    people, shape = len(team_of), (len(team_of), staff.months)
    own = rng.standard_normal(people)
    inside = rng.standard_normal(shape)
    x = (0.5 * rng.standard_normal(staff.teams)[team_of] + 0.5 * own)[:, None] + inside
    early = rng.random(people) < _EARLY
    level = _TEAM_SD * rng.standard_normal(staff.teams)[team_of] + _WORKER_SD * rng.standard_normal(people)
    level = level + staff.selection * own - 0.2 * early
    noise = _NOISE_SD * np.sqrt((1 + x**2) / 2.5) * rng.standard_normal(shape)
    y = (staff.slope + staff.gap * early)[:, None] * x + level[:, None] + staff.drift * inside + noise
    seen, again = (x + staff.error_sd * rng.standard_normal(shape) for _ in range(2))
    worker, month = np.indices(shape)
    columns = {"team": team_of[worker], "worker": worker, "month": month, "x": seen, "z": again, "y": y}
    columns["early"] = np.broadcast_to(early[:, None], shape).astype(float)
    return pd.DataFrame({k: np.asarray(v).ravel() for k, v in columns.items()})


def _world(name: str, title: str, staff: Staff, breaks: str = "", truth: float | None = None) -> DGP:
    return DGP(f"linear-{name}", title, staff.slope if truth is None else truth, partial(draw, staff), breaks)


ALL = (
    _world("clustered", "Colleagues are alike; nothing unseen goes with the exposure.", Staff()),
    _world("null", "As clustered, and the exposure changes nothing.", Staff(slope=0.0)),
    _world(
        "few-teams",
        "Seven teams, a few of which hold most of the workers.",
        Staff(teams=7, uneven=True),
        "few and unequal clusters",
    ),
    _world(
        "selected",
        "Workers who do better anyway have more of the exposure.",
        Staff(selection=0.6),
        "what is unseen of a worker goes with the exposure",
    ),
    _world(
        "selected-null",
        "The exposure changes nothing, and workers who do better anyway have more of it.",
        Staff(slope=0.0, selection=0.6),
        "what is unseen of a worker goes with the exposure",
    ),
    _world(
        "drifting",
        "Something unseen moves with a worker's exposure from month to month.",
        Staff(drift=0.4),
        "what is unseen moves with the exposure within a worker",
    ),
    _world(
        "two-measures",
        "The exposure is seen twice, each time with a separate error; workers select it.",
        Staff(error_sd=ERROR_SD, selection=0.6),
        "the exposure is measured with error",
    ),
    _world("interaction", "The slope differs by career stage.", Staff(gap=_GAP), truth=_GAP),
)
