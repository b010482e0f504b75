"""What a contact was for, what came of it, whether the child was seen, and when it was written down."""

from __future__ import annotations

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Bools, Ints, expit

CONTACT_PURPOSES = (
    "statutory_cin",
    "statutory_cp",
    "statutory_cla",
    "leaving_care",
    "assessment",
    "direct_work",
    "meeting",
    "other",
)
_MEETING = CONTACT_PURPOSES.index("meeting")
"""From here on contacts are meetings and others, at which children often are not."""
STATUTORY = 4
"""The first so many purposes are visits that law or guidance asks for."""
_SHARES = (0.55, 0.10, 0.15, 0.14, 0.06)
"""Statutory visit, assessment, direct work, meeting, other: assumed."""
PURPOSE_REMOTE = np.array([-0.08, -0.16, -0.10, 0.02, -0.06, 0.06, 0.26, 0.30])
"""What the purpose adds to the share held remotely: guidance asks for statutory visits in person, and some
are not. Assumed."""
MISSED = ("no_access", "cancelled_family", "cancelled_worker", "refused", "not_needed")
_MISSED_SHARES = (0.38, 0.27, 0.20, 0.08, 0.07)
_SEEN_LOGIT = np.array([2.2, 0.2, -4.0, 1.2, 1.0])
"""Log odds that the child is seen, by mode (home, video, telephone, community, office); assumed."""


def purposes(rng: np.random.Generator, need: Ints, risk: Ints) -> Ints:
    """What each contact is for, a place in ``CONTACT_PURPOSES``; more of them are statutory with higher risk."""
    at = np.clip(rng.random(len(need)) - 0.02 * (risk - 3), 0.0, 1.0)
    kind = np.searchsorted(np.cumsum(_SHARES)[:-1], at, side="right")
    return np.where(kind == 0, need, kind + STATUTORY - 1)


def came_of(rng: np.random.Generator, missed: Bools) -> Ints:
    """What came of each contact: 0 held, else 1 plus a place in ``MISSED``."""
    place = np.searchsorted(np.cumsum(_MISSED_SHARES)[:-1], rng.random(len(missed)), side="right")
    return np.where(missed, place + 1, 0)


def seen(
    rng: np.random.Generator, mode: Ints, purpose: Ints, infant: Bools, circumstances: Floats
) -> tuple[Bools, Bools]:
    """Whether the child was seen, and seen alone; an infant is not seen alone."""
    n = len(mode)
    there = rng.random(n) < expit(
        _SEEN_LOGIT[mode] + 0.8 * (purpose < STATUTORY) - 1.2 * (purpose >= _MEETING) + 0.1 * circumstances
    )
    alone = there & (rng.random(n) < np.where(mode == 1, 0.35, 0.68)) & ~infant
    return there, alone


def written_after(rng: np.random.Generator, size: int) -> Ints:
    """Working days from a contact to its record: most within three, a tail of weeks; assumed."""
    return np.minimum(rng.exponential(2.2, size) * rng.gamma(2.0, 0.5, size), 40).astype(np.int64)
