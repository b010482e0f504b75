"""One row a spell of a worker's arrangement: what was asked for and agreed, and how.

``refused`` and ``approved_of_requested`` are of spells in which a remote share above zero was asked for:
refused is none agreed, the last is the agreed share of what was asked for. ``formality`` is the mean of four (written,
reason recorded, review within a year, adjustments considered), ``formality_recorded`` of the first three.
``minority_ethnic`` is any group but white, missing where it is not known. The worker's characteristics
stand beside them, ``early_career`` on the first day of the spell.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.constructs.arrangements import ELIGIBLE_ROLES, formality
from hybrid_toolkit.metrics.unit_frames import (
    EARLY_STAGES,
    career_stage,
    look_up,
    month_of,
    number_values,
    optional,
    require,
    safe_ratio,
)
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Unit, same
from hybrid_toolkit.study.units.worker_columns import WORKER, worker_rows

_SPELL = ("arrangement_spell.spell_id", "arrangement_spell.worker_id", "arrangement_spell.start_date")
_ASKED = (*_SPELL, "arrangement_spell.requested_rs", "arrangement_spell.approved_rs")
_HOW_FORMAL = ("formality", "formality_recorded", "written")
_FORMAL = tuple(f"arrangement_spell.{c}" for c in ("written", "rationale", "review_date", "ra_considered_date"))


def spell_rows(data: EvaluationData) -> pd.DataFrame:
    """The columns of ``THE_SPELL`` and the worker's role, one row a spell in the order of the table."""
    rows = require(data, "arrangement_spell", "spell_id", "worker_id", "start_date")
    out = look_up(
        rows[["spell_id", "worker_id"]], optional(data, "worker", "team_id"), "worker_id", ["team_id", "role"]
    )
    return out.assign(month=month_of(rows["start_date"])).reset_index(drop=True)


def _spells(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows, out = data["arrangement_spell"].reset_index(drop=True), spell_rows(data)
    asked, agreed = number_values(rows, "requested_rs"), number_values(rows, "approved_rs")
    out["requested_rs"], out["approved_rs"] = asked, agreed
    out["preferred_rs"] = number_values(rows, "preferred_rs")
    known = asked.gt(0) & agreed.notna()
    out["refused"] = agreed.eq(0).astype("float64").where(known)
    out["approved_of_requested"] = safe_ratio(agreed, asked).where(known)
    out["type"] = rows["type"] if "type" in rows else pd.Series(pd.NA, index=rows.index, dtype="str")
    # managers set arrangements more than they ask for them
    eligible = out["role"].isin(ELIGIBLE_ROLES) | out["role"].isna()
    return out[eligible].drop(columns="role").reset_index(drop=True)


def _formality(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return formality(data)[["spell_id", *_HOW_FORMAL]]


def _requested(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "arrangement_spell", "spell_id", "ra_requested_date")
    return rows[["spell_id"]].assign(adjustment_requested=rows["ra_requested_date"].notna().astype("float64"))


def _worker(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    return worker_rows(data, wanted)


def _ethnicity(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    rows = require(data, "worker", "worker_id", "ethnicity")
    known = rows["ethnicity"].notna() & rows["ethnicity"].ne("unknown")
    return rows[["worker_id"]].assign(minority_ethnic=rows["ethnicity"].ne("white").astype("boolean").where(known))


def _stage(data: EvaluationData, wanted: Collection[str]) -> pd.DataFrame:
    spells = require(data, "arrangement_spell", "spell_id", "worker_id", "start_date")
    rows = look_up(spells[["spell_id", "worker_id"]], data["worker"], "worker_id", ["role", "reg_date"])
    stage = career_stage(rows, spells["start_date"])
    early = stage.isin(EARLY_STAGES).astype("boolean").where(stage.notna())
    return rows[["spell_id"]].assign(stage=stage, early_career=early)


THE_SPELL = {
    **same(("spell_id", "worker_id"), "arrangement_spell"),
    "team_id": ("arrangement_spell.worker_id", "worker.worker_id", "worker.team_id"),
    "month": _SPELL,
}
"""Which spell a row is of, or comes from: whose, of what team, and when it began."""

UNIT = Unit(
    "arrangement spell",
    "spells of arrangements",
    (
        ColumnSource(
            {
                **THE_SPELL,
                **same(("type", "requested_rs", "approved_rs", "preferred_rs"), "arrangement_spell"),
                "refused": _ASKED,
                "approved_of_requested": _ASKED,
            },
            ("spell_id",),
            _spells,
            _SPELL,
        ),
        ColumnSource(dict.fromkeys(_HOW_FORMAL, (*_SPELL, *_FORMAL)), ("spell_id",), _formality),
        ColumnSource(
            {"adjustment_requested": ("arrangement_spell.spell_id", "arrangement_spell.ra_requested_date")},
            ("spell_id",),
            _requested,
        ),
        ColumnSource(
            dict.fromkeys(("stage", "early_career"), (*_SPELL, "worker.worker_id", "worker.role", "worker.reg_date")),
            ("spell_id",),
            _stage,
        ),
        ColumnSource({"minority_ethnic": ("worker.worker_id", "worker.ethnicity")}, ("worker_id",), _ethnicity),
        ColumnSource(same(WORKER, "worker", "worker_id"), ("worker_id",), _worker),
    ),
    ("arrangement_spell.spell_id",),
)
