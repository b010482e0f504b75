"""The declaration of a study: checked when it is made, and enough for every function that works on a study."""

from __future__ import annotations

from dataclasses import dataclass, fields

from hybrid_toolkit.data.wording.claim_words import check_words
from hybrid_toolkit.study.declaration.spec_checks import (
    check_declaration,
    check_identified,
    check_names,
    custom_metrics,
    plain_fields,
)
from hybrid_toolkit.study.declaration.study_fields import StudyFields, with_fields
from hybrid_toolkit.study.declaration.study_toml import parse_toml, write_toml


@dataclass(frozen=True, eq=False)
class StudySpec(StudyFields):
    __doc__ = with_fields("""The declaration alone; ``hybrid_toolkit.study.study.Study`` runs it.

    Two declarations are equal if their fields are, whichever class they have.

    Examples
    --------
    >>> from hybrid_toolkit.study.shipped_studies import headline_studies
    >>> study = headline_studies()[0]
    >>> spec = StudySpec(**{name: getattr(study, name) for name in ("id", "question", "outcome", "exposure", "design",
    ...     "row_unit", "cluster", "estimand", "panel_id", "time", "confounders", "fixed_effects", "instruments")})
    >>> spec.design_used.id == study.design, spec == study
    (True, False)
    """)

    def __post_init__(self) -> None:
        for name, value in plain_fields(self).items():
            object.__setattr__(self, name, value)
        check_names(self)
        object.__setattr__(self, "metrics", custom_metrics(self))
        check_declaration(self)
        check_identified(self)
        beside = (n.replace("_", " ") for n in (*self.moderators, *self.mediators))
        check_words(self.contrast, self.effect_unit, *beside, *(t for w in self.words for t in (w.phrase, w.unit)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StudySpec):
            return NotImplemented
        return all(getattr(self, f.name) == getattr(other, f.name) for f in fields(StudyFields))

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in fields(StudyFields)))

    def to_toml(self) -> str:
        """The study as TOML; ``parse_study`` gives it back.

        Returns
        -------
        str
            The study as TOML; ``parse_study`` gives it back.
        """
        return write_toml(self)


def parse_spec(text: str) -> StudySpec:
    """A declaration from TOML text; raises as ``load_study``."""
    return parse_toml(text, StudySpec)
