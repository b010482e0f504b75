"""What `load_published` makes of every file of a folder: own error or rows per level, and where levels disagree.

Run ``python -m tools.published_audit FOLDER``. A figure of an area that is given to a wider one shows as more than one
national row for the same measure, period and breakdown, or as a national figure far below the sum of its authorities.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.published import Published, load_published, national_gap
from hybrid_toolkit.errors import HybridToolkitError

_KEYS = ["geographic_level", "area_code", "area_name", "period", "measure", "breakdown", "table"]
_WIDE = ("National", "Regional")


def levels(published: Published) -> pd.DataFrame:
    """One row a level: areas and body rows of the sheet that were read at that level."""
    frame = published.tidy()
    level = frame["geographic_level"].fillna("(none)")
    area = frame["area_code"].fillna(frame["area_name"])
    places = frame["file"].fillna("") + "|" + frame["table"].fillna("") + "|" + frame["source_row"].astype(str)
    table = pd.DataFrame({"level": level, "area": area, "place": places})
    return table.groupby("level").agg(areas=("area", "nunique"), rows=("place", "nunique")).reset_index()


def suspicions(published: Published) -> list[str]:
    """What a person should look at: doubled national figures, sums that do not fit, columns that are no measure."""
    frame = published.tidy()
    found = []
    wide = frame[frame["geographic_level"].isin(_WIDE) & frame["value"].notna()]
    key = wide[_KEYS].fillna("")
    twice = int(key.duplicated(keep=False).sum())
    if twice:
        found.append(f"{twice} cells of a nation or region repeat the same measure, period and breakdown")
    gap = national_gap(published)
    if len(gap):
        share = gap["summed"] / gap["national"].where(gap["national"].abs() > 50)
        odd = gap[(share > 1.1) | ((share < 0.5) & (gap["marked"] < 0.2 * gap["areas"]))]
        if len(odd):
            found.append(f"{len(odd)} of {len(gap)} national counts are far from the sum of their authorities")
    nameless = int((frame["area_name"].isna() & frame["area_code"].isna()).sum())
    if nameless:
        found.append(f"{nameless} cells have no area")
    if frame["period"].isna().any():
        found.append(f"{int(frame['period'].isna().sum())} of {len(frame)} cells have no period")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print one block a file; the status is 1 where an exception is not the toolkit's own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--measures", action="store_true", help="list the measures")
    asked = parser.parse_args(arguments)
    crashed = 0
    for path in sorted(p for p in asked.folder.rglob("*") if p.is_file()):
        try:
            published = load_published(path)
        except HybridToolkitError as error:
            print(f"{path.name}\n  refused {error.code}: {error}")
            continue
        except Exception:  # the very thing this looks for
            crashed += 1
            print(f"{path.name}\n  CRASH {traceback.format_exc(limit=-1).splitlines()[-1]}")
            continue
        table = levels(published)
        said = ", ".join(f"{r.level}: {r.areas} areas in {r.rows} rows" for r in table.itertuples())
        print(f"{path.name}\n  {published.layout}; {said}; periods {', '.join(published.periods[:8])}")
        for line in suspicions(published):
            print(f"  LOOK {line}")
        if asked.measures:
            for name in published.measures:
                print(f"    {name}")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
