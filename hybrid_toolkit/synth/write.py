"""Write synthetic data to a folder, with their truth and a manifest beside them.

``truth.json`` is for people and for tests of recovery. Nothing that estimates reads it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from hybrid_toolkit.data.atomic_output import atomic_folder
from hybrid_toolkit.data.evaluation_data import SYNTHETIC_STAMP, EvaluationData
from hybrid_toolkit.data.instruments import load_instrument
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.errors import OutputError, UsageError
from hybrid_toolkit.synth.data_card import data_card
from hybrid_toolkit.synth.estimands import ESTIMANDS, PANEL_ESTIMANDS, true_value
from hybrid_toolkit.synth.generate import GENERATOR, authority_frames, label_of
from hybrid_toolkit.synth.sizes import SIZES, Size
from hybrid_toolkit.synth.tables.items import INSTRUMENTS
from hybrid_toolkit.synth.truth import Truth

CARD = "data-card.md"
"""What lies beside the tables for people to read."""


def write_authority(
    data: EvaluationData, truth: Truth, out_dir: str | Path, *, seed: int, size: Size | str, replace: bool = False
) -> Path:
    """Write every table as CSV, with ``truth.json``, ``manifest.json`` and a data card: whole, or not at all.

    Parameters
    ----------
    data : EvaluationData
        Simulated data.
    truth : Truth
        The truth they were simulated from.
    out_dir : str | Path
        Folder to make. One that holds files is refused, unless it was written here and ``replace`` is true.
    seed : int
        Seed that they were simulated with.
    size : Size | str
        Size that they were simulated with.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    UsageError
        The data are not synthetic.
    OutputError
        The folder holds other files, or cannot be written.
    """
    if not data.synthetic:
        raise UsageError(
            "Only synthetic data may be written beside a truth.",
            fix="Pass what simulate_authority returned.",
            code="SYNTH-ONLY",
        )
    return _write(iter([dict(data.tables)]), data.label, truth, out_dir, seed, size, replace, data.hash)


def write_large(
    truth: Truth, size: Size | str, out_dir: str | Path, *, seed: int, replace: bool = False, progress: bool = False
) -> Path:
    """Simulate and write one authority after another, so that memory holds one authority: for large sizes.

    The files are those of ``write_authority(simulate_authority(...))``; the manifest has no hash of the content as
    loaded.
    """
    made = SIZES[size] if isinstance(size, str) else size
    authorities = tqdm(range(made.n_la), desc="Simulating", unit="authority", disable=not progress)
    frames = (authority_frames(truth, made, seed, la) for la in authorities)
    return _write(frames, label_of(truth, made, seed), truth, out_dir, seed, made, replace, None)


def _write(
    parts: Iterator[Mapping[str, pd.DataFrame]],
    label: str,
    truth: Truth,
    out_dir: str | Path,
    seed: int,
    size: Size | str,
    replace: bool,
    content_hash: str | None,
) -> Path:
    target = Path(out_dir).expanduser()
    if replace and target.is_dir() and any(target.iterdir()) and not _ours(target):
        raise OutputError(
            f"cannot write '{target}': the folder holds files that were not written by this command.",
            fix="Name a new folder, or empty this one.",
            code="OUTPUT-UNWRITABLE",
        )
    made = SIZES[size] if isinstance(size, str) else size
    with atomic_folder(target, replace=replace) as folder:
        rows: dict[str, int] = {}
        for part in parts:
            for name, frame in part.items():
                first = name not in rows
                rows[name] = rows.get(name, 0) + len(frame)
                with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
                    file.write(to_csv(name, frame, header=first))
        _json(folder / "truth.json", truth_document(truth, made, seed, tuple(rows)))
        files = {n: {"rows": r, "sha256": file_hash(folder / f"{n}.csv")} for n, r in rows.items()}
        (folder / CARD).write_text(data_card(truth, label, rows), encoding="utf-8", newline="\n")
        _json(folder / "manifest.json", manifest(label, made, seed, truth, files, folder, content_hash))
    return target


def to_csv(table: str, frame: pd.DataFrame, *, header: bool = True) -> str:
    """A table as CSV text in the fewest characters that load to the same values, as exports of systems are.

    Line feeds, ISO days, empty for missing, 1 and 0 for yes and no, whole numbers without a decimal point, and a survey
    with a row a respondent and a column an item.
    """
    wide = items_across(frame) if table == "survey" else frame
    plain = wide.assign(**{str(c): _plain(wide[c]) for c in wide.select_dtypes(["boolean", "float"])})
    return csv_text(plain, header=header, date_format="%Y-%m-%d")


def items_across(survey: pd.DataFrame) -> pd.DataFrame:
    """One row a worker and wave, and a column for each item of each instrument that is drawn or stands in the rows.

    The columns do not depend on who left what blank, so that authorities can be written below one another.
    """
    asked = dict.fromkeys([*(i.name for i in INSTRUMENTS), *survey["instrument"].unique()])
    items = [item.id for name in asked for item in load_instrument(name).items]
    keys = ["worker_id", "wave", "month"]
    return survey.pivot(index=keys, columns="item", values="value").reindex(columns=items).reset_index()


def _plain(values: pd.Series) -> pd.Series:
    """Yes and no as 1 and 0; numbers as text, of whole ones without the point."""
    if isinstance(values.dtype, pd.BooleanDtype):
        return values.astype("Int8")
    return values.map({v: str(v).removesuffix(".0") for v in values.dropna().unique()}).astype("str")


def truth_document(truth: Truth, size: Size, seed: int, tables: tuple[str, ...]) -> dict[str, Any]:
    """What ``truth.json`` holds: parameters, and the true value of each estimand that the tables can answer."""
    names = PANEL_ESTIMANDS if set(tables) == {"la_year"} else ESTIMANDS if size.waves else ()
    return {
        "synthetic": True,
        "stamp": SYNTHETIC_STAMP,
        "generator": GENERATOR,
        "scenario": truth.scenario,
        "size": size.name,
        "seed": seed,
        "true_values": {name: round(true_value(truth, name, size=size), 4) for name in names},
        "parameters": truth.to_dict(),
    }


def manifest(
    label: str,
    size: Size,
    seed: int,
    truth: Truth,
    files: Mapping[str, Mapping[str, Any]],
    folder: Path,
    content_hash: str | None,
) -> dict[str, Any]:
    """What ``manifest.json`` holds: each file with its rows and hash, and how to make it again."""
    return {
        "synthetic": True,
        "stamp": SYNTHETIC_STAMP,
        "label": label,
        "generator": GENERATOR,
        "scenario": truth.scenario,
        "size": {
            "name": size.name,
            "n_la": size.n_la,
            "teams_per_la": size.teams_per_la,
            "workers_per_team": size.workers_per_team,
            "months": size.months,
            "waves": size.waves,
        },
        "seed": seed,
        "content_sha256": content_hash,
        "files": {f"{name}.csv": dict(entry) for name, entry in files.items()},
        "truth_sha256": file_hash(folder / "truth.json"),
    }


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8", newline="\n")


def _ours(folder: Path) -> bool:
    """Whether a folder was written here: its manifest says so and accounts for every file."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        names = {*content["files"], "manifest.json", "truth.json", "README.md", CARD}
        ours = str(content.get("generator")).startswith(GENERATOR.rsplit(" ", 1)[0])
        return ours and {p.name for p in folder.iterdir()} <= names
    except (OSError, ValueError, KeyError, TypeError):
        return False
