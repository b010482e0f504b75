"""Two thousand inputs made by chance from good files: every reader answers each by a result or an error of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

EACH = 125
"""Inputs of a reader of share one: two thousand over all; ``python -m tools.generated_inputs`` does more by hand."""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="needs a clock that interrupts")
def test_every_reader_answers_what_chance_makes_of_good_files() -> None:
    from tools.generated_inputs import run
    from tools.generated_seeds import READERS

    readers = {n: r for n, r in READERS.items() if n != "bundle"}  # making one takes longer than all the others
    given = sum(max(1, round(EACH * reader.share)) for reader in readers.values())
    faults = [fault for name, reader in readers.items() for fault in run(EACH, {name: reader})]
    assert faults == []
    assert given >= 2000


def test_the_files_that_are_changed_are_good_before_they_are_changed(tmp_path: Path) -> None:
    """A file that a reader refuses at its first key never reaches the rest of the reader, however it is changed."""
    from tools.generated_seeds import READERS

    for name, reader in READERS.items():
        for number, data in enumerate(reader.seeds() if name != "bundle" else []):
            place = tmp_path / f"{name} {number}".replace(",", "")
            place.mkdir()
            (place / reader.file).write_bytes(data)
            reader.read(place / reader.file)


@pytest.mark.skipif(not hasattr(signal, "SIGPROF"), reason="needs a clock that interrupts")
def test_a_reader_that_answers_badly_is_found(tmp_path: Path) -> None:
    from hybrid_toolkit.errors import UnreadableError
    from tools.generated_inputs import run
    from tools.generated_seeds import SECRET, Reader

    def shows(path: Path) -> None:
        raise UnreadableError(f"no number: {SECRET}", fix="Correct it.", code="X")

    def fails(path: Path) -> None:
        raise KeyError

    found = run(1, {k: Reader(k, "a.csv", "text", lambda: [b"a,b"], r) for k, r in (("s", shows), ("f", fails))})
    assert [f.why.split(" at ")[0] for f in found] == ["its error [X] shows a value", "KeyError"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that begin as a copy")
def test_an_input_that_ends_the_process_is_told_and_the_next_is_tried(tmp_path: Path) -> None:
    from tools.generated_inputs import generated, run_apart
    from tools.generated_seeds import Reader

    def ends(path: Path) -> None:
        if path.read_bytes() == generated(reader, 1):
            os._exit(9)

    reader = Reader("r", "a.csv", "text", lambda: [b"a,b"], ends)
    assert [(f.number, f.why) for f in run_apart(4, reader)] == [(1, "the process ended with 9")]


def test_a_notebook_whose_parts_are_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A part of another kind than the format says could be overlooked; half a character could not be written again."""
    import json

    from hybrid_toolkit.errors import UnreadableError
    from hybrid_toolkit.report.notebook_check import check_notebook

    for part in ({"metadata": [1]}, {"cells": [{"outputs": {"a": 1}}]}, {"cells": [{"outputs": ["text"]}]},
                 {"cells": [{"source": "\ud800"}]}, {"metadata": {"widgets": "all"}}):  # fmt: skip
        file = tmp_path / "a.ipynb"
        file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4} | part))
        with pytest.raises(UnreadableError):
            check_notebook(file)
