"""Older published tables: each is loaded or says why not, and no figure stands at another area than in its row."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.published import load_published
from hybrid_toolkit.errors import PublishedError

pytestmark = pytest.mark.realdata
LONDON = {"E13000001": "inner", "E13000002": "outer"}


@pytest.fixture(scope="module")
def older(real_data: Path) -> list[Path]:
    """Every fifth of the tables, which covers each publication."""
    folder = real_data.parent / "older"
    if not folder.is_dir():
        pytest.skip("the older tables are not beside the repository")
    return sorted(f for f in folder.glob("*.csv"))[::5]


def _rows(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    return list(csv.reader(text.splitlines()))


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", "").replace("%", "").replace("£", ""))
    except ValueError:
        return None


def test_every_figure_stands_in_a_row_of_its_own_area(older: list[Path]) -> None:
    regions = 0
    for path in older:
        if not path.stat().st_size:
            with pytest.raises(PublishedError, match="PUB-EMPTY"):
                load_published(path)
            continue
        table, rows = load_published(path).tidy(), _rows(path)
        held = table.dropna(subset=["value"])
        for code, part in held[held["geographic_level"].ne("National")].groupby("area_code"):
            said = {str(n).casefold() for n in part["area_name"].dropna().unique()} | {str(code).casefold()}
            if code in LONDON:
                part_of = LONDON[str(code)]
                mine = [r for r in rows if any(part_of in c.casefold() and "london" in c.casefold() for c in r)]
                regions += 1
            else:
                mine = [r for r in rows if said & {c.strip().casefold() for c in r}]
            there = {n for row in mine for c in row if (n := _number(c)) is not None}
            lost = [v for v in part["value"].head(40) if not any(abs(v - n) <= 1e-6 * max(1, abs(n)) for n in there)]
            assert not lost, (path.name, code, len(lost))
        names = [c.strip().casefold() for row in rows for c in row if len(c) < 30]
        wanted = {c for c, w in LONDON.items() if f"{w} london" in names}
        assert wanted <= set(pd.unique(table["area_code"].dropna())), path.name
    assert regions > 10, "inner and outer London were looked at"
