"""The specs of every metric, one module an area of the measurement specification."""

from dataclasses import replace

from hybrid_toolkit.metrics.specs import (
    career,
    equity,
    exclusion,
    exposure,
    practice,
    service,
    staffing,
    visits,
    wellbeing,
)
from hybrid_toolkit.metrics.specs.asked import questions_by_metric
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec

_SPECS: tuple[MetricSpec, ...] = (
    *practice.SPECS,
    *career.SPECS,
    *exclusion.SPECS,
    *wellbeing.SPECS,
    *exposure.SPECS,
    *service.SPECS,
    *visits.SPECS,
    *staffing.SPECS,
    *equity.SPECS,
)
ALL: tuple[MetricSpec, ...] = tuple(replace(s, source_questions=questions_by_metric().get(s.id, ())) for s in _SPECS)
"""Every metric in the order of the specification, each with the questions that it answers."""
