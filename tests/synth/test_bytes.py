"""The generator gives what it gave: a seed that is named in a report makes the same authority in every later version.

Where the values are meant to change, ``generate.GENERATOR`` rises by one and these hashes are made anew.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.synth.generate import GENERATOR, simulate_authority
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.streams import Labels, numbered
from hybrid_toolkit.synth.tables.panel import draw_area, draw_areas, simulate_panel
from hybrid_toolkit.synth.truth import Truth

TINY = Size("tiny", 1, 3, 4.0, 8, 2)
TWO = Size("two", 2, 4, 5.5, 12, 3)
SHORT = Size("short", 1, 2, 3.0, 1, 0)


@pytest.mark.parametrize(
    ("scenario", "size", "seed", "begins"),
    [
        ("helpful-hump", TINY, 3, "5e9f09dab3525c18"),
        ("helpful-hump", TWO, 0, "d314e65932833538"),
        ("interference", TINY, 8, "bd584e4a875cf4c3"),
        ("confounded-null", TWO, 5, "573e9a884ec784f2"),
        ("exclusion-penalty", SHORT, 1, "1c20b24bf3101be0"),
        ("early-career-harm", TINY, 21, "a74154f6ca6b0169"),
    ],
)
def test_every_table_of_a_seed_is_what_it_was(scenario: str, size: Size, seed: int, begins: str) -> None:
    assert simulate_authority(scenario, size, seed).hash.startswith(begins), GENERATOR


def test_the_national_panel_of_a_seed_is_what_it_was() -> None:
    assert simulate_panel(Truth(), 4, n_la=12).hash.startswith("cc0e8d3d4b4aa2dd"), GENERATOR


def test_an_authority_of_the_panel_is_the_same_alone_and_among_others() -> None:
    together = draw_areas(Truth(), 3, [5, 0, 9])
    for area, la in zip(together, [5, 0, 9], strict=True):
        alone = draw_area(Truth(), 3, la, alone=False)
        assert alone.region == area.region
        for name in ("inpost", "starters", "turnover", "agency", "vacancy", "caseload", "absence"):
            np.testing.assert_array_equal(getattr(alone, name), getattr(area, name))


@pytest.mark.parametrize(("count", "digits"), [(0, 3), (1, 1), (9, 1), (10, 1), (99, 2), (100, 2), (12345, 5)])
def test_keys_are_a_stem_and_a_number(count: int, digits: int) -> None:
    assert list(numbered("L001K", count, digits).array()) == [f"L001K{i:0{digits}d}" for i in range(1, count + 1)]


def test_labels_are_stored_as_loaded_text_is() -> None:
    made = Labels.of(["a", "b"], np.array([1, -1, 0])).array()
    loaded = pd.array(["b", None, "a"], dtype="str")
    assert made.dtype == loaded.dtype and type(made) is type(loaded)
    pd.testing.assert_extension_array_equal(made, loaded)
    empty = Labels.of(["a"], np.array([0, 0])).but_empty(np.array([True, True])).array()
    assert empty.isna().all() and empty.dtype == loaded.dtype
