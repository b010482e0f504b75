"""The registry of metrics: every metric of the measurement specification, searchable and complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.metrics.specs import ALL
from hybrid_toolkit.metrics.specs.metric_spec import NOT_CO_PRODUCED, MetricSpec

if TYPE_CHECKING:
    from hybrid_toolkit.data.coverage import Need

__all__ = ["NOT_CO_PRODUCED", "REGISTRY", "MetricSpec", "catalogue", "find_metrics", "needs", "plain_ids", "register"]

REGISTRY: dict[str, MetricSpec] = {}
"""Metric id -> spec, in the order of the measurement specification."""


def register(spec: MetricSpec, *, replace: bool = False) -> MetricSpec:
    """Add one metric to the registry; it then works wherever a built-in one does.

    Parameters
    ----------
    spec : MetricSpec
        The metric. One of one's own that was registered the same before is taken again (a cell run twice).
    replace : bool, default False
        Put it in the place of a metric of one's own with that id; a built-in one is never replaced.

    Returns
    -------
    MetricSpec
        One metric: what it asks, of whom, from which columns, by which formula, and with what care.

    Raises
    ------
    MeasureError
        There is a metric of that id already.

    Examples
    --------
    >>> from hybrid_toolkit.metrics.custom.custom_metric import declare_metric
    >>> spec = declare_metric("Visits in time", question="Were visits kept?", table="contact",
    ...     formula="share(held_date <= due_date)", unit="share", direction="higher", low=0, high=1)
    >>> register(spec).id
    'visits_in_time'
    >>> find_metrics("visits_in_time")[0] is spec
    True
    >>> _ = REGISTRY.pop("visits_in_time")
    """
    there = REGISTRY.get(spec.id)
    same = there is not None and there.own and spec.own and (replace or there == spec)
    if there is not None and not same:
        raise MeasureError(f"there is a metric '{spec.id}' already.", fix="Choose another id.", code="METRIC-TWICE")
    REGISTRY[spec.id] = spec
    return spec


for _spec in ALL:
    register(_spec)


def find_metrics(metrics: str | MetricSpec | Iterable[str | MetricSpec]) -> tuple[MetricSpec, ...]:
    """Specs by id, or by code (``"MF2"`` gives all metrics of that code), in the order asked for.

    Raises
    ------
    UsageError
        No metric of that id or code.

    Examples
    --------
    >>> [m.id for m in find_metrics("remote_share_desk")]
    ['remote_share_desk']
    """
    asked = [metrics] if isinstance(metrics, str | MetricSpec) else list(metrics)
    found: dict[str, MetricSpec] = {}
    for one in asked:
        if isinstance(one, MetricSpec):
            found[one.id] = one
            continue
        some = [REGISTRY[one]] if one in REGISTRY else [s for s in REGISTRY.values() if s.code == one.upper()]
        if not some:
            near = _near(one)
            raise UsageError(
                f"there is no metric '{one}'.",
                fix=f"{'Did you mean ' + ', '.join(near) + '? ' if near else ''}Choose one of catalogue().",
                code="METRIC-UNKNOWN",
            )
        found.update({s.id: s for s in some})
    return tuple(found.values())


def _near(name: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, [*REGISTRY, *{s.code for s in REGISTRY.values()}], n=3)


def catalogue(search: str = "") -> pd.DataFrame:
    """Every metric, one row each, optionally only those in which a word occurs.

    Columns: code, id, name, question, unit, value_unit, columns (``table.column``, comma separated; what does
    instead after ``or``), formula, low, high, direction, min_n, reliability, caveats, source, source_questions,
    co_produced, computed, elsewhere.

    Parameters
    ----------
    search : str, optional
        Word that must occur; every metric by default.

    Returns
    -------
    pd.DataFrame
        Every metric, one row each, optionally only those in which a word occurs.

    Examples
    --------
    >>> catalogue("bice")["id"].tolist()
    ['continuity_bice_boxerman']
    """
    rows = [_row(s) for s in REGISTRY.values()]
    frame = pd.DataFrame(rows)
    if search:
        text = pd.Series([" ".join(map(str, r.values())).lower() for r in rows])
        frame = frame[text.str.contains(search.lower(), regex=False)]
    return frame.reset_index(drop=True)


def _row(s: MetricSpec) -> dict[str, object]:
    return {
        "code": s.code,
        "id": s.id,
        "name": s.name,
        "question": s.question,
        "unit": s.unit,
        "value_unit": s.value_unit,
        "columns": " or ".join(
            ", ".join(f"{t}.{c}" for t, cs in some.items() for c in cs) for some in (s.columns, s.instead) if some
        ),
        "formula": s.formula,
        "low": float("nan") if s.low is None else float(s.low),
        "high": float("nan") if s.high is None else float(s.high),
        "direction": s.direction,
        "min_n": s.min_n,
        "reliability": s.reliability,
        "caveats": " ".join(s.caveats),
        "source": s.source,
        "source_questions": ", ".join(s.source_questions),
        "co_produced": s.co_produced,
        "computed": s.computed,
        "elsewhere": s.elsewhere,
    }


def needs() -> tuple[Need, ...]:
    """What each metric that ``measure`` computes needs, for ``coverage()``."""
    from hybrid_toolkit.data.coverage import Need

    specs: Sequence[MetricSpec] = [s for s in REGISTRY.values() if s.computed]
    return tuple(
        Need(
            s.id,
            "metric",
            s.name,
            s.question,
            tables=dict(s.columns),
            values=dict(s.values),
            tables_for=s.columns_for if s.instead else None,
        )
        for s in specs
    )


def plain_ids(text: str) -> str:
    """A text of the catalogue for readers: metrics by name, tables and columns without underscores.

    Parameters
    ----------
    text : str
        Such as a caveat.

    Returns
    -------
    str
        The text without ids.

    Examples
    --------
    >>> plain_ids("Read worked_unwell beside it. Without worker_month it is not known.")
    "Read 'Working while unwell: Worked while unwell' beside it. Without worker month it is not known."
    """
    return re.sub(
        r"\b[a-z]{2,}(?:_[a-z0-9]+)+\b",
        lambda id_: f"'{REGISTRY[id_[0]].name}'" if id_[0] in REGISTRY else id_[0].replace("_", " "),
        text,
    )
