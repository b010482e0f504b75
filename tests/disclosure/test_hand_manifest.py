"""A manifest written by hand calls real files synthetic, with true hashes: the ledger is kept all the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd

from hybrid_toolkit.cli import main
from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.synth.committed import is_committed, synthetic_folder


def write(folder: Path, workers: range) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "worker.csv").write_text("worker_id,role\n" + "".join(f"W{i},{4 + i % 2}\n" for i in workers))
    rows = [f"W{i},2025-0{m}-01,{40 + i},60\n" for i in workers for m in (1, 2, 3)]
    (folder / "worker_month.csv").write_text("worker_id,month,h_home,h_office\n" + "".join(rows))
    files = {p.name: {"sha256": hashlib.sha256(p.read_bytes()).hexdigest()} for p in folder.glob("*.csv")}
    manifest = {"synthetic": True, "label": "synthetic: helpful-hump, small, seed 2026", "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    manifest["content_sha256"] = load_data(folder).hash
    (folder / "manifest.json").write_text(json.dumps(manifest))


def measured(data: Path, out: Path) -> pd.DataFrame:
    asked = ["measure", str(data), "--metric", "remote_share_desk", "--by", "role", "--out", str(out)]
    assert main(asked) == 0
    return pd.read_csv(out).set_index("group")


def test_one_leaver_is_held_back_whatever_the_manifest_says(tmp_path: Path) -> None:
    write(tmp_path / "real", range(80))
    data = load_data(tmp_path / "real")
    assert data.synthetic, "nothing in the folder tells these from simulated files"
    assert not is_committed(data)
    first = measured(tmp_path / "real", tmp_path / "out" / "a.csv")
    assert not first["suppressed"].any()
    write(tmp_path / "real", range(79))
    later = measured(tmp_path / "real", tmp_path / "out" / "b.csv")
    assert later.loc["all", "suppressed"] and later["suppressed"].sum() >= 2
    elsewhere = measured(tmp_path / "real", tmp_path / "other" / "b.csv")
    assert not elsewhere["suppressed"].any(), "without the ledger the difference of two tables is the one who left"


def test_data_that_come_with_the_toolkit_need_no_ledger(tmp_path: Path) -> None:
    measured(synthetic_folder("small"), tmp_path / "out" / "a.csv")
    assert not (tmp_path / "out" / ".disclosure").exists()
