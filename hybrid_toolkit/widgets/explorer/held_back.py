"""The explorer's cells held to what the release folder has shown of the same metric before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.combined_cells import few_apart, few_with_all, remember
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import FEW_CHANGED
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.report.measured import figure_marks, figure_name
from hybrid_toolkit.widgets.explorer.metric_units import Units
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS

ShownCells = set[tuple[str, str]]
"""Cells by group and period."""


def held_to_ledger(gate: Gate, units: Units, group: str, period: str, shown: ShownCells) -> ShownCells:
    """The cells that may still be shown beside what the gate's ledger holds; all of them where it has none."""
    if gate.ledger is None:
        return shown
    cells = {pair: _rows(units, group, period, pair) for pair in shown}
    out: ShownCells = set()
    for whole, keys in _views(shown):
        part = {k: cells[k] for k in keys if k not in out}
        out |= few_apart(gate.ledger, figure_name(units.spec), part, lambda found: _marks(units, found), whole=whole,
                         threshold=gate.policy.threshold)  # fmt: skip
    left = {pair: cells[pair] for pair in sorted(shown - out)}
    out |= few_with_all(gate.ledger, figure_name(units.spec), left, lambda found: _marks(units, found),
                        wholes=[whole for whole, _ in _views(shown)], threshold=gate.policy.threshold)  # fmt: skip
    return shown - out


def keep_in_ledger(gate: Gate, units: Units, group: str, period: str, shown: ShownCells, *, version: str) -> None:
    """Tell the gate's ledger, where it has one, of the cells that are shown."""
    if gate.ledger is None:
        return
    cells = {pair: _rows(units, group, period, pair) for pair in sorted(shown)}
    for whole, keys in _views(shown):
        part = {k: cells[k] for k in keys}
        remember(gate.ledger, figure_name(units.spec), part, lambda found: _marks(units, found), whole=whole,
                 threshold=gate.policy.threshold, version=version)  # fmt: skip


def release_bins(gate: Gate, bins: pd.DataFrame, *, name: str, source: EvaluationData) -> tuple[Release | None, str]:
    """The bins of a distribution through the gate; why there are none while few people differ from data shown."""
    try:
        return gate.figure_data(bins, title=f"{name}: distribution", dims=["group", "bin", "label"], people="people",
                                source=source), ""  # fmt: skip
    except DisclosureError as error:
        if error.code != FEW_CHANGED:
            raise
        return None, error.message


def _views(shown: ShownCells) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Everyone and the cells that they are made of: each period by group, each group by period, and all of both."""
    periods, groups = sorted({p for _, p in shown}), sorted({v for v, _ in shown})
    out = [((ALL_LEVELS, p), [k for k in sorted(shown) if k[1] == p]) for p in periods]
    out += [((v, ALL_LEVELS), [k for k in sorted(shown) if k[0] == v]) for v in groups]
    finest = [k for k in sorted(shown) if ALL_LEVELS not in k]
    if finest:
        everyone = (ALL_LEVELS, ALL_LEVELS)
        out.append((everyone, [*([everyone] if everyone in shown else []), *finest]))
    return out


def _marks(units: Units, cells: Sequence[NDArray[np.bool_]]) -> Sequence[dict[str, str]]:
    return figure_marks(units.spec, units.frame_used, cells)


def _rows(units: Units, group: str, period: str, pair: tuple[str, str]) -> NDArray[np.bool_]:
    """Which of the rows that are used stand in a cell."""
    value, label = pair
    return units.cell(
        group if value != ALL_LEVELS else ALL_LEVELS, value, period if label != ALL_LEVELS else ALL_LEVELS, label
    )
