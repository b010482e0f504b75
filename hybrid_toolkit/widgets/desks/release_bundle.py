"""What leaves: each release with its decisions, exceptions signed with a reason, and the bundle as files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_folder
from hybrid_toolkit.data.safe_csv import csv_text
from hybrid_toolkit.disclosure.release import Release, disclosure_record, printed_hash, require_release
from hybrid_toolkit.errors import DisclosureError, UsageError
from hybrid_toolkit.report.documents.tidy_layout import tidy_layout

LEAST_REASON = 15
"""Characters below which a reason says too little."""
LEAVES, WAITS, HELD = "leaves", "waits for a signature", "held back"


@dataclass(frozen=True, slots=True)
class Signed:
    """An exception: a decision that a person takes and answers for.

    Parameters
    ----------
    release : str
        Id of the release.
    leaves : bool
        True: it may leave although its policy is looser than the floor; False: it is held back.
    reason : str
        Why it was signed.
    by : str
        Who answers for it (a name or a role).
    on : date
        The day.
    """

    release: str
    leaves: bool
    reason: str
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class ReleaseDeskState:
    """The exceptions that were signed, latest last; the last one of a release counts."""

    signed: tuple[Signed, ...] = ()


def needs_signature(release: Release) -> bool:
    """Whether the policy that let it through is looser than the floor somewhere."""
    return any(d.rule == "policy" for d in require_release(release).decisions)


def standing(release: Release, state: ReleaseDeskState) -> str:
    """``leaves``, ``waits for a signature`` or ``held back``."""
    last = next((s for s in reversed(state.signed) if s.release == release.id), None)
    if last is not None:
        return LEAVES if last.leaves else HELD
    return WAITS if needs_signature(release) else LEAVES


def sign(state: ReleaseDeskState, release: Release, *, leaves: bool, reason: str, by: str, on: date) -> Signed:
    """The exception, once it says enough.

    Raises
    ------
    UsageError
        The reason or the name is missing or too short, or there is nothing to except.
    """
    if len(reason.strip()) < LEAST_REASON or not by.strip():
        raise UsageError(
            f"An exception needs a reason of at least {LEAST_REASON} characters and who answers for it.",
            fix="Write why, and a name or a role.",
            code="EXCEPTION-REASON",
        )
    if leaves and standing(release, state) == LEAVES:
        raise UsageError("It leaves already; there is nothing to except.", code="EXCEPTION-NONE")
    return Signed(release.id, leaves, reason.strip(), by.strip(), on)


def bundle_files(releases: Sequence[Release], state: ReleaseDeskState) -> dict[str, bytes]:
    """Name -> content of everything that leaves: data, their columns, the record, the exceptions and a manifest.

    Raises
    ------
    DisclosureError
        Nothing leaves, or something is not a release.
    """
    out = [r for r in releases if standing(r, state) == LEAVES]
    if not out:
        raise DisclosureError(
            "Nothing may leave yet.", fix="Sign the exceptions, or make outputs.", code="BUNDLE-EMPTY"
        )
    files: dict[str, bytes] = {}
    for release in out:
        layout = tidy_layout(release)
        files[f"{release.id}.csv"] = layout.to_csv().encode("utf-8-sig")
        files[f"{release.id}.meta.csv"] = layout.meta_csv().encode("utf-8-sig")
    files["disclosure-record.csv"] = csv_text(disclosure_record(out)).encode("utf-8-sig")
    ids = {r.id for r in out}
    files["exceptions.csv"] = _exceptions([s for s in state.signed if s.release in ids])
    manifest = {
        "releases": [
            {
                "id": r.id,
                "title": r.title,
                "kind": r.kind,
                "stamp": r.stamp,
                "data_hash": printed_hash(r.data_hash, synthetic=r.synthetic),
                "policy_hash": r.policy_hash,
                "hidden": r.hidden,
            }
            for r in out
        ],
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    files["manifest.json"] = (json.dumps(manifest, indent=2) + "\n").encode()
    return files


def bundle_zip(files: Mapping[str, bytes]) -> bytes:
    """The files as one ZIP; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in sorted(files):
            bundle.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), files[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def write_bundle(files: Mapping[str, bytes], folder: str | Path) -> Path:
    """The files in a new folder, whole or not at all.

    Raises
    ------
    OutputError
        The folder cannot be written or holds files.
    """
    with atomic_folder(folder) as part:
        for name, content in files.items():
            (part / name).write_bytes(content)
    return Path(folder)


def _exceptions(signed: Sequence[Signed]) -> bytes:
    rows = [(s.release, "yes" if s.leaves else "no", s.reason, s.by, s.on.isoformat()) for s in signed]
    frame = pd.DataFrame(rows, columns=["release", "leaves", "reason", "signed by", "on"])
    return csv_text(frame).encode("utf-8-sig")
