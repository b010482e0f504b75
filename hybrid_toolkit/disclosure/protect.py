"""A frame of counts made safe: every rule of the policy in turn, with a record of what each one did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.disclosure.bins import fold_bins
from hybrid_toolkit.disclosure.cells import (
    also_small,
    check_counts,
    complete_grid,
    finish,
    hide_complements,
    hide_small,
    in_order,
    plain_dims,
)
from hybrid_toolkit.disclosure.digits import value_steps
from hybrid_toolkit.disclosure.extremes.extreme_rows import extreme_rows
from hybrid_toolkit.disclosure.extremes.in_words import refuse_values_as_counts, refuse_values_in_words, words_of
from hybrid_toolkit.disclosure.looks import INTERVAL, is_count, refuse_people_as_dims, refuse_texts, share_scale
from hybrid_toolkit.disclosure.people_behind_rows import people_behind, refuse_differences
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.release import Decision
from hybrid_toolkit.disclosure.screen import is_extreme, refuse_columns
from hybrid_toolkit.disclosure.suppress import CellMask, small_cells
from hybrid_toolkit.disclosure.table_sums import TableSum, add_totals, find_lines
from hybrid_toolkit.errors import DisclosureError, plural

_ROUNDING = 1e-9
"""What sums of shares are off by in floating point, and no share of people is."""

Decisions = tuple[Decision, ...]
_TOGETHER = ("estimate", "conf_low", "conf_high")
"""An estimate and its limits: each follows nearly from the others, so that where one holds extremes every row is hidden
and all three columns stay, empty."""
PEOPLE = "_people behind"
"""Column, while a table is protected, with the people behind each row."""


def protect_table(
    frame: pd.DataFrame,
    policy: Policy,
    *,
    dims: Sequence[str],
    count: str,
    values: Sequence[str] = (),
    people: str | None = None,
    shares: Sequence[str] = (),
    other_counts: Sequence[str] = (),
    dominance: str | None = None,
    totals: bool = False,
    total_label: str = "Total",
    structural_zeros: bool = False,
    hide: str | None = None,
    cumulative: Sequence[str] = (),
    look: bool = True,
    source: object = None,
) -> tuple[pd.DataFrame, tuple[str, ...], Decisions]:
    """The cells that may be shown, the value columns kept, and the decisions; arguments as in ``Gate.table``.

    Raises
    ------
    DisclosureError
        As ``Gate.table``.
    """
    extra = [c for c in (dominance, hide) if c]
    asked = list(dict.fromkeys([*values, *shares]))
    others = [c for c in dict.fromkeys([*other_counts, *([people] if people else [])]) if c != count]
    refuse_columns(dims, [count, *asked, *others, *extra], present=list(frame.columns))
    refuse_people_as_dims(frame, dims, source, total_label=total_label)
    refuse_differences(frame)
    if look:
        refuse_texts([*dims, *asked], what="column name")
        refuse_values_in_words([*words_of(frame, dims), *asked], source, what="labels or names of columns")
        refuse_values_as_counts(frame, others, source)
    notes = policy_notes(policy)
    if policy.dominance_share < 1 and asked and dominance is None:
        raise DisclosureError(
            "The policy limits the share of one contributor, and the table does not say it.",
            fix="Pass dominance=, a column with the largest contributor's share of each row.",
            code="DOMINANCE-MISSING",
        )
    running = [v for v in cumulative if _runs_to_one(frame[v])]
    looked = [v for v in asked if v not in running] if look else []
    behind = people_behind(frame, people, count=count)
    seen, told = _seen(
        frame, policy, looked, count, shares, _extremes(frame, policy, looked, count, dims, behind, source)
    )
    notes += told
    kept = [v for v in asked if v not in (*seen.extremes, *seen.counts) or (seen.emptied and v in _TOGETHER)]
    counted_in = [count, *dict.fromkeys([*others, *seen.counts])]
    table = pd.DataFrame(frame)[list(dict.fromkeys([*dims, *counted_in, *kept, *extra]))].copy()
    table[PEOPLE] = behind
    if look:
        few, figures = [count, *([people] if people else []), PEOPLE], [*kept, *extra]
        held = list(dict.fromkeys([*counted_in, PEOPLE]))
        table, folded = fold_bins(table, dims, held=few, counts=held, values=figures, threshold=policy.threshold)
        if folded:
            why = f"A bin held fewer than {policy.threshold} people."
            notes += (Decision("bins", f"{folded} of {len(frame)} bins joined with a neighbour", why, folded),)
    table, levels = plain_dims(table, dims)
    check_counts(table, dims, counted_in)
    if not structural_zeros:
        table, filled = complete_grid(table, list(dims), count, total_label)
        table[PEOPLE] = table[PEOPLE].where(table[count] > 0, 0) if filled else table[PEOPLE]
        if filled and policy.zero_cells == "suppress":
            notes += (
                Decision("threshold", f"{plural(filled, 'empty cell')} hidden", "Their absence would show a zero."),
            )
    if totals:
        summed = [*counted_in, PEOPLE]
        table = add_totals(table, dims=dims, counts=list(dict.fromkeys(summed)), total_label=total_label)
    check_size(table, policy, dims=dims)
    table = in_order(table, list(dims), total_label, levels)
    dropped, more = _hide(table, policy, list(dims), count, total_label, seen.shares, dominance, hide)
    if seen.emptied:
        dropped = np.ones_like(dropped)
    masks = {c: _hide_also(table, policy, list(dims), c, total_label, dropped) for c in counted_in[1:]}
    notes += more
    for column, mask in masks.items():
        alone = int((mask & ~dropped).sum())
        notes += counted("threshold", alone, len(table), f"cells of '{column}'", f"fewer than {policy.threshold}")
    shown = table[list(dict.fromkeys([*dims, *counted_in, *kept]))]
    steps = value_steps(table, policy, kept, count=count, shares=seen.shares) if look else {}
    out = finish(shown, dropped, policy, count=count, others=masks, values=kept, steps=steps)
    return out, tuple(kept), notes + rounding_note(policy)


def _runs_to_one(column: pd.Series) -> bool:
    """Whether a column never falls and ends at 1, as cumulative shares do."""
    v = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float)
    return bool(len(v) > 1 and (np.diff(v) >= -_ROUNDING).all() and abs(v[-1] - 1) < _ROUNDING)


@dataclass(frozen=True)
class _Seen:
    """What was found by looking: extremes, counts among the values, and shares with their scale (0.01 for per cent)."""

    extremes: tuple[str, ...]
    counts: tuple[str, ...]
    shares: dict[str, float]

    @property
    def emptied(self) -> bool:
        """Whether estimates or their limits are extremes."""
        return any(c in self.extremes for c in _TOGETHER)


def _extremes(
    frame: pd.DataFrame,
    policy: Policy,
    asked: Sequence[str],
    count: str,
    dims: Sequence[str],
    behind: NDArray[np.float64],
    source: object,
) -> tuple[str, ...]:
    """Columns that hold extremes of the data in rows that would be shown, whatever they are called."""
    counts = pd.to_numeric(frame[count], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    shown = pd.DataFrame(frame)[np.fmin(counts, behind) >= policy.threshold]
    if not policy.drop_extremes or shown.empty:
        return ()
    return tuple(v for v in asked if extreme_rows(shown, v, dims=dims, source=source).any())


def _seen(
    frame: pd.DataFrame,
    policy: Policy,
    asked: Sequence[str],
    count: str,
    shares: Sequence[str],
    looked: Sequence[str],
) -> tuple[_Seen, Decisions]:
    """What the columns are; ``looked`` are those in which extremes were found by looking."""
    counts = pd.to_numeric(frame[count], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    named = [v for v in asked if policy.drop_extremes and v not in shares and is_extreme(v)]
    extremes = tuple(v for v in asked if v in named or v in looked)
    whole = tuple(v for v in asked if v not in (*extremes, *shares, *INTERVAL) and is_count(frame[v], counts))
    notes: Decisions = ()
    if extremes:
        why = "A minimum, maximum, range or high percentile is one person's value."
        notes += (
            Decision(
                "extremes", f"{plural(len(extremes), 'column')} removed or emptied", why, len(extremes) * len(frame)
            ),
        )
    if whole:
        why = "They hold whole numbers, none above the count, so they are hidden and rounded as counts are."
        notes += (Decision("counts", f"{plural(len(whole), 'column')} of values taken for counts", why),)
    found = dict.fromkeys(shares, 1.0)
    for v in asked:
        if v not in (*extremes, *whole, *INTERVAL, *shares):
            numbers = pd.to_numeric(frame[v], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
            scale = share_scale(numbers, counts)
            if scale:
                found[v] = scale
    return _Seen(extremes, whole, found), notes


def _hide(
    table: pd.DataFrame,
    policy: Policy,
    dims: list[str],
    count: str,
    total_label: str,
    shares: Mapping[str, float],
    dominance: str | None,
    also: str | None,
) -> tuple[CellMask, Decisions]:
    """Which rows to hide whole, and why."""
    counts = table[count].to_numpy(dtype=float, na_value=np.nan)
    few = small_cells(counts, threshold=policy.threshold, zero_cells=policy.zero_cells)
    other = also_small(table, counts, policy, people=PEOPLE, shares=shares, dominance=dominance) & ~few
    primary = few | other
    if also is not None:
        primary |= table[also].fillna(False).astype(bool).to_numpy()
    lines = find_lines(table, dims=dims, count=count, total_label=total_label)
    hide = hide_complements(counts, primary, lines, policy)
    if policy.secondary and lines:
        hide = _hold_rest(table, counts, hide, lines, policy, shares)
    under = f"fewer than {policy.threshold}"
    size = len(table)
    return hide, (
        *counted("threshold", int(few.sum()), size, "cells", under),
        *counted(
            "threshold", int(other.sum()), size, "cells", f"{under} people, in or out of a share, or one dominates"
        ),
        *counted(
            "secondary", int((hide & ~(few | other)).sum()), size, "cells", "a small one would follow by subtraction"
        ),
    )


def _hold_rest(
    table: pd.DataFrame,
    counts: NDArray[np.float64],
    hide: CellMask,
    lines: Sequence[TableSum],
    policy: Policy,
    shares: Mapping[str, float],
) -> CellMask:
    """Hide further rows until what each shown total leaves over beside its shown parts may be known as well.

    A shown total less its shown parts is a figure of all its hidden parts and of what stands in none of them. It is
    held to the rules of a cell: people, and in and out of each share.
    """
    hide = hide.copy()
    people = np.nan_to_num(table[PEOPLE].to_numpy(dtype=float))
    inside = {s: counts * np.nan_to_num(table[s].to_numpy(dtype=float, na_value=np.nan)) * k for s, k in shares.items()}
    changed = True
    while changed:
        changed = False
        for line in lines:
            if hide[line.total]:
                continue
            parts = np.array(line.parts)
            out, seen = parts[hide[parts]], parts[~hide[parts]]
            rest = counts[line.total] - counts[seen].sum()
            if rest <= 0 or not len(seen):
                continue
            # people may stand in several parts: of the rest, at least these are certain
            behind = max(people[out].max(initial=0.0), people[line.total] - people[seen].sum())
            held = [behind, *(v[line.total] - v[seen].sum() for v in inside.values())]
            held += [rest - (v[line.total] - v[seen].sum()) for v in inside.values()]
            if min(held) < policy.threshold - 1e-6:
                hide[seen[np.argmin(counts[seen])]] = True
                hide = hide_complements(counts, hide, lines, policy)
                changed = True
    return hide


def _hide_also(
    table: pd.DataFrame, policy: Policy, dims: list[str], column: str, total_label: str, hide: CellMask
) -> CellMask:
    """Which counts of a further column to hide: with their row, small by themselves, or giving a small one away."""
    counts = table[column].to_numpy(dtype=float, na_value=np.nan)
    lines = find_lines(table, dims=dims, count=column, total_label=total_label)
    return hide_complements(counts, hide | hide_small(table[column], policy), lines, policy)


def check_size(table: pd.DataFrame, policy: Policy, *, dims: Sequence[str]) -> None:
    """Refuse a table that is split too finely.

    Raises
    ------
    DisclosureError
        Code TABLE-TOO-FINE.
    """
    if len(dims) > policy.max_dimensions or len(table) > policy.max_cells:
        raise DisclosureError(
            f"The table has {len(dims)} dimensions and {len(table):,} cells; the policy allows "
            f"{policy.max_dimensions} and {policy.max_cells:,}.",
            fix="Split by less at a time, or by wider groups or periods.",
            code="TABLE-TOO-FINE",
        )


def policy_notes(policy: Policy) -> Decisions:
    """One decision for each way in which the policy is looser than the floor, with its stated reason."""
    why = f"{policy.reason} Agreed by: {policy.agreed_by}."
    return tuple(Decision("policy", f"Looser than the floor: {what}", why) for what in policy.lowered)


def rounding_note(policy: Policy) -> Decisions:
    """The decision on rounding."""
    most = f"{policy.decimals} decimals"
    if policy.rounding_base <= 1:
        told, why = f"Values rounded to {most}", "Counts are not rounded."
    else:
        told = f"Counts rounded to {policy.rounding_base}, values in steps that follow them, to {most} at most"
        why = "So that exact differences do not show and rounding cannot be undone."
    return (Decision("rounding", told, why),)


def counted(rule: str, cells: int, of: int, what: str, why: str) -> Decisions:
    """A decision that hid cells, or none where it hid nothing.

    Examples
    --------
    >>> counted("threshold", 2, 9, "cells", "fewer than 10")
    (Decision(rule='threshold', what='2 of 9 cells hidden', why='Fewer than 10.', cells=2),)
    >>> counted("threshold", 0, 9, "cells", "fewer than 10")
    ()
    """
    return (Decision(rule, f"{cells} of {of} {what} hidden", f"{why[0].upper()}{why[1:]}.", cells),) if cells else ()
