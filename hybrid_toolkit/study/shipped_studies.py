"""The studies that come with the toolkit, read from their TOML files in ``shipped/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.study.study import Study, parse_study


@cache
def declared_study(study_id: str) -> Study:
    """One built-in study by its id.

    Parameters
    ----------
    study_id : str
        Its id, as ``hybrid-toolkit study --help`` lists them.

    Returns
    -------
    Study
        The study as it is declared.

    Raises
    ------
    UsageError
        No built-in study has that id.

    Examples
    --------
    >>> declared_study("retention").design
    'retention'
    """
    known = sorted(p.name.removesuffix(".toml") for p in (files("hybrid_toolkit.study") / "shipped").iterdir())
    if study_id not in known:
        raise UsageError(
            "no built-in study has that id.", fix=f"Choose one of: {', '.join(known)}.", code="STUDY-UNKNOWN"
        )
    return parse_study((files("hybrid_toolkit.study") / "shipped" / f"{study_id}.toml").read_text(encoding="utf-8"))


def headline_studies() -> tuple[Study, Study, Study]:
    """The three headline studies: remote work and practice, career stage, digital exclusion.

    Returns
    -------
    tuple[Study, Study, Study]
        The three headline studies: remote work and practice, career stage, digital exclusion.

    Examples
    --------
    >>> [s.id for s in headline_studies()]
    ['remote-practice', 'career-stage', 'exclusion-gap']
    """
    return declared_study("remote-practice"), declared_study("career-stage"), declared_study("exclusion-gap")


def panel_study() -> Study:
    """The study of authority totals over years: agency share, caseload and turnover."""
    return declared_study("agency-turnover")


def policy_studies() -> tuple[Study, Study, Study]:
    """The studies of a policy and of leaving: a staggered roll-out, one change in one authority, retention.

    Returns
    -------
    tuple[Study, Study, Study]
        The studies of a policy and of leaving: a staggered roll-out, one change in one authority, retention.

    Examples
    --------
    >>> [(s.id, s.design) for s in policy_studies()]
    [('policy-rollout', 'staggered-rollout'), ('one-change', 'interrupted-series'), ('retention', 'retention')]
    """
    return declared_study("policy-rollout"), declared_study("one-change"), declared_study("retention")


VARIANTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "remote-practice": ("preferred-method", "seen-alone"),
        "career-stage": ("assessed-year",),
    }
)
"""Study -> the studies that ask something near it of records that lack what it needs, the nearest first."""


def variant_studies() -> tuple[Study, Study, Study]:
    """Studies for records that do not hold what the headline studies need: wish noted, child seen alone, ASYE flagged.

    Returns
    -------
    tuple[Study, Study, Study]
        The studies for records that do not hold what the headline studies need.

    Examples
    --------
    >>> [s.id for s in variant_studies()]
    ['preferred-method', 'seen-alone', 'assessed-year']
    """
    return declared_study("preferred-method"), declared_study("seen-alone"), declared_study("assessed-year")


QUESTIONS = (
    *("video-skill", "video-skill-access", "alliance-mode", "same-family", "near-seniors", "supervision-mode"),
    *("near-seniors-feedback", "supervision-safety"),
    *("not-achieved", "recorded-in-time"),
    *("meeting-load", "meeting-presence", "who-answers", "approvals", "adjustments", "cover-burden"),
    *("policy-leaving", "policy-wellbeing", "policy-children", "policy-plans", "policy-visits"),
)
"""Ids of the studies of ``question_studies``, those of practice first."""


def question_studies() -> tuple[Study, ...]:
    """Further questions, each declared: practice by mode, visits, careers, supervision, meetings, answers, policies.

    They name no estimand: their true values in simulated data come from interventions, see ``true_effect``.

    Returns
    -------
    tuple[Study, ...]
        The studies, in the order of ``QUESTIONS``.

    Examples
    --------
    >>> [s.outcome for s in question_studies()[:3]]
    ['skill', 'skill', 'alliance']
    """
    return tuple(declared_study(study) for study in QUESTIONS)


def every_study() -> tuple[Study, ...]:
    """Every study that comes with the toolkit: headline studies, variants, the panel, policies and leaving.

    Returns
    -------
    tuple[Study, ...]
        The studies.
    """
    return (*headline_studies(), *variant_studies(), panel_study(), *policy_studies())
