"""Definitions of instruments and their scoring."""

from hybrid_toolkit.metrics.instruments.definition import (
    Instrument,
    InstrumentItem,
    InstrumentScale,
    ScoreBand,
    instrument_ids,
    load_instrument,
    parse_instrument,
)
from hybrid_toolkit.metrics.instruments.scoring import InstrumentScores, score_instrument

__all__ = [
    "Instrument",
    "InstrumentItem",
    "InstrumentScale",
    "InstrumentScores",
    "ScoreBand",
    "instrument_ids",
    "load_instrument",
    "parse_instrument",
    "score_instrument",
]
