"""What every layer of the generator shares: keyed random streams, keys, the calendar, frames of a contract."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.data.contracts import TABLES
from hybrid_toolkit.synth.calibration import ENGLAND, Rates
from hybrid_toolkit.synth.truth import BOUND, Size, Truth

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Context:
    """One authority to be: its truth, its size, its seed and its place among the authorities.

    Each layer draws from its own stream, keyed by the seed, the authority and the layer's name, so that a layer's
    values do not depend on which other layers were asked for.
    """

    truth: Truth
    size: Size
    seed: int
    la: int = 0
    teams: int = 0
    rates: Rates = ENGLAND[2025]

    def rng(self, layer: str) -> np.random.Generator:
        """The stream of one layer."""
        return keyed_rng(self.seed, layer, self.la)

    @property
    def la_id(self) -> str:
        """Key of the authority."""
        return f"L{self.la + 1:03d}"

    def keys(self, letter: str, count: int, digits: int) -> Texts:
        """Keys such as ``L001W0001``."""
        stem = f"{self.la_id}{letter}"
        return np.array([f"{stem}{i:0{digits}d}" for i in range(1, count + 1)], dtype=object)

    @cached_property
    def months(self) -> Days:
        """First day of each month observed."""
        end = np.datetime64(f"{self.truth.calibration_year}-10", "M")
        return np.arange(end - self.size.months, end).astype("datetime64[D]")

    @cached_property
    def month_ends(self) -> Days:
        """Last day of each month observed."""
        return (self.months.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1

    @property
    def begin(self) -> np.datetime64:
        """First day observed."""
        return np.datetime64(self.months[0], "D")

    @property
    def end(self) -> np.datetime64:
        """Last day observed."""
        return np.datetime64(self.month_ends[-1], "D")


def keyed_rng(seed: int, layer: str, la: int = 0) -> np.random.Generator:
    """A random stream that depends on the seed, the layer's name and the authority only.

    Examples
    --------
    >>> bool(keyed_rng(1, "survey").random() == keyed_rng(1, "survey").random())
    True
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(layer.encode()), la])))


def bounded(rng: np.random.Generator, size: int | tuple[int, ...]) -> Floats:
    """Standard normal values held within ``BOUND``."""
    return np.clip(rng.standard_normal(size), -BOUND, BOUND)


def rounded(values: npt.NDArray[Any], decimals: int) -> Floats:
    """Values rounded, so that the same numbers stand in a file on every platform."""
    return np.asarray(np.round(values, decimals), dtype=np.float64)


def expit(x: npt.NDArray[Any]) -> Floats:
    """The inverse of the log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)


def logit(p: float) -> float:
    """The log odds of a share."""
    return float(np.log(p / (1 - p)))


def pick(rng: np.random.Generator, shares: dict[Any, float] | Any, size: int) -> Texts:
    """Draw codes with the given shares."""
    codes = np.array(list(shares), dtype=object)
    edges = np.cumsum(np.array([shares[c] for c in codes], dtype=np.float64))
    place = np.searchsorted(edges / edges[-1], rng.random(size), side="right")
    return np.asarray(codes[np.minimum(place, len(codes) - 1)], dtype=object)


def table_frame(table: str, columns: dict[str, Any]) -> pd.DataFrame:
    """A frame with the contract's columns, in its order, with its dtypes."""
    contract = TABLES[table]
    made = {}
    for column in contract.columns:
        values = columns[column.name]
        if column.kind in ("date", "month"):
            made[column.name] = pd.Series(np.asarray(values, dtype="datetime64[us]"))
        else:
            made[column.name] = pd.Series(pd.array(values, dtype=column.dtype))
    return pd.DataFrame(made, columns=list(contract.names))


def empty_where(values: npt.NDArray[Any], missing: Bools) -> Texts:
    """Values as objects, empty where ``missing``."""
    out = values.astype(object)
    out[missing] = None
    return out
