"""Answers made ready for a factor model: complete rows by group, on one scale, with every refusal named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import LARGEST, as_numbers
from hybrid_toolkit.errors import MeasureError, agreeing, plural
from hybrid_toolkit.metrics.measured_columns import check_table
from hybrid_toolkit.metrics.psychometrics.factor_model import Moments

_SINGULAR = 1e-8
"""Least eigenvalue of a correlation matrix under which an item is a copy or a sum of others but for rounding."""
_FEW_CLUSTERS = 30
"""Clusters under which clustered tests reject too often."""
_MOST_ANSWERS = 11
"""Answers of the longest scales in use, 0 to 10; an item with more is a measurement."""

MIN_GROUP = 100
"""Rows a group needs before its fit is taken at its word; fewer are fitted, and the result says so.

In simulated surveys of one factor, four items and five answers, the scaled tests of loadings and of intercepts
rejected what was the same in 6% and 5% of 1,000 surveys at 100 rows against 300, and in 7% of each at 50 against 150.
An intercept shifted by a quarter, a third and a half of a standard deviation was found in 54%, 78% and 99% of 400
surveys at 100 against 300, and in 28%, 45% and 81% at 50 against 150: with fewer rows a pass says little.
"""
FEW_ANSWERS = 5
"""Items with fewer different answers than this are too coarse to be treated as continuous (Rhemtulla et al. 2012)."""


@dataclass(frozen=True, slots=True)
class FactorData:
    """Complete rows of the items by group.

    Parameters
    ----------
    factors : Mapping[str, tuple[str, ...]]
        Items of each factor.
    items : tuple[str, ...]
        The items in order.
    belongs : npt.NDArray[np.int]
        Factor of each item.
    groups : tuple[str, ...]
        Names of the groups, ``("all",)`` without groups.
    moments : list[Moments]
        Of each group, on the common scale.
    clusters : list[npt.NDArray[np.int]] | None
        Code of each row's cluster by group, or None.
    centre : Array
        Centre that brings the common scale back to the items' own units.
    sd : Array
        Spread that brings the common scale back to the items' own units.
    n_dropped : int
        Rows left out for a missing answer, group or cluster.
    notes : tuple[str, ...]
        What a reader must know of these rows.
    """

    factors: Mapping[str, tuple[str, ...]]
    items: tuple[str, ...]
    belongs: npt.NDArray[np.int_]
    groups: tuple[str, ...]
    moments: list[Moments]
    clusters: list[npt.NDArray[np.int_]] | None
    centre: Array
    sd: Array
    n_dropped: int
    notes: tuple[str, ...]


def _error(message: str, fix: str, code: str) -> MeasureError:
    return MeasureError(message, fix=fix, code=code)


def _declared(frame: pd.DataFrame, factors: Mapping[str, Sequence[str]], others: Sequence[str]) -> None:
    if not factors:
        raise _error("no factor is declared.", "Give {name: [items]}.", "FACTOR-NONE")
    strings = [name for name, items in factors.items() if isinstance(items, str)]
    if strings:
        raise _error(f"factor '{strings[0]}' is given one text, not a list.", "Give a list of items.", "FACTOR-ITEMS")
    items = [item for mine in factors.values() for item in mine]
    check_table(frame, [*items, *others])
    twice = sorted({i for i in items if items.count(i) > 1})
    if twice:
        raise _error(
            f"{plural(len(twice), 'item stands', 'items stand')} in more than one place: {', '.join(twice)}; an item "
            "belongs to one factor here.",
            "Give each item to one factor.",
            "FACTOR-ITEMS",
        )
    least = 3 if len(factors) == 1 else 2
    short = [name for name, mine in factors.items() if len(mine) < least]
    if short:
        raise _error(
            f"{plural(len(short), 'factor')} with fewer than {least} items: {', '.join(short)}; the model is not "
            "identified.",
            "A single factor needs 3 items, and each of several related factors needs 2.",
            "FACTOR-IDENTIFY",
        )


def _numbers(frame: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    out = {}
    for item in items:
        read = as_numbers(frame[item])
        raw = frame[item].astype(object)
        raw = raw.mask(raw.map(lambda v: isinstance(v, complex | np.complexfloating)))  # no number on a line
        values = pd.to_numeric(raw, errors="coerce").astype("float64") if read is None else pd.Series(read, frame.index)
        text = int((values.isna() & frame[item].notna()).sum())
        endless = int((np.abs(values.to_numpy(dtype=float)) > LARGEST).sum())
        if text or endless:
            raise _error(
                f"item '{item}': {plural(text + endless, 'answer is', 'answers are')} not finite numbers.",
                "Code answers as numbers; leave an answer that was not given empty.",
                "ITEM-TYPE",
            )
        out[item] = values
    return pd.DataFrame(out, index=frame.index)


def prepare_answers(
    frame: pd.DataFrame, factors: Mapping[str, Sequence[str]], *, group: str | None = None, cluster: str | None = None
) -> FactorData:
    """Complete rows, split by group.

    Raises
    ------
    MeasureError
        Columns that are not there, items twice or too few, answers that are not numbers, fewer than two groups, too few
        rows, an item that does not vary in a group, items that repeat one another.
    """
    others = [c for c in (group, cluster) if c is not None]
    _declared(frame, factors, others)
    kept = {name: tuple(items) for name, items in factors.items()}
    items = tuple(i for mine in kept.values() for i in mine)
    values = _numbers(frame, items)
    complete = (values.notna().all(axis=1) & frame[others].notna().all(axis=1)).to_numpy(dtype=bool)
    rows = values.to_numpy(dtype=float)[complete]
    label = frame[group].astype("str").to_numpy(dtype=str)[complete] if group is not None else np.full(len(rows), "all")
    names = tuple(dict.fromkeys(_ordered(frame[group]) if group is not None else ["all"]))
    names = tuple(n for n in names if (label == n).any())
    if group is not None and len(names) < 2:
        raise _error(
            f"column '{group}' has {plural(len(names), 'group')} with complete answers; two are needed.",
            "Name a column of two or more groups, or leave group out.",
            "GROUP-ONE",
        )
    parts = [rows[label == name] for name in names] if len(rows) else [rows]
    _enough(parts, items)
    codes = None
    if cluster is not None:
        code = pd.factorize(frame[cluster][complete])[0]
        if len(np.unique(code)) < 2:
            raise _error(f"column '{cluster}' has one cluster.", "Leave cluster out.", "CLUSTER-ONE")
        codes = [code[label == name].astype(np.int_) for name in names]
    within = sum(((part - part.mean(axis=0)) ** 2).sum(axis=0) for part in parts)
    sd, centre = np.sqrt(within / len(rows)), rows.mean(axis=0)
    moments = []
    for part in parts:
        scaled = (part - centre) / sd
        centred = scaled - scaled.mean(axis=0)
        moments.append(Moments(len(part), scaled.mean(axis=0), centred.T @ centred / len(part), centred))
    _proper(moments)
    belongs = np.repeat(np.arange(len(kept)), [len(mine) for mine in kept.values()])
    dropped = len(frame) - len(rows)
    return FactorData(
        kept, items, belongs, names, moments, codes, centre, sd, dropped, _notes(names, moments, rows, codes)
    )


def _ordered(column: pd.Series[Any]) -> list[str]:
    """Labels in the order of the categories where there is one, else by first letter."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return [str(c) for c in column.cat.categories]
    return sorted(column.dropna().astype("str").unique())


def _enough(parts: list[Array], items: Sequence[str]) -> None:
    p = len(items)
    small = sum(len(part) <= p for part in parts)
    if small:
        raise _error(
            f"{small} of {plural(len(parts), 'group')} {agreeing(small, 'has', 'have')} {p} or fewer complete rows for "
            f"{p} items.",
            "Use fewer items or larger groups; 100 rows a group is a sensible least.",
            "FACTOR-N",
        )
    for position, part in enumerate(parts):
        constant = [i for i, same in zip(items, np.ptp(part, axis=0) == 0, strict=True) if same]
        if constant:
            raise _error(
                f"{', '.join(constant)}: the same answer in every complete row of group {position + 1} "
                f"of {len(parts)}.",
                "Leave the item out; an item that does not vary measures nothing here.",
                "ITEM-CONSTANT",
            )


def _proper(moments: list[Moments]) -> None:
    for position, have in enumerate(moments):
        sd = np.sqrt(np.diag(have.cov))
        if float(np.linalg.eigvalsh(have.cov / np.outer(sd, sd))[0]) < _SINGULAR:
            raise _error(
                f"the items' covariance matrix in group {position + 1} of {len(moments)} is singular: "
                "one item is a copy, or a sum, of others.",
                "Leave out items that repeat others.",
                "FACTOR-SINGULAR",
            )


def _notes(
    names: tuple[str, ...], moments: list[Moments], rows: Array, codes: list[npt.NDArray[np.int_]] | None
) -> tuple[str, ...]:
    out = []
    small = sum(m.n < MIN_GROUP for m in moments)
    if small:
        out.append(
            f"{small} of {plural(len(names), 'group')} {agreeing(small, 'has', 'have')} fewer than {MIN_GROUP} "
            "complete rows: tests have little power."
        )
    counts = [len(np.unique(rows[:, j])) for j in range(rows.shape[1])]
    coarse = sum(c < FEW_ANSWERS for c in counts)
    if coarse:
        out.append(
            f"{plural(coarse, 'item has', 'items have')} fewer than {FEW_ANSWERS} different answers: treating them as "
            "continuous may understate loadings and blur thresholds."
        )
    elif max(counts) <= _MOST_ANSWERS:
        out.append("Items with few ordered answers are treated as continuous; the scaled test allows for their shape.")
    if codes is not None:
        many = len(np.unique(np.concatenate(codes)))
        if many < _FEW_CLUSTERS:
            out.append(f"{many} clusters are few for clustered tests.")
    return tuple(out)
