"""Which questions of the guidance each metric answers, as the table ``seed_service.csv`` says: the one place for it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

SERVICE_TABLE = "seed_service.csv"
"""One row a question: what answers it (``kind`` and ``reference``) and why (``reading``)."""


@cache
def questions_by_metric() -> Mapping[str, tuple[str, ...]]:
    """Metric id -> ids of the questions that it answers, in their order.

    Returns
    -------
    Mapping[str, tuple[str, ...]]
        Metric id -> question ids.

    Examples
    --------
    >>> questions_by_metric()["work_aches"]
    ('S3-X6',)
    """
    out: dict[str, list[str]] = {}
    text = (files("hybrid_toolkit.metrics") / SERVICE_TABLE).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        for metric in row["reference"].split() if row["kind"] == "metric" else ():
            out.setdefault(metric, []).append(row["seed_id"])
    return MappingProxyType({metric: tuple(ids) for metric, ids in out.items()})
