"""A study: declared once, checked before any fit, tried where the truth is known, run unchanged on real data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.privacy.inside import inside
from hybrid_toolkit.study.declaration.study_fields import with_fields
from hybrid_toolkit.study.declaration.study_frames import require_tables
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
    __doc__ = with_fields("""What is asked, of which rows, by which design. Equal files give equal studies.

    A study is frozen, and reads and writes TOML.

    Column names are those of the study's unit (``hybrid_toolkit.study.units.UNITS``); each is made from the tables
    of the contracts, so a study runs on any data that have these tables.

    Raises
    ------
    StudyError
        The declaration cannot be run or identified; the message says what was found and what is needed.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> study.id, study.design_used.grade
    ('remote-practice', 'quasi-causal')
    >>> parse_study(study.to_toml()) == study
    True
    """)

    def identification(self, graph: CausalGraph | None = None, *, outcome: str = "") -> Identification:
        """What a causal graph says of the study: what it must not hold, which paths stay open, what closes them.

        Parameters
        ----------
        graph : CausalGraph | None, optional
            The graph; that of the toolkit (``hybrid_toolkit.study.graph.causal_graph.shipped_graph``) by default.
        outcome : str, optional
            The main outcome by default, or another of ``outcomes``.

        Returns
        -------
        Identification
            What a causal graph says of the study: what it must not hold, which paths stay open, what closes them.

        Raises
        ------
        StudyError
            ``OUTCOME-UNKNOWN``.
        """
        from hybrid_toolkit.study.graph.identification import identify

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
        data : EvaluationData | pd.DataFrame
            The tables; for a study of unit ``"rows"`` a data frame (``estimate_frame`` also takes its label).
        conf_level : float, default 0.95
            Level of the intervals.
        graph : CausalGraph | None, optional
            The causal graph that the study is checked against before any fit; that of the toolkit by default.
        lock : Path | str | None, optional
            File that ``lock`` wrote; the result then says whether study, data, graph or code differ from it.

        Returns
        -------
        StudyResult
            What a study found in one set of data.

        Raises
        ------
        StudyError
            By the causal graph the study holds what it must not; the file is no lock, or was changed.
        CoverageError
            The data lack a table or column.
        EstimationError
            The data cannot carry the model.
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
        frame : pd.DataFrame
            One row a unit, with the study's columns; it is not changed.
        label : str, optional
            Short name of the data for headings.
        synthetic : bool, default False
            The data are simulated, and what is made of them is stamped.
        conf_level : float, default 0.95
            As for ``estimate``. A graph is used only if one is given: the toolkit's own cannot know what a frame's
            columns mean.
        graph : CausalGraph | None, optional
            As for ``estimate``. A graph is used only if one is given: the toolkit's own cannot know what a frame's
            columns mean.
        lock : Path | str | None, optional
            As for ``estimate``. A graph is used only if one is given: the toolkit's own cannot know what a frame's
            columns mean.

        Returns
        -------
        StudyResult
            What a study found in one set of data.

        Raises
        ------
        StudyError
            The study is of another unit, whose rows are made from tables.
        CoverageError
            The frame lacks a column.
        EstimationError
            The data cannot carry the model.

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
        path : Path | str
            The file, by custom ending in ``.lock.json``; a lock of something else is never overwritten.
        data : EvaluationData | pd.DataFrame | None, optional
            The data that will be used, to lock their hash too; no value of theirs is written.
        graph : CausalGraph | None, optional
            The causal graph that will be used; that of the toolkit by default.

        Returns
        -------
        Lock
            What was locked.

        Raises
        ------
        OutputError
            The file cannot be written, or another lock or file stands there.
        """
        from hybrid_toolkit.study.lock import write_lock

        return write_lock(self, path, data=data, graph=graph)

    def frame(self, data: EvaluationData | pd.DataFrame) -> pd.DataFrame:
        """One row a unit, for use inside, as ``StudySpec.frame`` gives them.

        Parameters
        ----------
        data : EvaluationData | pd.DataFrame
            The data.

        Returns
        -------
        pd.DataFrame
            One row a unit; it says that it is for use inside wherever it is shown.
        """
        return inside(super().frame(data))

    def unadjusted(self, data: EvaluationData | pd.DataFrame, *, conf_level: float = 0.95) -> pd.DataFrame:
        """What a plain comparison of all rows would say of each outcome: tidy rows with ``outcome`` first.

        Parameters
        ----------
        data : EvaluationData | pd.DataFrame
            The data.
        conf_level : float, default 0.95
            Level of the intervals.

        Returns
        -------
        pd.DataFrame
            What a plain comparison of all rows would say of each outcome: tidy rows with ``outcome`` first.
        """
        frame = super().frame(data)
        rows = [self.design_used.unadjusted(frame, self.plan(o, conf_level=conf_level)).row for o in self.outcomes]
        out = pd.concat(rows, ignore_index=True)
        out.insert(0, "outcome", list(self.outcomes))
        return inside(out)

    def diagnose(
        self,
        truths: TruthLike | Sequence[TruthLike] | None = None,
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

        Parameters
        ----------
        truths : TruthLike | Sequence[TruthLike] | None, optional
            Truths, or names of scenarios; by default the first scenario in which the study can be tried.
        size_like : SizeLike, default "small"
            A size, the name of one, or data whose size is taken.
        n_sims : int, default 1000
            Simulated authorities for each truth.
        seed : int, default 20250000
            Seed of the first; the others follow from it.
        n_jobs : int | None, optional
            Processes that work side by side.
        progress : bool, default True
            Whether a bar shows how far it is.
        conf_level : float, default 0.95
            Level of the intervals.
        resume : Path | str | None, optional
            File that keeps the trials, so that a run that was interrupted goes on.

        Returns
        -------
        Diagnosis
            How a study did over many simulated authorities, under one truth or several.
        """
        from hybrid_toolkit.study.diagnosis.diagnose import diagnose_together

        require_tables(self.row_unit, self.id)
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
        """Power over teams, waves, response or dose; see ``hybrid_toolkit.study.diagnosis.power_curve.power_curve``.

        Parameters
        ----------
        over : str
            What is changed.
        values : Sequence[float]
            Its values.
        **options : Unpack[PowerOptions]
            As for ``hybrid_toolkit.study.power_curve.power_curve``.

        Returns
        -------
        PowerCurve
            Power at several values of one thing that a planner can change.
        """
        from hybrid_toolkit.study.diagnosis.power_curve import power_curve

        require_tables(self.row_unit, self.id)
        return power_curve(self, over, values, **options)

    def minimum_detectable_effect(self, *, power: float = 0.8, **options: Unpack[PowerOptions]) -> MinimumEffect:
        """The smallest effect found so often; see ``hybrid_toolkit.study.diagnosis.minimum_effect``.

        Parameters
        ----------
        power : float, default 0.8
            How often the effect is to be found.
        **options : Unpack[PowerOptions]
            As for ``hybrid_toolkit.study.minimum_effect``.

        Returns
        -------
        MinimumEffect
            The smallest effect found so often; see ``hybrid_toolkit.study.diagnosis.minimum_effect``.
        """
        from hybrid_toolkit.study.diagnosis.minimum_effect import minimum_detectable_effect

        require_tables(self.row_unit, self.id)
        return minimum_detectable_effect(self, power=power, **options)

    def evidence_bundle(
        self,
        found: StudyResult | EvaluationData | pd.DataFrame,
        path: Path | str | None = None,
        *,
        gate: Gate | None = None,
    ) -> EvidenceBundle:
        """What may leave an authority, to be pooled with others; see ``study.sharing.evidence.evidence_bundle``.

        Parameters
        ----------
        found : StudyResult | EvaluationData | pd.DataFrame
            A result of the study, or the data to get one from.
        path : Path | str | None, optional
            The file.
        gate : Gate | None, optional
            The disclosure gate; one with the default policy where none is given.

        Returns
        -------
        EvidenceBundle
            What may leave an authority, to be pooled with others; see ``study.sharing.evidence.evidence_bundle``.
        """
        from hybrid_toolkit.study.sharing.evidence import evidence_bundle

        return evidence_bundle(self, found, path, gate=gate)


def load_study(path: Path | str) -> Study:
    """A study from a TOML file.

    Parameters
    ----------
    path : Path | str
        The TOML file.

    Returns
    -------
    Study
        A study from a TOML file.

    Raises
    ------
    UnreadableError
        The file is not there or is not TOML.
    StudyError
        An unknown or missing key, a value of the wrong kind, or a study that cannot be run.

    Examples
    --------
    >>> import tempfile
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> file = Path(tempfile.mkdtemp()) / "practice.toml"
    >>> _ = file.write_text(headline_studies()[0].to_toml(), encoding="utf-8")
    >>> load_study(file).id
    'remote-practice'
    """
    return read_toml(Path(path), Study)


def parse_study(text: str) -> Study:
    """A study from TOML text; raises as ``load_study``."""
    return parse_toml(text, Study)
