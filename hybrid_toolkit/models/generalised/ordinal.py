"""Proportional-odds and ordered-probit models for answers on an ordered scale."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit.arrays import Array
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError, plural
from hybrid_toolkit.models.generalised.fisher_scoring import FAR, FLAT, RAGGED
from hybrid_toolkit.models.generalised.ordinal_links import CUMULATIVE
from hybrid_toolkit.models.generalised.ordinal_result import ORDINAL_LINKS, OrdinalFit
from hybrid_toolkit.models.generalised.separation import told_apart
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.terms.arguments import check_arguments, check_column, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
)
from hybrid_toolkit.models.terms.terms import Terms, pinned


def fit_ordinal(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    levels: Sequence[object] | None = None,
    frequency: str | None = None,
    cluster: str | None = None,
    link: str = "logit",
    conf_level: float = 0.95,
) -> OrdinalFit:
    """Cumulative-link regression by maximum likelihood.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation, or a row a cell with its ``frequency``. Rows with a missing value are left out.
    outcome : str
        Numbers or ordered categories; text needs ``levels``.
    terms : Terms
        Slopes (terms or columns); there is no intercept, the thresholds take its place.
    levels : Sequence[object] | None, optional
        The answers from lowest to highest.
    frequency : str | None, optional
        Column of whole numbers, how often each row occurred.
    cluster : str | None, optional
        Rows of one cluster depend on each other: errors by a linearised leave-one-cluster-out jackknife, t with
        effective clusters - 1 of each slope; one that rests on one cluster gets no interval.
    link : str, default "logit"
        Key of ``ORDINAL_LINKS``.
    conf_level : float, default 0.95
        Level of the intervals.

    Returns
    -------
    OrdinalFit
        A cumulative-link model: P(answer <= j) = F(threshold j - x b).

    Raises
    ------
    EstimationError
        Fewer than two answers occur, an answer outside ``levels``, a singular design, separation, one cluster,
        frequencies that are not whole numbers from 0.
    CoverageError
        A column is not there.

    Notes
    -----
    McCullagh (1980), JRSS B 42, 109-142; signs and thresholds as in Venables and Ripley (2002), section 7.3
    (``polr``). Newton's method with exact derivatives: the likelihood has one optimum.

    References
    ----------
    - McCullagh, P. (1980). Journal of the Royal Statistical Society B 42, 109-142.
    - Venables, W. N. and Ripley, B. D. (2002). Modern Applied Statistics with S, fourth edition.

    Examples
    --------
    Half as likely to give the lower answer: the slope is the log odds ratio, log 4.

    >>> f = pd.DataFrame({"answer": [1, 2, 1, 2], "office": [0, 0, 1, 1], "times": [20, 10, 10, 20]})
    >>> fit = fit_ordinal(f, outcome="answer", terms=["office"], frequency="times")
    >>> round(float(np.exp(fit.estimate[0])), 6), fit.n
    (4.0, 60)
    """
    check_arguments(fit_ordinal, locals())
    check_level(conf_level)
    check_choice("link", link, ORDINAL_LINKS)
    slopes = as_terms(frame, terms)
    extra = [c for c in (frequency, cluster) if c]
    rows = complete_rows(frame, [outcome, *term_columns(slopes), *extra])
    weight = np.ones(len(rows)) if frequency is None else _whole(rows, frequency)
    rows, weight = rows[weight > 0], weight[weight > 0]
    answer, labels = read_answers(rows, outcome, levels)
    names, x = design(rows, slopes)
    names, basis = names[1:], settled_columns(x)
    slope = basis.without_first()
    model = _Cumulative(slope.z, answer, weight, len(labels), link)
    b, converged = model.search()
    k = len(names)
    value, _, information = model.derivatives(b)
    if _suspect(information, b, k):
        _not_apart(slope.z, answer)
    if not converged:
        raise EstimationError(
            f"the search for the slopes of '{outcome}' did not end, so there is no estimate.",
            fix="Use fewer terms, or join answers or levels that are rare.",
            code="NOT-CONVERGED",
        )
    turn = np.eye(len(b))  # back to the units of the columns
    turn[:k, :k] = slope.turn
    turn[k:, :k] = basis.r[0, 1:] @ slope.turn
    n_clusters = 0
    leverage, behind = np.empty((0, 0)), np.empty(0)
    if cluster:
        group = codes(rows, cluster)
        n_clusters = clustered.enough_clusters(group, cluster)
        sums = clustered.cluster_sums(model.scores(b) * weight[:, None], group)
        parts = model.parts(b, group)
        vcov = clustered.linear_jackknife(sums, information, parts, turn)
        leverage = support.leverages(parts, turn=turn)
        behind = support.effective(leverage)
        behind[:k] = support.behind(leverage[:, :k], x[:, 1:], group)
    else:
        vcov = turn @ np.linalg.inv(information) @ turn.T
    out = turn @ b
    return OrdinalFit(
        outcome=outcome,
        link=link,
        terms=tuple(names),
        estimate=frozen(out[:k]),
        thresholds=frozen(out[k:]),
        threshold_names=tuple(f"{low} | {high}" for low, high in itertools.pairwise(labels)),
        vcov=frozen(vcov),
        levels=len(labels),
        log_likelihood=value,
        deviance=-2 * value,
        aic=-2 * value + 2 * len(b),
        n=int(weight.sum()),
        n_rows=len(rows),
        n_missing=len(frame) - len(complete_rows(frame, [outcome, *term_columns(slopes), *extra])),
        n_clusters=n_clusters,
        converged=converged,
        conf_level=conf_level,
        answers=tuple(labels),
        model_terms=pinned(rows, slopes),
        leverage=frozen(leverage),
        behind=frozen(behind),
    )


def _suspect(information: Array, b: Array, k: int) -> bool:
    """Whether slopes lie far out or are hardly known, which is a reason to look for separation."""
    if (
        not np.isfinite(b).all()
        or not np.isfinite(information).all()
        or np.diagonal(information)[:k].min(initial=1) < FLAT
    ):
        return True
    try:
        spread = np.diagonal(np.linalg.inv(information))[:k]
    except np.linalg.LinAlgError:
        return True
    return bool((np.abs(b[:k]) > FAR).any() or (spread > RAGGED).any() or (spread < 0).any())


def _not_apart(z: Array, answer: NDArray[np.intp]) -> None:
    found = told_apart(z, answer)
    if found:
        raise EstimationError(
            f"separation: {plural(found, 'term predicts', 'terms predict')} the answers perfectly, without a finite "
            "estimate of the slope.",
            fix="Merge answers or levels that are rare, or leave the term out.",
            code="SEPARATION",
        )


def _whole(rows: pd.DataFrame, name: str) -> Array:
    w = numbers(rows, name)
    bad = int(((w < 0) | (w != np.round(w))).sum())
    if bad or not w.sum() > 0:
        raise EstimationError(
            f"column '{name}' holds {bad} frequencies that are not whole numbers from 0, or none above 0.",
            fix="Pass counts; survey weights are not frequencies.",
            code="FREQUENCY",
        )
    return w


def read_answers(rows: pd.DataFrame, name: str, levels: Sequence[object] | None) -> tuple[NDArray[np.intp], list[str]]:
    """Answers as 0..J-1 and the labels of those that occur, lowest first.

    Raises
    ------
    EstimationError
        Text without levels, an answer outside them, or fewer than two answers.
    """
    values = rows[check_column(rows, name)]
    position: NDArray[Any]
    if levels is not None:
        position = pd.Index(list(levels)).get_indexer(pd.Index(values))
        order = [str(v) for v in levels]
    elif isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        position, order = values.cat.codes.to_numpy(), [str(v) for v in values.dtype.categories]
    elif pd.api.types.is_numeric_dtype(values):
        position, found = pd.factorize(values, sort=True)
        order = [str(v) for v in found]
    else:
        raise EstimationError(
            f"outcome '{name}' is text without an order.", fix="List levels, lowest first.", code="LEVELS"
        )
    outside = int((position < 0).sum())
    present = np.unique(position)
    if outside or len(present) < 2:
        raise EstimationError(
            f"outcome '{name}': {plural(len(present), 'answer occurs', 'answers occur')} and "
            f"{plural(outside, 'row lies', 'rows lie')} outside the levels given.",
            fix="Name every answer in levels; at least two must occur.",
            code="LEVELS" if outside else "CONSTANT",
        )
    return np.searchsorted(present, position), [order[i] for i in present]


class _Cumulative:
    """Log-likelihood of slopes and thresholds with its derivatives."""

    def __init__(self, x: Array, answer: NDArray[np.intp], weight: Array, levels: int, link: str) -> None:
        n, cuts = len(x), levels - 1
        self.weight, self.link, self.k = weight, link, x.shape[1]
        self.start = np.concatenate([np.zeros(self.k), self._first(answer, weight, cuts)])
        at = np.arange(n)
        self.upper, self.lower = np.zeros((n, self.k + cuts)), np.zeros((n, self.k + cuts))
        self.upper[:, : self.k] = self.lower[:, : self.k] = -x
        self.has_upper, self.has_lower = answer < cuts, answer > 0
        self.upper[at[self.has_upper], self.k + answer[self.has_upper]] = 1
        self.lower[at[self.has_lower], self.k + answer[self.has_lower] - 1] = 1

    def _first(self, answer: NDArray[np.intp], weight: Array, cuts: int) -> Array:
        share = np.cumsum(np.bincount(answer, weights=weight))[:cuts] / weight.sum()
        return np.asarray(CUMULATIVE[self.link][1](share))

    def _pieces(self, b: Array) -> tuple[Array, ...]:
        out: list[Array] = []
        for a, there, end in ((self.upper, self.has_upper, 1.0), (self.lower, self.has_lower, 0.0)):
            u = a @ b
            f, d, bend = CUMULATIVE[self.link][0](u)
            out += [np.where(there, f, end), np.where(there, d, 0.0), np.where(there, bend, 0.0)]
        return tuple(out)

    def scores(self, b: Array) -> Array:
        """Slope of each row's log-likelihood."""
        fu, du, _, fl, dl, _ = self._pieces(b)
        p = np.maximum(fu - fl, 1e-300)
        return np.asarray((self.upper * du[:, None] - self.lower * dl[:, None]) / p[:, None])

    def derivatives(self, b: Array) -> tuple[float, Array, Array]:
        """Log-likelihood, its slope, and the observed information."""
        fu, _, bu, fl, _, bl = self._pieces(b)
        p, g, w = np.maximum(fu - fl, 1e-300), self.scores(b), self.weight
        bend = (self.upper * (w * bu / p)[:, None]).T @ self.upper - (self.lower * (w * bl / p)[:, None]).T @ self.lower
        return float(w @ np.log(p)), g.T @ w, (g * w[:, None]).T @ g - bend

    def parts(self, b: Array, group: NDArray[np.intp]) -> Array:
        """The observed information of each cluster: clusters x k x k."""
        out = []
        for g in range(int(group.max()) + 1):
            at = group == g
            one = copy.copy(self)
            one.weight, one.upper, one.lower = self.weight[at], self.upper[at], self.lower[at]
            one.has_upper, one.has_lower = self.has_upper[at], self.has_lower[at]
            out.append(one.derivatives(b)[2])
        return np.stack(out)

    def search(self) -> tuple[Array, bool]:
        """Newton's steps, halved until the likelihood rises and the thresholds stay in order."""
        b = self.start
        value, slope, information = self.derivatives(b)
        for _ in range(100):
            try:
                step = np.linalg.solve(information, slope)
            except np.linalg.LinAlgError:
                return b, False
            if slope @ step < 1e-12 * max(1.0, abs(value)):
                return b + step, True
            for half in range(40):
                new = b + step / 2**half
                if (np.diff(new[self.k :]) > 0).all():
                    trial = self.derivatives(new)
                    if trial[0] >= value:
                        break
            else:
                return b, False
            b, (value, slope, information) = new, trial
            if np.abs(b[: self.k]).max(initial=0) > 8 * FAR:
                return b, False
        return b, False
