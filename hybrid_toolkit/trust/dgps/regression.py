"""Workers in the teams of one authority: who works remotely, what goes with it, and through what.

Twenty-six teams of ten workers. Outcomes are in standard deviations of a worker's score; teams lie 0.3 apart (about
8% of the variance). ``remote`` is 1 for those who mostly work from home, ``share`` the remote share of desk work,
``experience`` and ``need`` are standardised. Where selection is at work, those with experience choose to work
remotely and have better outcomes, so that a unadjusted comparison is too high.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.dgp import DGP

TEAMS, _SIZE, _TEAM_SD = 26, 10, 0.3
EFFECT, INDIRECT, LOG_RATE = 0.30, 0.20, 0.25


def people(rng: np.random.Generator, *, teams: int = TEAMS, size: int = _SIZE) -> pd.DataFrame:
    """Workers with team, experience, need, and ``_team``, what their team has in common."""
    team = np.repeat(np.arange(teams), size)
    n = len(team)
    return pd.DataFrame(
        {
            "worker_id": np.arange(n),
            "team_id": team,
            "experience": rng.normal(size=n),
            "need": rng.normal(size=n),
            "_team": rng.normal(0, _TEAM_SD, teams)[team],
        }
    )


def drawn(rng: np.random.Generator, logit: Floats) -> Floats:
    """0/1 with these log odds."""
    return np.asarray(rng.random(len(logit)) < special.expit(logit), dtype=np.float64)


def _shares(rng: np.random.Generator) -> pd.DataFrame:
    """A remote share that varies within and between teams, unrelated to what teams have in common."""
    f = people(rng)
    habit = rng.normal(0, 0.5, TEAMS)[f["team_id"]]
    share = special.expit(habit + rng.normal(size=len(f)))
    y = EFFECT * share + 0.3 * f["experience"] + f["_team"] + rng.normal(size=len(f))
    return f.assign(share=share, y=y).drop(columns="_team")


def _selected(
    rng: np.random.Generator, *, pull: float = 0.8, hidden: float = 0.0, differ: float = 0.0, bend: float = 0.0
) -> pd.DataFrame:
    """Remote work chosen by experience and need, and by something ``hidden`` where it is not 0."""
    f = people(rng)
    x, need, n = f["experience"].to_numpy(), f["need"].to_numpy(), len(f)
    health = rng.normal(size=n)
    remote = drawn(rng, pull * x + 0.4 * need + hidden * health)
    y = (EFFECT + differ * x) * remote + 0.5 * x - 0.3 * need + bend * x**2 * (1 - remote)
    y += 0.6 * health * (hidden > 0) + f["_team"].to_numpy() + rng.normal(size=n)
    return f.assign(remote=remote, y=y).drop(columns="_team")


def _mediated(rng: np.random.Generator, *, hidden: float = 0.0, interaction: float = 0.0) -> pd.DataFrame:
    """Remote work by lot moves contact with colleagues, contact moves the outcome; ``hidden`` moves both of these."""
    f = people(rng)
    n, x, other = len(f), f["experience"].to_numpy(), rng.normal(size=len(f))
    remote = (rng.random(n) < 0.5).astype(float)
    contact = 0.5 * remote + 0.3 * x + hidden * other + rng.normal(size=n)
    y = 0.4 * contact + 0.2 * remote + interaction * remote * contact + 0.3 * x + hidden * other
    y += f["_team"].to_numpy() + rng.normal(size=n)
    return f.assign(remote=remote, contact=contact, y=y).drop(columns="_team")


def _stages(rng: np.random.Generator, *, spread: float = 0.2) -> pd.DataFrame:
    """Slopes of eight services, drawn anew each time around the mean."""
    f = people(rng)
    n = len(f)
    service = rng.integers(0, 8, n)
    slope = EFFECT + spread * rng.normal(size=8)
    x = rng.normal(size=n)
    y = slope[service] * x + 0.2 * rng.normal(size=8)[service] + f["_team"].to_numpy() + rng.normal(size=n)
    return f.assign(service=np.array(list("abcdefgh"))[service], x=x, y=y).drop(columns="_team")


def _panel(rng: np.random.Generator, *, changing: float = 0.0) -> pd.DataFrame:
    """Four waves of 208 workers; what does not change about a worker moves both share and outcome."""
    f = people(rng, size=8)
    n, waves = len(f), 4
    lasting = rng.normal(size=n)
    rows = f.loc[np.repeat(np.arange(n), waves)].reset_index(drop=True)
    stay = np.repeat(lasting, waves)
    strain = rng.normal(size=n * waves)
    x = 0.7 * stay + changing * strain + rng.normal(size=n * waves)
    wave = np.tile(np.arange(1, waves + 1), n)
    y = EFFECT * x + 0.8 * stay - changing * strain + 0.1 * wave + rows["_team"].to_numpy()
    return rows.assign(wave=wave, x=x, y=y + rng.normal(size=n * waves)).drop(columns="_team")


def _survey(rng: np.random.Generator, *, informative: float = 0.0) -> pd.DataFrame:
    """Remote work by lot; who answers goes with experience, in one direction if remote and in the other if not."""
    f = people(rng)
    n, x = len(f), f["experience"].to_numpy()
    remote = (rng.random(n) < 0.5).astype(float)
    y = EFFECT * remote + 0.6 * x + f["_team"].to_numpy() + rng.normal(size=n)
    side = 2 * remote - 1
    responded = drawn(rng, 0.4 + 0.8 * x * side * (informative == 0) + informative * y * side)
    f = f.assign(remote=remote, product=x * remote, y=np.where(responded == 1, y, np.nan), responded=responded)
    return f.drop(columns="_team")


def _groups(rng: np.random.Generator, *, wedge: float = 0.0) -> pd.DataFrame:
    """Two groups that differ by 0.6 in experience; the outcome's slope on it is 0.5 in both, or differs."""
    f = people(rng)
    n = len(f)
    group = (rng.random(n) < 0.5).astype(float)
    x = f["experience"].to_numpy() + 0.6 * group
    y = (0.5 + wedge * group) * x + 0.2 * group + f["_team"].to_numpy() + rng.normal(size=n)
    return f.assign(experience=x, group=group, y=y).drop(columns="_team")


def _treated_truth(differ: float, pull: float) -> float:
    """Mean effect among the treated, by quadrature over experience and need."""
    point, weight = np.polynomial.hermite_e.hermegauss(80)
    x, need = np.meshgrid(point, point)
    w = np.outer(weight, weight) * special.expit(pull * x + 0.4 * need)
    return float(EFFECT + differ * (w * x).sum() / w.sum())


_MOVES = "Something that is not recorded moves both remote work and outcome."

ALL: tuple[DGP, ...] = (
    DGP("shares-in-teams", "A remote share unrelated to what teams have in common.", EFFECT, _shares),
    DGP("selected-recorded", "Experience and need decide who works remotely; both are recorded.", EFFECT, _selected),
    DGP(
        "selected-hidden",
        "Health decides too, and is not recorded.",
        EFFECT,
        partial(_selected, hidden=1.0),
        breaks=_MOVES,
    ),
    DGP(
        "selected-no-overlap",
        "Experience decides almost alone, and the outcome bends with it for those in the office.",
        EFFECT,
        partial(_selected, pull=4.0, bend=0.3),
        breaks="Some could have been in one group only.",
    ),
    DGP(
        "selected-treated",
        "The effect grows with experience; the true value is that among those who work remotely.",
        _treated_truth(0.3, 0.8),
        partial(_selected, differ=0.3),
    ),
    DGP("mediated", "Part of the effect goes through contact with colleagues.", INDIRECT, _mediated),
    DGP(
        "mediated-interaction",
        "Contact counts for more when remote.",
        0.5 * (0.4 + 0.3),
        partial(_mediated, interaction=0.3),
    ),
    DGP(
        "mediated-hidden",
        "Something unrecorded moves contact and outcome.",
        INDIRECT,
        partial(_mediated, hidden=0.7),
        breaks="Something that is not recorded moves both mediator and outcome.",
    ),
    DGP("slopes-differ", "Slopes vary over eight services.", EFFECT, _stages),
    DGP("slopes-alike", "One slope in all eight services.", EFFECT, partial(_stages, spread=0.0)),
    DGP("panel-lasting", "What lasts about a worker moves share and outcome over four waves.", EFFECT, _panel),
    DGP(
        "panel-changing",
        "Strain that comes and goes moves share and outcome.",
        EFFECT,
        partial(_panel, changing=0.5),
        breaks="Something that changes over a worker's waves moves both.",
    ),
    DGP("survey-recorded", "Who answers goes with what is recorded.", EFFECT, _survey),
    DGP(
        "survey-informative",
        "Who answers goes with the answer.",
        EFFECT,
        partial(_survey, informative=0.8),
        breaks="Who answers goes with the answer itself.",
    ),
    DGP("groups-differ", "Two groups differ in experience; its slope is the same in both.", 0.6 * 0.5, _groups),
    DGP(
        "groups-differ-in-slope",
        "The slope differs too; the true value is that of the first group.",
        0.6 * 0.5,
        partial(_groups, wedge=0.3),
    ),
)
