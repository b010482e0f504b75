"""A study's result on one set of data: estimates, checks, claims, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from hybrid_toolkit import __version__
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.designs import DesignFit
from hybrid_toolkit.result import TIDY_COLUMNS, Check
from hybrid_toolkit.study.claims import Claim, make_claim
from hybrid_toolkit.study.diagnose import Diagnosis
from hybrid_toolkit.study.graph import CausalGraph
from hybrid_toolkit.study.graph_check import require_unblocked
from hybrid_toolkit.study.identification import Identification
from hybrid_toolkit.study.scales import check_scale
from hybrid_toolkit.study.study import Study


@dataclass(frozen=True, eq=False)
class StudyResult:
    """What a study found in one set of data.

    Parameters
    ----------
    study : the declaration.
    estimates : ``outcome``, ``role`` and the tidy columns. Roles: ``"main"`` and ``"secondary"`` answer the
        question; ``"slope"``, ``"group slope"``, ``"sensitivity"``, ``"variance"`` and ``"naive"`` stand beside.
    checks : checks of the main outcome.
    other_checks : secondary outcomes with their checks.
    n, n_missing, n_clusters : rows used for the main outcome, rows left out, clusters.
    conf_level : level of the intervals.
    method : what was fitted, in words.
    converged : whether every fit ended at its optimum.
    identification : what the causal graph says of the study.
    data_hash, data_label : the data that were used.
    synthetic : whether they were simulated.
    version : version of the toolkit.
    """

    study: Study
    estimates: pd.DataFrame
    checks: tuple[Check, ...]
    other_checks: tuple[tuple[str, tuple[Check, ...]], ...]
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float
    method: str
    converged: bool
    identification: Identification = field(repr=False)
    data_hash: str = field(repr=False)
    data_label: str
    synthetic: bool
    version: str

    @property
    def estimand(self) -> str:
        """What the design estimates, in words."""
        return self.study.design_used.estimand

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must hold for the estimate to be that."""
        return self.study.design_used.assumptions

    def checks_for(self, outcome: str) -> tuple[Check, ...]:
        """The checks of one outcome."""
        return dict(((self.study.outcome, self.checks), *self.other_checks))[outcome]

    def tidy(self) -> pd.DataFrame:
        """One row an estimate: ``outcome``, ``role``, then the columns of ``TIDY_COLUMNS``."""
        return self.estimates.copy()

    def checks_frame(self) -> pd.DataFrame:
        """One row a check: outcome, check, passed, verdict, value, threshold."""
        pairs = ((self.study.outcome, self.checks), *self.other_checks)
        rows = [(o, c.name, c.passed, c.verdict, c.value, c.threshold) for o, cs in pairs for c in cs]
        return pd.DataFrame(rows, columns=["outcome", "check", "passed", "verdict", "value", "threshold"])

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, checks passed and failed, convergence."""
        passed = [c.passed for c in self.checks]
        return pd.DataFrame(
            {
                "study": [self.study.id],
                "n": [self.n],
                "n_missing": [self.n_missing],
                "n_clusters": [self.n_clusters],
                "method": [self.method],
                "checks_passed": [passed.count(True)],
                "checks_failed": [passed.count(False)],
                "converged": [self.converged],
                "synthetic": [self.synthetic],
            }
        )

    def claims(self, diagnosis: Diagnosis | None = None) -> tuple[Claim, ...]:
        """One claim for each outcome, no stronger than design, checks and data allow.

        Parameters
        ----------
        diagnosis : the same study tried where the truth is known; low power or coverage lowers the grade.

        Raises
        ------
        StudyError : the diagnosis is of another study.
        """
        return tuple(self._claim(o, diagnosis) for o in self.study.outcomes)

    def _claim(self, outcome: str, diagnosis: Diagnosis | None) -> Claim:
        study, answers = self.study, self.estimates["role"].isin(["main", "secondary"])
        row = self.estimates[answers & self.estimates["outcome"].eq(outcome)].iloc[0]
        tried = diagnosis.checks(study, outcome) if diagnosis is not None else ()
        untried = () if diagnosis is not None else ("The study was not tried where the truth is known.",)
        notes = (*self.identification.notes(), *untried)
        fitted = () if self.converged else (Check("convergence", False, "A fit stopped short of its optimum."),)
        return make_claim(
            words=study.words_for(outcome),
            contrast=study.contrast or f"one unit more of {study.exposure.replace('_', ' ')}",
            estimate=row["estimate"] * study.contrast_size,
            low=row["conf_low"] * study.contrast_size,
            high=row["conf_high"] * study.contrast_size,
            conf_level=self.conf_level,
            design_grade=study.design_used.grade,
            checks=(*self.checks_for(outcome), *tried, *fitted),
            limits=study.limits,
            synthetic=self.synthetic,
            notes=notes,
        )

    def summary(self) -> str:
        """Prose: the question, the design, the claims, what failed, and the stamp of simulated data."""
        lines = [self.study.question, f"Design: {self.study.design_used.title} ({self.method}; {self.n:,} rows)."]
        lines += [c.text for c in self.claims()]
        lines += self.identification.notes()
        failed = [c.verdict for c in self.checks if c.passed is False]
        lines += [f"Checks that failed: {' '.join(failed)}"] if failed else ["No check failed."]
        if self.synthetic:
            lines.append(SYNTHETIC_STAMP)
        return "\n".join(lines)


def estimate_study(
    study: Study, data: EvaluationData, *, conf_level: float = 0.95, graph: CausalGraph | None = None
) -> StudyResult:
    """See ``Study.estimate``."""
    identification = require_unblocked(study, graph)
    frame = study.frame(data)
    design = study.design_used
    fits: list[DesignFit] = []
    parts: list[pd.DataFrame] = []
    checks: list[tuple[str, tuple[Check, ...]]] = []
    for i, outcome in enumerate(study.outcomes):
        fit = design.fit(frame, study.plan(outcome, conf_level=conf_level))
        rows = [fit.row.assign(role="secondary" if i else "main"), design.rows_beside(frame, fit)]
        parts.append(pd.concat(rows, ignore_index=True).assign(outcome=outcome))
        scale = check_scale(data, outcome)
        checks.append((outcome, (*design.checks(frame, fit), *([scale] if scale else []))))
        fits.append(fit)
    first = fits[0].fit
    return StudyResult(
        study=study,
        estimates=pd.concat(parts, ignore_index=True)[["outcome", "role", *TIDY_COLUMNS]],
        checks=checks[0][1],
        other_checks=tuple(checks[1:]),
        n=first.n,
        n_missing=first.n_missing,
        n_clusters=first.n_clusters,
        conf_level=conf_level,
        method=first.method,
        converged=all(f.fit.converged for f in fits),
        identification=identification,
        data_hash=data.hash,
        data_label=data.label,
        synthetic=data.synthetic,
        version=__version__,
    )
