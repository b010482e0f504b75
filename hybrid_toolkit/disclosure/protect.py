"""A frame of counts made safe: every rule of the policy in turn, with a record of what each one did."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

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
from hybrid_toolkit.disclosure.policy import Policy
from hybrid_toolkit.disclosure.release import Decision
from hybrid_toolkit.disclosure.screen import is_extreme, refuse_columns
from hybrid_toolkit.disclosure.suppress import CellMask, small_cells
from hybrid_toolkit.disclosure.table_sums import add_totals, find_lines
from hybrid_toolkit.errors import DisclosureError

Decisions = tuple[Decision, ...]


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
) -> tuple[pd.DataFrame, tuple[str, ...], Decisions]:
    """The cells that may be shown, the value columns kept, and the decisions; arguments as in ``Gate.table``.

    Raises
    ------
    DisclosureError : as ``Gate.table``.
    """
    extra = [c for c in (people, dominance) if c]
    asked = list(dict.fromkeys([*values, *shares]))
    refuse_columns(dims, [count, *asked, *other_counts, *extra], present=list(frame.columns))
    notes = policy_notes(policy)
    kept = [v for v in asked if not (policy.drop_extremes and is_extreme(v))]
    if gone := len(asked) - len(kept):
        why = "A minimum, maximum or range is one person's value."
        notes += (Decision("extremes", f"{gone} column(s) removed", why, gone * len(frame)),)
    if policy.dominance_share < 1 and kept and dominance is None:
        raise DisclosureError(
            "The policy limits the share of one contributor, and the table does not say it.",
            fix="Pass dominance=, a column with the largest contributor's share of each row.",
            code="DOMINANCE-MISSING",
        )
    counted_in = [count, *other_counts, *([people] if people else [])]
    table = frame[list(dict.fromkeys([*dims, *counted_in, *kept, *extra]))].copy()
    table, levels = plain_dims(table, dims)
    check_counts(table, dims, counted_in)
    if not structural_zeros:
        table, filled = complete_grid(table, list(dims), count, total_label)
        if filled and policy.zero_cells == "suppress":
            notes += (Decision("threshold", f"{filled} empty cell(s) hidden", "Their absence would show a nought."),)
    if totals:
        table = add_totals(table, dims=dims, counts=[count, *other_counts], total_label=total_label)
    check_size(table, policy, dims=dims)
    table = in_order(table, list(dims), total_label, levels)
    hide, more = _hide(table, policy, list(dims), count, total_label, people, shares, dominance)
    masks = {c: _hide_also(table, policy, list(dims), c, total_label, hide) for c in counted_in[1:]}
    notes += more
    for column, mask in masks.items():
        alone = int((mask & ~hide).sum())
        notes += counted("threshold", alone, len(table), f"cells of '{column}'", f"fewer than {policy.threshold}")
    shown = table[list(dict.fromkeys([*dims, *counted_in, *kept]))]
    out = finish(shown, hide, policy, count=count, others=masks, values=kept)
    return out, tuple(kept), notes + rounding_note(policy)


def _hide(
    table: pd.DataFrame,
    policy: Policy,
    dims: list[str],
    count: str,
    total_label: str,
    people: str | None,
    shares: Sequence[str],
    dominance: str | None,
) -> tuple[CellMask, Decisions]:
    """Which rows to hide whole, and why."""
    counts = table[count].to_numpy(dtype=float, na_value=np.nan)
    few = small_cells(counts, threshold=policy.threshold, zero_cells=policy.zero_cells)
    other = also_small(table, counts, policy, people=people, shares=shares, dominance=dominance) & ~few
    primary = few | other
    lines = find_lines(table, dims=dims, count=count, total_label=total_label)
    hide = hide_complements(counts, primary, lines, policy)
    under = f"fewer than {policy.threshold}"
    size = len(table)
    return hide, (
        *counted("threshold", int(few.sum()), size, "cells", under),
        *counted(
            "threshold", int(other.sum()), size, "cells", f"{under} people, in or out of a share, or one dominates"
        ),
        *counted("secondary", int((hide & ~primary).sum()), size, "cells", "a small one would follow by subtraction"),
    )


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
    DisclosureError : code TABLE-TOO-FINE.
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
    return tuple(Decision("policy", f"Looser than the floor: {what}", policy.reason) for what in policy.lowered)


def rounding_note(policy: Policy) -> Decisions:
    """The decision on rounding."""
    counts = f"Counts rounded to {policy.rounding_base}, values" if policy.rounding_base > 1 else "Values rounded"
    return (Decision("rounding", f"{counts} to {policy.decimals} decimals", "So that exact differences do not show."),)


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
