"""Fit a study to tables or to a frame: checked against the causal graph and its lock first, then outcome by outcome.

A result keeps no rows. What a what-if will ask of them is worked out here: slopes with their covariance, and how
exposure is spread, in bins and groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hybrid_toolkit import __version__
from hybrid_toolkit.arrays import Array
from hybrid_toolkit.data.evaluation_data import EvaluationData, hash_frame
from hybrid_toolkit.designs import DesignFit
from hybrid_toolkit.designs.base import held_by_comparison
from hybrid_toolkit.designs.regression.supplementary import group_slopes
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.unit_frames import career_stage, look_up
from hybrid_toolkit.models import LinearFit
from hybrid_toolkit.models.inference.clusters import degrees
from hybrid_toolkit.models.linear.linear import linear_residuals
from hybrid_toolkit.models.terms.terms import as_term
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.declaration.study_frames import AUTHORITY_UNITS, build_frame, unit_columns
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.estimation.claim_grammar import (
    check_comparison_groups,
    check_equivalence,
    check_invariance,
    check_raters,
    check_scale,
)
from hybrid_toolkit.study.estimation.people_moved import ALL_PEOPLE, SIDES, Reach
from hybrid_toolkit.study.estimation.rows_usable import (
    RESTS_ON,
    check_measured,
    check_reach,
    check_starts,
    effective_people,
    people_codes,
    row_rests_on,
)
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.estimation.what_if_basis import OutcomeBasis, WhatIfBasis
from hybrid_toolkit.study.graph.causal_graph import CausalGraph
from hybrid_toolkit.study.graph.identification import Identification, require_unblocked
from hybrid_toolkit.study.lock import LockCheck, check_lock
from hybrid_toolkit.study.units import UNITS


@dataclass(frozen=True)
class _Rows:
    """The rows of a study and where they came from."""

    frame: pd.DataFrame = field(repr=False)
    hash: str
    label: str
    synthetic: bool
    data: EvaluationData | None
    given: object = None


_behind: WeakValueDictionary[str, EvaluationData | pd.DataFrame] = WeakValueDictionary()
"""Hash -> the data of a result, for as long as somebody holds them: what is shown of it is compared with them."""


def data_behind(data_hash: str) -> EvaluationData | pd.DataFrame | None:
    """The data that a result of this hash was made of, or None where nobody holds them any more."""
    return _behind.get(data_hash)


def estimate_study(
    study: StudySpec,
    data: EvaluationData | pd.DataFrame,
    *,
    label: str = "",
    synthetic: bool = False,
    conf_level: float = 0.95,
    graph: CausalGraph | None = None,
    lock: Path | str | None = None,
) -> StudyResult:
    """See ``Study.estimate`` and ``Study.estimate_frame``; ``label`` and ``synthetic`` are of a frame alone."""
    known = require_unblocked(study, graph)
    frame = pd.DataFrame(study.frame(data))
    locked = check_lock(lock, study, data, graph=graph) if lock is not None else None
    if isinstance(data, EvaluationData):
        rows = _Rows(frame, data.hash, data.label, data.synthetic, data)
    else:
        rows = _Rows(frame, hash_frame(frame), label, synthetic, None, data)
    _behind[rows.hash] = data
    return _estimate(study, rows, known, locked, conf_level)


def _estimate(
    study: StudySpec, rows: _Rows, known: tuple[Identification, ...], locked: LockCheck | None, conf_level: float
) -> StudyResult:
    frame, design = rows.frame, study.design_used
    check_measured(frame, study, rows.data)
    check_starts(frame, study)
    check_reach(frame, study.exposure, study.contrast_size)
    fits: list[DesignFit] = []
    parts: list[pd.DataFrame] = []
    checks: list[tuple[str, tuple[Check, ...]]] = []
    for i, outcome in enumerate(study.outcomes):
        fit = design.fit(frame, study.plan(outcome, conf_level=conf_level))
        sides = check_comparison_groups(frame, study, outcome)
        beside, lost = design.rows_and_missing(frame, fit)
        each = [fit.row.assign(role="secondary" if i else "main", n_clusters=fit.fit.n_clusters), beside]
        made = pd.concat(each, ignore_index=True).assign(outcome=outcome)
        made = made.assign(n_clusters=made["n_clusters"].fillna(fit.fit.n_clusters).astype("int64"))
        whole = study.row_unit in AUTHORITY_UNITS  # no single person stands behind a row; the rows are counted
        rests = made["n"].astype(float).tolist() if whole else row_rests_on(frame, fit, made, rows.given)
        free = getattr(fit.fit, RESIDUAL_DF, np.nan)  # of regressions; other designs have none
        parts.append(made.assign(**{RESTS_ON: rests}).assign(**{RESIDUAL_DF: float(free)}))
        scale = check_scale(rows.data, outcome) if rows.data is not None else None
        alike = check_invariance(study, outcome, rows.data) if rows.data is not None else None
        small = check_equivalence(study, outcome, fit.estimate, float(fit.row["std_error"].iloc[0]), fit.fit.n_clusters)
        rated = check_raters(study, frame)
        more = (sides, lost, scale, alike, small, rated)
        checks.append((outcome, (*design.checks(frame, fit), *(c for c in more if c))))
        fits.append(fit)
    first, kept = fits[0].fit, ["outcome", "role", *TIDY_COLUMNS, "n_clusters", RESTS_ON, RESIDUAL_DF]
    estimates = pd.concat(parts, ignore_index=True)[kept]
    return StudyResult(
        study=study,
        estimates=estimates,
        checks=checks[0][1],
        other_checks=tuple(checks[1:]),
        n=first.n,
        n_missing=first.n_missing,
        n_clusters=first.n_clusters,
        conf_level=conf_level,
        method=first.method,
        converged=all(f.fit.converged for f in fits),
        identification=known[0],
        other_identifications=tuple(zip(study.secondary_outcomes, known[1:], strict=True)),
        lock=locked,
        data_hash=rows.hash,
        data_label=rows.label,
        synthetic=rows.synthetic,
        version=__version__,
        basis=basis_of(frame, fits, study.row_unit, rows.data, rows.given, estimates),
        series=series_paths(fits),
    )


def series_paths(fits: Sequence[DesignFit]) -> tuple[tuple[str, pd.DataFrame], ...]:
    """Outcome and its series, of the fits that follow one: a row a period, as the estimator gives it."""
    found = [(f.plan.outcome, getattr(f.fit, "path", None)) for f in fits]
    return tuple((o, p) for o, p in found if isinstance(p, pd.DataFrame))


_GROUPS: Mapping[str, tuple[str, ...]] = {"career stage": ("stage", "early_career"), "digital access": ("low_access",)}
"""Who may gain or lose: a name for people, and the columns that may hold it, the finest first."""
BIN, LEFT_BIN = 0.005, 0.02
"""Width of a bin of exposure, and of what is left of it, as a share of its range."""


def basis_of(
    frame: pd.DataFrame,
    fits: Sequence[DesignFit],
    row_unit: str,
    data: EvaluationData | None,
    given: object = None,
    estimates: pd.DataFrame | None = None,
) -> WhatIfBasis | None:
    """The basis of a what-if, or None where the design fits no slope on its exposure.

    ``given`` is what the rows were made from, which may name people in other columns; ``estimates`` are the rows of the
    result, which say on how many people the slopes beside the estimate rest.
    """
    if not fits or not all(isinstance(f.fit, LinearFit) and f.plan.exposure in f.fit.terms for f in fits):
        return None
    exposure = fits[0].plan.exposure
    groups = {n: c for n, c in ((n, _group(n, frame, row_unit, data)) for n in _GROUPS) if c is not None}
    who = None if row_unit in AUTHORITY_UNITS else people_codes(frame, given)
    found = frame[exposure].dropna().astype("float64")
    return WhatIfBasis(
        exposure=exposure,
        share=bool(found.between(0, 1).all()),
        binary=bool(found.isin([0.0, 1.0]).all()),
        groups=tuple(groups),
        outcomes={f.plan.outcome: _outcome(frame, f, groups, who, _rest_on(f, estimates)) for f in fits},
    )


def _group(name: str, frame: pd.DataFrame, row_unit: str, data: EvaluationData | None) -> pd.Series[str] | None:
    """A group's levels in words, row by row; None where the data cannot tell it."""
    for column in _GROUPS[name]:
        values = frame[column] if column in frame else _looked_up(column, frame, row_unit, data)
        if values is not None and values.nunique() > 1:
            return _in_words(column, values)
    return None


def _looked_up(column: str, frame: pd.DataFrame, row_unit: str, data: EvaluationData | None) -> pd.Series[str] | None:
    """A group's column from the study's unit, or a worker's career stage from the table of workers."""
    if data is None or row_unit not in UNITS:
        return None
    known = unit_columns(row_unit)
    try:
        if column in known:
            built = build_frame(data, row_unit, [*frame.columns.intersection(list(known)), column])
            return built[column].set_axis(frame.index) if len(built) == len(frame) else None
        if column == "stage" and {"worker_id", "month"} <= set(frame) and data.has("worker", "role", "reg_date"):
            rows = look_up(frame[["worker_id", "month"]], data["worker"], "worker_id", ["role", "reg_date", "asye"])
            return career_stage(rows, rows["month"]).set_axis(frame.index)
    except HybridToolkitError:
        return None  # these data cannot tell this group; it is then not among the groups of the result
    return None


def _in_words(column: str, values: pd.Series[str]) -> pd.Series[str]:
    names = {
        "early_career": {True: "early career", False: "later career"},
        "low_access": {True: "without full digital access", False: "with digital access"},
    }.get(column)
    told = values.map(names) if names else values.astype("string").str.replace("_", " ")
    return told.astype("object").where(values.notna(), "not recorded").astype("str")


def _rest_on(fit: DesignFit, estimates: pd.DataFrame | None) -> Mapping[tuple[str, str], float]:
    """(Role, term) of the rows beside an outcome's estimate -> the people on whom each rests."""
    if estimates is None:
        return {}
    rows = estimates[estimates["outcome"].eq(fit.plan.outcome)]
    keys = zip(rows["role"].astype(str), rows["term"].astype(str), strict=True)
    return dict(zip(keys, rows[RESTS_ON].astype(float), strict=True))


def _outcome(
    frame: pd.DataFrame,
    fit: DesignFit,
    groups: Mapping[str, pd.Series[str]],
    who: Sequence[NDArray[np.int64]] | None,
    rest_on: Mapping[tuple[str, str], float],
) -> OutcomeBasis:
    plan, model = fit.plan, fit.linear
    needed = [plan.outcome, plan.exposure, plan.cluster, *plan.confounders, *plan.fixed_effects, *plan.instruments]
    needed += [plan.moderator] if plan.moderator else []
    used = frame[frame[needed].notna().all(axis=1)]
    x = used[plan.exposure].astype("float64")
    left = _left(used, fit)
    moderated = used[plan.moderator].astype("float64") if plan.moderator else pd.Series(0.0, index=used.index)
    rows = pd.DataFrame({"x": x, "left": left, "moderated": moderated, "n": 1})
    rows = rows.assign(bin=_bins(x, BIN), left_bin=_bins(left, LEFT_BIN))
    names = list(groups)
    rows = rows.assign(**{n: groups[n].loc[used.index] for n in names})
    keys = [*names, "moderated", "bin", "left_bin"]
    cells = rows.groupby(keys, as_index=False).agg(x=("x", "mean"), left=("left", "mean"), n=("n", "sum"))
    own, here = _own_slopes(frame, fit, names), frame[needed].notna().all(axis=1).to_numpy()
    at = [model.index(plan.exposure), *([model.index(plan.target)] if plan.moderator else [])]
    outcome = used[plan.outcome].astype("float64")
    start = f"{plan.exposure} in {plan.groups} "  # how a group's own slope is named
    slopes = {term.removeprefix(start).replace("_", " "): v for (role, term), v in rest_on.items()
              if role == "group slope"}  # fmt: skip
    some = {ALL_PEOPLE: np.ones(len(x), dtype=bool)}
    some |= {(n, str(level)): (rows[n] == level).to_numpy() for n in names for level in rows[n].unique()}
    if plan.moderator:
        some |= {key: (moderated.gt(0.5) == inside).to_numpy() for inside, key in SIDES.items()}
    return OutcomeBasis(
        mean=float(outcome.mean()),
        lowest=float(outcome.min()),
        highest=float(outcome.max()),
        n=len(used),
        n_clusters=model.n_clusters,
        slope=model.estimate[at],
        vcov=model.vcov[np.ix_(at, at)],
        mean_vcov=_mean_vcov(outcome, used[plan.cluster], model.left_out[:, at] - model.estimate[at]),
        # as the coefficients themselves: a jackknife has the effective clusters of the weakest of them
        df=float(degrees(model.leverage[:, at]).min()) if model.variance == "jackknife" else float(model.df),
        own=own,
        cells=cells.drop(columns=["bin", "left_bin"]),
        clusters={
            (n, str(level)): int(part.nunique()) for n in names for level, part in used[plan.cluster].groupby(rows[n])
        },
        people={
            (n, str(level)): min(
                _people(
                    x[at_level], [codes[here][at_level.to_numpy()] for codes in who or ()], own=(n, str(level)) in own
                ),
                slopes.get(str(level), np.inf) if (n, str(level)) in own else np.inf,
            )
            for n in names
            for level in rows[n].unique()
            for at_level in (rows[n] == level,)
        },
        reach={k: _reach(x[part].to_numpy(), [codes[here][part] for codes in who or ()]) for k, part in some.items()},
        slopes_rest_on=min(
            (v for (role, _), v in rest_on.items() if role == "slope" and plan.moderator), default=np.inf
        ),
    )


def _reach(exposure: Array, who: Sequence[NDArray[np.int64]]) -> Reach:
    """The lowest and the highest exposure of each person, of every kind of people."""
    out = []
    for codes in who:
        named = codes >= 0
        people, code = np.unique(codes[named], return_inverse=True)
        low, high = np.full(len(people), np.inf), np.full(len(people), -np.inf)
        np.minimum.at(low, code, exposure[named])
        np.maximum.at(high, code, exposure[named])
        out.append((np.sort(low), np.sort(high)))
    return tuple(out)


def _people(exposure: pd.Series[float], who: Sequence[NDArray[np.int64]], *, own: bool) -> float:
    """People behind the rows of a group, of the kind with fewest; infinite where nobody stands behind a row."""
    if not who:
        return float("inf")
    distinct = float(min(len(np.unique(codes[codes >= 0])) for codes in who))
    left: Array = np.asarray(exposure - exposure.mean(), dtype=np.float64)
    return min(distinct, effective_people(left, who)) if own else distinct


def _mean_vcov(outcome: pd.Series[float], cluster: pd.Series, slopes: Array) -> Array:
    """Variance of a mean and its covariances with slopes, by the cluster jackknife (see ``models.inference.clusters``).

    ``slopes`` holds how each slope moves as each cluster, in the order of its name, is left out.
    """
    by = outcome.groupby(cluster, sort=True)
    sums, sizes = by.sum().to_numpy(), by.size().to_numpy()
    mean = (sums.sum() - sums) / (sizes.sum() - sizes) - outcome.mean()
    g = len(mean)
    out: Array = (g - 1) / g * np.concatenate([[mean @ mean], mean @ slopes])
    return out


def _bins(x: pd.Series[float], width: float) -> pd.Series[float]:
    return (x / (width * (float(np.ptp(x)) or 1.0))).round()


def _left(used: pd.DataFrame, fit: DesignFit) -> pd.Series[float]:
    """What is left of exposure once what the study holds constant is out."""
    plan = fit.plan
    x = used[plan.exposure].astype("float64")
    held = [*plan.confounders, *([plan.moderator] if plan.moderator else [])]
    gone = held_by_comparison(used, plan, held)
    held = [c for c in held if c not in gone]
    if not held and not plan.fixed_effects:
        return x - x.mean()
    return linear_residuals(
        used.assign(**{plan.exposure: x}),
        outcome=plan.exposure,
        terms=[as_term(used, c) for c in held],
        cluster=plan.cluster,
        fixed_effects=plan.fixed_effects,
    ).values


def _own_slopes(
    frame: pd.DataFrame, fit: DesignFit, names: Sequence[str]
) -> dict[tuple[str, str], tuple[float, float]]:
    """Slopes of finer groups that the study itself shows beside its estimate."""
    plan = fit.plan
    name = next((n for n in names if plan.groups in _GROUPS[n]), "") if plan.groups else ""
    rows = group_slopes(frame, fit) if name else None
    if rows is None:
        return {}
    start = f"{plan.exposure} in {plan.groups} "
    return {
        (name, str(t).removeprefix(start).replace("_", " ")): (float(b), float(se))
        for t, b, se in zip(rows["term"], rows["estimate"], rows["std_error"], strict=True)
    }
