"""One row a reasonable adjustment that was asked for in a spell of an arrangement: whether it came in time.

Managers' spells are left out of rows of arrangements, which they set more than they ask for; an adjustment is asked for
by managers too, so that theirs are rows here.

``adjustment_in_time`` is missing while the days are not over. How the spell was arranged and whose it is stand beside
it, as for a spell; what was considered is part of the adjustment, and so ``formality_recorded`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.arrangements import adjustments
from hybrid_toolkit.metrics.unit_frames import require
from hybrid_toolkit.study.units import arrangement
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit

_DATES = ("start_date", "ra_requested_date", "ra_considered_date", "ra_implemented_date")
_IN_TIME = tuple(f"arrangement_spell.{c}" for c in ("spell_id", "worker_id", *_DATES))
_BESIDE = ("formality", "stage", "minority_ethnic", "role")
"""One column of each part of a spell's columns that stands beside an adjustment too."""


def _adjustments(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    asked = require(data, "arrangement_spell", "ra_requested_date")["ra_requested_date"].notna().to_numpy()
    rows = arrangement.spell_rows(data)[list(arrangement.THE_SPELL)]
    return rows.assign(adjustment_in_time=adjustments(data)["in_time"].to_numpy())[asked]


UNIT = Unit(
    "adjustment asked for",
    "adjustments asked for",
    (
        ColumnSource(
            {**arrangement.THE_SPELL, "adjustment_in_time": _IN_TIME},
            ("spell_id",),
            _adjustments,
            _IN_TIME,
        ),
        *(part for part in arrangement.UNIT.parts if any(column in part.columns for column in _BESIDE)),
    ),
    ("arrangement_spell.spell_id", "arrangement_spell.ra_requested_date"),
)
