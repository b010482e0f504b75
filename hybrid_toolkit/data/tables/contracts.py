"""Every table an evaluation may hold: columns, types, units, ranges, codes and keys.

Loading, validation, the template workbook, the data dictionary, the synthetic generator and the docs all read this
one description.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.data.tables.contract import COLUMN_KINDS, DTYPES, ColumnContract, TableContract
from hybrid_toolkit.data.tables.family_tables import (
    ACCESS_FLAGS,
    FAMILY_TABLES,
    IN_PERSON_MODES,
    MODES,
    PRACTICE_ITEMS,
    REMOTE_MODES,
)
from hybrid_toolkit.data.tables.workforce_tables import REGIONS, SERVICES, WORKER_ROLES, WORKFORCE_TABLES

__all__ = [
    "ACCESS_FLAGS",
    "COLUMN_KINDS",
    "DTYPES",
    "IN_PERSON_MODES",
    "MODES",
    "PRACTICE_ITEMS",
    "REGIONS",
    "REMOTE_MODES",
    "SERVICES",
    "TABLES",
    "WORKER_ROLES",
    "ColumnContract",
    "TableContract",
]

TABLES: Mapping[str, TableContract] = MappingProxyType({t.name: t for t in (*WORKFORCE_TABLES, *FAMILY_TABLES)})
"""Every table's contract by name."""
