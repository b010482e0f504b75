"""Means that a fitted model gives for groups described by their covariates, with confidence intervals.

``predict`` is for a grid that the reader writes, such as two needs at three case loads, and for nothing else: it takes
the model's own columns, at most 1,000 different rows, and no model with an identifier among its terms. It adds no
random effect, and its intervals are those of a mean; where one person would lie is never said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special, stats

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.errors import CoverageError, EstimationError, plural
from hybrid_toolkit.models.terms.arguments import check_frame
from hybrid_toolkit.models.terms.result_rows import check_level, term_columns
from hybrid_toolkit.models.terms.terms import Category, Interaction, Term, design_columns

MOST_ROWS = 1000
"""Rows of a grid: ten levels of three columns; more are data, not groups that somebody described."""
LEAST_A_LEVEL = 5
"""Rows that a level has on average; with fewer, a column of codes names people and not groups."""
_OPEN_IDS = ("site_id", "la_id")
"""Identifiers that name places, never people, families or teams."""
ADDED = ("estimate", "std_error", "conf_low", "conf_high")


class PredictsMeans:
    """``predict`` for a fit with ``terms``, ``estimate``, ``vcov``, ``df`` and ``model_terms``."""

    __slots__ = ()

    if TYPE_CHECKING:  # what the fit brings; annotations here would become fields of its dataclass

        @property
        def terms(self) -> tuple[str, ...]: ...
        @property
        def estimate(self) -> Array: ...
        @property
        def vcov(self) -> Array: ...
        @property
        def n(self) -> int: ...
        @property
        def conf_level(self) -> float: ...
        @property
        def model_terms(self) -> tuple[Term, ...] | None: ...

    def predict(self, grid: pd.DataFrame, *, conf_level: float | None = None) -> pd.DataFrame:
        """Means of groups described by their covariates, with the confidence intervals of these means.

        Parameters
        ----------
        grid : pd.DataFrame
            One row a group: the columns of the model's terms and no others, 1 to 1,000 different rows. Write it;
            rows of people are no groups.
        conf_level : float, optional
            Level of the intervals; that of the fit by default.

        Returns
        -------
        pd.DataFrame
            The grid with ``estimate``, ``std_error`` (by the delta method), ``conf_low`` and ``conf_high``, on the
            scale of the outcome: a mean, a probability, a rate for one unit of time at risk, or a hazard relative to
            the row whose numbers are 0 and whose categories are the reference. A random effect is never added. With
            several degrees of freedom, the smallest of the coefficients concerned.

        Raises
        ------
        CoverageError
            The grid lacks a column of the model.
        EstimationError
            Another column, no or over 1,000 rows, a row twice, a missing value, a level that the model has not seen,
            a term that names people (``PREDICT-PERSON``), or a fit that gives no mean (``PREDICT-NONE``).

        Notes
        -----
        Venables and Ripley (2002), section 7.1. The ends of an interval are those of the linear predictor, turned.

        References
        ----------
        - Venables, W. N. and Ripley, B. D. (2002). Modern Applied Statistics with S, 4th edition. Springer.
        """
        level = check_level(self.conf_level if conf_level is None else conf_level)
        x = grid_matrix(grid, self.model_terms, self.terms, self.n)
        at = x @ self.estimate
        error = np.sqrt(np.clip(np.einsum("ij,jk,ik->i", x, self.vcov, x), 0, None))
        half = stats.t.ppf(0.5 + level / 2, _degrees(getattr(self, "df", np.inf), x)) * error
        mean, slope = self._turned(at)
        low, high = self._turned(at - half)[0], self._turned(at + half)[0]
        values = (mean, np.abs(slope) * error, np.minimum(low, high), np.maximum(low, high))
        return grid.reset_index(drop=True).assign(**dict(zip(ADDED, values, strict=True)))

    def _turned(self, eta: Array) -> tuple[Array, Array]:
        """The linear predictor on the scale of the outcome, and the slope of that change."""
        return eta, np.ones_like(eta)


def mean_of_link(link: str, eta: Array) -> tuple[Array, Array]:
    """Inverse of a link and its slope; links as in ``glm.LINKS``.

    Examples
    --------
    >>> [v.tolist() for v in mean_of_link("logit", np.array([0.0]))]
    [[0.5], [0.25]]
    """
    if link == "log":
        return np.exp(eta), np.exp(eta)
    if link == "logit":
        p = special.expit(eta)
        return p, p * (1 - p)
    if link == "probit":
        return special.ndtr(eta), stats.norm.pdf(eta)
    rate = np.exp(eta)
    return -np.expm1(-rate), rate * np.exp(-rate)


def grid_matrix(grid: pd.DataFrame, terms: Sequence[Term] | None, names: Sequence[str], n: int) -> Array:
    """The design of a grid of groups, one column a coefficient, once the grid is one.

    Raises
    ------
    CoverageError
        See ``PredictsMeans.predict``.
    EstimationError
        See ``PredictsMeans.predict``.
    """
    if terms is None:
        raise EstimationError(
            "this fit gives no mean to predict: intercepts of fixed effects were taken out, a column was instrumented, "
            "or its rows are periods that the fit made itself.",
            fix="Name the groups among the terms, such as Category('need'), in place of fixed effects.",
            code="PREDICT-NONE",
        )
    _no_person(terms, n)
    check_frame(grid)
    needed = list(dict.fromkeys(term_columns(terms)))
    _is_grid(grid, needed)
    made = {"(Intercept)": np.ones(len(grid)), **design_columns(grid, terms)}
    unseen = [c for c, v in made.items() if c not in names and c != "(Intercept)" and v.any()]
    if unseen:
        raise EstimationError(
            f"the grid has {plural(len(unseen), 'level')} whose coefficient was left out because it added no "
            "information.",
            fix="Leave these rows out of the grid.",
            code="PREDICT-LEVEL",
        )
    out: Array = np.column_stack([made[c] for c in names])
    return out


def _no_person(terms: Sequence[Term], n: int) -> None:
    """No term names single people, families or teams."""
    named = [c for c in term_columns(terms) if re.search(r"(\A|_)id\Z", c, re.IGNORECASE) and c not in _OPEN_IDS]
    fine = [t.name for t in _categories(terms) if len(t.levels) * LEAST_A_LEVEL > n]
    found = list(dict.fromkeys([*named, *fine]))
    if found:
        raise EstimationError(
            f"{plural(len(found), 'term names', 'terms name')} single people, families or teams: {', '.join(found)}. "
            "Only groups of them have a predicted mean.",
            fix="Use a model with what describes the group in place of the identifier.",
            code="PREDICT-PERSON",
        )


def _categories(terms: Sequence[Term]) -> list[Category]:
    out: list[Category] = []
    for term in terms:
        if isinstance(term, Interaction):
            out += _categories([term.left, term.right])
        elif isinstance(term, Category):
            out.append(term)
    return out


def _is_grid(grid: pd.DataFrame, needed: list[str]) -> None:
    lacking = [c for c in needed if c not in grid.columns]
    if lacking:
        raise CoverageError(
            f"the grid lacks {plural(len(lacking), 'column')} of the model: {', '.join(lacking)}.",
            fix="Add them, one value a group.",
            code="COLUMN-MISSING",
        )
    more = grid.shape[1] - len(needed)
    if more:
        raise EstimationError(
            f"the grid has {plural(more, 'column that is', 'columns that are')} not the model's.",
            fix=f"Provide these columns and no others: {', '.join(needed) or 'none'}.",
            code="PREDICT-GRID",
        )
    twice = int(grid.duplicated().sum()) if needed else max(0, len(grid) - 1)
    if not 1 <= len(grid) <= MOST_ROWS or twice:
        raise EstimationError(
            f"a grid has 1 to {MOST_ROWS:,} different rows, one a group; this has {len(grid):,}, {twice:,} of which "
            "repeat another.",
            fix="Write the groups whose means are wanted, each once; never pass rows of people.",
            code="PREDICT-GRID",
        )
    empty = np.flatnonzero(grid[needed].isna().any(axis=1)) if needed else np.array([])
    if len(empty):
        places = ", ".join(str(i + 1) for i in empty[:5])
        raise EstimationError(
            f"{plural(len(empty), 'row of the grid has', 'rows of the grid have')} a missing value, at position "
            f"{places}.",
            fix="Fill every column in each row.",
            code="PREDICT-GRID",
        )


def _degrees(df: object, x: Array) -> Array:
    """One number a row: the fit's, or the smallest of the coefficients that the row takes."""
    each = np.asarray(df, dtype=np.float64)
    if each.ndim == 0:
        return np.full(len(x), float(each))
    out: Array = np.where(x != 0, each[None, :], np.inf).min(axis=1, initial=np.inf)
    return out
