"""Names of the children's social work workforce measures in older and newer releases, and the files that hold them."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.published.cells import cell_text
from hybrid_toolkit.data.published.columns import normal_header
from hybrid_toolkit.data.published.file_to_grid import READ, read_grids
from hybrid_toolkit.errors import PublishedError

_RENAMED = (
    (r"^(children_s_)?social_workers?(_in_post)?_(fte|headcount)$", r"inpost_\3"),
    (r"^in_post_(fte|headcount)$", r"inpost_\1"),
    (r"^leaver_(fte|headcount)$", r"leavers_\1"),
    (r"^starter_(fte|headcount)$", r"starters_\1"),
    (r"^agency_workers?_(fte|headcount|rate_fte|rate_headcount|cover_fte|cover_rate_fte)$", r"agency_\1"),
    (r"^vacanc(?:y|ies)_(fte|rate_fte|agency_cover_rate_fte)$", r"vacancy_\1"),
    (r"^case_holders?_fte$", "case_holders_fte"),
    (r"^(number_of_)?cases$", "cases"),
    (r"^(average_)?caseload(_per_case_holder)?(_fte)?$", "caseload_fte"),
    (r"^(sickness_)?absence_rate_fte$", "absence_rate_fte"),
)

_KNOWN = (
    frozenset(f"{what}_{unit}" for what in ("inpost", "starters", "leavers", "agency") for unit in ("fte", "headcount"))
    | frozenset(f"{what}_rate_{unit}" for what in ("turnover", "agency") for unit in ("fte", "headcount"))
    | frozenset(
        (
            "agency_cover_fte",
            "agency_cover_rate_fte",
            "vacancy_fte",
            "vacancy_rate_fte",
            "vacancy_agency_cover_rate_fte",
        )
    )
    | frozenset(("case_holders_fte", "cases", "caseload_fte", "working_days_lost_fte", "absence_rate_fte"))
)


def measure_of(header: str) -> str:
    """The newer release's name of a workforce measure; another name in lower case with underscores.

    Parameters
    ----------
    header : str
        A column header as published.

    Examples
    --------
    >>> measure_of("social_worker_fte"), measure_of("turnover_rate_fte_%"), measure_of("agency_worker_rate_fte_perc")
    ('inpost_fte', 'turnover_rate_fte', 'agency_rate_fte')
    >>> measure_of("inpost_fte"), measure_of("Leaver FTE")
    ('inpost_fte', 'leavers_fte')
    """
    name = re.sub(r"_(perc|percent|pct|percentage)$", "", normal_header(header))
    for pattern, new in _RENAMED:
        if re.fullmatch(pattern, name):
            return re.sub(pattern, new, name)
    return name


def in_one_spelling(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Tidy statistics with the newer names of workforce measures, and which older names were read as which.

    A file that holds both names of a measure keeps the newer one.
    """
    said = {str(m): measure_of(str(m)) for m in frame["measure"].dropna().unique()}
    newer = set(said)
    renamed = {old: new for old, new in said.items() if new in _KNOWN and new not in newer}
    return frame.assign(measure=frame["measure"].replace(renamed)), renamed


def holds_workforce(path: str | Path) -> bool:
    """Whether a file is published workforce statistics: its header has a period, a level and social workers in post.

    Only the header is looked at; False for a folder, a database and whatever cannot be read as a table.

    Parameters
    ----------
    path : str | Path
        The file.

    Returns
    -------
    bool
        Whether a file is published workforce statistics: its header has a period, a level and social workers in post.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "any.csv"
    >>> _ = file.write_text("time_period,geographic_level,inpost_fte\\n2024,National,90\\n")
    >>> holds_workforce(file)
    True
    """
    place = Path(path)
    if not place.is_file() or place.suffix.lower() not in READ:
        return False
    try:
        grids, _ = read_grids(place)
    except PublishedError:
        return False
    for grid in grids:
        for row in grid.rows[:20]:
            names = {measure_of(cell_text(c)) for c in row}
            if {"time_period", "geographic_level", "inpost_fte"} <= names:
                return True
    return False
