"""Attacks on what leaves: for each door, generated sessions, what passed the gate, and a reader who undoes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.attacks.files import documents, texts_of_data, what_ifs
from tools.attacks.hashes import hashes
from tools.attacks.models import event_times, own_filters, regressions, saturated, survival
from tools.attacks.sittings import charts, explorer, other_metrics, plans, sitting_of_widgets, two_kinds, versions
from tools.attacks.tables import groups_with_all, histograms, nested_shares, places, undo_rounding, unsaid_frames

Door = Callable[[np.random.Generator], "tuple[int, int, int]"]
"""From a generator to people told apart in what passed, people told apart in the same output ungated, figures shown."""

DOORS: dict[str, Door] = {
    "groups with everyone": groups_with_all,
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
    "a table and a view of nearly the same people": two_kinds,
    "views of one sitting before and after somebody left": sitting_of_widgets,
    "two metrics of the same values": other_metrics,
    "an action of a plan measured again": plans,
    "what-if of an estimate on few people": what_ifs,
    "documents, pictures and states of a view": documents,
    "texts that describe data": texts_of_data,
    "a hash that confirms a guess": hashes,
}
"""The doors, tables first, then models, sittings, and what is taken away."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One door over many sessions: in how many people came out, gated and ungated, and figures shown on average."""

    door: str
    sessions: int
    gated: int
    ungated: int
    shown: float


def try_door(name: str, sessions: int, *, first: int = 0) -> Tried:
    """Run one door's attack.

    Parameters
    ----------
    name : one of ``DOORS``. sessions : how many. first : the first seed.
    """
    door, found = DOORS[name], []
    for seed in range(first, first + sessions):
        found.append(door(np.random.default_rng([len(name), seed])))
    gated, ungated, shown = (np.array(column) for column in zip(*found, strict=True))
    return Tried(name, sessions, int((gated > 0).sum()), int((ungated > 0).sum()), float(shown.mean()))
