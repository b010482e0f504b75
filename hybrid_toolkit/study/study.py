"""A study: declared once, checked before any fit, tried where the truth is known, run unchanged on real data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.study.declaration.spec_checks import require_tables
from hybrid_toolkit.study.declaration.study_spec import StudySpec
from hybrid_toolkit.study.declaration.study_toml import parse_toml, read_toml

if TYPE_CHECKING:
    from hybrid_toolkit.disclosure import Gate
    from hybrid_toolkit.study.diagnosis.diagnose import Diagnosis, SizeLike, TruthLike
    from hybrid_toolkit.study.diagnosis.minimum_effect import MinimumEffect
    from hybrid_toolkit.study.diagnosis.power_curve import PowerCurve, PowerOptions
    from hybrid_toolkit.study.estimation.study_result import StudyResult
    from hybrid_toolkit.study.graph.causal_graph import CausalGraph
    from hybrid_toolkit.study.graph.identification import Identification
    from hybrid_toolkit.study.lock import Lock
    from hybrid_toolkit.study.sharing.evidence import EvidenceBundle


@dataclass(frozen=True, eq=False)
class Study(StudySpec):
    """What is asked, of which rows, by which design. Frozen; reads and writes TOML; equal files give equal studies.

    Column names are those of the study's unit (``hybrid_toolkit.study.units.UNITS``); each is made from the tables
    of the contracts, so a study runs on any data that have these tables.

    Parameters
    ----------
    id : short name, lower case with hyphens.
    question : one sentence that ends with a question mark.
    estimand : id of the true value in the synthetic room, so that a diagnosis knows what to compare with; a study of
        unit ``"rows"``, which is never simulated, needs none.
    outcome, exposure : columns.
    design : id of a design in ``hybrid_toolkit.designs.DESIGNS``.
    row_unit : what one row is, one of ``hybrid_toolkit.study.units.UNITS``, such as ``"contact"`` or ``"team-month"``.
    cluster : column of the clusters of the intervals.
    kind : kind of estimand, one of ``hybrid_toolkit.designs.KINDS``.
    effect : ``"total"``, which holds no mediator constant.
    time_label : column of time, in words.
    secondary_outcomes, secondary_estimands : more outcomes with the id of their true value, in the same order.
    moderators : for a slope gap, the one yes/no column whose groups are compared.
    groups : column of finer groups whose own slopes are shown beside.
    mediators : columns on the path from exposure to outcome; named so that they are never held constant.
    confounders : columns held constant.
    fixed_effects : columns whose levels each get their own intercept.
    instruments : other measures of the same exposure, with errors of their own.
    placebos : columns that should carry nothing once the exposure is in.
    colleagues : column with the exposure of a worker's colleagues, to look for interference.
    responded : column that is true where a survey was answered.
    panel_id, time, first_treated : what is followed over time, the column of time, and the first period under a policy.
    entry, duration : time at which a unit came under observation, and at which it was last seen; for counts,
        ``duration`` is what they are counted over, such as months or children in need.
    metrics : metrics of one's own whose ids are columns of this study, as ``declare_metric`` gives them; those that
        are registered and named as columns are taken up by themselves. Written as ``[[metrics]]``.
    settings : the design's own settings, name and value; written as the table ``[settings]``.
    effect_unit : unit of the estimate.
    contrast, contrast_size : the difference in exposure that the claims speak of, in words and in units of exposure.
    words : how each outcome is spoken of.
    caveats : what this study can never say, beside what its grade forbids.

    Raises
    ------
    StudyError : the declaration cannot be run or identified; the message says what was found and what is needed.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> study.id, study.design_used.grade
    ('remote-practice', 'quasi-causal')
    >>> parse_study(study.to_toml()) == study
    True
    """

    def identification(self, graph: CausalGraph | None = None, *, outcome: str = "") -> Identification:
        """What a causal graph says of the study: what it must not hold, which paths stay open, what closes them.

        Parameters
        ----------
        graph : the graph; that of the toolkit (``hybrid_toolkit.study.graph.causal_graph.shipped_graph``) by default.
        outcome : the main outcome by default, or another of ``outcomes``.

        Raises
        ------
        StudyError : ``OUTCOME-UNKNOWN``.
        """
        from hybrid_toolkit.study.graph.graph_check import identify

        return identify(self, graph, outcome=outcome)

    def estimate(
        self,
        data: EvaluationData | pd.DataFrame,
        *,
        conf_level: float = 0.95,
        graph: CausalGraph | None = None,
        lock: Path | str | None = None,
    ) -> StudyResult:
        """Fit the study to data, run its checks, and show the other specifications beside it.

        Parameters
        ----------
        data : the tables; for a study of unit ``"rows"`` a data frame (``estimate_frame`` also takes its label).
        conf_level : level of the intervals.
        graph : the causal graph that the study is checked against before any fit; that of the toolkit by default.
        lock : file that ``lock`` wrote; the result then says whether study, data, graph or code differ from it.

        Raises
        ------
        StudyError : by the causal graph the study holds what it must not; the file is no lock, or was changed.
        CoverageError : the data lack a table or column.
        EstimationError : the data cannot carry the model.
        """
        from hybrid_toolkit.study.estimation.estimate import estimate_study

        return estimate_study(self, data, conf_level=conf_level, graph=graph, lock=lock)

    def estimate_frame(
        self,
        frame: pd.DataFrame,
        *,
        label: str = "",
        synthetic: bool = False,
        conf_level: float = 0.95,
        graph: CausalGraph | None = None,
        lock: Path | str | None = None,
    ) -> StudyResult:
        """Fit a study of unit ``"rows"`` to any data frame: the same checks, claims and result.

        Parameters
        ----------
        frame : one row a unit, with the study's columns; it is not changed.
        label : short name of the data for headings.
        synthetic : the data are simulated, and what is made of them is stamped.
        conf_level, graph, lock : as for ``estimate``. A graph is used only if one is given: the toolkit's own cannot
            know what a frame's columns mean.

        Raises
        ------
        StudyError : the study is of another unit, whose rows are made from tables.
        CoverageError : the frame lacks a column.
        EstimationError : the data cannot carry the model.

        Examples
        --------
        >>> study = Study(id="plain", question="Does y go with x?", outcome="y", exposure="x",
        ...               design="cross-sectional", row_unit="rows", cluster="g")
        >>> rows = pd.DataFrame({"g": list("aabbccdd"), "x": [0, 1] * 4, "y": [0.0, 2.1, 0.2, 1.9, 0.1, 2.0, 0.0, 2.2]})
        >>> float(study.estimate_frame(rows, label="made up").tidy()["estimate"].iloc[0].round(3))
        1.975
        """
        from hybrid_toolkit.study.estimation.estimate import estimate_study

        return estimate_study(
            self, frame, label=label, synthetic=synthetic, conf_level=conf_level, graph=graph, lock=lock
        )

    def lock(
        self, path: Path | str, *, data: EvaluationData | pd.DataFrame | None = None, graph: CausalGraph | None = None
    ) -> Lock:
        """Write a file that says what this study was before its results were known; see ``study.lock``.

        Parameters
        ----------
        path : the file, by custom ending in ``.lock.json``; a lock of something else is never overwritten.
        data : the data that will be used, to lock their hash too; no value of theirs is written.
        graph : the causal graph that will be used; that of the toolkit by default.

        Raises
        ------
        OutputError : the file cannot be written, or another lock or file stands there.
        """
        from hybrid_toolkit.study.lock import write_lock

        return write_lock(self, path, data=data, graph=graph)

    def unadjusted(self, data: EvaluationData | pd.DataFrame, *, conf_level: float = 0.95) -> pd.DataFrame:
        """What a plain comparison of all rows would say of each outcome: tidy rows with ``outcome`` first."""
        frame = self.frame(data)
        rows = [self.design_used.unadjusted(frame, self.plan(o, conf_level=conf_level)).row for o in self.outcomes]
        out = pd.concat(rows, ignore_index=True)
        out.insert(0, "outcome", list(self.outcomes))
        return out

    def diagnose(
        self,
        truths: TruthLike | Sequence[TruthLike] = "helpful-hump",
        size_like: SizeLike = "small",
        *,
        n_sims: int = 1000,
        seed: int = 20_250_000,
        n_jobs: int | None = None,
        progress: bool = True,
        conf_level: float = 0.95,
        resume: Path | str | None = None,
    ) -> Diagnosis:
        """Simulate authorities whose truth is known, run the study on each, and say how well it did.

        See ``hybrid_toolkit.study.diagnosis.diagnose.diagnose_together``.
        """
        from hybrid_toolkit.study.diagnosis.diagnose import diagnose_together

        require_tables(self)
        return diagnose_together(
            [self],
            truths,
            size_like,
            n_sims=n_sims,
            seed=seed,
            n_jobs=n_jobs,
            progress=progress,
            conf_level=conf_level,
            resume=resume,
        )[0]

    def power_curve(self, over: str, values: Sequence[float], **options: Unpack[PowerOptions]) -> PowerCurve:
        """Power over teams, waves, response or dose; see ``hybrid_toolkit.study.diagnosis.power_curve.power_curve``."""
        from hybrid_toolkit.study.diagnosis.power_curve import power_curve

        require_tables(self)
        return power_curve(self, over, values, **options)

    def minimum_detectable_effect(self, *, power: float = 0.8, **options: Unpack[PowerOptions]) -> MinimumEffect:
        """The smallest effect found so often; see ``hybrid_toolkit.study.diagnosis.minimum_effect``."""
        from hybrid_toolkit.study.diagnosis.minimum_effect import minimum_detectable_effect

        require_tables(self)
        return minimum_detectable_effect(self, power=power, **options)

    def evidence_bundle(
        self,
        found: StudyResult | EvaluationData | pd.DataFrame,
        path: Path | str | None = None,
        *,
        gate: Gate | None = None,
    ) -> EvidenceBundle:
        """What may leave an authority, to be pooled with others; see ``study.sharing.evidence.evidence_bundle``."""
        from hybrid_toolkit.study.sharing.evidence import evidence_bundle

        return evidence_bundle(self, found, path, gate=gate)


def load_study(path: Path | str) -> Study:
    """A study from a TOML file.

    Raises
    ------
    UnreadableError : the file is not there or is not TOML.
    StudyError : an unknown or missing key, a value of the wrong kind, or a study that cannot be run.
    """
    return read_toml(Path(path), Study)


def parse_study(text: str) -> Study:
    """A study from TOML text; raises as ``load_study``."""
    return parse_toml(text, Study)
