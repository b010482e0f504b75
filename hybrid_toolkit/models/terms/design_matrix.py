"""From a frame and its terms to the matrices of one fit: complete rows, fixed effects, rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models.linear.cluster_crossproducts import (
    Codes,
    CrossProductLayout,
    cluster_grams,
    demean,
    independent,
    nested,
)
from hybrid_toolkit.models.terms.terms import Category, Term, check_column, design_columns, numbers, pinned

MAX_DUMMIES = 400
"""Levels that fixed effects after the largest may have together."""


@dataclass(frozen=True, slots=True, eq=False)
class DesignMatrix:
    """What a fit needs. Columns of ``raw`` and of ``grams`` are those that ``layout`` points to."""

    raw: Array
    grams: Array
    layout: CrossProductLayout
    x_names: tuple[str, ...]
    nuisance: frozenset[str]
    dropped: tuple[str, ...]
    clusters: Codes
    absorbed: Codes | None
    intercept: int | None
    n: int
    n_parameters: int
    model_terms: tuple[Term, ...] = ()


def complete_rows(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows without a missing value in the named columns, which must exist."""
    names = list(dict.fromkeys(check_column(frame, c) for c in columns))
    return frame.loc[frame[names].notna().all(axis=1), names]


def codes(frame: pd.DataFrame, name: str) -> Codes:
    """A column as integers 0..k-1."""
    return pd.factorize(frame[name], sort=True)[0]


def prepare_matrix(
    frame: pd.DataFrame,
    outcome: str,
    terms: Sequence[Term],
    cluster: str,
    fixed_effects: Sequence[str],
    instruments: Mapping[str, Sequence[Term]],
) -> DesignMatrix:
    """Complete rows, design columns, fixed effects and rank of one fit.

    Raises
    ------
    EstimationError : see ``fit_linear``.
    """
    every = [*terms, *(t for ts in instruments.values() for t in ts)]
    names = [outcome, cluster, *fixed_effects, *(c for t in every for c in t.columns)]
    rows = complete_rows(frame, names)
    clusters = _clusters(rows, cluster)
    levels = design_columns(rows, [t for t in terms if isinstance(t, Category)])
    plain = design_columns(rows, [t for t in terms if not isinstance(t, Category)])
    _known(instruments, plain)
    extra = design_columns(rows, [t for ts in instruments.values() for t in ts])
    absorbed, dummies = _fixed_effects(rows, fixed_effects)
    first = dummies if fixed_effects else {"(Intercept)": np.ones(len(rows))}
    x = {**first, **levels, **plain}
    _enough(len(rows), len(x), absorbed)
    raw = np.column_stack([*x.values(), *extra.values(), numbers(rows, outcome)])
    m = raw if absorbed is None else demean(raw, absorbed)
    grams, squares = cluster_grams(m, clusters), (raw**2).sum(axis=0)
    keep, dropped = _rank(grams.sum(axis=0), squares, list(x), soft={*first, *levels})
    z = [i for i in keep if list(x)[i] not in instruments] + list(range(len(x), len(x) + len(extra)))
    layout = CrossProductLayout(np.array(keep), np.array(z, dtype=np.intp), raw.shape[1] - 1)
    _varies(grams.sum(axis=0), layout, m[:, -1], squares, outcome)
    free = 0 if absorbed is None or nested(absorbed, clusters) else int(absorbed.max()) + 1
    return DesignMatrix(
        raw=raw,
        grams=grams,
        layout=layout,
        x_names=tuple(list(x)[i] for i in keep),
        nuisance=frozenset(c for c in first if c != "(Intercept)"),
        dropped=tuple(c for c in dropped if c not in first),
        clusters=clusters,
        absorbed=absorbed,
        intercept=None if fixed_effects else 0,
        n=len(rows),
        n_parameters=len(keep) + free,
        model_terms=pinned(rows, terms),
    )


def _known(instruments: Mapping[str, Sequence[Term]], x: Mapping[str, Array]) -> None:
    unknown = sorted(set(instruments) - set(x))
    if unknown:
        raise EstimationError(
            f"{len(unknown)} instrumented name(s) are not among the model's columns: {', '.join(unknown)}.",
            fix=f"Name one of: {', '.join(x)}.",
            code="INSTRUMENT-UNKNOWN",
        )


def _clusters(rows: pd.DataFrame, cluster: str) -> Codes:
    out = codes(rows, cluster)
    found = len(np.unique(out))
    if found < 2:
        raise EstimationError(
            f"the complete rows lie in {found} cluster(s) of '{cluster}'; clustered intervals need at least 2.",
            fix="Bring more clusters, fill missing values, or cluster on a smaller unit with a reason.",
            code="CLUSTERS",
        )
    return out


def _fixed_effects(rows: pd.DataFrame, names: Sequence[str]) -> tuple[Codes | None, dict[str, Array]]:
    """The effect with most levels as codes to take out; the others as 0/1 columns."""
    by_size = sorted(names, key=lambda c: -rows[c].nunique())
    if not by_size:
        return None, {}
    dummies: dict[str, Array] = {}
    for name in by_size[1:]:
        levels = codes(rows, name)
        if levels.max() + len(dummies) > MAX_DUMMIES:
            raise EstimationError(
                f"fixed effects after the largest have more than {MAX_DUMMIES} levels together.",
                fix="Use one fine fixed effect, and coarser ones beside it, such as the month.",
                code="FIXED-EFFECTS",
            )
        dummies |= {f"{name}#{i}": (levels == i).astype(np.float64) for i in range(1, int(levels.max()) + 1)}
    return codes(rows, by_size[0]), dummies


def _rank(s: Array, squares: Array, names: list[str], *, soft: set[str]) -> tuple[list[int], list[str]]:
    """Positions of the columns that carry something of their own; nuisance ones that do not are dropped."""
    k = len(names)
    own = independent(s[:k, :k], squares[:k])
    empty = [c for c, ok in zip(names, own, strict=True) if not ok]
    hard = [c for c in empty if c not in soft]
    if hard:
        raise EstimationError(
            f"{len(hard)} column(s) vary only with other columns or fixed effects: {', '.join(hard)}.",
            fix="Leave out the column, or the fixed effect or column that determines it.",
            code="SINGULAR",
        )
    return [i for i in range(k) if own[i]], empty


def _enough(rows: int, columns: int, absorbed: Codes | None) -> None:
    levels = 0 if absorbed is None else int(absorbed.max()) + 1
    if rows <= columns + levels:
        raise EstimationError(
            f"{rows} complete rows cannot carry {columns + levels} coefficients and intercepts.",
            fix="Bring more rows, or use fewer terms or fixed effects.",
            code="TOO-FEW-ROWS",
        )


def _varies(s: Array, lay: CrossProductLayout, y: Array, squares: Array, outcome: str) -> None:
    if not ((y - y.mean()) ** 2).sum() > 1e-12 * squares[lay.y]:
        raise EstimationError(
            f"outcome '{outcome}' does not vary in the complete rows.", fix="Check how it was coded.", code="CONSTANT"
        )
    own = independent(s[np.ix_(lay.z, lay.z)], squares[lay.z])
    if own.sum() < len(lay.x):
        raise EstimationError(
            f"{int(own.sum())} usable instrument column(s) for {len(lay.x)} coefficients.",
            fix="Name at least one varying instrument for each instrumented column.",
            code="INSTRUMENT-RANK",
        )
