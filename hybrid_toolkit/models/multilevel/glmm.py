"""Yes/no outcomes, counts and answers in order with random intercepts, and slopes that vary over groups."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from hybrid_toolkit.arrays import Array, Codes
from hybrid_toolkit.columns.numeric_columns import settled_columns
from hybrid_toolkit.errors import EstimationError, agreeing, plural
from hybrid_toolkit.models.generalised.counts import log_time, whole_counts
from hybrid_toolkit.models.generalised.fisher_scoring import solve_glm
from hybrid_toolkit.models.generalised.ordinal import read_answers
from hybrid_toolkit.models.inference import clustered_variance as clustered
from hybrid_toolkit.models.inference import clusters as support
from hybrid_toolkit.models.multilevel.crossed_glmm import crossed_optimum
from hybrid_toolkit.models.multilevel.glmm_optimiser import Search
from hybrid_toolkit.models.multilevel.glmm_result import GLMM_FAMILIES, GlmmFit
from hybrid_toolkit.models.multilevel.mixed_levels import fewer_effects_than_rows
from hybrid_toolkit.models.multilevel.quadrature import Binomial, Count, Family, Ordered
from hybrid_toolkit.models.multilevel.random_parts import Groupings, level_codes, random_columns, read_groupings
from hybrid_toolkit.models.terms.arguments import check_arguments, numbers
from hybrid_toolkit.models.terms.design_matrix import codes, complete_rows
from hybrid_toolkit.models.terms.result_rows import (
    as_terms,
    check_choice,
    check_level,
    design,
    frozen,
    term_columns,
    varying,
    zero_one,
)
from hybrid_toolkit.models.terms.terms import Term, Terms

_MOST_NODES = 51
"""More points than adaptive quadrature has a use for."""
_NO_SPREAD = 0.01
"""Standard deviation of intercepts on the scale of the link, under which it lies at its bound of nought."""


def fit_glmm(
    frame: pd.DataFrame,
    *,
    outcome: str,
    terms: Terms,
    groups: Groupings,
    family: str = "binomial",
    trials: str | None = None,
    exposure_time: str | None = None,
    levels: Sequence[object] | None = None,
    cluster: str | None = None,
    nodes: int = 9,
    conf_level: float = 0.95,
) -> GlmmFit:
    """Maximum likelihood with the random intercepts integrated out.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation; rows with a missing value are left out and counted.
    outcome : str
        0/1, or successes where ``trials`` is named; counts; numbers or ordered categories for ``"ordinal"``.
    terms : Terms
        Terms or columns.
    groups : Groupings
        Column of the random intercept. Or, for yes/no outcomes and Poisson counts, several, nested or crossed; or
        grouping -> columns whose slope varies over it. A grouping may be a tuple of columns, as in ``fit_mixed``.
    family : str, default "binomial"
        Key of ``GLMM_FAMILIES``.
    trials : str | None, optional
        Column of trials.
    exposure_time : str | None, optional
        Column of time at risk.
    levels : Sequence[object] | None, optional
        Answers from lowest to highest, for text.
    cluster : str | None, optional
        Column that rows depend on each other within, the group itself or a coarser one; errors are then a clustered
        jackknife, which holds where rows of a group are alike by more than its intercept. With one intercept only.
    nodes : int, default 9
        Points of the quadrature, 1 (Laplace's approximation) to 51; one with several groupings or slopes.
    conf_level : float, default 0.95
        Level of the intervals, t with groups (or clusters) - 1.

    Returns
    -------
    GlmmFit
        The model: arrays only.

    Raises
    ------
    EstimationError
        One group, as many groups as rows of a yes/no outcome, several groupings with ordered answers, a negative
        binomial or clusters (``GROUPS-SEVERAL``), perfect prediction (``SEPARATION``), an outcome of
        another kind or that does not vary, a singular design, groups that cross clusters.
    CoverageError
        A column is not there.

    Notes
    -----
    The model and likelihood of ``lme4::glmer`` and ``ordinal::clmm`` with one grouping factor: Bates and others
    (2015), Journal of Statistical Software 67(1); Christensen (2019), cumulative link models.

    References
    ----------
    - Bates, D., Maechler, M., Bolker, B. and Walker, S. (2015). Journal of Statistical Software 67(1).
    - Christensen, R. H. B. (2019). Cumulative link models for ordinal regression with the R package ordinal.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> team, x = np.repeat(np.arange(60), 20), rng.normal(size=1200)
    >>> chance = 1 / (1 + np.exp(-(0.5 * x + rng.normal(0, 0.8, 60)[team])))
    >>> f = pd.DataFrame({"yes": (rng.random(1200) < chance) * 1, "x": x, "team": team})
    >>> fit = fit_glmm(f, outcome="yes", terms=["x"], groups="team")
    >>> fit.converged, bool(abs(fit.estimate[1] - 0.5) < 0.15), abs(fit.sd_random - 0.8) < 0.15
    (True, True, True)
    """
    check_arguments(fit_glmm, locals())
    check_level(conf_level)
    check_choice("family", family, GLMM_FAMILIES)
    if not 1 <= nodes <= _MOST_NODES:
        raise EstimationError(
            f"nodes must lie from 1 to {_MOST_NODES}.", fix="Set it to 9, or to 1 for Laplace.", code="NODES"
        )
    held = as_terms(frame, terms)
    plan = read_groupings(groups)
    if len(plan) > 1 or plan[0][1] or len(plan[0][0]) > 1:
        if family in ("ordinal", "negative binomial") or cluster:
            raise EstimationError(
                "several groupings, or slopes that vary, are fitted for yes/no outcomes and Poisson counts, with the "
                "model's own errors.",
                fix="Leave cluster out and use family 'binomial' or 'poisson' (a grouping of single rows takes up what "
                "counts vary more), or name one grouping.",
                code="GROUPS-SEVERAL",
            )
        return _several(frame, outcome, held, plan, family, trials, exposure_time, conf_level)
    group = plan[0][0][0]
    extra = [c for c in (trials, exposure_time, cluster) if c]
    rows = complete_rows(frame, [outcome, group, *term_columns(held), *extra])
    rows = rows.iloc[np.argsort(codes(rows, group), kind="stable")]
    g = codes(rows, group)
    _groups(g, group, family, trials)
    names, x = design(rows, held)
    made, labels = _family(rows, outcome, family, trials, levels)
    offset = log_time(rows, exposure_time)
    search = Search(x, np.zeros(len(x)) if offset is None else offset, g, made, nodes, ordered=bool(labels))
    at = search.run(_start(x, made, offset, outcome), outcome)
    k = search.k
    vcov, n_clusters = search.variance(at, _within(g, codes(rows, cluster), group, str(cluster)) if cluster else None)
    cuts = search.cuts(at)
    keep = [*range(k), *range(k + 1, k + 1 + len(cuts))]
    within = codes(rows, cluster) if cluster else g
    slopes = slice(1 if labels else 0, None)
    leverage = support.column_leverages(x, within)[:, slopes]
    return GlmmFit(
        outcome=outcome,
        group=group,
        family=family,
        terms=tuple(names[1:] if labels else names),
        estimate=frozen(search.slopes(at)),
        vcov=frozen(vcov[np.ix_(keep, keep)]),
        thresholds=frozen(cuts),
        threshold_names=tuple(f"{low} | {high}" for low, high in itertools.pairwise(labels)),
        sd_random=float(abs(at[k])),
        theta=float(np.exp(at[-1])) if family == "negative binomial" else np.inf,
        df=float(n_clusters - 1),
        log_likelihood=search.model.value(at),
        aic=-2 * search.model.value(at) + 2 * len(at),
        nodes=nodes,
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_groups=int(g.max()) + 1,
        n_clusters=n_clusters,
        at_boundary=bool(abs(at[k]) < _NO_SPREAD),
        converged=True,
        conf_level=conf_level,
        behind=frozen(support.behind(leverage, x[:, slopes], within)),
        free=frozen(support.degrees(leverage) if cluster else np.full(leverage.shape[1], n_clusters - 1.0)),
    )


def _several(
    frame: pd.DataFrame,
    outcome: str,
    held: list[Term],
    plan: list[tuple[tuple[str, ...], list[str]]],
    family: str,
    trials: str | None,
    exposure_time: str | None,
    conf_level: float,
) -> GlmmFit:
    """Several groupings, or slopes that vary over one, by Laplace's approximation."""
    extra = [c for c in (trials, exposure_time) if c]
    rows = complete_rows(frame, [outcome, *(c for g, s in plan for c in (*g, *s)), *term_columns(held), *extra])
    counts = family == "poisson" or trials is not None
    levels = [level_codes(rows, g, each_row=counts and not s) for g, s in plan]
    sloped = [i for i, (_, s) in enumerate(plan) if s]
    fewer_effects_than_rows([plan[i] for i in sloped], [levels[i] for i in sloped], len(rows), True)
    names, x = design(rows, held)
    made, _ = _family(rows, outcome, family, trials, None)
    assert isinstance(made, Binomial | Count)
    offset = log_time(rows, exposure_time)
    _start(x, made, offset, outcome)
    columns = random_columns(rows, plan, levels, True)
    found = crossed_optimum(
        settled_columns(x), made.y, made.trials if isinstance(made, Binomial) else None, offset, columns
    )
    coarsest = min(levels, key=lambda code: int(code.max()))
    n_groups = int(coarsest.max()) + 1
    return GlmmFit(
        outcome=outcome,
        group=", ".join(p.group for p in found.random),
        family=family,
        terms=tuple(names),
        estimate=frozen(found.slopes),
        vcov=frozen(found.vcov),
        thresholds=frozen(np.empty(0)),
        threshold_names=(),
        sd_random=float(found.random[0].sd[0]),
        theta=np.inf,
        df=float(n_groups - 1),
        log_likelihood=found.log_likelihood,
        aic=-2 * found.log_likelihood + 2 * found.n_parameters,
        nodes=1,
        n=len(rows),
        n_missing=len(frame) - len(rows),
        n_groups=n_groups,
        n_clusters=n_groups,
        at_boundary=found.at_boundary,
        converged=True,
        conf_level=conf_level,
        behind=frozen(support.behind(support.column_leverages(x, coarsest), x, coarsest)),
        free=frozen(np.full(len(names), n_groups - 1.0)),
        random=found.random,
    )


def _groups(g: Codes, name: str, family: str, trials: str | None) -> None:
    found = int(g.max()) + 1 if len(g) else 0
    alone = found >= len(g) and family == "binomial" and trials is None
    if found < 2 or alone:
        raise EstimationError(
            f"'{name}' has {plural(found, 'group')} in {len(g)} complete rows: a random intercept needs at least 2 "
            "groups, and for a yes/no outcome several rows a group.",
            fix="Add groups, or rows for each group, or leave the random intercept out.",
            code="GROUPS",
        )


def _within(g: Codes, cluster: Codes, group: str, name: str) -> Codes:
    """The cluster of each group, once every group lies in one."""
    first = np.full(int(g.max()) + 1, -1, dtype=np.intp)
    first[g] = cluster
    crossing = len(np.unique(g[first[g] != cluster]))
    if crossing:
        raise EstimationError(
            f"{plural(crossing, 'group')} of '{group}' {agreeing(crossing, 'lies', 'lie')} in more than one '{name}'.",
            fix="Use clusters that contain whole groups.",
            code="CLUSTERS-CROSSED",
        )
    clustered.enough_clusters(cluster, name)
    return first


def _family(
    rows: pd.DataFrame, outcome: str, family: str, trials: str | None, levels: Sequence[object] | None
) -> tuple[Family, list[str]]:
    if family == "ordinal":
        answer, labels = read_answers(rows, outcome, levels)
        return Ordered(answer, len(labels) - 1), labels
    if family != "binomial":
        varying(rows, outcome)
        return Count(whole_counts(rows, outcome), n_extra=int(family == "negative binomial")), []
    if trials is None:
        return Binomial(zero_one(rows, outcome), np.ones(len(rows))), []
    y, m = numbers(rows, outcome), numbers(rows, trials)
    bad = int(((y != np.round(y)) | (m != np.round(m)) | (y < 0) | (y > m) | (m < 1)).sum())
    if bad or not 0 < y.sum() < m.sum():
        raise EstimationError(
            f"{plural(bad, 'row has', 'rows have')} successes that are not whole numbers from 0 to their trials, or "
            "all or none succeed.",
            fix="Pass whole counts of successes and of trials.",
            code="TRIALS",
        )
    return Binomial(y, m), []


def _start(x: Array, made: Family, offset: Array | None, outcome: str) -> Array:
    """Slopes, spread and extra parameters to start from; refuses an outcome that is told without error."""
    if isinstance(made, Ordered):
        share = np.cumsum(np.bincount(made.answer))[:-1] / len(x)
        cut = special.logit(share)
        return np.concatenate([np.zeros(x.shape[1] - 1), [0.5], cut[:1], np.log(np.maximum(np.diff(cut), 1e-3))])
    if isinstance(made, Binomial):
        at = np.repeat(np.arange(len(x)), 2)
        weight = np.column_stack([made.y, made.trials - made.y]).ravel()
        yes = np.tile([1.0, 0.0], len(x))
        keep = np.repeat(np.arange(len(at)), np.minimum(weight, 50).astype(int))
        b = solve_glm(x[at[keep]], yes[keep], link="logit", what=f"'{outcome}'").b
    else:
        assert isinstance(made, Count)
        b = solve_glm(x, made.y, link="log", offset=offset, what=f"'{outcome}'").b
    return np.concatenate([b, [0.5], np.zeros(made.n_extra)])
