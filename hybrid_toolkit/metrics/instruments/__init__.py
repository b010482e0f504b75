"""Definitions of instruments and their scoring."""

from hybrid_toolkit.metrics.instruments.definition import (
    Band,
    Instrument,
    Item,
    Scale,
    instrument_ids,
    load_instrument,
    parse_instrument,
)
from hybrid_toolkit.metrics.instruments.scoring import InstrumentScores, score_instrument

__all__ = [
    "Band",
    "Instrument",
    "InstrumentScores",
    "Item",
    "Scale",
    "instrument_ids",
    "load_instrument",
    "parse_instrument",
    "score_instrument",
]
