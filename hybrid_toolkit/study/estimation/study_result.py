"""A study's result on one set of data: estimates, checks, claims, and where they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP
from hybrid_toolkit.data.privacy.inside import inside
from hybrid_toolkit.data.wording.claim_words import contrast_of, relative_phrase
from hybrid_toolkit.designs.checks import LEFT_OUT
from hybrid_toolkit.disclosure.minimum_counts import RESIDUAL_DF
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED
from hybrid_toolkit.result import TIDY_COLUMNS, Check, RowsHidden
from hybrid_toolkit.study.declaration.study_frames import AUTHORITY_UNITS
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis
from hybrid_toolkit.study.estimation.claim_grammar import (
    ILLUSTRATION,
    check_multiple,
    check_state,
    checks_told,
    known_lean,
    lowered,
    open_path,
)
from hybrid_toolkit.study.estimation.claims import Claim, make_claim
from hybrid_toolkit.study.estimation.event_path import no_path, path_of, unknown_outcome
from hybrid_toolkit.study.estimation.rows_usable import RESTS_ON, withheld_claims
from hybrid_toolkit.study.estimation.what_if_basis import WhatIfBasis
from hybrid_toolkit.study.graph.identification import Identification
from hybrid_toolkit.study.lock import LockCheck

if TYPE_CHECKING:
    from hybrid_toolkit.study.estimation.what_if import WhatIfResult
    from hybrid_toolkit.study.estimation.what_if_changes import ChangeLike


FEW_BEHIND = "Not shown: too few stand behind the estimate."
"""Stands for the verdict of a check on an estimate that is withheld."""


@dataclass(frozen=True, eq=False)
class StudyResult(RowsHidden):
    """What a study found in one set of data.

    Parameters
    ----------
    study : StudySpec
        The declaration.
    estimates : pd.DataFrame
        ``outcome``, ``role``, the tidy columns, and behind each row ``n_clusters`` and the people on whom it
        ``rests_on`` (see ``hybrid_toolkit.study.estimation.rows_usable``), and ``residual_df``. Roles:
        ``"main"`` and ``"secondary"`` answer
        the question; ``"slope"``, ``"group slope"``, ``"event time"``, ``"sensitivity"``, ``"variance"`` and
        ``"unadjusted"`` stand beside.
    checks : tuple[Check, ...]
        Checks of the main outcome.
    other_checks : tuple[tuple[str, tuple[Check, ...]], ...]
        Secondary outcomes with their checks.
    n : int
        Rows used for the main outcome.
    n_missing : int
        Rows left out.
    n_clusters : int
        Clusters.
    conf_level : float
        Level of the intervals.
    method : str
        What was fitted, in words.
    converged : bool
        Whether every fit ended at its optimum.
    identification : Identification
        What the causal graph says of the study's main outcome.
    lock : LockCheck | None
        Whether study, data, graph or code differ from what was locked beforehand; None where no lock was given.
    data_hash : str
        Hash of the data that were used.
    data_label : str
        Label of the data that were used.
    synthetic : bool
        Whether they were simulated.
    version : str
        Version of the toolkit.
    basis : WhatIfBasis | None, optional
        What ``what_if`` needs; None where the design fits no slope on its exposure.
    series : tuple[tuple[str, pd.DataFrame], ...], optional
        Outcome and the series that its estimator followed; see ``path``.
    other_identifications : tuple[tuple[str, Identification], ...], optional
        Secondary outcomes with what it says of them.

    Examples
    --------
    >>> import numpy as np
    >>> from hybrid_toolkit.study.study import Study
    >>> rng = np.random.default_rng(5)
    >>> f = pd.DataFrame({"team": np.repeat(np.arange(40), 10), "x": rng.normal(size=400)})
    >>> f["y"] = 2 * f["x"] + rng.normal(size=400)
    >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x", design="cross-sectional",
    ...     row_unit="rows", cluster="team")
    >>> result = study.estimate(f)
    >>> result.tidy()[["term", "estimate"]].round(1).values.tolist()[0], result.n_clusters
    (['x', 2.0], 40)
    """

    study: StudySpec
    estimates: pd.DataFrame = field(repr=False)
    checks: tuple[Check, ...]
    other_checks: tuple[tuple[str, tuple[Check, ...]], ...]
    n: int
    n_missing: int
    n_clusters: int
    conf_level: float
    method: str
    converged: bool
    identification: Identification = field(repr=False)
    lock: LockCheck | None = field(repr=False)
    data_hash: str = field(repr=False)
    data_label: str
    synthetic: bool
    version: str
    basis: WhatIfBasis | None = field(default=None, repr=False)
    series: tuple[tuple[str, pd.DataFrame], ...] = field(default=(), repr=False)
    other_identifications: tuple[tuple[str, Identification], ...] = field(default=(), repr=False)

    @property
    def estimand(self) -> str:
        """What the design estimates, in words."""
        return self.study.design_used.estimand

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What must hold for the estimate to be that."""
        return self.study.design_used.assumptions

    @property
    def whole_authorities(self) -> bool:
        """Whether each cluster is a whole authority: the disclosure policy says how few of them may be shown."""
        return self.study.row_unit in AUTHORITY_UNITS

    def checks_for(self, outcome: str) -> tuple[Check, ...]:
        """The checks of one outcome.

        Parameters
        ----------
        outcome : str
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        tuple[Check, ...]
            The checks of one outcome.
        """
        return dict(((self.study.outcome, self.checks), *self.other_checks))[outcome]

    def tidy(self) -> pd.DataFrame:
        """One row an estimate: ``outcome``, ``role``, the columns of ``TIDY_COLUMNS``, ``rests_on``, ``residual_df``.

        Returns
        -------
        pd.DataFrame
            One row an estimate: ``outcome``, ``role``, the columns of ``TIDY_COLUMNS``, ``rests_on``, ``residual_df``.
        """
        carried = [c for c in (RESTS_ON, RESIDUAL_DF) if c in self.estimates]
        return inside(self.estimates[["outcome", "role", *TIDY_COLUMNS, *carried]])

    def path(self, outcome: str = "") -> pd.DataFrame:
        """What a design over time found, period by period, for the main outcome or another.

        An event study has ``outcome``, ``time`` to and from the start (before it negative) and the columns of
        ``TIDY_COLUMNS`` and ``n_clusters``; ``n`` and it count the treated rows and clusters at that time, before the
        start those that will be treated. A long series has ``outcome``, ``period``, ``observed``, ``fitted`` and
        ``without`` (what was expected without the change); a synthetic control ``outcome``, ``period``, ``observed``,
        ``synthetic`` and ``gap``. In units of the outcome.

        Parameters
        ----------
        outcome : str, optional
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        pd.DataFrame
            What a design over time found, period by period, for the main outcome or another.

        Raises
        ------
        StudyError
            ``NO-PATH``, the design follows nothing over time; ``OUTCOME-UNKNOWN``.
        """
        if outcome and outcome not in self.study.outcomes:
            raise unknown_outcome(self.study, outcome)
        found = path_of(self.estimates, self.series, outcome or self.study.outcome)
        if found is None:
            raise no_path(self.study)
        return found

    def identification_for(self, outcome: str) -> Identification:
        """What the causal graph says of one outcome.

        Parameters
        ----------
        outcome : str
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        Identification
            What the causal graph says of one outcome.
        """
        return dict(self.other_identifications).get(outcome, self.identification)

    def checks_frame(self) -> pd.DataFrame:
        """One row a check: outcome, check, passed, state (one of ``CHECK_STATES``), message, value, threshold.

        Messages quote estimates: those of an outcome that is withheld are withheld with it.

        Returns
        -------
        pd.DataFrame
            One row a check: outcome, check, passed, state (one of ``CHECK_STATES``), message, value, threshold.
        """
        pairs = ((self.study.outcome, self.checks), *self.other_checks)
        few = {o for o, text in self._withheld().items() if text}
        rows = [
            (o, c.name, c.passed, check_state(c), FEW_BEHIND, None, None)
            if o in few
            else (o, c.name, c.passed, check_state(c), c.message, c.value, c.threshold)
            for o, cs in pairs
            for c in cs
        ]
        return pd.DataFrame(rows, columns=["outcome", "check", "passed", "state", "message", "value", "threshold"])

    def glance(self) -> pd.DataFrame:
        """One row: n, missing, clusters, method, checks passed and failed, convergence.

        Returns
        -------
        pd.DataFrame
            One row: n, missing, clusters, method, checks passed and failed, convergence.
        """
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
        diagnosis : Diagnosis | None, optional
            The same study tried where the truth is known; low power or coverage lowers the grade.

        Returns
        -------
        tuple[Claim, ...]
            One claim for each outcome, no stronger than design, checks and data allow.

        Raises
        ------
        StudyError
            The diagnosis is of another study.
        """
        return tuple(self._claim(o, diagnosis) for o in self.study.outcomes)

    def _claim(self, outcome: str, diagnosis: Diagnosis | None) -> Claim:
        study, answers = self.study, self.estimates["role"].isin(["main", "secondary"])
        row = self.estimates[answers & self.estimates["outcome"].eq(outcome)].iloc[0]
        tried = diagnosis.checks(study, outcome) if diagnosis is not None else ()
        untried = () if diagnosis is not None else ("The study was not tested on data whose true value we know.",)
        known = self.identification_for(outcome)
        told = known.notes() if known.identified is not False else ()
        notes = (*told, *self.asides(outcome), *untried)
        withheld = self._withheld()[outcome]
        if withheld:
            failed = [c.name for c in (*self.checks_for(outcome), *self.standing(outcome)) if c.passed is False]
            why = (
                withheld,
                *(f"Graded down because of the check '{name}'." for name in failed),
            )  # verdicts may quote the estimate
            grade = lowered(study.design_used.grade, failed)
            if self.synthetic:
                why = (*why, f"The data are simulated; on real data with these checks the grade would be '{grade}'.")
                grade = ILLUSTRATION
            return Claim(outcome, withheld, grade, "withheld", why, study.caveats)
        fitted = () if self.converged else (Check("convergence", False, "A fit did not converge."),)
        return make_claim(
            words=study.words_for(outcome),
            contrast=contrast_of(study.contrast, study.exposure, study.kind, size=study.contrast_size),
            estimate=row["estimate"] * study.contrast_size,
            low=row["conf_low"] * study.contrast_size,
            high=row["conf_high"] * study.contrast_size,
            conf_level=self.conf_level,
            design_grade=study.design_used.grade,
            checks=(*self.checks_for(outcome), *tried, *fitted, *self.standing(outcome)),
            caveats=study.caveats,
            synthetic=self.synthetic,
            notes=notes,
            kind=study.kind,
            relative_to=relative_phrase(study.kind, study.moderators, study.mediators),
        )

    def _withheld(self) -> dict[str, str]:
        """Outcome -> what stands in place of its claim where too few stand behind it, by the package's policy."""
        return withheld_claims(self.estimates, self.n_clusters, whole=self.whole_authorities)

    def what_if(self, change: ChangeLike, diagnosis: Diagnosis | None = None) -> WhatIfResult:
        """The mean outcome under another rota, and for whom; see ``study.estimation.what_if.what_if``.

        Parameters
        ----------
        change : ChangeLike
            The other rota.
        diagnosis : Diagnosis | None, optional
            A diagnosis of the study, if there is one.

        Returns
        -------
        WhatIfResult
            The mean outcome under another rota, and for whom; see ``study.estimation.what_if.what_if``.
        """
        from hybrid_toolkit.study.estimation.what_if import what_if

        return what_if(self, change, diagnosis=diagnosis)

    def standing(self, outcome: str) -> tuple[Check, ...]:
        """Checks of the study as a whole: open paths, a known lean, its lock, co-production, several outcomes at once.

        Parameters
        ----------
        outcome : str
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        tuple[Check, ...]
            Checks of the study as a whole: open paths, a known lean, its lock, co-production, several outcomes at once.
        """
        own = [m for m in self.study.metrics if m.spec.id == outcome and not m.co_produced]
        told = "No work with families on this metric is recorded."
        several = check_multiple(self.estimates, outcome, self.conf_level)
        return (
            *open_path(self.identification_for(outcome)),
            *known_lean(self.study),
            *((Check("lock", False, self.lock.summary()),) if self.lock and not self.lock.same else ()),
            *((Check("co-production", False, told),) if own else ()),
            *((several,) if several else ()),
        )

    def asides(self, outcome: str = "") -> tuple[str, ...]:
        """What stands beside a claim and lowers nothing: the lock's verdict, and metrics that are not co-produced.

        Parameters
        ----------
        outcome : str, optional
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        tuple[str, ...]
            What stands beside a claim and lowers nothing: the lock's verdict, and metrics that are not co-produced.
        """
        others = {*self.study.outcomes} - {outcome} if outcome else set()
        own = [m.spec for m in self.study.metrics if not m.co_produced and m.spec.id not in others]
        return (
            *(self.lock.notes() if self.lock else ()),
            *(f"The metric '{m.name}' is {NOT_CO_PRODUCED}: no work on it with families is recorded." for m in own),
        )

    def summary(self) -> str:
        """Prose: the question, the design, the claims, how the checks came out, and the stamp of simulated data.

        Returns
        -------
        str
            Prose: the question, the design, the claims, how the checks came out, and the stamp of simulated data.
        """
        lines = [self.study.question, f"Design: {self.study.design_used.title} ({self.method}; {self.n:,} rows)."]
        lines += [c.text for c in self.claims()]
        known = dict.fromkeys(n for o in self.study.outcomes for n in self.identification_for(o).notes())
        lines += [*known, *self.asides()]
        kept = self.checks_frame()
        lines += dict.fromkeys(kept.loc[kept["check"].eq(LEFT_OUT), "message"])
        lines.append(checks_told(kept))
        if self.synthetic:
            lines.append(SYNTHETIC_STAMP)
        return "\n".join(lines)
