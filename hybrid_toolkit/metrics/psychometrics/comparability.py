"""Whether groups may be compared on a metric: the check of invariance that goes beside a comparison on a scale."""

from __future__ import annotations

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.metrics.instruments import load_instrument
from hybrid_toolkit.metrics.psychometrics.survey_invariance_checks import invariance_for
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.unit_frames import cached
from hybrid_toolkit.result import Check

_COMPARED = ("career_stage", "mode_of_work")
"""Groups across which a scale may be read differently, and for which that is tested."""
_HELD, NOT_HELD, NOT_TESTED, NOT_ASKED = "held", "not held", "not tested", ""


def scale_of(spec: MetricSpec) -> tuple[str, str] | None:
    """Instrument and scale of a metric that is the mean of a survey scale; None for any other.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.specs.registry import REGISTRY
    >>> scale_of(REGISTRY["hse_demands"]), scale_of(REGISTRY["remote_share_desk"])
    (('hse_msit', 'hse_demands'), None)
    """
    named = spec.values.get("survey.instrument", ())
    if len(named) != 1 or spec.own or spec.id not in {s.id for s in load_instrument(named[0]).scales}:
        return None
    return named[0], spec.id


def comparable(data: EvaluationData, spec: MetricSpec, by: str | None) -> Check | None:
    """The check of invariance of a scale across ``by``; None where the metric or the groups ask for none.

    Worked out once for the same data: the check of career stages is of early against later career.

    Raises
    ------
    MeasureError
        As ``invariance_for``.
    UsageError
        As ``invariance_for``.
    """
    scale = scale_of(spec) if by in _COMPARED else None
    if scale is None or by is None:
        return None
    instrument, name, across = *scale, by
    return cached(
        data,
        ("invariance", name, across),
        lambda: invariance_for(data, instrument=instrument, scale=name, by=across),
    )


def invariance_word(check: Check | None) -> str:
    """``held``, ``not held``, ``not tested``, or empty where none is asked for."""
    if check is None:
        return NOT_ASKED
    return NOT_TESTED if check.passed is None else _HELD if check.passed else NOT_HELD


def invariance_flag(check: Check | None, by: str | None) -> str:
    """What a flag says of it; empty where it held or is not asked for.

    Examples
    --------
    >>> invariance_flag(Check("invariance", None, "not enough answers"), "career_stage")
    'invariance across career stage not tested: compare no means'
    """
    word = invariance_word(check)
    across = f"invariance across {(by or '').replace('_', ' ')}"
    return "" if word in (_HELD, NOT_ASKED) else f"{across} {word}: compare no means"


def invariance_note(check: Check | None, by: str | None) -> str:
    """The sentence that goes beside a comparison in a report, whether it held or not; empty where none is asked for.

    Examples
    --------
    >>> invariance_note(Check("invariance", True, "Equal loadings and intercepts fit."), "career_stage")
    'Invariance across career stage held: means may be compared. Equal loadings and intercepts fit.'
    """
    word = invariance_word(check)
    if check is None:
        return ""
    end = "means may be compared" if word == _HELD else "compare no means"
    return f"Invariance across {(by or '').replace('_', ' ')} {word}: {end}. {check.message}"
