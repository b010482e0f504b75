"""The steps from a frame of counts to cells that may be shown; each gives a new frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.digits import ends_apart, in_steps
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.screen import GROUP_KEYS
from hybrid_toolkit.disclosure.suppress import CellMask, complementary, small_cells
from hybrid_toolkit.disclosure.table_sums import TableSum
from hybrid_toolkit.errors import DisclosureError, plural

if TYPE_CHECKING:
    IntSeries = pd.Series[int]
else:
    IntSeries = pd.Series


def also_small(
    table: pd.DataFrame,
    counts: NDArray[np.float64],
    policy: Policy,
    *,
    people: str | None,
    shares: Mapping[str, float],
    dominance: str | None,
) -> CellMask:
    """Rows to hide for another reason than their own count: few people, few in or out of a share, one dominates.

    ``shares`` : column -> what it is multiplied by to be a share of the count (0.01 for per cent).
    """
    more: CellMask = np.zeros(len(table), dtype=bool)
    if people is not None:
        few = small_cells(table[people].to_numpy(dtype=float), threshold=policy.threshold, zero_cells="suppress")
        more |= few & ((counts != 0) | (policy.zero_cells == "suppress"))
    for share, scale in shares.items():
        inside = counts * scale * table[share].to_numpy(dtype=float, na_value=np.nan)
        for part in (inside, counts - inside):
            rounded: NDArray[np.float64] = np.round(np.where(np.isnan(part), np.inf, part)).astype(np.float64)
            more |= small_cells(rounded, threshold=policy.threshold, zero_cells=policy.zero_cells)
    if dominance is not None:
        more |= table[dominance].to_numpy(dtype=float) > policy.dominance_share
    return more


def hide_complements(
    counts: NDArray[np.float64], primary: CellMask, lines: Sequence[TableSum], policy: Policy
) -> CellMask:
    """The primary rows and every further one that would give one away."""
    if not (policy.secondary and lines and primary.any()):
        return primary
    return complementary(
        np.nan_to_num(counts),
        primary,
        lines,
        threshold=policy.threshold,
        width=policy.protection_width,
        lower=1.0 if policy.zero_cells == "show" else 0.0,
        protected=(counts == 0) & ~primary,
    )


def round_counts(column: pd.Series, policy: Policy) -> IntSeries:
    """Counts to the nearest multiple of the policy's base, halves up; missing stays missing.

    Examples
    --------
    >>> round_counts(pd.Series([12, 13, 17.0, None]), Policy()).tolist()
    [10, 15, 15, <NA>]
    """
    numbers = pd.to_numeric(column, errors="coerce").astype("float64")
    base = policy.rounding_base
    return pd.Series(np.floor(numbers / base + 0.5) * base, index=column.index).astype("Int64")


def hide_small(column: pd.Series, policy: Policy) -> CellMask:
    """Which counts of one column are small by themselves; missing ones are not."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype="float64", na_value=np.inf)
    return small_cells(numbers, threshold=policy.threshold, zero_cells=policy.zero_cells)


def finish(
    frame: pd.DataFrame,
    hide: CellMask,
    policy: Policy,
    *,
    count: str,
    others: Mapping[str, CellMask] = MappingProxyType({}),
    values: Sequence[str] = (),
    plain: Sequence[str] = (),
    steps: Mapping[str, NDArray[np.float64]] = MappingProxyType({}),
) -> pd.DataFrame:
    """Hidden rows emptied, counts and values rounded, ``suppressed`` added.

    ``others`` are further count columns with what to hide of each; ``plain`` counts (of clusters) stay unrounded;
    ``steps`` are those in which values are shown, by column.
    """
    out = pd.DataFrame(frame).copy()
    for column in values:
        numbers = pd.Series(pd.to_numeric(out[column], errors="coerce"), index=out.index).astype("float64")
        if column in steps:
            numbers = pd.Series(in_steps(np.asarray(numbers, dtype=np.float64), steps[column]), index=out.index)
        out[column] = numbers.round(policy.decimals).mask(hide)
    if {"estimate", "conf_low", "conf_high"} <= set(values):
        ends = ends_apart(pd.DataFrame(frame), out, steps)
        out = out.assign(**{c: ends[c].round(policy.decimals) for c in ("conf_low", "conf_high")})
    for column, mask in {count: hide, **others}.items():
        out[column] = round_counts(out[column], policy).mask(mask)
    for column in plain:
        out[column] = pd.Series(pd.to_numeric(out[column]), index=out.index).round().astype("Int64").mask(hide)
    return out.assign(suppressed=hide)


def check_counts(table: pd.DataFrame, dims: Sequence[str], counts: Sequence[str]) -> None:
    """Refuse counts that are no counts, and cells that are there twice.

    Raises
    ------
    DisclosureError
        Codes COUNT-INVALID and CELL-DUPLICATE.
    """
    for column in counts:
        numbers = pd.to_numeric(table[column], errors="coerce")
        bad = numbers.isna() & table[column].notna() | (numbers < 0) | (numbers != numbers.round()) & numbers.notna()
        if bad.any():
            raise DisclosureError(
                f"Column '{column}' must hold whole counts from 0; {plural(int(bad.sum()), 'row does', 'rows do')} "
                "not.",
                fix="Use counts of people or events, and put weighted or averaged numbers under values.",
                code="COUNT-INVALID",
            )
    doubled = int(table.duplicated(subset=list(dims)).sum()) if dims else max(len(table) - 1, 0)
    if doubled:
        raise DisclosureError(
            f"{plural(doubled, 'row repeats', 'rows repeat')} the same cell of {', '.join(dims) or 'the table'}.",
            fix="Add up to one row a cell first.",
            code="CELL-DUPLICATE",
        )


def complete_grid(table: pd.DataFrame, dims: list[str], count: str, total_label: str) -> tuple[pd.DataFrame, int]:
    """The table with a count of nought for every combination that is not in it, and how many those are."""
    if len(dims) < 2:
        return table, 0
    inner = table[(table[dims].astype(str) != total_label).all(axis=1)]
    levels = [inner[d].drop_duplicates() for d in dims]
    grid = levels[0].to_frame()
    for level in levels[1:]:
        grid = grid.merge(level.to_frame(), how="cross")
    have = set(inner[dims].itertuples(index=False, name=None))
    empty = [row not in have for row in grid[dims].itertuples(index=False, name=None)]
    if not any(empty):
        return table, 0
    return pd.concat([table, grid[empty].assign(**{count: 0})], ignore_index=True), int(sum(empty))


def plain_dims(table: pd.DataFrame, dims: Sequence[str]) -> tuple[pd.DataFrame, dict[str, dict[str, int]]]:
    """Categories as text, and the order of those that have one; keys of groups keep no order but their names'."""
    levels = {
        d: {str(c): i for i, c in enumerate(table[d].cat.categories)}
        for d in dims
        if isinstance(table[d].dtype, pd.CategoricalDtype) and table[d].cat.ordered and d not in GROUP_KEYS
    }
    text = {d: table[d].astype("str") for d in dims if isinstance(table[d].dtype, pd.CategoricalDtype)}
    return table.assign(**text), levels


def in_order(
    table: pd.DataFrame, dims: list[str], total_label: str, levels: Mapping[str, Mapping[str, int]]
) -> pd.DataFrame:
    """Rows by their dimensions, totals last; never by a value, so that the order says nothing."""
    if not dims:
        return table
    ordered = table.reset_index(drop=True)
    keys = pd.DataFrame(index=ordered.index)
    for i, dim in enumerate(dims):
        keys[f"total{i}"] = ordered[dim].astype(str) == total_label
        plain = ordered[dim].map(levels[dim]) if dim in levels else ordered[dim].where(~keys[f"total{i}"])
        numbers = pd.to_numeric(plain, errors="coerce") if plain.dtype == object else plain
        keys[f"key{i}"] = numbers if numbers.notna().any() else plain
    by = [f"{part}{i}" for i in range(len(dims)) for part in ("total", "key")]
    return ordered.loc[keys.sort_values(by, kind="stable").index].reset_index(drop=True)
