"""What several estimators share: rows of results, and the checks before a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import scaled
from hybrid_toolkit.errors import EstimationError, plural, with_article
from hybrid_toolkit.models.terms.arguments import check_frame, numbers, told_names
from hybrid_toolkit.models.terms.splines import Spline
from hybrid_toolkit.models.terms.term_text import read_terms
from hybrid_toolkit.models.terms.terms import (
    Category,
    Column,
    Interaction,
    Term,
    Terms,
    as_term,
    design_columns,
    reaches,
)
from hybrid_toolkit.result import TIDY_COLUMNS

_TERMS = Column | Category | Spline | Interaction


class _Counted(Protocol):
    @property
    def terms(self) -> tuple[str, ...]: ...

    @property
    def behind(self) -> Array: ...

    @property
    def n(self) -> int: ...

    @property
    def n_clusters(self) -> int | None: ...


class NamedCoefficients:
    """A result with coefficients by name and the clusters behind each."""

    @property
    def residual_df(self: _Counted) -> int:
        """Rows used beyond the coefficients fitted, those of fixed effects and thresholds between answers as well."""
        fitted = len(self.terms) + len(getattr(self, "thresholds", ())) + getattr(self, "taken_out", 0)
        return int(self.n) - fitted

    def index(self: _Counted, term: str) -> int:
        """Position of a coefficient.

        Parameters
        ----------
        term : str
            Name of a coefficient.

        Returns
        -------
        int
            Position of a coefficient.

        Raises
        ------
        EstimationError
            The model has no such coefficient.
        """
        if term not in self.terms:
            raise EstimationError(
                f"the model has no coefficient '{term}'; it has: {told_names(self.terms)}.",
                fix="Ask for one of these, written as tidy() has it.",
                code="TERM-UNKNOWN",
            )
        return self.terms.index(term)

    def clusters_behind(self: _Counted, term: str) -> float:
        """Clusters on the smaller side of what a coefficient compares, or their effective number where that is less.

        Parameters
        ----------
        term : str
            Name of the coefficient.

        Returns
        -------
        float
            The number of clusters, at most the effective number; infinite without clusters.

        Raises
        ------
        EstimationError
            The model has no such coefficient.
        """
        place = NamedCoefficients.index(self, term)
        return float(self.behind[place]) if self.n_clusters else np.inf


def tidy_rows(
    terms: Sequence[str],
    estimate: ArrayLike,
    std_error: ArrayLike,
    *,
    n: ArrayLike,
    conf_level: float,
    df: ArrayLike = np.inf,
    unit: str | Sequence[str] = "",
    beside: Mapping[str, ArrayLike] | None = None,
) -> pd.DataFrame:
    """Rows with the columns of ``TIDY_COLUMNS`` and those ``beside``; ``df`` infinite means a normal reference.

    Examples
    --------
    >>> tidy_rows(["x"], [1.0], [0.5], n=10, conf_level=0.95)[["conf_low", "conf_high"]].round(2).values.tolist()
    [[0.02, 1.98]]
    """
    b, se = np.asarray(estimate, dtype=np.float64), np.asarray(std_error, dtype=np.float64)
    free = np.broadcast_to(np.asarray(df, dtype=np.float64), b.shape)
    half = t_quantile(0.5 + conf_level / 2, free) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * special.stdtr(free, -np.abs(b / se))
    p = np.where(se > 0, p, np.nan)
    values = (list(terms), b, se, b - half, b + half, p, n, unit)
    return pd.DataFrame({**dict(zip(TIDY_COLUMNS, values, strict=True)), **(beside or {})})


def t_quantile(share: float, df: ArrayLike) -> Array:
    """Quantile of Student's t, of the normal where ``df`` is infinite.

    Examples
    --------
    >>> t_quantile(0.975, [10.0, np.inf]).round(3).tolist()
    [2.228, 1.96]
    """
    free = np.asarray(df, dtype=np.float64)
    return np.asarray(np.where(np.isinf(free), special.ndtri(share), special.stdtrit(free, share)))


def frozen(a: ArrayLike) -> Array:
    """A read-only copy."""
    out = np.array(a, dtype=np.float64)
    out.setflags(write=False)
    return out


def check_level(conf_level: float) -> float:
    """The level itself, once it lies between 0 and 1.

    Raises
    ------
    EstimationError
        It does not.
    """
    if not 0 < conf_level < 1:
        raise EstimationError(
            "conf_level must lie between 0 and 1.", fix="Set a share such as 0.95.", code="CONF-LEVEL"
        )
    return conf_level


def check_choice(name: str, value: str, allowed: Sequence[str] | Mapping[str, str]) -> str:
    """The value itself, once it is one of those allowed.

    Raises
    ------
    EstimationError
        It is not.
    """
    if value not in allowed:
        raise EstimationError(
            f"{name} '{value}' is unknown.",
            fix=f"Use one of: {', '.join(allowed)}.",
            code=f"{name.upper().replace('_', '-')}-UNKNOWN",
        )
    return value


def as_terms(frame: pd.DataFrame, terms: Terms, *, what: str = "terms") -> list[Term]:
    """What every argument for terms takes, as a list of terms.

    Parameters
    ----------
    frame : pd.DataFrame
        The data whose columns are named.
    terms : str, Term, or a list of names and terms
        A name in a list becomes ``Column`` where the column holds numbers or yes/no, ``Category`` where it holds codes
        or dates. One text instead of a list is read by a grammar of its own: columns joined by ``+``, ``:`` and ``*``,
        ``C(g, reference="a")`` and ``spline(x, 4)``; it is never given to Python.
    what : str
        Name of the argument, for the error.

    Returns
    -------
    list[Term]
        List of Term.

    Raises
    ------
    CoverageError
        A column is not there.
    EstimationError
        ``TERMS-TEXT``, a text outside the grammar; ``TERM-NOT-A-COLUMN``, an expression in a list; ``TERM-TYPE``,
        anything else in a list; ``FRAME-TYPE``, data that are no data frame.

    Examples
    --------
    >>> f = pd.DataFrame({"x": [0.0, 1.0], "need": ["cin", "cp"]})
    >>> as_terms(f, "x + need") == as_terms(f, ["x", Category("need")]) == [Column("x"), Category("need")]
    True
    """
    check_frame(frame)
    if isinstance(terms, str):
        return read_terms(frame, terms, what=what)
    if isinstance(terms, _TERMS):
        return [terms]
    odd = "" if isinstance(terms, Sequence) and not isinstance(terms, bytes) else type(terms).__name__
    wrong = [] if odd else [i for i, t in enumerate(terms, 1) if not isinstance(t, str | _TERMS)]
    if odd or wrong:
        places = ", ".join(map(str, wrong[:5]))
        found = (
            f"it is {with_article(odd)}" if odd else f"{len(wrong)} of {len(terms)} are neither, at position {places}"
        )
        raise EstimationError(
            f"'{what}' must be a list of column names and terms, or one text; {found}.",
            fix=f'Write {what}=["a", Category("b")] or {what}="a + b".',
            code="TERM-TYPE",
        )
    return [as_term(frame, t) if isinstance(t, str) else t for t in terms]


def as_instruments(frame: pd.DataFrame, instruments: Mapping[str, Terms] | None) -> dict[str, list[Term]]:
    """Coefficient name -> the terms that stand in for it, each read as ``as_terms`` does.

    Raises
    ------
    EstimationError
        ``instruments`` is no mapping, or as ``as_terms``.
    CoverageError
        A column is not there.
    """
    if instruments is None:
        return {}
    if not isinstance(instruments, Mapping):
        raise EstimationError(
            f"'instruments' must map each instrumented coefficient to its terms; it is "
            f"{with_article(type(instruments).__name__)}.",
            fix='Write instruments={"remote": ["home_broadband"]}.',
            code="TERM-TYPE",
        )
    return {str(name): as_terms(frame, terms, what="instruments") for name, terms in instruments.items()}


def as_names(names: str | Sequence[str], what: str) -> tuple[str, ...]:
    """Names of columns as a tuple; one name may stand alone.

    Raises
    ------
    EstimationError
        ``TERM-TYPE``, anything but text.

    Examples
    --------
    >>> as_names("team", "fixed_effects"), as_names(["team", "month"], "fixed_effects")
    (('team',), ('team', 'month'))
    """
    if isinstance(names, str):
        return (names,)
    if not isinstance(names, Sequence) or not all(isinstance(n, str) for n in names):
        raise EstimationError(
            f"'{what}' must be a list of column names.", fix=f'Write {what}=["team", "month"].', code="TERM-TYPE"
        )
    return tuple(names)


def term_columns(terms: Sequence[Term]) -> list[str]:
    """Columns of the frame that the terms read."""
    return [c for t in terms for c in t.columns]


def design(rows: pd.DataFrame, terms: Sequence[Term], *, intercept: bool = True) -> tuple[list[str], Array]:
    """Names and matrix of a design, of full rank.

    Raises
    ------
    EstimationError
        A column is a combination of others, or there are no more rows than columns.
    """
    first = {"(Intercept)": np.ones(len(rows))} if intercept else {}
    x = {**first, **design_columns(rows, terms)}
    names = list(x)
    matrix = np.column_stack(list(x.values())) if x else np.empty((len(rows), 0))
    if len(rows) <= len(names):
        raise EstimationError(
            f"{len(rows)} complete rows cannot carry {len(names)} coefficients.",
            fix=f"Add at least {plural(len(names) + 1 - len(rows), 'row')}, or use fewer terms.",
            code="TOO-FEW-ROWS",
        )
    # a constant column cannot be told from a baseline, whether or not the model has an intercept
    whole = matrix if intercept else np.column_stack([np.ones(len(rows)), matrix])
    of_products = reaches(rows, terms)
    reach = [np.nan] * (whole.shape[1] - len(names)) + [of_products.get(c, np.nan) for c in names]
    own = scaled(whole, reach=reach).own[0 if intercept else 1 :]
    empty = [name for name, ok in zip(names, own, strict=True) if not ok]
    if empty:
        raise EstimationError(
            f"{plural(len(empty), 'column is', 'columns are')} combinations of others: {told_names(empty)}.",
            fix="Leave out the column, or the column that determines it.",
            code="SINGULAR",
        )
    return names, matrix


def varying(rows: pd.DataFrame, outcome: str) -> Array:
    """A numeric outcome that takes more than one finite value.

    Raises
    ------
    EstimationError
        It is constant, infinite or not numeric.
    """
    y = numbers(rows, outcome)
    low, high = (float(y.min()), float(y.max())) if len(y) else (0.0, 0.0)  # a missing value is in both
    if not (np.isfinite(low) and np.isfinite(high) and high - low > 1e-12 * max(1.0, -low, high)):
        raise EstimationError(
            f"outcome '{outcome}' does not vary, or is not finite, in the {len(y):,} complete rows.",
            fix="Check how it was coded and how many rows are complete.",
            code="CONSTANT",
        )
    return y


def zero_one(rows: pd.DataFrame, name: str) -> Array:
    """A yes/no column as 0.0 and 1.0, both of which occur.

    Raises
    ------
    EstimationError
        Other values occur, or only one of the two.
    """
    x = numbers(rows, name)
    other = int((~np.isin(x, (0.0, 1.0))).sum())
    if other or len(np.unique(x)) < 2:
        found = (
            f"holds {plural(other, 'value')} other than 0 and 1"
            if other
            else "takes one value only in the complete rows"
        )
        raise EstimationError(
            f"column '{name}' {found}.", fix="Code it 0/1 or yes/no with both present.", code="NOT-BINARY"
        )
    return x
