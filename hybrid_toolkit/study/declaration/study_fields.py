"""The fields of a study, and the columns, tables and rows that follow from them.

The fields are not checked here; see ``study_spec``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from inspect import cleandoc
from typing import Self

import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.wording.claim_words import OutcomeLabel
from hybrid_toolkit.designs import DESIGNS, Design, ModelColumns, Setting
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.declaration.study_frames import study_frame, table_needs


def with_fields(text: str) -> str:
    """A docstring with the parameters of a study put before its first section: said once for every class that has them.

    Parameters
    ----------
    text : str
        The docstring of a class with the fields of ``StudyFields``.

    Returns
    -------
    str
        The same with a section of parameters.
    """
    lines = cleandoc(text).split("\n")
    first = next((i - 1 for i, line in enumerate(lines) if line.startswith("---")), len(lines))
    fields = cleandoc(StudyFields.__doc__ or "").partition("\n\n")[2]
    return "\n".join([*lines[:first], *([] if first < len(lines) else [""]), fields, "", *lines[first:]]).rstrip()


@dataclass(frozen=True)
class StudyFields:
    """The fields alone, unchecked.

    Parameters
    ----------
    id : str
        Short name, lower case with hyphens.
    question : str
        One sentence that ends with a question mark.
    outcome : str
        Column of the outcome.
    exposure : str
        Column of the exposure.
    design : str
        Id of a design in ``hybrid_toolkit.designs.DESIGNS``.
    row_unit : str
        What one row is, one of ``hybrid_toolkit.study.units.UNITS``, such as ``"contact"`` or ``"team-month"``.
    cluster : str
        Column of the clusters of the intervals.
    kind : str, default "slope"
        Kind of estimand, one of ``hybrid_toolkit.designs.KINDS``.
    effect : str, default "total"
        ``"total"``, which adjusts for no mediator.
    time_label : str, default "month"
        Column of time, in words.
    secondary_outcomes : tuple[str, ...], optional
        More outcomes.
    secondary_estimands : tuple[str, ...], optional
        Ids of the true values of the secondary outcomes, in the same order.
    moderators : tuple[str, ...], optional
        For a slope gap, the one yes/no column whose groups are compared.
    groups : str, optional
        Column of finer groups whose slopes are shown as well.
    mediators : tuple[str, ...], optional
        Columns on the path from exposure to outcome; named so that they are never adjusted for.
    confounders : tuple[str, ...], optional
        Columns to adjust for.
    fixed_effects : tuple[str, ...], optional
        Columns whose levels each get their own intercept.
    instruments : tuple[str, ...], optional
        Other measures of the same exposure, with separate errors.
    placebos : tuple[str, ...], optional
        Columns that should show no association once the exposure is in.
    colleagues : str, optional
        Column with the exposure of a worker's colleagues, to look for interference.
    responded : str, optional
        Column that is true where a survey was answered.
    panel_id : str, optional
        Column of the unit that is seen again over time.
    time : str, optional
        Column of time.
    first_treated : str, optional
        Column of the first period under a policy.
    entry : str, optional
        Column of the time at which a unit came under observation.
    duration : str, optional
        Column of the time at which a unit was last seen; for counts, what they are counted over, such as months or
        children in need.
    metrics : tuple[CustomMetric, ...], optional
        Your own metrics whose ids are columns of this study, as ``declare_metric`` gives them; those that are
        registered and named as columns are added automatically. Written as ``[[metrics]]``.
    settings : tuple[tuple[str, Setting], ...], optional
        The design's own settings, name and value; written as the table ``[settings]``.
    effect_unit : str, optional
        Unit of the estimate.
    contrast : str, optional
        The difference in exposure that the claims are about, in words. Words that say another size are refused; where
        they say none, claims say it behind them.
    contrast_size : float, default 1.0
        The same difference in units of exposure.
    words : tuple[OutcomeLabel, ...], optional
        What each outcome is called in claims.
    caveats : tuple[str, ...], optional
        What this study can never show, besides what its grade excludes.
    known_lean : str, optional
        A sentence on a lean that simulation has found in the study and nothing recorded takes out. Its claims are
        then descriptive at most, and give this sentence as a reason.
    estimand : str, optional
        Id of the true value in a simulation, so that a diagnosis knows what to compare with; a study of unit
        ``"rows"``, which is never simulated, needs none.
    """

    id: str
    question: str
    estimand: str = field(default="", kw_only=True)  # fields without a default follow it
    outcome: str
    exposure: str
    design: str
    row_unit: str
    cluster: str
    kind: str = "slope"
    effect: str = "total"
    time_label: str = "month"
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
    responded: str = ""
    panel_id: str = ""
    time: str = ""
    first_treated: str = ""
    entry: str = ""
    duration: str = ""
    metrics: tuple[CustomMetric, ...] = ()
    settings: tuple[tuple[str, Setting], ...] = ()
    effect_unit: str = ""
    contrast: str = ""
    contrast_size: float = 1.0
    words: tuple[OutcomeLabel, ...] = ()
    caveats: tuple[str, ...] = ()
    known_lean: str = ""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcome, then the secondary ones."""
        return (self.outcome, *self.secondary_outcomes)

    @property
    def estimands(self) -> tuple[str, ...]:
        """Ids of the true values, in the order of ``outcomes``; empty where rows of one's own have none."""
        return (self.estimand, *(self.secondary_estimands or [""] * len(self.secondary_outcomes)))

    @property
    def design_used(self) -> Design:
        """The design itself: its assumptions, grade and checks."""
        return DESIGNS[self.design]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a fit or a check reads."""
        over_time = (self.panel_id, self.time, self.first_treated, self.entry, self.duration)
        named = (self.exposure, self.cluster, self.groups, self.colleagues, self.responded, *over_time)
        lists: tuple[tuple[str, ...], ...] = (self.moderators, self.confounders, self.fixed_effects)
        lists += (self.instruments, self.placebos)
        if "mediators" in self.design_used.needs:
            lists += (self.mediators,)
        every = (*self.outcomes, *named, *(c for part in lists for c in part))
        return tuple(dict.fromkeys(c for c in every if c))

    def tables(self) -> dict[str, tuple[str, ...]]:
        """Tables and columns that the study needs.

        Returns
        -------
        dict[str, tuple[str, ...]]
            Tables and columns that the study needs.
        """
        return table_needs(self.row_unit, self.columns, self.metrics)

    def frame(self, data: EvaluationData | pd.DataFrame) -> pd.DataFrame:
        """One row a unit, with every column of the study.

        Parameters
        ----------
        data : EvaluationData or DataFrame
            Tables, or for a study of unit ``"rows"`` a data frame.

        Returns
        -------
        pd.DataFrame
            One row a unit, with every column of the study.

        Raises
        ------
        StudyError
            The data are of the other kind.
        CoverageError
            The data lack a table or column.
        """
        return study_frame(data, self.row_unit, self.columns, self.metrics)

    def plan(self, outcome: str = "", *, conf_level: float = 0.95) -> ModelColumns:
        """The columns of one fit, for the main outcome or another of ``outcomes``.

        Parameters
        ----------
        outcome : str, optional
            Column of the outcome.
        conf_level : float, default 0.95
            Level of the intervals.

        Returns
        -------
        ModelColumns
            The columns of one fit, for the main outcome or another of ``outcomes``.
        """
        return ModelColumns(
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
            responded=self.responded,
            mediators=self.mediators,
            panel_id=self.panel_id,
            time=self.time,
            first_treated=self.first_treated,
            entry=self.entry,
            duration=self.duration,
            settings=self.settings,
            unit=self.effect_unit,
            conf_level=conf_level,
        )

    def words_for(self, outcome: str) -> OutcomeLabel:
        """How an outcome is spoken of.

        Parameters
        ----------
        outcome : str
            Column of the outcome.

        Returns
        -------
        OutcomeLabel
            How an outcome is spoken of.
        """
        for words in self.words:
            if words.outcome == outcome:
                return words
        return OutcomeLabel(outcome, phrase=outcome.replace("_", " ").replace(".", " "), unit=self.effect_unit)

    def replace(self, **changes: object) -> Self:
        """The same study with some fields changed, checked again.

        Parameters
        ----------
        **changes : object
            Fields of the study by name, with their new values.

        Returns
        -------
        Self
            The same study with some fields changed, checked again.
        """
        return replace(self, **changes)  # type: ignore[arg-type]
