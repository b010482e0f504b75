"""The design of a segmented regression: periods as steps, both sides of the start, columns and what they tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.terms.periods import read_times
from hybrid_toolkit.models.terms.terms import Term, design_columns, reaches

_MONTH_DAYS, _YEAR_DAYS = 28, 366
"""Days between dates that are read as months, quarters or years apart; closer ones are counted in days."""
_LONGEST_MONTH, _LONGEST_QUARTER = 31, 92
_WHOLE = 1e-6
"""What a whole number of steps may be off by in floating point."""

_LEAST = 3
"""Periods needed before and after the start."""
WHOLE_CYCLES = 3
"""Cycles from which each period of a cycle gets a level of its own."""


def positions(values: pd.Series[Any], start: object) -> tuple[NDArray[np.int64], int]:
    """Periods as whole steps from the first, and the step of the start."""
    given = start
    try:
        values, first_at = read_times(values, pd.Series([start], name=values.name))
        start = first_at.iloc[0]
        if pd.api.types.is_datetime64_any_dtype(values):
            dates, first = pd.DatetimeIndex(values), pd.Timestamp(start)  # type: ignore[arg-type]
            days = np.unique(dates.to_numpy().astype("datetime64[D]").astype(np.int64))
            usual = float(np.median(np.diff(days))) if len(days) > 1 else 1.0
            if _MONTH_DAYS <= usual <= _YEAR_DAYS:
                wide = 1 if usual <= _LONGEST_MONTH else 3 if usual <= _LONGEST_QUARTER else 12
                number = np.asarray(dates.year * 12 + dates.month, dtype=np.int64)
                return (number - number.min()) // wide, int((first.year * 12 + first.month - number.min()) // wide)
            day = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
            gap = int((first.to_datetime64().astype("datetime64[D]").astype(np.int64) - day.min()) // usual)
            return np.asarray((day - day.min()) // int(usual)), gap
        if isinstance(given, int | float | np.number) and given == 0 and pd.api.types.is_numeric_dtype(values):
            start = 0.0  # never, in the starts of many units; the period before and after which one series is read
        elif first_at.isna().any():
            raise TypeError
        number = values.to_numpy(dtype=np.float64)
        steps = np.diff(np.unique(number))
        unit = float(steps.min()) if len(steps) else 1.0
        whole = (number - number.min()) / unit
        if np.abs(whole - np.round(whole)).max() > _WHOLE:
            raise ValueError
        return np.round(whole).astype(np.int64), int(np.ceil((float(start) - number.min()) / unit - 1e-9))  # type: ignore[arg-type]
    except (TypeError, ValueError, EstimationError):
        raise EstimationError(
            f"column '{values.name}' and the start are not numbers, dates, or text read as time, of one kind and even "
            "steps.",
            fix='Write periods as numbers, dates or as "Jan 2020", "Q1 2020", "W9", and the start in the same form.',
            code="PERIODS",
        ) from None


def check_both_periods(at: NDArray[np.int64], begin: int, changed: Array, time: str) -> None:
    """Each series has its periods once, and enough of them on both sides of the start."""
    for who in np.unique(changed):
        mine = at[changed == who]
        twice = len(mine) - len(np.unique(mine))
        if twice:
            raise EstimationError(
                f"{plural(twice, 'row repeats', 'rows repeat')} a period of '{time}' in a series.",
                fix="Combine the rows of each period into one, such as by means or sums.",
                code="PANEL-DUPLICATE",
            )
        before, after = int((mine < begin).sum()), int((mine >= begin).sum())
        if min(before, after) < _LEAST:
            raise EstimationError(
                f"a series has {plural(before, 'period')} before the start and {after} from it: each side needs "
                f"{_LEAST}.",
                fix=f"Add periods until each side has at least {_LEAST}, or check the start.",
                code="TOO-FEW-PERIODS",
            )


def segment_columns(
    rows: pd.DataFrame,
    at: NDArray[np.int64],
    begin: int,
    changed: Array,
    controlled: bool,
    extra: Sequence[Term],
    season: int | None,
    harmonics: int | None,
) -> tuple[list[str], Array, dict[str, Array]]:
    """The design and, by name, the weights on its coefficients of what is to be told.

    Covariates are scaled, so that their coefficients, and the level at their zero, are of no use by themselves.
    """
    since = (at - begin).astype(np.float64)
    post = (since >= 0).astype(np.float64)
    x = {"level": np.ones(len(at)), "trend": since, "post": post, "bend": post * since}
    if controlled:
        x |= {f"{n} x changed": v * changed for n, v in x.items()}
    for h in range(1, _waves(at, season, harmonics) + 1 if season else 1):
        angle = 2 * np.pi * h * at / float(season or 1)
        x |= {f"sin {h}": np.sin(angle), f"cos {h}": np.cos(angle)}
        if 2 * h == season:
            del x[f"sin {h}"]  # it is 0 in every period
    held = design_columns(rows, extra)
    of_products = reaches(rows, extra)
    reach = [np.nan, *(of_products.get(c, np.nan) for c in held)]
    basis = scaled(np.column_stack([np.ones(len(at)), *held.values()]), reach=reach)
    x |= dict(zip([n for n, own in zip(held, basis.own[1:], strict=True) if own], basis.z.T[1:], strict=True))
    matrix, names = np.column_stack(list(x.values())), list(x)
    if len(at) <= len(names) or not basis.own.all() or not scaled(matrix).own.all():
        raise EstimationError(
            f"{len(at)} rows cannot carry {len(names)} coefficients, or a covariate is a combination of the others.",
            fix="Leave out covariates or waves, or bring a longer series.",
            code="SINGULAR",
        )
    tail = " x changed" if controlled else ""
    last = since[changed == 1].max()
    middle = since[(changed == 1) & (post == 1)].mean()

    def weights(**of: float) -> Array:
        return np.array([of.get(n.removesuffix(tail), 0.0) if n.endswith(tail) else 0.0 for n in names])

    told = {
        "level change": weights(post=1),
        "slope change": weights(bend=1),
        "mean change after the start": weights(post=1, bend=float(middle)),
        "change in the last period": weights(post=1, bend=float(last)),
        "trend before" + (", less control" if controlled else ""): weights(trend=1),
    }
    return names, matrix, told


def _waves(at: NDArray[np.int64], season: int | None, asked: int | None) -> int:
    """Pairs of waves a cycle: as asked; else as many as give each of its periods a level of its own, or one.

    One wave cannot follow the dips of school holidays; a level for each period of the cycle can, and needs three whole
    cycles: with two it cannot be told from a trend and a change.
    """
    if asked is not None or not season:
        return asked or 0
    return season // 2 if len(np.unique(at)) >= WHOLE_CYCLES * season else 1


def effect_part(x: Array, names: list[str], b: Array, late: NDArray[np.bool_]) -> Array:
    """What the change adds to each row, 0 before it."""
    tail = " x changed" if "post x changed" in names else ""
    at = [names.index(f"post{tail}"), names.index(f"bend{tail}")]
    return np.asarray(np.where(late, x[:, at] @ b[at], 0.0))
