"""The door of hashes: who knows all data but one value hashes every candidate and looks for it in what leaves."""

from __future__ import annotations

import tempfile
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import hash_frame
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.data_sections import show_versions
from hybrid_toolkit.report.export import export
from hybrid_toolkit.study.sharing.evidence import evidence_bundle
from hybrid_toolkit.widgets.desks.data_desk_view import Checked, desk_text
from hybrid_toolkit.widgets.desks.release_bundle import ReleaseDeskState, bundle_files
from hybrid_toolkit.widgets.explorer.metric_view import view_metric
from hybrid_toolkit.widgets.parts.state import DataReference
from tools.attacks.files import inside
from tools.attacks.sittings import METRIC, months

DIGITS = 8
"""Digits of a hash that are enough to tell one candidate among a thousand."""


def hashes(rng: np.random.Generator) -> tuple[int, int, int]:
    """One person's value is guessed: the hash of the data with each candidate, beside all that leaves of the data."""
    data = months(rng)
    worker, month = data.table("worker"), data.table("worker_month")
    someone = int(rng.integers(len(worker)))
    candidates = [f"role {letter}" for letter in "abcdefz"]
    known = []
    for guess in candidates:
        role = worker["role"].copy()
        role.iloc[someone] = guess
        known.append(ht.EvaluationData({"worker": worker.assign(role=role), "worker_month": month}))
    true = known[int(rng.integers(len(known)))]

    outcome = rng.integers(0, 5, len(worker)).astype(float)
    frame = pd.DataFrame({"y": outcome, "x": np.arange(len(worker)) % 7 * 1.0,
                          "team_id": [f"T{i % 12:02}" for i in range(len(worker))],
                          "worker_id": worker["worker_id"].to_numpy()})  # fmt: skip
    study = ht.Study(id="intruder", question="Does y go with x?", row_unit="rows", outcome="y", exposure="x",
                     cluster="team_id", design="cross-sectional", estimand="slope")  # fmt: skip
    frames = [frame.assign(y=np.where(np.arange(len(frame)) == someone, v, outcome)) for v in range(5)]
    used = frames[int(outcome[someone])]

    told: list[str] = []
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        place = Path(folder)
        result = study.estimate_frame(used)
        plain = [true.hash, result.data_hash]
        told += [repr(result), result.summary(), result.tidy().to_csv(), result.glance().to_csv()]
        told += [desk_text(Checked(data=true)), DataReference.of(true).to_code(), repr(true), true._repr_html_()]
        told += [study.lock(place / "a.json", data=used).path.read_text(encoding="utf-8")]
        told += [study.lock(place / "b.json", data=used).summary()]
        for ledger in (None, VersionLedger(folder)):
            gate = Gate(source=true, ledger=ledger)
            told.append(show_versions(gate, true, {}).content.to_csv())
            try:
                told.append(evidence_bundle(study, result, gate=gate).to_json())
                view = view_metric(true, metric=METRIC, gate=gate)
            except HybridToolkitError:
                continue
            told.append(repr(view.state))
            told += [inside(b) for b in bundle_files([view.estimates, view.said], ReleaseDeskState()).values()]
            path = export(view, place / f"a{ledger is None}.zip", on=date(2026, 1, 5), gate=gate)  # holds every form
            told.append(inside(path.read_bytes()))

    guesses = {k.hash for k in known} | {hash_frame(k.table("worker")) for k in known}
    guesses |= {hash_frame(f) for f in frames} | {hash_frame(f[["y", "x", "team_id"]]) for f in frames}
    confirmed = [g[:DIGITS] for g in guesses]
    return (
        sum(any(g in text for text in told) for g in confirmed),
        sum(any(g in text for text in plain) for g in confirmed),
        len(told),
    )
