"""What stands beside a metric when it is asked for: published figures of England, the region, neighbours and norms.

No figure of these data is in it, so it says nothing of their people; a lens or a report shows it as a reference, never
as a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from hybrid_toolkit.data.evaluation_data import PUBLISHED_FILES, EvaluationData, vouch
from hybrid_toolkit.data.published import Published, load_published
from hybrid_toolkit.errors import CoverageError, UsageError
from hybrid_toolkit.metrics.comparators import comparators
from hybrid_toolkit.metrics.compare import compare
from hybrid_toolkit.metrics.published_places import PUBLISHED

PublishedFiles: TypeAlias = Published | str | Path | Sequence[Published | str | Path]
"""Statistics from ``load_published``, or paths; several files are taken together."""
REFERENCE_COLUMNS = ("label", "kind", "figure", "low", "high", "marker", "source")
"""Columns of ``ReferenceFigures.frame``."""
_CARE = (
    "Published figures describe other people, places and years. They are a reference, not a target; no team is scored "
    "against them, and nothing is ranked."
)


@dataclass(frozen=True)
class ReferenceFigures:
    """Published figures beside one metric.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a figure with ``REFERENCE_COLUMNS``: ``kind`` is ``"norm"``, ``"England"``, ``"region"``,
        ``"statistical neighbour"`` or ``"this authority, published"``; a published symbol stands in ``marker``.
    notes : tuple[str, ...], optional
        Where they come from, what they leave open, and why there are none.
    read_from : tuple[str, ...], optional
        SHA-256 of each file that they were read from; empty for norms, which come with the toolkit.

    Examples
    --------
    >>> ReferenceFigures(pd.DataFrame(columns=list(REFERENCE_COLUMNS)), ("None is known.",)).notes
    ('None is known.',)
    """

    frame: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()
    read_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """Published statistics that may stand beside the metrics of one authority; without files, published norms alone.

    Parameters
    ----------
    files : PublishedFiles | None, optional
        Published statistics, or None for none.
    area : str | None, optional
        The authority in them, as for ``compare``.
    neighbours : PublishedFiles | None, optional
        The published neighbour model, as for ``compare``.

    Examples
    --------
    >>> Beside().knows("swemwbs")
    True
    """

    files: PublishedFiles | None = None
    area: str | None = None
    neighbours: PublishedFiles | None = None

    def read(self) -> Beside:
        """The same with its files read, so that they are read once.

        Returns
        -------
        Beside
            With ``Published`` in place of paths.

        Raises
        ------
        UnreadableError
            As ``load_published``.
        """
        return Beside(_read(self.files), self.area, _read(self.neighbours))

    def knows(self, metric: str) -> bool:
        """Whether anything published could stand beside a metric.

        Parameters
        ----------
        metric : str
            Its id.

        Returns
        -------
        bool
            Whether a norm was seen, or files are here that may hold its measure.

        Examples
        --------
        >>> Beside().knows("swemwbs"), Beside().knows("choice_honoured"), Beside().knows("turnover_rate_pct")
        (True, False, True)
        """
        return bool(len(comparators(metric).lines())) or (self.files is not None and metric in PUBLISHED)

    def figures(self, data: EvaluationData, metric: str) -> ReferenceFigures:
        """The published figures of the newest year that the data have too, and the norms.

        Parameters
        ----------
        data : EvaluationData
            The authority's own data.
        metric : str
            Id of the metric.

        Returns
        -------
        ReferenceFigures
            Without any figure of the data themselves.

        Examples
        --------
        >>> found = Beside().figures(EvaluationData({}), "swemwbs")
        >>> sorted(set(found.frame["kind"])), found.frame["figure"].between(7, 35).all()
        (['norm'], np.True_)
        """
        rows, notes, read = list[dict[str, object]](), list[str](), list[Published]()
        if self.files is not None and metric in PUBLISHED:
            read = _read(self.files) or []
            try:
                found = compare(data, metric, read, area=self.area, neighbours=self.neighbours)
            except (CoverageError, UsageError) as error:  # said to the reader, who can mend it
                notes.append(f"No published statistics beside it: {error.message} {error.fix}")
            else:
                frame = found.tidy()
                newest = frame[frame["year"].eq(frame["year"].max()) & frame["place"].ne("your data")]
                rows += [_place_row(r) for r in newest.to_dict("records")]
                notes += found.notes
        known = comparators(metric)
        lines = known.lines()
        if any(row["kind"] == "England" for row in rows):  # the statistics say it of the year that matches
            lines = lines[~lines["label"].str.endswith("(England figure)")]
        rows += [
            dict.fromkeys(REFERENCE_COLUMNS, None) | {"label": label, "kind": "norm", "figure": value, "source": source}
            for value, label, source in zip(lines["estimate"], lines["label"], lines["source"], strict=True)
        ]
        if len(lines):
            notes += known.summary().splitlines()[1:-1]
        if rows:
            notes.append(_CARE)
        made = pd.DataFrame(rows, columns=list(REFERENCE_COLUMNS))
        numbers = {c: pd.to_numeric(made[c]).astype("float64") for c in ("figure", "low", "high")}
        texts = {c: made[c].astype("str") for c in ("label", "kind", "marker", "source")}
        hashes = tuple(dict.fromkeys(s.sha256 for one in read for s in one.sources))
        figures = ReferenceFigures(made.assign(**numbers, **texts), tuple(notes), hashes)
        from_files = all(one.was_read for one in read)  # statistics that a caller built are nobody's publication
        return vouch(figures, PUBLISHED_FILES) if from_files else figures


def _read(files: PublishedFiles | None) -> list[Published] | None:
    if files is None:
        return None
    many = [files] if isinstance(files, (Published, str, Path)) else list(files)
    return [one if isinstance(one, Published) else load_published(one) for one in many]


def _place_row(row: dict[object, object]) -> dict[str, object]:
    kind = str(row["place"])
    marker = row["marker"] if isinstance(row["marker"], str) else None
    return {
        "label": f"{row['term']}, {row['year']}",
        "kind": kind,
        "figure": row["estimate"],
        "low": row["conf_low"],
        "high": row["conf_high"],
        "marker": marker,
        "source": row["source"],
    }
