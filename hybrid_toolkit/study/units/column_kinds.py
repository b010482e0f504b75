"""What the values of each measure are, so that no design is given values that it cannot fit, and what they are made of.

A test holds every column of every unit to generated rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hybrid_toolkit.data.instruments import instruments_in, load_instrument
from hybrid_toolkit.data.tables.contracts import PRACTICE_ITEMS
from hybrid_toolkit.designs.model_columns import COUNT, MEASURE, SCORE, YES_NO

_STAFF = ("early_career", "caring", "agency", "disability", "lives_alone")
_FAMILY = ("rural", "low_access")
_MONTHS = (
    *("contacts_held", "choice_honoured_count", "choice_known", "engaged_count", "engaged_known"),
    *("workers", "duty_cover", "leavers", "headcount"),
)
_YES_NO: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": (
            *("remote", "choice_honoured", "preference_met", "timely", "visit_in_time", "child_seen", "seen_alone"),
            *("not_achieved", "recorded_in_time", "engaged", "engaged_last", *_FAMILY, *_STAFF),
        ),
        "rating": ("remote", *_FAMILY, *_STAFF),
        "alliance": ("remote_last", *_FAMILY, *_STAFF),
        "worker-month": ("broadband", *_STAFF),
        "worker-wave": ("assessed_year", "responded", *_STAFF),
        "worker": ("left", *_STAFF),
        "arrangement": (*("refused", "written", "adjustment_requested", "minority_ethnic", *_STAFF),),
        "adjustment": ("adjustment_in_time", "written", "minority_ethnic", *_STAFF),
        "team-month": ("hotdesk",),
    }
)
_COUNTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": ("caseload_last", "n_children"),
        "rating": ("n_children",),
        "alliance": ("n_children", "contacts_to_date"),
        "worker-month": ("caseload", "caseload_last", "duty_cover"),
        "worker-wave": ("unwell_days_home", "unwell_days_workplace"),
        "team-month": ("est_months", *_MONTHS),
        "team-wave": ("in_post",),
        "authority-month": _MONTHS,
    }
)
_ALLIANCE = ("alliance", "alliance_task", "alliance_bond", "alliance_goal")
_SKILL = ("skill", "skill_care", "skill_authority", "skill_evocation", *PRACTICE_ITEMS)
_SCALES = {s.id: s for i in instruments_in("survey") for s in i.scales}
_ITEM_YES_NO = tuple(n for n, s in _SCALES.items() if len(s.items) == 1 and (s.low, s.high) == (0.0, 1.0))
_SCORES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "contact": ("risk",),
        "rating": ("risk", *_SKILL),
        "alliance": ("risk", *_ALLIANCE),
        "worker-wave": tuple(n for n in _SCALES if n not in _ITEM_YES_NO),
    }
)
NOT_BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "not_achieved": (
            *("remote", "choice_honoured", "preference_met", "child_seen", "seen_alone", "recorded_in_time", "engaged"),
        ),
        "remote": ("child_seen", "seen_alone"),
    }
)
"""A column of contacts -> what is known only of contacts where the first is no: those held, or those held in person."""

_COUNTED_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("assessment_days", "assessment_in_time"), ("days of an assessment",)),
        **dict.fromkeys(("gap_days", "gap_in_time"), ("days between visits",)),
        **dict.fromkeys(("approved_rs", "approved_of_requested", "refused"), ("share agreed",)),
        "skill": PRACTICE_ITEMS,
        **{i: (i,) for i in PRACTICE_ITEMS},
        **{s.id: s.items for s in load_instrument("practice_skill").scales},
        **{s.id: s.items for i in instruments_in("alliance") for s in i.scales},
        **{s.id: tuple(f"{i.id}.{n}" for n in s.items) for i in instruments_in("survey") for s in i.scales},
    }
)
"""Columns that are counted from the same days, sums or answers as others, and what each is counted from."""


def made_of_the_same(one: str, other: str) -> bool:
    """Whether two columns are counted from the same answers or days, so that neither can be an effect of the other.

    Parameters
    ----------
    one, other : str
        Measures of one kind of row.

    Returns
    -------
    bool
        Whether they share anything that they are counted from.

    Examples
    --------
    >>> made_of_the_same("skill", "skill_care"), made_of_the_same("skill_care", "skill_authority")
    (True, False)
    """
    return not set(_COUNTED_OF.get(one, ())).isdisjoint(_COUNTED_OF.get(other, ()))


def column_kind(unit: str, column: str) -> str:
    """What the values of a unit's measure are: yes or no, counts, scores of few values, or any numbers.

    Parameters
    ----------
    unit : str
        Id of a kind of row, of ``UNITS``.
    column : str
        One of its measures.

    Returns
    -------
    str
        One of ``hybrid_toolkit.designs.model_columns.VALUE_KINDS``.

    Examples
    --------
    >>> column_kind("contact", "engaged"), column_kind("team-month", "engaged"), column_kind("team-month", "leavers")
    ('yes or no', 'measure', 'count')
    """
    if column == "under_policy" or column in _YES_NO.get(unit, ()):
        return YES_NO
    if unit == "worker-wave" and column in _ITEM_YES_NO:
        return YES_NO
    if column in _COUNTS.get(unit, ()):
        return COUNT
    return SCORE if column in _SCORES.get(unit, ()) else MEASURE
