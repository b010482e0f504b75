"""Published figures of the toolkit's scales and rates for other people, with source, year and population."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import pandas as pd

from hybrid_toolkit.metrics.specs.metric_spec import MetricSpec
from hybrid_toolkit.metrics.specs.registry import find_metrics

COMPARATOR_COLUMNS = (
    *("metric", "statistic", "value", "estimate", "line", "unit", "population", "country", "year", "n", "source"),
    *("address", "licence", "note"),
)
"""Columns of ``Comparators.tidy()``."""
_FILE = "comparators.csv"
_ON_THE_SCALE = re.compile(r"(mean|median|England figure|50th percentile of local authorities)(, %)?")
_UNSURE = re.compile(r"not stated|confirm|orientation only", re.I)
_MOST_LINES = 4


@dataclass(frozen=True)
class Comparators:
    """Published comparators of one metric: a reference, never a score of a team.

    Parameters
    ----------
    metric : str
        Id of the metric.
    name : str
        Its plain name.
    frame : pd.DataFrame
        The rows of ``tidy()``.

    Examples
    --------
    >>> women = comparators("swemwbs").tidy().query("statistic == 'mean' and population == 'adults 16+, women'")
    >>> comparators("swemwbs").glance().iloc[0].to_dict()
    {'metric': 'swemwbs', 'n': 8, 'n_lines': 5, 'first_year': '2010-2013', 'last_year': '2021-05/07'}
    """

    metric: str
    name: str
    frame: pd.DataFrame = field(repr=False)

    def tidy(self) -> pd.DataFrame:
        """One row a published figure, with the columns of ``COMPARATOR_COLUMNS``.

        ``value`` is the figure as published and ``estimate`` the same in the metric's own unit, missing where it is no
        single number. ``line`` says whether it may stand as a reference line beside the metric: a mean, a median, an
        England figure or the middle authority, measured on the same scale for certain.

        Returns
        -------
        pd.DataFrame
            One row a published figure, with the columns of ``COMPARATOR_COLUMNS``.
        """
        return self.frame.copy()

    def glance(self) -> pd.DataFrame:
        """One row: metric, n figures, n that may be reference lines, first and last year.

        Returns
        -------
        pd.DataFrame
            One row: metric, n figures, n that may be reference lines, first and last year.
        """
        years = self.frame["year"]
        return pd.DataFrame(
            {
                "metric": [self.metric],
                "n": [len(self.frame)],
                "n_lines": [int(self.frame["line"].sum())],
                "first_year": [years.min() if len(years) else ""],
                "last_year": [years.max() if len(years) else ""],
            }
        )

    def lines(self) -> pd.DataFrame:
        """The reference lines for a figure: the newest of each population, at most four.

        Returns
        -------
        pd.DataFrame
            One row a line: ``estimate``, ``label`` and ``source``.
        """
        rows = self._kept()
        parts = rows[["population", "country", "year", "statistic"]].to_numpy()
        labels = [f"{who}, {country}, {year} ({what})" for who, country, year, what in parts]
        source = rows["source"].to_numpy()
        return pd.DataFrame({"estimate": rows["estimate"].to_numpy(), "label": labels, "source": source})

    def _kept(self) -> pd.DataFrame:
        rows = self.frame[self.frame["line"]].sort_values("year", kind="stable", ascending=False)
        return rows.drop_duplicates(["population", "statistic"]).head(_MOST_LINES)

    def summary(self) -> str:
        """One sentence a reference line, with population, country, year, number of people and source.

        Returns
        -------
        str
            One sentence a reference line, with population, country, year, number of people and source.
        """
        if self.frame.empty:
            return f"{self.name}: no published comparator that we have seen."
        kept = self._kept()
        columns = ["statistic", "value", "population", "country", "year", "n", "source"]
        said = [
            f"{what} {value} ({who}, {country}, {year}{f', n = {n}' if n else ''}; {source})."
            for what, value, who, country, year, n, source in kept[columns].to_numpy()
        ]
        opening = f"{self.name}: {len(self.frame)} published figures, {len(kept)} shown as reference lines."
        closing = (
            "They describe other people in other years, often self-selected. They are a reference, not a target, and "
            "no team is scored against them."
        )
        return "\n".join([opening, *said, closing])


def comparators(metric: str | MetricSpec) -> Comparators:
    """Published figures to set beside a metric: means, medians and percentiles with source, year and population.

    Parameters
    ----------
    metric : str | MetricSpec
        Id of a metric (``"swemwbs"``), its code, or its specification.

    Returns
    -------
    Comparators
        Empty where none has been seen; ``tidy()``, ``glance()``, ``lines()``, ``summary()``.

    Raises
    ------
    UsageError
        An unknown metric.

    Examples
    --------
    >>> women = comparators("swemwbs").tidy().query("statistic == 'mean' and population == 'adults 16+, women'")
    >>> float(women["estimate"].iloc[0]), women["year"].iloc[0]
    (23.2, '2010-2013')
    >>> comparators("secure_base").summary()
    'Team as a secure base: Secure base: no published comparator that we have seen.'
    """
    spec = find_metrics(metric)[0]
    rows = [r for r in _rows() if r["metric"] == spec.id]
    frame = pd.DataFrame(
        rows, columns=[c for c in COMPARATOR_COLUMNS if c not in ("estimate", "line", "unit")], dtype="str"
    )
    factor = 0.01 if spec.value_unit == "share" else 1.0
    numbers = pd.to_numeric(frame["value"], errors="coerce").astype("float64") * factor
    line = [
        bool(_ON_THE_SCALE.fullmatch(said)) and not _UNSURE.search(note) and number == number
        for said, note, number in zip(frame["statistic"], frame["note"], numbers, strict=True)
    ]
    frame = frame.assign(estimate=numbers.round(6), line=pd.Series(line, dtype="bool"), unit=spec.value_unit)
    return Comparators(spec.id, spec.name, frame[list(COMPARATOR_COLUMNS)])


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    text = resources.files("hybrid_toolkit.metrics").joinpath(_FILE).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
