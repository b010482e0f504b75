"""Differences between groups and the groups' own figures, released together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.intervals.differences import GroupContrast, measure_differences
from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics
from hybrid_toolkit.report.measured import Measured, measure_released


@dataclass(frozen=True)
class ReleasedDifferences:
    """What may be shown of groups and of the differences between them.

    Parameters
    ----------
    groups : Measured
        The groups and everyone.
    differences : Release
        Release of estimates with ``group``, ``reference``, ``estimate``, ``conf_low``, ``conf_high``, ``p_value``,
        ``n``, ``unit``, ``suppressed``; hidden where either group is.
    """

    groups: Measured
    differences: Release


def release_differences(
    data: EvaluationData,
    metric: str | MetricSpec,
    *,
    by: str,
    reference: str | None = None,
    adjust: Sequence[str] = (),
    contrast: GroupContrast = "difference",
    conf_level: float = 0.95,
    gate: Gate | None = None,
) -> ReleasedDifferences:
    """Measure a metric in groups and the differences between them, and pass both through the disclosure gate.

    A difference is shown only where the table shows both groups, and where either side is told by enough people.

    Parameters
    ----------
    data : EvaluationData
        The data.
    metric : str | MetricSpec
        Metric id, or a metric of one's own.
    by : str
        The groups, as for ``measure``.
    reference : str | None, optional
        The group that the others are compared with (the largest, by default).
    adjust : Sequence[str], optional
        As in ``measure_differences``.
    contrast : GroupContrast, default "difference"
        As in ``measure_differences``.
    conf_level : float, default 0.95
        Level of the intervals.
    gate : Gate | None, optional
        The disclosure gate; the package's policy where it is left out.

    Returns
    -------
    ReleasedDifferences
        The released groups and differences.

    Raises
    ------
    UsageError
        As ``measure_differences``.
    MeasureError
        As ``measure_differences``.
    CoverageError
        As ``measure``.
    DisclosureError
        The table cannot be protected.

    Examples
    --------
    >>> import hybrid_toolkit as ht
    >>> made = release_differences(ht.load_synthetic(), "remote_contact_share", by="rural")
    >>> made.differences.content[["group", "reference", "suppressed"]].values.tolist()
    [['yes', 'no', False]]
    """
    opened, spec = gate if gate is not None else Gate(source=data), find_metrics(metric)[0]
    rows = measure_differences(
        data, spec, by=by, reference=reference, adjust=adjust, contrast=contrast, conf_level=conf_level
    )
    groups = measure_released(data, spec, by=by, gate=opened)[0]
    title = f"{spec.name}: differences by {by.removesuffix('_id').replace('_', ' ')}"
    shown = opened.estimates(rows, title=title, groups=groups.table, labels=["group", "reference"], source=data)
    return ReleasedDifferences(groups, shown)
