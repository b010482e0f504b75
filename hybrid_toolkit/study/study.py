"""A study: declared once, checked before any fit, tried where the truth is known, run unchanged on real data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.designs import DESIGNS, KINDS, Design, Plan, Setting
from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.study.frames import build_frame, check_columns, table_needs
from hybrid_toolkit.study.words import Words, check_words

if TYPE_CHECKING:
    from hybrid_toolkit.study.diagnose import Diagnosis, SizeLike, TruthLike
    from hybrid_toolkit.study.estimate import StudyResult
    from hybrid_toolkit.study.graph import CausalGraph
    from hybrid_toolkit.study.identification import Identification


@dataclass(frozen=True)
class Study:
    """What is asked, of which rows, by which design. Frozen; reads and writes TOML; equal files give equal studies.

    Column names are those of the study's unit (``hybrid_toolkit.study.units.UNITS``); each is made from the tables
    of the contracts, so a study runs on any data that have these tables.

    Parameters
    ----------
    id : short name, lower case with hyphens.
    question : one sentence that ends with a question mark.
    estimand : id of the true value in the synthetic room, so that a diagnosis knows what to compare with.
    outcome, exposure : columns.
    design : id of a design in ``hybrid_toolkit.designs.DESIGNS``.
    unit : what one row is, one of ``hybrid_toolkit.study.units.UNITS``, such as ``"contact"`` or ``"team-month"``.
    cluster : column of the clusters of the intervals.
    kind : kind of estimand, one of ``hybrid_toolkit.designs.KINDS``.
    effect : ``"total"``, which holds no mediator constant.
    period : column of time, in words.
    secondary_outcomes, secondary_estimands : more outcomes with the id of their true value, in the same order.
    moderators : for a slope gap, the one yes/no column whose groups are compared.
    groups : column of finer groups whose own slopes are shown beside.
    mediators : columns on the path from exposure to outcome; named so that they are never held constant.
    confounders : columns held constant.
    fixed_effects : columns whose levels each get their own intercept.
    instruments : other measures of the same exposure, with errors of their own.
    placebos : columns that should carry nothing once the exposure is in.
    colleagues : column with the exposure of a worker's colleagues, to look for interference.
    answered : column that is true where a survey was answered.
    followed, time, starts : what is followed over time, the column of time, and the first period under a policy.
    entry, duration : time at which a unit came under observation, and at which it was last seen.
    settings : the design's own settings, name and value; written as the table ``[settings]``.
    effect_unit : unit of the estimate.
    contrast, contrast_size : the difference in exposure that the claims speak of, in words and in units of exposure.
    words : how each outcome is spoken of.
    limits : what this study can never say, beside what its grade forbids.

    Raises
    ------
    StudyError : the declaration cannot be run or identified; the message says what was found and what is needed.

    Examples
    --------
    >>> from hybrid_toolkit.study.headline import headline_studies
    >>> study = headline_studies()[0]
    >>> study.id, study.design_used.grade
    ('remote-practice', 'quasi-causal')
    >>> parse_study(study.to_toml()) == study
    True
    """

    id: str
    question: str
    estimand: str
    outcome: str
    exposure: str
    design: str
    unit: str
    cluster: str
    kind: str = "slope"
    effect: str = "total"
    period: str = "month"
    secondary_outcomes: tuple[str, ...] = ()
    secondary_estimands: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    groups: str = ""
    mediators: tuple[str, ...] = ()
    confounders: tuple[str, ...] = ()
    fixed_effects: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    placebos: tuple[str, ...] = ()
    colleagues: str = ""
    answered: str = ""
    followed: str = ""
    time: str = ""
    starts: str = ""
    entry: str = ""
    duration: str = ""
    settings: tuple[tuple[str, Setting], ...] = ()
    effect_unit: str = ""
    contrast: str = ""
    contrast_size: float = 1.0
    words: tuple[Words, ...] = ()
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_declaration()
        self._check_identified()
        check_words(self.contrast, *(w.phrase for w in self.words))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcome, then the secondary ones."""
        return (self.outcome, *self.secondary_outcomes)

    @property
    def estimands(self) -> tuple[str, ...]:
        """Ids of the true values, in the order of ``outcomes``."""
        return (self.estimand, *self.secondary_estimands)

    @property
    def design_used(self) -> Design:
        """The design itself: its assumptions, grade and checks."""
        return DESIGNS[self.design]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a fit or a check reads."""
        over_time = (self.followed, self.time, self.starts, self.entry, self.duration)
        named = (self.exposure, self.cluster, self.groups, self.colleagues, self.answered, *over_time)
        lists: tuple[tuple[str, ...], ...] = (self.moderators, self.confounders, self.fixed_effects)
        lists += (self.instruments, self.placebos)
        if "mediators" in self.design_used.needs:
            lists += (self.mediators,)
        every = (*self.outcomes, *named, *(c for part in lists for c in part))
        return tuple(dict.fromkeys(c for c in every if c))

    def plan(self, outcome: str = "", *, conf_level: float = 0.95) -> Plan:
        """The columns of one fit, for the main outcome or another of ``outcomes``."""
        return Plan(
            outcome=outcome or self.outcome,
            exposure=self.exposure,
            cluster=self.cluster,
            moderator=self.moderators[0] if self.kind == "slope-gap" else "",
            groups=self.groups,
            confounders=self.confounders,
            fixed_effects=self.fixed_effects,
            instruments=self.instruments,
            placebos=self.placebos,
            colleagues=self.colleagues,
            answered=self.answered,
            mediators=self.mediators,
            followed=self.followed,
            time=self.time,
            starts=self.starts,
            entry=self.entry,
            duration=self.duration,
            settings=self.settings,
            unit=self.effect_unit,
            conf_level=conf_level,
        )

    def tables(self) -> dict[str, tuple[str, ...]]:
        """Tables and columns that the study needs."""
        return table_needs(self.unit, self.columns)

    def frame(self, data: EvaluationData) -> pd.DataFrame:
        """One row a unit, with every column of the study.

        Raises
        ------
        CoverageError : the data lack a table or column.
        """
        return build_frame(data, self.unit, self.columns)

    def identification(self, graph: CausalGraph | None = None) -> Identification:
        """What a causal graph says of the study: what it must not hold, which paths stay open, what closes them.

        Parameters
        ----------
        graph : the graph; that of the toolkit (``hybrid_toolkit.study.graph.shipped_graph``) by default.
        """
        from hybrid_toolkit.study.graph_check import identify

        return identify(self, graph)

    def estimate(
        self, data: EvaluationData, *, conf_level: float = 0.95, graph: CausalGraph | None = None
    ) -> StudyResult:
        """Fit the study to data, run its checks, and show the other specifications beside it.

        Parameters
        ----------
        data : the data.
        conf_level : level of the intervals.
        graph : the causal graph that the study is checked against before any fit; that of the toolkit by default.

        Raises
        ------
        StudyError : by the causal graph the study holds what it must not.
        CoverageError : the data lack a table or column.
        EstimationError : the data cannot carry the model.
        """
        from hybrid_toolkit.study.estimate import estimate_study

        return estimate_study(self, data, conf_level=conf_level, graph=graph)

    def naive(self, data: EvaluationData, *, conf_level: float = 0.95) -> pd.DataFrame:
        """What a plain comparison of all rows would say of each outcome: tidy rows with ``outcome`` first."""
        frame = self.frame(data)
        rows = [self.design_used.naive(frame, self.plan(o, conf_level=conf_level)).row for o in self.outcomes]
        out = pd.concat(rows, ignore_index=True)
        out.insert(0, "outcome", list(self.outcomes))
        return out

    def diagnose(
        self,
        truths: TruthLike | Sequence[TruthLike] = "helpful-hump",
        size_like: SizeLike = "small",
        *,
        sims: int = 1000,
        seed: int = 20_250_000,
        n_jobs: int | None = None,
        progress: bool = True,
        conf_level: float = 0.95,
        resume: Path | str | None = None,
    ) -> Diagnosis:
        """Simulate authorities whose truth is known, run the study on each, and say how well it did.

        See ``hybrid_toolkit.study.diagnose.diagnose_together``.
        """
        from hybrid_toolkit.study.diagnose import diagnose_together

        return diagnose_together(
            [self],
            truths,
            size_like,
            sims=sims,
            seed=seed,
            n_jobs=n_jobs,
            progress=progress,
            conf_level=conf_level,
            resume=resume,
        )[0]

    def words_for(self, outcome: str) -> Words:
        """How an outcome is spoken of."""
        for words in self.words:
            if words.outcome == outcome:
                return words
        return Words(outcome, phrase=outcome.replace("_", " "), unit=self.effect_unit)

    def but(self, **changes: object) -> Study:
        """The same study with some fields changed, checked again."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def to_toml(self) -> str:
        """The study as TOML; ``parse_study`` gives it back."""
        from hybrid_toolkit.study.toml import write_toml

        return write_toml(self)

    def _check_declaration(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise StudyError("a study's id is lower case words joined by hyphens.", fix="Rename it.", code="STUDY-ID")
        if not self.question.strip().endswith("?"):
            raise StudyError(f"study '{self.id}' has no question.", fix="End it with '?'.", code="STUDY-QUESTION")
        for name, value, known in (
            ("design", self.design, tuple(DESIGNS)),
            ("kind", self.kind, tuple(KINDS)),
            ("effect", self.effect, ("total",)),
        ):
            if value not in known:
                raise StudyError(
                    f"study '{self.id}' has an unknown {name}.",
                    fix=f"Use one of: {', '.join(known)}.",
                    code="STUDY-FIELD",
                )
        check_columns(self.unit, (*self.columns, *self.mediators))
        if len(self.secondary_estimands) != len(self.secondary_outcomes):
            raise StudyError(
                f"study '{self.id}' names {len(self.secondary_outcomes)} secondary outcome(s) and "
                f"{len(self.secondary_estimands)} estimand(s).",
                fix="Name one estimand for each secondary outcome.",
                code="STUDY-ESTIMANDS",
            )
        if not self.contrast_size > 0:
            raise StudyError(
                f"study '{self.id}': contrast_size must be above 0.", fix="Give its size.", code="STUDY-FIELD"
            )

    def _check_identified(self) -> None:
        design = self.design_used
        if self.kind not in design.identifies:
            raise StudyError(
                f"design '{design.id}' cannot identify a {self.kind}; it identifies: {', '.join(design.identifies)}.",
                fix="Choose a design that can, or ask for what this one gives.",
                code="NOT-IDENTIFIED",
            )
        if (self.kind == "slope-gap") != (len(self.moderators) == 1):
            raise StudyError(
                f"a {self.kind} takes {'one moderator' if self.kind == 'slope-gap' else 'no moderator'}; "
                f"study '{self.id}' names {len(self.moderators)}.",
                fix="Name the yes/no column whose groups are compared, or ask for a slope.",
                code="NOT-IDENTIFIED",
            )
        absent = [name for name in design.needs if not getattr(self, name)]
        if absent:
            raise StudyError(
                f"design '{design.id}' needs {len(absent)} field(s) that study '{self.id}' leaves empty: "
                f"{', '.join(absent)}.",
                fix="Name the columns.",
                code="NOT-IDENTIFIED",
            )
        self._check_settings(design)
        held = {*self.confounders, *self.fixed_effects}
        blocked = sorted(held & set(self.mediators))
        if blocked:
            raise StudyError(
                f"{len(blocked)} mediator(s) would be held constant, which removes part of a total effect: "
                f"{', '.join(blocked)}.",
                fix="Take them out of confounders and fixed_effects.",
                code="MEDIATOR-HELD",
            )
        own = sorted(held & {*self.outcomes, self.exposure, *self.instruments})
        if own:
            raise StudyError(
                f"{len(own)} column(s) are both outcome or exposure and held constant: {', '.join(own)}.",
                fix="Give each column one part.",
                code="STUDY-ROLES",
            )

    def _check_settings(self, design: Design) -> None:
        for name, value in self.settings:
            allowed = design.settings.get(name)
            numeric = isinstance(value, int | float) and not isinstance(value, bool)
            if allowed is None or (value not in allowed if allowed else not numeric):
                takes = "; ".join(f"{n} ({', '.join(map(str, v)) or 'a number'})" for n, v in design.settings.items())
                raise StudyError(
                    f"design '{design.id}' does not take the setting '{name}', or not that value of it.",
                    fix=f"It takes: {takes or 'no settings'}.",
                    code="STUDY-SETTING",
                )


def load_study(path: Path | str) -> Study:
    """A study from a TOML file.

    Raises
    ------
    UnreadableError : the file is not there or is not TOML.
    StudyError : an unknown or missing key, a value of the wrong kind, or a study that cannot be run.
    """
    from hybrid_toolkit.study.toml import read_toml

    return read_toml(Path(path))


def parse_study(text: str) -> Study:
    """A study from TOML text; raises as ``load_study``."""
    from hybrid_toolkit.study.toml import parse_toml

    return parse_toml(text)
