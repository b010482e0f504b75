"""Staff of other posts on a list of staff: when they are left out, so is what other tables say of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from hybrid_toolkit.data.reshape.combine import SourcePart
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import agreeing, plural


def leave_outsiders(
    parts: Mapping[str, Sequence[SourcePart]], whole: Callable[[SourcePart], pd.DataFrame]
) -> dict[str, list[SourcePart]]:
    """The parts without the rows of workers whom ``only`` left out of the staff list; a contact stays, without them.

    Parameters
    ----------
    parts : Mapping[str, Sequence[SourcePart]]
        Table -> its parts.
    whole : Callable[[SourcePart], pd.DataFrame]
        A part of the staff list -> the same rows with nobody left out.
    """
    kept: set[str] = set()
    listed: set[str] = set()
    for part in parts.get("worker", ()):
        if part.table_map.steps.only and "worker_id" in part.frame:
            kept |= set(part.frame["worker_id"].dropna())
            listed |= set(whole(part)["worker_id"].dropna())
    gone = listed - kept
    if not gone:
        return {t: list(some) for t, some in parts.items()}
    return {t: list(some) if t == "worker" else [_without(p, gone) for p in some] for t, some in parts.items()}


def _without(part: SourcePart, gone: set[str]) -> SourcePart:
    contract = TABLES[part.table_map.table]
    if "worker_id" not in part.frame or contract.foreign.get("worker_id", ("",))[0] != "worker":
        return part
    theirs = part.frame["worker_id"].isin(gone)
    if not theirs.any():
        return part
    if contract["worker_id"].required:
        frame, said = part.frame.loc[~theirs], agreeing(int(theirs.sum()), "was left out", "were left out")
    else:
        frame = part.frame.assign(worker_id=part.frame["worker_id"].mask(theirs))
        said = agreeing(int(theirs.sum()), "stands without a worker", "stand without a worker")
    note = f"{plural(int(theirs.sum()), 'row')} of staff in other posts {said}"
    source = replace(part.source, rows=len(frame), notes=(*part.source.notes, note))
    return replace(part, frame=frame, source=source)
