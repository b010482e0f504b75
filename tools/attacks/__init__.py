"""Attacks on what leaves: for each door, generated sessions, what passed the gate, and a reader who undoes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hybrid_toolkit.study.diagnosis.trial_log import TrialLog, code_version, hash_of
from tools.attacks.files import diagnosis_files, documents, texts_of_data, what_ifs
from tools.attacks.hashes import hashes
from tools.attacks.many_views import many_views
from tools.attacks.models import event_times, own_filters, regressions, saturated, survival
from tools.attacks.sittings import charts, explorer, other_metrics, plans, sitting_of_widgets, two_kinds, versions
from tools.attacks.sums import part_sums
from tools.attacks.tables import (
    differences,
    groups_with_all,
    histograms,
    nested_shares,
    places,
    undo_rounding,
    unsaid_frames,
)

Door = Callable[..., "tuple[int, int, int]"]
"""From a generator to people told apart in what passed, people told apart in the same output ungated, figures shown."""
TWICE = (versions, many_views, part_sums, two_kinds, sitting_of_widgets, other_metrics, plans)
"""Doors that show everything a second time to see the same ungated, which is half of what they take."""
UNGATED_EACH = 2
"""Of such a door every second session, the first among them, is looked at ungated: three of twelve were too few
to tell that it bites in more than half."""

DOORS: dict[str, Door] = {
    "groups with everyone": groups_with_all,
    "differences between groups beside their table": differences,
    "nested cells, in and out of a share": nested_shares,
    "families without a recorded place": places,
    "frames that do not say who or what they are": unsaid_frames,
    "rounding undone": undo_rounding,
    "regression on one or two people": regressions,
    "regression with nearly as many coefficients as rows": saturated,
    "outer bins of a histogram": histograms,
    "hidden event times": event_times,
    "steps of a survival curve": survival,
    "own metric with a filter": own_filters,
    "control charts of months": charts,
    "explorer over groups and periods": explorer,
    "yesterday's data and today's": versions,
    "sums of groups of yesterday and of today": part_sums,
    "many tables and views of two versions": many_views,
    "a table and a view of nearly the same people": two_kinds,
    "views of one sitting before and after somebody left": sitting_of_widgets,
    "two metrics of the same values": other_metrics,
    "an action of a plan measured again": plans,
    "what-if of an estimate on few people": what_ifs,
    "documents, pictures and states of a view": documents,
    "texts that describe data": texts_of_data,
    "the size of data in a diagnosis": diagnosis_files,
    "a hash that confirms a guess": hashes,
}
"""The doors, tables first, then models, sittings, and what is taken away."""


DOORS_COME_FROM = ("data", "metrics", "models", "disclosure", "study", "assess", "report", "widgets")
"""Rooms whose code decides what a door shows: sessions kept of other code are not counted."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One door over many sessions: in how many people came out, gated and ungated, and figures shown on average.

    ``ungated`` is out of the sessions ``looked``.
    """

    door: str
    sessions: int
    gated: int
    looked: int
    ungated: int
    shown: float
    leaking: tuple[int, ...] = ()


def code_tried() -> str:
    """The code that is attacked and the code of the attacks, as one short hash."""
    here = Path(__file__).parent
    return hash_of(code_version(DOORS_COME_FROM), *(p.read_text(encoding="utf-8") for p in sorted(here.glob("*.py"))))


def kept_sessions(name: str, kept: Path, *, code: str) -> TrialLog:
    """The file of a door's sessions of this code, to which each is added as it ends."""
    return TrialLog(kept / code / f"{re.sub(r'[^a-z]+', '-', name.lower())}.jsonl", {"door": name, "code": code})


def try_door(name: str, sessions: int, *, first: int = 0, log: TrialLog | None = None) -> Tried:
    """Run one door's attack.

    Parameters
    ----------
    name : one of ``DOORS``. sessions : how many. first : the first seed.
    log : sessions that were run before and are not run again; None keeps none.
    """
    door, found = DOORS[name], []
    seeds = range(first, first + sessions)
    looked = np.array([door not in TWICE or seed % UNGATED_EACH == 0 for seed in seeds])
    for seed, look in zip(seeds, looked, strict=True):
        known = None if log is None else log.found.get(str(seed))
        if known is None:
            rng, only = np.random.default_rng([len(name), seed]), {} if look else {"ungated": False}
            known = [int(v) for v in door(rng, **only)]
            if log is not None:
                log.add(str(seed), known)
        found.append(known)
    gated, ungated, shown = (np.array(column) for column in zip(*found, strict=True))
    leaking = tuple(int(s) for s in np.flatnonzero(gated > 0) + first)
    bites = int((ungated[looked] > 0).sum())
    return Tried(name, sessions, len(leaking), int(looked.sum()), bites, float(shown.mean()), leaking)
