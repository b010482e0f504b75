"""Doors of several versions of the data: sums of the groups of yesterday beside sums of the groups of today."""

from __future__ import annotations

import tempfile
import warnings
from itertools import product

import numpy as np
from numpy.typing import NDArray

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS
from tools.attacks.tables import HOURS, staff

FEW = 10
Groups = list[NDArray[np.bool_]]


def _sums_apart(before: Groups, now: Groups) -> int:
    """Sums of some groups of each of two tables, everyone's rest among them, that differ by some people, but few."""
    sums: list[list[NDArray[np.bool_]]] = []
    for groups in (before, now):
        everyone = [g for g in groups if all((g & o).sum() == o.sum() for o in groups)]
        parts = [g for g in groups if not any(g is e for e in everyone)]
        rest = everyone[0] & ~np.any(parts, axis=0) if everyone and parts else None
        parts = [*parts, rest] if rest is not None and rest.any() else parts or everyone
        chosen = product((False, True), repeat=len(parts))
        sums.append(
            [np.any([p for p, c in zip(parts, some, strict=True) if c], axis=0) for some in chosen if any(some)]
        )
    return sum(0 < (a ^ b).sum() < FEW for a in sums[0] for b in sums[1])


def part_sums(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """Roles yesterday; today one to three have left, others have moved, two or three roles go by one name: add up."""
    data = staff(rng)
    worker = data.table("worker")
    later = worker["role"].astype(object).copy()
    known = list(later.dropna().unique())
    merged = rng.choice(known, min(len(known), int(rng.integers(2, 4))), replace=False)
    if rng.random() < 0.5:  # some move between roles, so that each role alone has changed by many
        moved = rng.choice(len(later), int(rng.integers(10, 30)), replace=False)
        later.iloc[moved] = rng.choice(merged, len(moved))
    later[later.isin(merged)] = "joined"
    gone = rng.choice(len(worker), int(rng.integers(1, 4)), replace=False)
    stays = ~np.isin(np.arange(len(worker)), gone)
    today = ht.EvaluationData({"worker": worker.assign(role=later.astype("str"))[stays].reset_index(drop=True)})
    labels = [worker["role"], later.astype("str")]
    found, seen = [], 0
    for ledger_on in (True, False)[: 1 + ungated]:
        views: list[Groups] = []
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for version, label, here in zip((data, today), labels, (stays | True, stays), strict=True):
                gate = Gate(source=version, ledger=VersionLedger(folder) if ledger_on else None)
                content = measure_released(version, HOURS, by="role", gate=gate)[0].table.content  # type: ignore[arg-type]
                names = content.loc[~content["suppressed"], "group"].astype(str)
                of = label.fillna("not recorded").astype(str).to_numpy()
                views.append([here if name == ALL_LEVELS else here & (of == name) for name in names])
        found.append(_sums_apart(*views) if all(views) else 0)
        seen = len(views[1]) if ledger_on else seen
    return found[0], found[-1], seen
