"""One key gives one pseudonym, whether data were pseudonymised in a folder or on loading."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from hybrid_toolkit.data.load import load_data
from hybrid_toolkit.data.privacy.pseudonymise import pseudonymise_folder


def test_a_folder_and_a_load_give_the_same_pseudonyms_under_one_key(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    pd.DataFrame({"worker_id": ["P-1", "P-2"], "role": ["5", "4"]}).to_csv(source / "worker.csv", index=False)
    key_file = tmp_path / "keep" / "study.key"
    key_file.parent.mkdir()
    pseudonymise_folder(source, tmp_path / "out", key_file=key_file)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[tables.worker]\nsource = "worker"\npseudonymise = ["worker_id"]\n', encoding="utf-8")

    by_folder = load_data(tmp_path / "out")["worker"]["worker_id"].tolist()
    by_load = load_data(source, mapping, key=key_file.read_text(encoding="ascii"))["worker"]["worker_id"].tolist()
    assert by_folder == by_load
    assert len(set(by_load)) == 2 and not {"P-1", "P-2"} & set(by_load)
    assert load_data(source, mapping, key="another")["worker"]["worker_id"].tolist() != by_load
