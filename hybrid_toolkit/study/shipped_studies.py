"""The studies that come with the toolkit, read from their TOML files in ``declared/``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from hybrid_toolkit.data.coverage import Need
from hybrid_toolkit.study.estimation.study_checks import instruments_of
from hybrid_toolkit.study.study import Study, parse_study


@cache
def declared_study(study_id: str) -> Study:
    """One shipped study by its id."""
    return parse_study((files("hybrid_toolkit.study") / "declared" / f"{study_id}.toml").read_text(encoding="utf-8"))


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


def needs() -> tuple[Need, ...]:
    """What each study needs of the data."""
    return tuple(
        Need(
            id=s.id,
            kind="study",
            name=s.id.replace("-", " "),
            question=s.question,
            tables=s.tables(),
            values={"survey.instrument": responded} if (responded := instruments_of(s.outcome)) else {},
        )
        for s in (*headline_studies(), panel_study(), *policy_studies())
    )
