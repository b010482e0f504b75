"""Instruments, one TOML file each: what metrics score, the generator draws and the catalogue lists."""

from hybrid_toolkit.data.instruments.definition import (
    Draw,
    Factor,
    Instrument,
    InstrumentItem,
    InstrumentScale,
    ScoreBand,
)
from hybrid_toolkit.data.instruments.definition_file import (
    instrument_ids,
    instruments_in,
    load_instrument,
    parse_instrument,
)

__all__ = [
    "Draw",
    "Factor",
    "Instrument",
    "InstrumentItem",
    "InstrumentScale",
    "ScoreBand",
    "instrument_ids",
    "instruments_in",
    "load_instrument",
    "parse_instrument",
]
