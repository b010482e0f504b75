"""The fields of a study, and the columns that follow from them. Nothing is checked here; see ``study_spec``."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

from hybrid_toolkit.designs import DESIGNS, Design, ModelColumns, Setting
from hybrid_toolkit.study.declaration.custom_metrics import CustomMetric
from hybrid_toolkit.study.declaration.outcome_label import OutcomeLabel


@dataclass(frozen=True)
class StudyFields:
    """The fields alone, unchecked; ``hybrid_toolkit.study.study.Study`` says what each is."""

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

        Returns
        -------
        Self
            The same study with some fields changed, checked again.
        """
        return replace(self, **changes)  # type: ignore[arg-type]
