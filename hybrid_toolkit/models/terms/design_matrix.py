"""From a frame and its terms to the matrices of one fit: complete rows, fixed effects, rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import DIGITS, Scaled, plain, solve_kept
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.inference.clusters import (
    CrossProductLayout,
    cluster_grams,
    independent,
    inverse,
    sides,
    solve_crossproducts,
)
from hybrid_toolkit.models.terms.absorbed_fixed_effects import (
    ClusterSpells,
    CrossedLevels,
    ScaledColumns,
    middle_value,
    unit_sums,
)
from hybrid_toolkit.models.terms.arguments import check_column, factorize, numbers, told_names
from hybrid_toolkit.models.terms.terms import Category, Term, design_columns, pinned, reaches

MAX_DUMMIES = 400
"""Levels that fixed effects after the largest may have together."""


@dataclass(frozen=True, slots=True, eq=False)
class DesignMatrix:
    """What a fit needs. Columns of ``raw`` and of ``grams`` are those that ``layout`` points to.

    Those of a second fixed effect stand first and are counted, not made, unless ``raw`` is asked for. With a fixed
    effect taken out, columns of ``raw`` may lack a constant in each of its levels.

    They are scaled: numeric columns stand orthogonal to nuisance columns, levels and those before them, the outcome is
    what a first fit leaves over. ``back``, ``back_cov`` and ``turn`` lead to the columns as they were given.

    Parameters
    ----------
    r : Array
        Shape k x k; the columns of the model are the scaled ones times ``r``, which is upper triangular once rows and
        columns stand in the order ``order``, that in which they were scaled.
    first : Array
        The k coefficients of the scaled columns that the outcome was cleaned of.
    middle : float
        What was taken off the outcome before that, a part of the intercept.
    squares : float
        Of the outcome around its mean, or its means within the fixed effect.
    beside : Array
        The columns of ``raw`` after those of the second fixed effect.
    crossed : CrossedLevels | None
        The second fixed effect.
    kept : Codes
        Its columns that are not determined by others.
    spells : ClusterSpells | None
        Where rows of one level of the first fixed effect lie among the clusters.
    spell_sums : Array
        ClusterSpells x columns of ``raw``, the fixed effect taken out: their sums.
    turn : Array
        From coefficients of the scaled columns to those of the model's.
    sides : Array
        The k; clusters on the smaller side of a column of two values, infinite for any other and for nuisance columns.
    """

    r: Array
    order: Codes
    first: Array
    middle: float
    squares: float
    beside: Array
    crossed: CrossedLevels | None
    kept: Codes
    spells: ClusterSpells | None
    spell_sums: Array
    grams: Array
    layout: CrossProductLayout
    x_names: tuple[str, ...]
    nuisance: frozenset[str]
    dropped: tuple[str, ...]
    clusters: Codes
    absorbed: Codes | None
    intercept: int | None
    sides: Array
    n: int
    n_parameters: int
    model_terms: tuple[Term, ...] = ()
    turn: Array = field(init=False)

    def __post_init__(self) -> None:
        out, at = np.zeros_like(self.r), np.ix_(self.order, self.order)
        out[at] = Scaled(self.beside, self.r[at], np.ones(len(self.r), bool)).turn
        object.__setattr__(self, "turn", out)

    @property
    def n_coefficients(self) -> int:
        """Coefficients fitted, with every intercept of the fixed effect that is taken out."""
        return len(self.x_names) + (0 if self.absorbed is None else int(self.absorbed.max()) + 1)

    @property
    def raw(self) -> Array:
        """The n x p columns."""
        if self.crossed is None:
            return self.beside
        return np.column_stack([self.crossed.columns(self.kept), self.beside])

    def left_out(self) -> Array:
        """The cross-products without each cluster in turn, the fixed effect taken out afresh."""
        if self.spells is None:
            return np.asarray(self.grams.sum(axis=0) - self.grams)
        return self.spells.left_out(self.spell_sums, self.grams)

    def back(self, a: Array) -> Array:
        """Coefficients of the model's columns from what the scaled ones leave over, last axis."""
        return self._placed(np.asarray((self.first + a) @ self.turn.T, dtype=np.float64))

    def back_left(self, left: Array) -> Array:
        """The same from cross-products without some clusters; a lost direction gets its shortest solution."""
        x = self.layout.x
        if not self.layout.iv:
            s = left[..., x[:, None], x[None, :]]
            right = left[..., x, self.layout.y] + s @ self.first
        else:
            z = self.layout.z
            zx = left[..., z[:, None], x[None, :]]
            pi = np.swapaxes(zx, -1, -2) @ inverse(left[..., z[:, None], z[None, :]])
            s = pi @ zx
            right = (pi @ left[..., z, self.layout.y][..., None])[..., 0] + s @ self.first
        return self._placed(solve_kept(s, right, self.turn))

    def _placed(self, b: Array) -> Array:
        if self.intercept is not None:
            b[..., self.intercept] += self.middle
        return b

    def back_cov(self, v: Array) -> Array:
        """Covariance of the model's coefficients from that of the scaled columns'."""
        return np.asarray(self.turn @ v @ self.turn.T, dtype=np.float64)


def complete_rows(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows without a missing value in the named columns, which must exist."""
    names = list(dict.fromkeys(check_column(frame, c) for c in columns))
    there = np.ones(len(frame), dtype=bool)
    for name in names:
        there &= frame[name].notna().to_numpy()
    rows = frame if there.all() else frame.loc[there, names]
    return pd.DataFrame({name: plain(rows[name]) for name in names}, index=rows.index, copy=False)


def codes(frame: pd.DataFrame, name: str) -> Codes:
    """A column as integers 0..k-1."""
    return factorize(frame[name])[0]


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
    EstimationError
        See ``fit_linear``.
    """
    every = [*terms, *(t for ts in instruments.values() for t in ts)]
    names = [outcome, cluster, *fixed_effects, *(c for t in every for c in t.columns)]
    rows = complete_rows(frame, names)
    clusters = _clusters(rows, cluster)
    levels = design_columns(rows, [t for t in terms if isinstance(t, Category)])
    plain = design_columns(rows, [t for t in terms if not isinstance(t, Category)])
    _known(instruments, plain)
    extra = design_columns(rows, [t for ts in instruments.values() for t in ts])
    absorbed, crossed, counted, dummies, within = _fixed_effects(rows, fixed_effects, clusters)
    first = dummies if fixed_effects else {"(Intercept)": np.ones(len(rows))}
    x = {**first, **levels, **plain}
    _enough(len(rows), len(counted) + len(x), absorbed)
    y = numbers(rows, outcome)
    middle = middle_value(y)
    scale = ScaledColumns(np.array([*first.values(), *levels.values()]).reshape(-1, len(rows)).T, absorbed, crossed)
    soft = [*counted, *first, *levels]
    base, lost = scale.base, [c for c, ok in zip(soft, scale.own, strict=True) if not ok]
    nuisance = frozenset(c for c in (*counted, *first) if c != "(Intercept)")
    exogenous = [c for c in plain if c not in instruments]
    of_products = reaches(rows, terms)
    for name in [*exogenous, *(c for c in plain if c in instruments)]:
        scale.add(name, plain[name], past=exogenous, reach=of_products.get(name, np.inf))
    _own([c for c in plain if c not in scale.at])
    for name, values in extra.items():
        scale.add(f"stand-in {name}", values, past=exogenous)
    kept = [c for c, ok in zip(soft, scale.own, strict=True) if ok] + list(plain)
    x_at = np.array([*range(base), *(scale.at[c] for c in plain)], dtype=np.intp)
    stand_in = [scale.at[f"stand-in {c}"] for c in extra if f"stand-in {c}" in scale.at]
    z_at = np.array([*range(base), *(scale.at[c] for c in exogenous), *stand_in], dtype=np.intp)
    left = y - middle
    scale.take_means(left)
    _vary(left, y, outcome)
    del y
    around = left - left.mean()
    squares = float(around @ around)
    del around
    m = np.array([*scale.columns, left]).T  # columns that lie whole in memory: sums over them are twice as fast
    scale.columns, left = [], m[:, -1]
    wide = len(scale.counted)
    layout = CrossProductLayout(x_at, x_at if not instruments else z_at, wide + m.shape[1] - 1)
    total = scale.gram(m)
    _instrumented(total, layout)
    start = solve_crossproducts(total, layout)
    there = x_at >= wide
    scale.take_levels(left, scale.levels(start[~there]))
    left -= m[:, x_at[there] - wide] @ start[there]
    spells, sums = None, np.zeros((0, 0))
    if absorbed is not None:
        spells = crossed.spells if crossed is not None else ClusterSpells(absorbed, clusters)
    if crossed is not None:
        grams, sums = crossed.cluster_grams(scale.counted, m, clusters)
    else:
        grams = cluster_grams(m, clusters)
        sums = sums if spells is None or spells.whole else unit_sums(m, spells.at, len(spells.unit))
    # intercepts nested in clusters count as one, the constant, as in xtreg, fixest and pyfixest
    free = 0 if spells is None else 1 if spells.whole else len(spells.unit_rows)
    if crossed is not None and crossed.nested:
        free -= len(scale.counted)
    free -= len(within & set(kept))
    return DesignMatrix(
        r=scale.r(x_at),
        order=np.argsort(x_at),
        first=start,
        middle=middle,
        squares=squares,
        beside=m,
        crossed=crossed,
        kept=scale.counted,
        spells=spells,
        spell_sums=sums,
        grams=grams,
        layout=layout,
        x_names=tuple(kept),
        nuisance=nuisance,
        dropped=tuple(c for c in lost if c not in first and c not in nuisance),
        clusters=clusters,
        absorbed=absorbed,
        intercept=None if fixed_effects else 0,
        sides=np.array([np.inf if c in first or c in nuisance else sides(x[c], clusters) for c in kept]),
        n=len(rows),
        n_parameters=len(kept) + free,
        model_terms=pinned(rows, terms),
    )


def _own(empty: Sequence[str]) -> None:
    if empty:
        raise EstimationError(
            f"{plural(len(empty), 'column varies', 'columns vary')} only with other columns or fixed effects: "
            f"{told_names(empty)}.",
            fix="Leave out the column, or the fixed effect or column that determines it.",
            code="SINGULAR",
        )


def _known(instruments: Mapping[str, Sequence[Term]], x: Mapping[str, Array]) -> None:
    unknown = sorted(set(instruments) - set(x))
    if unknown:
        raise EstimationError(
            f"{plural(len(unknown), 'instrumented name is', 'instrumented names are')} not among the model's columns: "
            f"{', '.join(unknown)}.",
            fix=f"Name one of: {told_names(list(x)) or 'none (a category cannot be instrumented)'}.",
            code="INSTRUMENT-UNKNOWN",
        )


def _clusters(rows: pd.DataFrame, cluster: str) -> Codes:
    out = codes(rows, cluster)
    found = int(out.max(initial=-1)) + 1
    if found < 2:
        raise EstimationError(
            f"the complete rows lie in {plural(found, 'cluster')} of '{cluster}'; clustered intervals need at least 2.",
            fix="Add clusters until there are at least 2, fill missing values, or cluster on a smaller unit with a "
            "reason.",
            code="CLUSTERS",
        )
    return out


def _fixed_effects(
    rows: pd.DataFrame, names: Sequence[str], clusters: Codes
) -> tuple[Codes | None, CrossedLevels | None, tuple[str, ...], dict[str, Array], frozenset[str]]:
    """The effect with most levels, to take out; the next one, counted, with its names; the others as 0/1 columns.

    Last come the names of those columns whose effect has each of its levels in one cluster.
    """
    found = {name: codes(rows, name) for name in names}
    by_size = sorted(found, key=lambda c: -int(found[c].max(initial=0)))
    if not by_size:
        return None, None, (), {}, frozenset()
    levels = sum(int(found[c].max(initial=0)) for c in by_size[1:])
    if levels > MAX_DUMMIES:
        raise EstimationError(
            f"fixed effects after the largest have more than {MAX_DUMMIES} levels together.",
            fix="Use one fine fixed effect, and coarser ones beside it, such as the month.",
            code="FIXED-EFFECTS",
        )
    unit = found[by_size[0]]
    if len(by_size) == 1 or not found[by_size[1]].max(initial=0):
        return unit, None, (), {}, frozenset()
    second = by_size[1]
    counted = tuple(f"{second}#{i}" for i in range(1, int(found[second].max()) + 1))
    dummies = {
        f"{name}#{i}": (found[name] == i).astype(np.float64)
        for name in by_size[2:]
        for i in range(1, int(found[name].max()) + 1)
    }
    crossed = CrossedLevels(ClusterSpells(unit, clusters), unit, found[second], clusters)
    within = {name for name in by_size[2:] if ClusterSpells(found[name], clusters).whole}
    return unit, crossed, counted, dummies, frozenset(c for c in dummies if c.rpartition("#")[0] in within)


def _enough(rows: int, columns: int, absorbed: Codes | None) -> None:
    levels = 0 if absorbed is None else int(absorbed.max()) + 1
    if rows <= columns + levels:
        raise EstimationError(
            f"{rows} complete rows cannot carry {columns + levels} coefficients and intercepts.",
            fix=f"Add at least {plural(columns + levels + 1 - rows, 'row')}, or use fewer terms or fixed effects.",
            code="TOO-FEW-ROWS",
        )


def _vary(around: Array, y: Array, outcome: str) -> None:
    if not np.ptp(around) > DIGITS * float(np.abs(y).max(initial=0)):
        raise EstimationError(
            f"outcome '{outcome}' does not vary in the complete rows.", fix="Check how it was coded.", code="CONSTANT"
        )


def _instrumented(s: Array, lay: CrossProductLayout) -> None:
    own = independent(s[np.ix_(lay.z, lay.z)], np.diagonal(s)[lay.z])
    if own.sum() < len(lay.x):
        raise EstimationError(
            f"{plural(int(own.sum()), 'usable instrument column')} for {len(lay.x)} coefficients.",
            fix="Name at least one varying instrument for each instrumented column.",
            code="INSTRUMENT-RANK",
        )


_ALONE = 1e-9
"""A row whose leverage is nearer than this to 1 is fitted without error by a coefficient of its own."""


def check_leverage(leverage: Array, variance: str) -> None:
    """Refuse rows that a coefficient fits alone: errors that divide by one less their leverage do not exist there.

    Raises
    ------
    EstimationError
        OLS-ALONE.

    References
    ----------
    MacKinnon, J. G. and White, H. (1985). Journal of Econometrics 29, 305-325.

    Examples
    --------
    >>> check_leverage(np.array([0.5, 0.5, 1.0]), "HC3")
    Traceback (most recent call last):
    ...
    hybrid_toolkit.errors.EstimationError: [OLS-ALONE] 1 row is the only one of a coefficient, where HC3 errors do not \
exist. How to fix: Combine rare values of a column with others, leave the column out, or set variance='HC1'.
    """
    alone = int((leverage > 1 - _ALONE).sum())
    if alone:
        have = "is the only one of a coefficient" if alone == 1 else "are each the only one of a coefficient"
        raise EstimationError(
            f"{plural(alone, 'row')} {have}, where {variance} errors do not exist.",
            fix="Combine rare values of a column with others, leave the column out, or set variance='HC1'.",
            code="OLS-ALONE",
        )
