"""Small misread files and older releases, where they are present: no raw exception, no row at a wider area."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from hybrid_toolkit.data.published import Published, load_published, national_gap
from hybrid_toolkit.data.published.places.area_names import level_of_name
from hybrid_toolkit.errors import HybridToolkitError, PersonLevelError, PublishedError

pytestmark = pytest.mark.realdata


@cache
def loaded(place: Path) -> Published:
    return load_published(place)


def folder(real_data: Path, name: str) -> Path:
    place = real_data.parent / name
    if not place.is_dir():
        pytest.skip(f"the folder '{name}' is not beside the published files")
    return place


@pytest.mark.parametrize("name", ["child_list_like_annex_a.xlsx", "child_level_episodes.csv"])
def test_person_level_cases_are_refused(real_data: Path, name: str) -> None:
    with pytest.raises(PersonLevelError):
        load_published(folder(real_data, "cases") / name)


@pytest.mark.parametrize(
    ("name", "levels", "periods", "measures"),
    [
        ("la_rows_given_to_england.csv", {"National": 1, "Regional": 1, "Local authority": 4}, ("2010",), 2),
        ("lait_la_becomes_region.csv", {"Local authority": 6, "Regional": 1}, ("2016", "2017"), 2),
        ("crash_blank_row_under_england.csv", {"National": 1, "Regional": 2, "Local authority": 2}, (), 2),
        ("nomis_like.csv", {"Local authority": 4}, ("Apr 2022-Mar 2023", "Apr 2023-Mar 2024"), 2),
        ("nomis_one_date.csv", {"Local authority": 4}, ("2021",), 1),
        ("few_less_than_marks.csv", {"Local authority": 60}, (), 2),
        ("between_marks.csv", {"Local authority": 5}, (), 2),
        ("no_information_columns.csv", {"National": 1, "Regional": 2, "Local authority": 3}, (), 3),
        ("ten_percent_in_a_header.csv", {"Local authority": 3}, ("2019",), 3),
        ("wide_years.csv", {"Local authority": 4}, ("2020", "2021"), 2),
        ("nomis_census_extract.csv", {"Lower layer super output area": 16}, ("2021",), 7),
        ("ees_headcounts_all_suppressed.csv", {"Local authority": 2}, ("2025",), 2),
        ("ees_low_in_text_filter.csv", {"Local authority": 3}, ("2025",), 1),
        (
            "mhclg_like.csv",
            {"National": 1, "Regional": 1, "": 1, "Local authority district": 1, "Local authority": 1},
            None,
            3,
        ),
        ("lginform_like.csv", {"": 3, "Local authority": 1}, ("2021/22", "2022/23", "2023/24"), 1),
    ],
)
def test_cases_have_their_right_reading(
    real_data: Path, name: str, levels: dict[str, int], periods: tuple[str, ...] | None, measures: int
) -> None:
    out = loaded(folder(real_data, "cases") / name)
    counted = out.rows_per_level().groupby("geographic_level")["rows"].sum().to_dict()
    assert counted == levels and len(out.measures) == measures
    assert periods is None or out.periods == periods


def older(real_data: Path) -> list[Path]:
    return sorted(p for p in folder(real_data, "older").iterdir() if p.is_file())


def test_older_releases_read_or_say_why(real_data: Path) -> None:
    read = 0
    for path in older(real_data):
        try:
            read += len(loaded(path).tidy()) > 0
        except HybridToolkitError as error:
            assert isinstance(error, PublishedError) and error.fix
            assert path.name in error.message and "xpected" in error.message, "what was seen and what was expected"
            assert path.stat().st_size or (error.code == "PUB-EMPTY" and "is empty" in error.message), path.name
    assert read == len([p for p in older(real_data) if p.stat().st_size])


def test_no_figure_of_an_older_release_is_given_to_a_wider_area(real_data: Path) -> None:
    """One row for England a table and year; each region once; each authority of the sheet read as one."""
    for path in (p for p in older(real_data) if p.stat().st_size):
        out = loaded(path)
        t = out.tidy()
        assert not t["geographic_level"].isna().any() and t["area_name"].notna().all(), path.name
        if out.layout != "area-table":
            assert set(t["geographic_level"]) == {"National"}, path.name
            continue
        rows = out.rows_per_level().set_index("geographic_level")
        wide = [level for level in ("National", "Regional") if level in rows.index]
        for level in wide:
            assert rows.loc[level, "rows"] == rows.loc[level, "areas"], path.name
        assert 149 <= rows.loc["Local authority", "rows"] == rows.loc["Local authority", "areas"] <= 152, path.name
        if wide:
            assert rows.loc["National", "rows"] == 1 and rows.loc["Regional", "rows"] in (9, 11), path.name
        assert not any("not read" in a for a in out.assumptions), path.name
        wrong = t[t["geographic_level"].isin(["National", "Regional"])]["area_name"].map(level_of_name)
        assert set(wrong) <= {"National", "Regional"}, path.name


def test_england_is_near_the_sum_of_its_authorities_where_few_are_marked(real_data: Path) -> None:
    """Rounding and suppression part them by little: a row at the wrong level would part them by far."""
    shares = []
    for path in (p for p in older(real_data) if p.stat().st_size):
        gap = national_gap(loaded(path))
        gap = gap[(gap["marked"] <= 0.02 * gap["areas"]) & (gap["national"] >= 1000)]
        shares += (gap["summed"] / gap["national"]).tolist()
    share = pd.Series(shares)
    assert len(share) > 80 and share.between(0.9, 1.1).mean() > 0.97
