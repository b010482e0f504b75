"""A survey as platforms export it, a row a respondent and a column an item, read without a mapping."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from hybrid_toolkit.data.instruments import instruments_in
from hybrid_toolkit.data.mapping.mapping_file import TableMap
from hybrid_toolkit.data.reading.raw_table import normal_name


def with_items_across(table_map: TableMap, frame: pd.DataFrame) -> TableMap:
    """The same part of a mapping; of a survey without a column of items, with the step that makes rows of its columns.

    Only columns that are called as items of a shipped instrument are (``swemwbs_1``); others stay outside, as always.

    Parameters
    ----------
    table_map : TableMap
        One part of a mapping, or what stands for it where a source is called as a table.
    frame : pd.DataFrame
        The source, as text.

    Examples
    --------
    >>> answers = pd.DataFrame({"worker_id": ["W1"], "wave": ["1"], "swemwbs_1": ["3"], "note": ["x"]}, dtype="str")
    >>> dict(with_items_across(TableMap("survey", ("survey",)), answers).steps.long)
    {'swemwbs_1': ('swemwbs', 'swemwbs_1')}
    """
    headers = {normal_name(str(h)) for h in frame.columns}
    if table_map.table != "survey" or table_map.steps.long or "item" in headers or "item" in table_map.columns:
        return table_map
    known = _instrument_of()
    long = {str(h): (known[n], n) for h in frame.columns if (n := normal_name(str(h))) in known}
    return replace(table_map, steps=replace(table_map.steps, long=long)) if long else table_map


@lru_cache(maxsize=1)
def _instrument_of() -> dict[str, str]:
    """Item -> instrument. No two instruments share the name of an item (a test holds this)."""
    return {item.id: i.id for i in instruments_in("survey") for item in i.items}
