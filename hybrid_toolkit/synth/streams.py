"""What every layer of the generator shares: keyed random streams, keys, the calendar, frames of a contract."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.synth.calibration import ENGLAND_RATES, Rates
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.truth import BOUND, Truth

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
Texts = npt.NDArray[np.object_]


NodeChange = Callable[[Any, int], Any]
"""What an intervention makes of a node's values in a month (-1 for what does not change)."""
_HALF = 0.5
"""What tells yes from no where a node of the graph is set by numbers: they are 1 and 0."""
SEASON = np.array([0.5, 0.4, 0.4, -0.2, 0.1, 0.2, 0.0, -0.9, 0.1, 0.3, 0.4, -0.8])
"""January to December: quiet in August and December, busiest after the turn of the year; assumed."""


@dataclass(frozen=True)
class Labels:
    """A column of text: for each row the place of its label, -1 where it is empty.

    A table has few labels and many rows, so that rows are chosen by number, and the text is laid out once at the end.

    Examples
    --------
    >>> modes = Labels.of(["home", "video"], np.array([1, 0, -1]))
    >>> list(modes.array()), list(modes[[0, 0]].array())
    (['video', 'home', nan], ['video', 'video'])
    """

    labels: pa.Array
    codes: Ints

    @classmethod
    def of(cls, labels: Sequence[str] | Texts, codes: npt.NDArray[Any]) -> Labels:
        """Labels that are given, and the place of each row's."""
        return cls(pa.array(labels, pa.large_string()), codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: Any) -> Labels:
        return Labels(self.labels, self.codes[rows])

    def but_empty(self, missing: Bools) -> Labels:
        """The same, empty where ``missing``."""
        return Labels(self.labels, np.where(missing, -1, self.codes))

    def array(self) -> Any:
        """The text, as pandas holds it: an array of its text dtype."""
        empty = self.codes < 0
        at = pa.array(self.codes, mask=empty) if empty.any() else pa.array(self.codes)
        return pd.array(self.labels.take(at), dtype="str")


def numbered(stem: str, count: int, digits: int) -> Labels:
    """A stem and a number from 1 with leading zeros, such as ``W0001``.

    Examples
    --------
    >>> list(numbered("W", 2, 4).array()), list(numbered("W", 10, 1)[[8, 9]].array())
    (['W0001', 'W0002'], ['W9', 'W10'])
    """
    codes = np.arange(count)
    if count >= 10**digits:
        return Labels.of([f"{stem}{i:0{digits}d}" for i in range(1, count + 1)], codes)
    width = len(stem) + digits
    letters = np.empty((count, width), dtype=np.uint8)
    letters[:, : len(stem)] = np.frombuffer(stem.encode("ascii"), dtype=np.uint8)
    rest = np.arange(1, count + 1)
    for place in range(width - 1, len(stem) - 1, -1):
        rest, letters[:, place] = np.divmod(rest, 10)
    letters[:, len(stem) :] += ord("0")
    ends = np.arange(0, width * (count + 1), width)
    return Labels(pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(letters)), codes)


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
    rates: Rates = ENGLAND_RATES[2025]
    do: Mapping[str, NodeChange] = field(default_factory=dict, hash=False)

    def rng(self, layer: str) -> np.random.Generator:
        """The stream of one layer."""
        return keyed_rng(self.seed, layer, self.la)

    def set(self, node: str, values: Any, month: int = -1) -> Any:
        """The values of a node of the causal graph, or what an intervention sets in their place."""
        return self.do[node](values, month) if node in self.do else values

    def set_yes(self, node: str, values: Any, month: int = -1) -> Any:
        """The same of a node that is yes or no; an intervention may set numbers, of which a half or less is no."""
        return np.asarray(self.set(node, values.astype(np.float64), month)) > _HALF

    @cached_property
    def area(self) -> float:
        """What this authority's inspection, deprivation and region make of it, in standard deviations; 0 where it is
        the only one.
        """
        drawn = float(self.rng("authority").standard_normal()) if self.size.n_la > 1 else 0.0
        return float(self.set("authority", np.array([drawn]))[0])

    @cached_property
    def rurality(self) -> float:
        """How rural the authority is, in standard deviations; 0 where it is the only one."""
        drawn = float(self.rng("rurality").standard_normal()) if self.size.n_la > 1 else 0.0
        return float(self.set("rurality", np.array([np.clip(drawn - 0.2 * self.area, -2, 2)]))[0])

    @cached_property
    def season(self) -> Floats:
        """How busy the time of year makes each month, -1 to 1."""
        at = self.months.astype("datetime64[M]").astype(np.int64) % 12
        return np.array([self.set("calendar", SEASON[[k]], m)[0] for m, k in enumerate(at)])

    @property
    def la_id(self) -> str:
        """Key of the authority."""
        return f"L{self.la + 1:03d}"

    def keys(self, letter: str, count: int, digits: int) -> Labels:
        """Keys such as ``L001W0001``."""
        return numbered(f"{self.la_id}{letter}", count, digits)

    def everywhere(self, rows: int) -> Labels:
        """The key of the authority in so many rows."""
        return Labels.of([self.la_id], np.zeros(rows, dtype=np.int64))

    @cached_property
    def months(self) -> Days:
        """First day of each month observed."""
        end = np.datetime64(f"{self.truth.calibration_year}-10", "M")
        return np.arange(end - np.timedelta64(self.size.months, "M"), end).astype("datetime64[D]")

    @cached_property
    def month_ends(self) -> Days:
        """Last day of each month observed."""
        after: Days = (self.months.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
        ends: Days = after - np.timedelta64(1, "D")
        return ends

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


def poisson_at(u: Floats, mean: Floats, most: int = 60) -> Ints:
    """Poisson counts at these places, 0 to 1, of their distribution: one draw each, whatever the mean."""
    chance = np.exp(-mean)
    below = chance.copy()
    count = np.zeros(u.shape, dtype=np.int64)
    for k in range(1, most + 1):
        more = u > below
        if not more.any():
            break
        count += more
        chance = chance * mean / k
        below = below + chance
    return count


def expit(x: npt.NDArray[Any]) -> Floats:
    """The inverse of the log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)), dtype=np.float64)


def logit(p: float) -> float:
    """The log odds of a share."""
    return float(np.log(p / (1 - p)))


def pick(rng: np.random.Generator, shares: Mapping[Any, float], size: int) -> Texts:
    """Draw codes with the given shares."""
    return codes_at(shares, rng.random(size))


def codes_at(shares: Mapping[Any, float], u: Floats) -> Texts:
    """The codes at these places, 0 to 1, of a line cut by the given shares."""
    codes = np.array(list(shares), dtype=object)
    edges = np.cumsum(np.array([shares[c] for c in codes], dtype=np.float64))
    place = np.searchsorted(edges / edges[-1], u, side="right")
    return np.asarray(codes[np.minimum(place, len(codes) - 1)], dtype=object)


def table_frame(table: str, columns: dict[str, Any]) -> pd.DataFrame:
    """A frame with those of the contract's columns that are simulated, in its order, with its dtypes."""
    simulated = [c for c in TABLES[table].columns if c.name in columns]
    assert len(simulated) == len(columns), f"{table}: a column that the contract lacks"
    return pd.DataFrame({c.name: _stored(columns[c.name], c.kind, c.dtype) for c in simulated})


def _stored(values: Any, kind: str, dtype: str) -> Any:
    """Values as a column of this kind is stored."""
    if isinstance(values, Labels):
        return values.array()
    if kind in ("date", "month"):
        return np.asarray(values, dtype="datetime64[us]")
    if kind == "float":
        return pd.array(values, dtype=dtype) + 0.0  # what was rounded to minus nought is nought, as any file has it
    return values if isinstance(values, pd.arrays.BooleanArray) else pd.array(values, dtype=dtype)


def known_where(values: Bools, missing: Bools) -> pd.arrays.BooleanArray:
    """Yes or no, empty where ``missing``."""
    return pd.arrays.BooleanArray(values & ~missing, missing)
