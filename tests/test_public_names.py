"""Public names: each leads to what it names whatever was imported before, and ``dir`` shows these and no others."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import hybrid_toolkit as ht

ROOMS = ["metrics", "models", "designs", "assess", "disclosure"]


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_stands_in_the_place_of_a_public_name(room: str) -> None:
    package = importlib.import_module(f"hybrid_toolkit.{room}")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    hidden = [name for name in package.__all__ if type(getattr(package, name)).__name__ == "module"]
    assert hidden == []


@pytest.mark.parametrize("room", ROOMS)
def test_dir_shows_what_is_public(room: str) -> None:
    package = importlib.import_module(f"hybrid_toolkit.{room}")
    assert dir(package) == sorted(package.__all__)


def test_dir_of_the_package_shows_public_names_rooms_and_version() -> None:
    assert set(dir(ht)) == {*ht.__all__, "__version__"}


def test_tests_of_few_clusters_and_counts_of_ratings_are_public() -> None:
    for room, name in (("models", "wild_bootstrap"), ("models", "randomisation_test"), ("metrics", "rating_counts")):
        package = importlib.import_module(f"hybrid_toolkit.{room}")
        assert name in package.__all__ and callable(getattr(package, name))
