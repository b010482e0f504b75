"""Importing the widgets makes none: one made at import is shared by all, and closes with the first that has it."""

from __future__ import annotations

import subprocess
import sys


def test_no_widget_is_made_at_import() -> None:
    code = (
        "import pkgutil; from importlib import import_module; import ipywidgets\n"
        "from ipywidgets.widgets.widget import _instances\n"
        "from hybrid_toolkit import widgets\n"
        "for m in pkgutil.walk_packages(widgets.__path__, widgets.__name__ + '.'): import_module(m.name)\n"
        "print([type(w).__name__ for w in _instances.values()])"
    )
    got = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert got.stdout.strip() == "[]"


def test_a_second_study_builder_works_after_the_first_is_closed() -> None:
    import hybrid_toolkit as ht

    first = ht.StudyBuilder()
    first.close_all()
    assert ht.StudyBuilder().study is not None
