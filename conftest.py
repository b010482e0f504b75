"""What every run of pytest needs, that of the notebooks with nbval among them."""

from __future__ import annotations

import gc
from typing import Any

PICTURE = r"data:image/png;base64,[\w+/=]+"

OFTEN = (100_000, 20, 50)
"""New objects between two rounds of Python's collector of unreachable ones, then rounds between wider ones. With
Python's own 700 it took a quarter of the processor time of the tests: thousands of them and every module stay in
memory, and each wide round walks through them all."""


def pytest_collectstart(collector: Any) -> None:
    """Figures in the notebooks are compared by their words: their bytes differ between systems."""
    patterns = getattr(collector, "sanitize_patterns", None)
    if patterns is not None:
        patterns[PICTURE] = "picture"


def pytest_collection_finish() -> None:
    """What was made up to here stays until the end: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OFTEN)
