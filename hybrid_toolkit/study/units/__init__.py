"""Kinds of row that a study may have, each with the columns it may name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.study.units import (
    adjustment,
    alliance,
    arrangement,
    authority_month,
    authority_year,
    contact,
    rating,
    team_month,
    team_wave,
    worker,
    worker_month,
    worker_wave,
)
from hybrid_toolkit.study.units.unit_definition import ColumnSource, Sources, Unit

__all__ = ["UNITS", "ColumnSource", "Sources", "Unit"]

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "contact": contact.UNIT,
        "rating": rating.UNIT,
        "alliance": alliance.UNIT,
        "worker-month": worker_month.UNIT,
        "worker-wave": worker_wave.UNIT,
        "worker": worker.UNIT,
        "arrangement": arrangement.UNIT,
        "adjustment": adjustment.UNIT,
        "team-month": team_month.UNIT,
        "team-wave": team_wave.UNIT,
        "authority-month": authority_month.UNIT,
        "authority-year": authority_year.UNIT,
    }
)
"""Unit id -> kind of row."""
