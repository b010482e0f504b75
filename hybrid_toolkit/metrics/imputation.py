"""Missing values: chained equations, Rubin's rules, and what changes if they are not missing at random."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import as_numbers, plain, scaled
from hybrid_toolkit.errors import MeasureError
from hybrid_toolkit.metrics.measured_columns import check_table, measured
from hybrid_toolkit.metrics.rubin_rules import Pooled, pool_rubin
from hybrid_toolkit.result import RowsHidden

_LEAST_KNOWN = 10
"""Known values that a column needs: with fewer there is too little to draw the missing ones from."""

Analysis = Callable[[pd.DataFrame], tuple[float, float]]
"""A complete frame in, an estimate and its standard error out."""
DONORS = 5
"""Donors among whom predictive mean matching draws."""
RIDGE = 1e-5
"""Share of the predictors' variance added to keep near-collinear equations solvable."""


@dataclass(frozen=True)
class Imputed(RowsHidden):
    """Frames in which what was missing has been drawn.

    Parameters
    ----------
    frames : tuple[pd.DataFrame, ...]
        The complete frames.
    missing : pd.DataFrame
        The same rows and columns: True where a value was drawn.
    report : pd.DataFrame
        One row a column with missing values: ``column``, ``n_missing``, ``share``, ``observed_mean``, ``imputed_mean``.
    seed : int
        Seed of the imputations.
    n_iter : int
        Iterations of each.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [float(i) for i in range(20)], "y": [None, *(2.0 * i for i in range(1, 20))]})
    >>> imputed = impute_chained(frame, n_imputations=5)
    >>> imputed
    Imputed(seed=0, n_iter=10)
    >>> pooled = imputed.pool(lambda f: (float(f["y"].mean()), float(f["y"].var() / len(f))))
    >>> pooled.n_imputations, bool(17 < pooled.estimate < 20)
    (5, True)
    """

    frames: tuple[pd.DataFrame, ...] = field(repr=False)
    missing: pd.DataFrame = field(repr=False)
    report: pd.DataFrame = field(repr=False)
    seed: int
    n_iter: int

    def pool(self, analysis: Analysis, *, df_complete: float = float("inf"), conf_level: float = 0.95) -> Pooled:
        """An analysis of every frame, pooled; raises as ``pool_rubin``.

        Parameters
        ----------
        analysis : Analysis
            Gives an estimate and its standard error from a frame.
        df_complete : float, optional
            Degrees of freedom that the analysis would have with complete data.
        conf_level : float, default 0.95
            Level of the intervals.

        Returns
        -------
        Pooled
            An analysis of every frame, pooled; raises as ``pool_rubin``.
        """
        return _pool(self.frames, analysis, df_complete, conf_level)

    def summary(self) -> str:
        """What was drawn, in words.

        Returns
        -------
        str
            What was drawn, in words.
        """
        if self.report.empty:
            return "Nothing was missing."
        told = "; ".join(f"{r['column']} {r['share']:.0%}" for r in self.report.to_dict("records"))
        return (
            f"{len(self.frames)} imputed frames of {len(self.missing):,} rows (missing: {told}), by chained equations. "
            "This takes the missing values to be explained by the columns that are there: see not_at_random_shifts."
        )


def impute_chained(
    frame: pd.DataFrame, *, n_imputations: int = 20, n_iter: int = 10, seed: int = 0, donors: int = DONORS
) -> Imputed:
    """Impute missing numbers and yes/no values by chained equations with predictive mean matching.

    Each column with missing values is regressed in turn on all others, with coefficients drawn from their posterior; a
    missing value becomes the observed value of one of the nearest ``donors`` by predicted mean (van Buuren and
    Groothuis-Oudshoorn 2011; Little 1988), so that no value outside those observed is made up.

    Parameters
    ----------
    frame : pd.DataFrame
        Numbers and yes/no; other columns must be complete and serve as predictors. Put in every column of the analysis,
        its outcome too, and what explains why values are missing. Clustered rows: add the clusters' means.
    n_imputations : int, default 20
        At least the percentage of rows with something missing (White and others 2011).
    n_iter : int, default 10
        Rounds of the chained equations.
    seed : int, default 0
        Seed of the random numbers.
    donors : int, default DONORS
        Nearest rows that a value is drawn from.

    Returns
    -------
    Imputed
        Frames in which what was missing has been drawn.

    Raises
    ------
    MeasureError
        A text column or a date with missing values; a column with fewer than 10 values or none that vary.

    References
    ----------
    - Little, R. J. A. (1988). Journal of Business & Economic Statistics 6, 287-296.
    - van Buuren, S. and Groothuis-Oudshoorn, K. (2011). Journal of Statistical Software 45(3).
    - White, I. R., Royston, P. and Wood, A. M. (2011). Statistics in Medicine 30, 377-399.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=200)
    >>> frame = pd.DataFrame({"x": x, "y": np.where(x < 1, 2 * x + rng.normal(0, 0.1, 200), np.nan)})
    >>> imputed = impute_chained(frame, n_imputations=5)
    >>> len(imputed.frames), int(imputed.frames[0]["y"].isna().sum())
    (5, 0)
    """
    if n_imputations < 2 or n_iter < 1 or donors < 1:
        raise MeasureError(
            "needs two imputations, one iteration and one donor.",
            fix="Raise the number that is too low.",
            code="IMPUTE-N",
        )
    check_table(frame)
    frame = pd.DataFrame({str(c): frame[c] for c in frame.columns}).reset_index(drop=True)
    for c in frame.columns:
        plain(frame[c])  # refuses cells that hold several values
    gaps = frame.isna()
    targets = [c for c in map(str, frame.columns) if gaps[c].any()]
    _check(frame, targets)
    numbers, blocks = _design(frame, gaps)
    many = gaps.sum()
    order = sorted(targets, key=lambda c: int(many[c]))
    streams = np.random.default_rng(seed).spawn(n_imputations)
    made = tuple(_one_frame(frame, numbers, blocks, order, gaps, rng, n_iter, donors) for rng in streams)
    rows = []
    for c in targets:
        drawn = float(np.mean([np.mean(measured(f.loc[gaps[c], c], c)) for f in made]))
        mean = float(np.nanmean(numbers[c]))
        rows.append((c, int(gaps[c].sum()), float(gaps[c].mean()), mean, drawn))
    report = pd.DataFrame(rows, columns=["column", "n_missing", "share", "observed_mean", "imputed_mean"])
    return Imputed(made, gaps, report, seed, n_iter)


def _check(frame: pd.DataFrame, targets: list[str]) -> None:
    for c in targets:
        if frame[c].notna().any() and as_numbers(frame[c]) is None:
            raise MeasureError(
                f"column '{c}' is not a number or yes/no and has {int(frame[c].isna().sum())} missing values.",
                fix="Use a separate code for 'not recorded', turn it into yes/no columns, or leave it out.",
                code="IMPUTE-TYPE",
            )
        if frame[c].notna().sum() < _LEAST_KNOWN or frame[c].nunique() < 2:
            raise MeasureError(
                f"column '{c}' has {int(frame[c].notna().sum())} values, of {int(frame[c].nunique())} kinds.",
                fix="Leave it out: there is too little to draw from.",
                code="IMPUTE-N",
            )


def _design(frame: pd.DataFrame, gaps: pd.DataFrame) -> tuple[dict[str, Array], dict[str, Array]]:
    """Numeric columns as floats, and the predictors that each column gives (indicators of a text column)."""
    numbers: dict[str, Array] = {}
    blocks: dict[str, Array] = {}
    for c in map(str, frame.columns):
        kind = frame[c].dtype
        read = None if isinstance(kind, pd.CategoricalDtype) else as_numbers(frame[c])
        if read is not None and frame[c].notna().any():
            numbers[c] = read
        elif frame[c].nunique() > 1 and not pd.api.types.is_datetime64_any_dtype(kind):
            blocks[c] = pd.get_dummies(frame[c], drop_first=True, dtype="float64").to_numpy()
    return numbers, blocks


def _one_frame(
    frame: pd.DataFrame, numbers: dict[str, Array], blocks: dict[str, Array], order: list[str],
    gaps: pd.DataFrame, rng: np.random.Generator, n_iter: int, donors: int,
) -> pd.DataFrame:  # fmt: skip
    now = {c: v.copy() for c, v in numbers.items()}
    holes = {c: gaps[c].to_numpy(dtype=bool) for c in order}
    for c in order:
        now[c][holes[c]] = rng.choice(now[c][~holes[c]], size=int(holes[c].sum()))
    fixed = list(blocks.values())
    for _ in range(n_iter):
        for c in order:
            others = [v[:, None] for name, v in now.items() if name != c]
            x = np.column_stack([np.ones(len(frame)), *others, *fixed])
            now[c][holes[c]] = _matched(x, numbers[c], holes[c], rng, donors)
    out = frame.copy()
    for c in order:
        out[c] = _like(now[c], frame[c])
    return out


def _like(values: Array, column: pd.Series[Any]) -> pd.Series[Any]:
    """Numbers as the column held them; what cannot be cast (words, Decimal, objects) becomes plain numbers."""
    made = pd.Series(values, index=column.index)
    kind = column.dtype
    if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
        return made.astype(kind)
    return made


def _matched(x: Array, y: Array, hole: npt.NDArray[np.bool_], rng: np.random.Generator, donors: int) -> Array:
    """Values for the holes: the observed value of a near donor by predicted mean, coefficients drawn."""
    x = scaled(x).z
    middle = float(np.median(y[~hole]))
    seen, given = x[~hole], y[~hole] - middle
    cross = seen.T @ seen
    inverse = np.linalg.inv(cross + RIDGE * np.diag(np.diag(cross)))
    fitted = inverse @ seen.T @ given
    residual = given - seen @ fitted
    df = max(len(given) - x.shape[1], 1)
    spread = np.sqrt(float(residual @ residual) / rng.chisquare(df))
    root = np.linalg.cholesky(inverse)
    drawn = fitted + spread * root @ rng.standard_normal(len(fitted))
    have, want = seen @ fitted, x[hole] @ drawn
    order = np.argsort(have, kind="stable")
    sorted_have = have[order]
    k = min(donors, len(have))
    start = np.clip(np.searchsorted(sorted_have, want) - k, 0, len(have) - k)
    window = np.minimum(start[:, None] + np.arange(2 * k), len(have) - 1)
    gap = np.abs(sorted_have[window] - want[:, None])
    gap[:, 1:][window[:, 1:] == window[:, :-1]] = np.inf
    nearest = np.argsort(gap, axis=1, kind="stable")[:, :k]
    pick = nearest[np.arange(len(want)), rng.integers(k, size=len(want))]
    chosen: Array = y[~hole][order[window[np.arange(len(want)), pick]]]
    return chosen


def _pool(frames: Sequence[pd.DataFrame], analysis: Analysis, df_complete: float, conf_level: float) -> Pooled:
    got = [analysis(f) for f in frames]
    return pool_rubin([g[0] for g in got], [g[1] for g in got], df_complete=df_complete, conf_level=conf_level)


def not_at_random_shifts(
    imputed: Imputed,
    column: str,
    analysis: Analysis,
    *,
    shifts: Sequence[float],
    within: tuple[float, float] | None = None,
    df_complete: float = float("inf"),
    conf_level: float = 0.95,
) -> pd.DataFrame:
    """What the answer would be if those who did not answer differ by a shift from what was drawn for them.

    Parameters
    ----------
    imputed : Imputed
        The imputed frames.
    column : str
        The numeric column whose drawn values are shifted.
    analysis : Analysis
        Gives an estimate and its standard error from a frame.
    shifts : Sequence[float]
        In its units, such as ``(0, -0.5, -1, -2)``; choose them before looking, and say why.
    within : tuple[float, float] | None, optional
        Range of the column; shifted values are held in it.
    df_complete : float, optional
        Degrees of freedom that the analysis would have with complete data.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    pd.DataFrame
        One row a shift: ``shift``, ``estimate``, ``std_error``, ``conf_low``, ``conf_high``, ``p_value``, ``df``,
        ``missing_information``, ``n_imputations`` and ``holds``: whether the interval stays on the same side of zero
        as, or covers zero like, that of no shift (delta adjustment: van Buuren 2018, section 9.2).

    Raises
    ------
    MeasureError
        The column was not imputed, or is yes/no.

    References
    ----------
    - van Buuren, S. (2018). Flexible Imputation of Missing Data, second edition, section 9.2.

    Examples
    --------
    >>> frame = pd.DataFrame({"x": [float(i) for i in range(20)], "y": [None, *(2.0 * i for i in range(1, 20))]})
    >>> mean = lambda f: (float(f["y"].mean()), float(f["y"].var() / len(f)))
    >>> rows = not_at_random_shifts(impute_chained(frame, n_imputations=5), "y", mean, shifts=[0, -4])
    >>> round(float(rows["estimate"].diff().iloc[1]), 2)
    -0.2
    """
    if column not in imputed.missing or not imputed.missing[column].any():
        raise MeasureError(f"column '{column}' was not imputed.", fix="Name one of the report.", code="SHIFT-COLUMN")
    if pd.api.types.is_bool_dtype(imputed.frames[0][column].dtype):
        raise MeasureError(f"column '{column}' is yes/no.", fix="Turn it into 0 and 1 first.", code="SHIFT-COLUMN")
    base = _side(_pool(imputed.frames, analysis, df_complete, conf_level))
    rows = []
    for shift in shifts:
        moved = [_moved(f, imputed.missing[column], column, shift, within) for f in imputed.frames]
        got = _pool(moved, analysis, df_complete, conf_level)
        rows.append(got.tidy().drop(columns="term").assign(shift=float(shift), holds=_side(got) == base))
    table = pd.concat(rows, ignore_index=True)
    return table[["shift", *[c for c in table.columns if c != "shift"]]]


def _side(pooled: Pooled) -> int:
    return int(pooled.conf_low > 0) - int(pooled.conf_high < 0)


def _moved(
    frame: pd.DataFrame, hole: pd.Series[bool], column: str, shift: float, within: tuple[float, float] | None
) -> pd.DataFrame:
    values = frame[column].astype("float64")
    moved = values + shift
    if within is not None:
        moved = moved.clip(*within)
    return frame.assign(**{column: values.where(~hole, moved)})
