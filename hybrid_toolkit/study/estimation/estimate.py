"""Fit a study to tables or to a frame: checked against the causal graph and its lock first, then outcome by outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.data.evaluation_data import EvaluationData, hash_frame
from hybrid_toolkit.designs import DesignFit
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.declaration.study_frames import AUTHORITY_UNITS
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.estimation.rows_usable import (
    RESTS_ON,
    check_measured,
    check_reach,
    check_starts,
    row_rests_on,
)
from hybrid_toolkit.study.estimation.study_checks import (
    check_comparison_groups,
    check_equivalence,
    check_invariance,
    check_raters,
    check_scale,
)
from hybrid_toolkit.study.estimation.study_result import StudyResult
from hybrid_toolkit.study.estimation.what_if_basis import basis_of
from hybrid_toolkit.study.graph.causal_graph import CausalGraph
from hybrid_toolkit.study.graph.identification import Identification, require_unblocked
from hybrid_toolkit.study.lock import LockCheck, check_lock


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
    frame = study.frame(data)
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
    first = fits[0].fit
    return StudyResult(
        study=study,
        estimates=pd.concat(parts, ignore_index=True)[
            ["outcome", "role", *TIDY_COLUMNS, "n_clusters", RESTS_ON, RESIDUAL_DF]
        ],
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
        basis=basis_of(frame, fits, study.row_unit, rows.data, rows.given),
        series=series_paths(fits),
    )


def series_paths(fits: Sequence[DesignFit]) -> tuple[tuple[str, pd.DataFrame], ...]:
    """Outcome and its series, of the fits that follow one: a row a period, as the estimator gives it."""
    found = [(f.plan.outcome, getattr(f.fit, "path", None)) for f in fits]
    return tuple((o, p) for o, p in found if isinstance(p, pd.DataFrame))
