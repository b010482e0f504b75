"""The instruments of ``data.instruments`` and their scoring."""

from hybrid_toolkit.data.instruments import (
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
