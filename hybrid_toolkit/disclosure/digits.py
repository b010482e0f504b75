"""How finely a value may be shown: its steps follow the rounding of the counts, so that rounding cannot be undone.

A share of 20 people shown to three decimals tells the exact number in it, though the counts are rounded to 5. So a
share is shown as if the number in it were rounded to the same base, in steps of the base over its count, and any other
mean in steps of at least one over its count. The interval of a figure follows the figure: with the size of the group it
would tell it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.disclosure.looks import share_scale
from hybrid_toolkit.disclosure.policy import Policy

_ENDS: Mapping[str, int] = {"conf_low": -1, "conf_high": 1}
"""The limits of an interval, and on which side of the estimate they lie."""
_STEPS = np.array([1.0, 2.0, 2.5, 5.0, 10.0])


def nice_step(least: Floats, *, decimals: int) -> Floats:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the least, nor below the policy's decimals.

    A step of 2.5 in the last decimal would need one decimal more than the policy shows, so there it is 5.

    Examples
    --------
    >>> nice_step(np.array([0.25, 0.0062, 0.0024, 0.00001]), decimals=3).tolist()
    [0.25, 0.01, 0.005, 0.001]
    """
    least = np.maximum(np.where(np.isfinite(least), least, 0.0), 10.0**-decimals)
    power = 10.0 ** np.floor(np.log10(least) + 1e-12)
    over = least / power
    step = np.asarray(power * _STEPS[np.searchsorted(_STEPS, over - 1e-9)], dtype=np.float64)
    last = 10.0**-decimals
    return np.where(np.isclose(step, 2.5 * last, rtol=1e-9, atol=0.0), 5.0 * last, step)


def steps_for(values: Floats, counts: Floats, *, base: int, share: float, decimals: int) -> Floats:
    """The step in which each value of a column is shown.

    Parameters
    ----------
    values : Floats
        The column and the counts behind it, of shape (rows,).
    counts : Floats
        The column and the counts behind it, of shape (rows,).
    base : int
        Rounding base of the counts.
    share : float
        What the column must be multiplied by to be a share of the counts; 0 where it is none.
    decimals : int
        Most decimals by the policy.

    Examples
    --------
    >>> steps_for(np.array([0.7, 31.4]), np.array([40.0, 40.0]), base=5, share=0, decimals=3).tolist()
    [0.25, 0.25]
    >>> steps_for(np.array([0.7, 0.3]), np.array([40.0, 1000.0]), base=5, share=1, decimals=3).tolist()
    [0.125, 0.005]
    """
    if base <= 1:
        return nice_step(np.zeros_like(counts), decimals=decimals)
    with np.errstate(divide="ignore", invalid="ignore"):
        if share:
            return np.maximum(np.where(counts > 0, base / counts / share, 1.0), 10.0**-decimals)
        known = np.abs(values[np.isfinite(values)])
        size = 10.0 ** max(0.0, np.floor(np.log10(known.max()))) if len(known) and known.max() > 0 else 1.0
        return nice_step(size / counts, decimals=decimals)


def in_steps(values: Floats, steps: Floats) -> Floats:
    """Values to the nearest step.

    Examples
    --------
    >>> in_steps(np.array([0.7123, -0.081]), np.array([0.05, 0.001])).tolist()
    [0.7, -0.081]
    """
    with np.errstate(invalid="ignore"):
        return np.asarray(np.round(np.round(values / steps) * steps, 9) + 0.0, dtype=np.float64)


def ends_apart(raw: pd.DataFrame, shown: pd.DataFrame, steps: Mapping[str, Floats]) -> pd.DataFrame:
    """Limits that rounding put on their own estimate, one step further out: an estimate lies inside its interval.

    The limit of a share stays from 0 to 1. Nothing is told that the steps did not tell: who knows the rule knows that
    estimate and limit lie within a step of each other.

    Parameters
    ----------
    raw : pd.DataFrame
        The figures before rounding, with ``estimate``, ``conf_low`` and ``conf_high``.
    shown : pd.DataFrame
        The same, rounded.
    steps : Mapping[str, Floats]
        The step of each column.

    Examples
    --------
    >>> raw = pd.DataFrame({"estimate": [0.27], "conf_low": [0.21], "conf_high": [0.33]})
    >>> step = dict.fromkeys(raw.columns, np.array([0.125]))
    >>> shown = pd.DataFrame({c: in_steps(raw[c].to_numpy(), step[c]) for c in raw})
    >>> shown.to_numpy().tolist(), ends_apart(raw, shown, step).to_numpy().tolist()
    ([[0.25, 0.25, 0.375]], [[0.25, 0.125, 0.375]])
    """
    out = shown.copy()
    number = {c: pd.to_numeric(raw[c], errors="coerce").to_numpy(dtype=float) for c in ("estimate", *_ENDS)}
    share = np.all([(v >= 0) & (v <= 1) for v in number.values()], axis=0)
    middle = out["estimate"].to_numpy(dtype=float)
    for column, side in _ENDS.items():
        if column not in steps:
            continue
        end = out[column].to_numpy(dtype=float)
        onto = (end == middle) & (side * (number[column] - number["estimate"]) > 0)
        moved = end + side * steps[column]
        moved = np.where(share, np.clip(moved, 0.0, 1.0), moved)
        out[column] = np.where(onto, moved, end)
    return out


def steps_of_estimates(errors: Floats, counts: Floats, *, decimals: int, digits: int = 2) -> Floats:
    """The step of an estimate: two digits of its standard error at the finest, or one over its people without one.

    Examples
    --------
    >>> steps_of_estimates(np.array([0.1, np.nan]), np.array([203.0, 50.0]), decimals=3).tolist()
    [0.01, 0.02]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        power = 10.0 ** np.floor(np.log10(np.where(errors > 0, errors, np.nan)) + 1 - digits + 1e-9)
        fine = np.where(np.isfinite(power), power, 1.0 / np.maximum(counts, 1.0))
    return nice_step(fine, decimals=decimals)


def value_steps(
    table: pd.DataFrame, policy: Policy, values: Sequence[str], *, count: str, shares: Mapping[str, float]
) -> dict[str, Floats]:
    """The steps of every value column of a table; interval ends in those of the estimate beside them."""
    counts = table[count].to_numpy(dtype=float, na_value=np.nan)
    out = {}
    for v in values:
        numbers = pd.to_numeric(table[v], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        out[v] = steps_for(
            numbers, counts, base=policy.rounding_base, share=shares.get(v, 0.0), decimals=policy.decimals
        )
    if "estimate" in out:
        out |= {v: np.maximum(out[v], out["estimate"]) for v in ("conf_low", "conf_high") if v in out}
    return out


def estimate_steps(
    frame: pd.DataFrame, policy: Policy, numbers: Sequence[str], people: Floats, *, digits: int = 2, look: bool = True
) -> dict[str, Floats]:
    """The step of each number of a frame of estimates: by its standard error, its interval, or its people.

    ``look``: whether to look for shares; of rounded estimates and counts many look like one and are none.
    """
    column = {c: pd.to_numeric(frame[c], errors="coerce").to_numpy(dtype=float, na_value=np.nan) for c in numbers}
    errors = column.get("std_error", np.full(len(frame), np.nan))
    if {"conf_low", "conf_high"} <= set(column):
        errors = np.where(errors > 0, errors, (column["conf_high"] - column["conf_low"]) / 4)
    step = steps_of_estimates(errors, people, decimals=policy.decimals, digits=digits)
    shares = share_scale(column["estimate"], people) if look and "estimate" in column else 0.0
    if shares and policy.rounding_base > 1:
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.maximum(step, np.where(people > 0, policy.rounding_base / people / shares, 1.0))
    fine = nice_step(np.zeros(len(frame)), decimals=policy.decimals)
    return {c: fine if c == "p_value" else step for c in numbers}
