"""The specs of every metric, one module an area of the measurement specification."""

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
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec

ALL: tuple[MetricSpec, ...] = (
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
"""Every metric in the order of the specification."""
