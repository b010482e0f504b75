"""Fixtures that several rooms share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.times import read

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest come first, so that no core waits at the end; those not timed drive a browser."""
    took = {ROOT / file: seconds for file, (_, seconds) in read().items()}
    items.sort(key=lambda item: -took.get(item.path, float("inf")))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real published files, which are not part of the repository."""
    places = [Path(p) for p in [os.environ.get("HYBRID_TOOLKIT_REAL_DATA")] if p] + [ROOT.parent / "shared/data/real"]
    for place in places:
        if place.is_dir():
            return place
    pytest.skip("the published files are not here: set HYBRID_TOOLKIT_REAL_DATA to their folder")


@pytest.fixture(scope="session")
def extracts() -> Path:
    """The folder of made-up authorities' exports, which are not part of the repository."""
    places = [Path(p) for p in [os.environ.get("HYBRID_TOOLKIT_EXTRACTS")] if p]
    places.append(ROOT.parent / "shared/data/extracts")
    for place in places:
        if place.is_dir():
            return place
    pytest.skip("the made-up exports are not here: set HYBRID_TOOLKIT_EXTRACTS to their folder")


@pytest.fixture(autouse=True)
def _own_sitting() -> None:
    """Each test is a sitting of its own: what one has shown holds nothing back in another."""
    from hybrid_toolkit.disclosure.ledger.sitting_ledger import forget_sitting

    forget_sitting()
