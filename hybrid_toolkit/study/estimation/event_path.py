"""A result over time: an event study's effects by time to and from the start, or a long series with its line."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from hybrid_toolkit.errors import StudyError
from hybrid_toolkit.result import TIDY_COLUMNS
from hybrid_toolkit.study.declaration.study_fields import StudyFields
from hybrid_toolkit.study.declaration.toml_text import nearest

EVENT = "event time"
"""Role of the rows of an event study."""
TERM = r"^time (-?\d+)$"
"""How such a row names its time."""


def path_of(estimates: pd.DataFrame, series: Sequence[tuple[str, pd.DataFrame]], outcome: str) -> pd.DataFrame | None:
    """The path of one outcome, as ``StudyResult.path`` gives it; None where there is none."""
    for name, path in series:
        if name == outcome:
            out = path.reset_index(drop=True)
            out.insert(0, "outcome", outcome)
            return out
    rows = estimates[estimates["role"].eq(EVENT) & estimates["outcome"].eq(outcome)]
    if rows.empty:
        return None
    time, kept = rows["term"].str.extract(TERM)[0].astype("int64"), ["outcome", "time", *TIDY_COLUMNS, "n_clusters"]
    kept += [c for c in ("rests_on",) if c in rows]
    return rows.assign(time=time).sort_values("time")[kept].reset_index(drop=True)


def unknown_outcome(study: StudyFields, outcome: str) -> StudyError:
    """The error of an outcome that the study has not."""
    return StudyError(
        f"study '{study.id}' has no outcome '{outcome}'.",
        fix=f"{nearest([outcome], study.outcomes)}Name one of: {', '.join(study.outcomes)}.",
        code="OUTCOME-UNKNOWN",
    )


def no_path(study: StudyFields) -> StudyError:
    """The error of a path that a design does not follow."""
    return StudyError(
        f"design '{study.design}' of study '{study.id}' follows nothing over time, or its event study could not run.",
        fix="Use tidy() for the estimates of this design; path() is for roll-outs and their event studies (such as "
        "staggered-rollout, two-by-two), interrupted series and synthetic control.",
        code="NO-PATH",
    )
