"""Four contact measures together beside hand-written DuckDB SQL: ``python benchmarks/contact_measures.py``.

Choice honoured, contacts at a distance, contacts in time and families engaged, with the sums of each team (for the
clustered interval), what is missing and the distinct people behind each, over simulated contacts in a Parquet file. SQL
and toolkit run in turn, each in a process of its own on one thread; seconds are of processor time, the best of three.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

MEASURES = ["choice_honoured", "remote_contact_share", "contact_in_time_share", "engaged_share"]

CONTACTS = """
SELECT 'c' || i AS contact_id, 'f' || (hash(i) % (1 + {n} // 11)) AS family_id,
  'w' || (hash(i * 3) % 12000) AS worker_id,
  TIMESTAMP '2024-01-01' + to_days((hash(i * 11) % 730)::INT) AS held_date,
  TIMESTAMP '2024-01-01' + to_days((hash(i * 11) % 730 + hash(i * 13) % 20)::INT - 8) AS due_date,
  ['home', 'office', 'video', 'phone', 'other'][(hash(i * 17) % 5 + 1)::INT] AS mode,
  ['home', 'office', 'video', 'phone', NULL][(hash(i * 19) % 5 + 1)::INT] AS mode_preferred,
  hash(i * 23) % 10 < 7 AS mode_offered_choice,
  CASE WHEN hash(i * 29) % 10 = 0 THEN NULL ELSE hash(i * 29) % 10 < 6 END AS engaged
FROM range({n}) t(i)"""
WORKERS = "SELECT 'w' || i AS worker_id, 't' || (i % 1500) AS team_id FROM range(12000) t(i)"
ACCESS = "SELECT 'f' || i AS family_id, TIMESTAMP '2024-02-01' AS date, {flags} FROM range(1 + {n} // 11) t(i)"

CHOICE = "held_date IS NOT NULL AND mode IS NOT NULL AND mode_preferred IS NOT NULL AND mode_offered_choice IS NOT NULL"
REMOTE = "held_date IS NOT NULL AND mode IS NOT NULL"
DUE = (
    "due_date IS NOT NULL AND (held_date IS NOT NULL OR due_date < (SELECT max(held_date) FROM '{at}/contact.parquet'))"
)
ENGAGED = "held_date IS NOT NULL AND engaged IS NOT NULL"
HOLDS = (
    "mode_offered_choice AND mode = mode_preferred",
    "mode IN ('video', 'phone')",
    "held_date <= due_date",
    "engaged",
)


def by_hand(at: str) -> list[list[float]]:
    """Share, units, missing and people of each measure, as an analyst would write it: one scan, one join."""
    known = [CHOICE, REMOTE, DUE.format(at=at), ENGAGED]
    sums = ", ".join(
        f"count(*) FILTER ({k}) AS n{i}, count(*) FILTER ({k} AND {h}) AS s{i}"
        for i, (k, h) in enumerate(zip(known, HOLDS, strict=True))
    )
    people = ", ".join(
        f"count(DISTINCT {who}) FILTER ({k}) AS {who}{i}"
        for i, k in enumerate(known)
        for who in ("worker_id", "family_id")
    )
    contacts = f"'{at}/contact.parquet'"
    teams = duckdb.sql(
        f"SELECT team_id, count(*) AS rows, {sums} FROM {contacts} LEFT JOIN '{at}/worker.parquet' USING (worker_id) "
        "GROUP BY team_id"
    ).df()
    counts = duckdb.sql(f"SELECT {people} FROM {contacts}").df().iloc[0]
    total = teams.drop(columns="team_id").sum()
    return [
        [
            total[f"s{i}"] / total[f"n{i}"],
            total[f"n{i}"],
            total["rows"] - total[f"n{i}"],
            min(counts[f"worker_id{i}"], counts[f"family_id{i}"]),
        ]
        for i in range(len(known))
    ]


def toolkit(at: str) -> list[list[float]]:
    """The same by ``measure`` over the file, with its intervals."""
    from hybrid_toolkit import metrics

    found = metrics.measure(metrics.ContactTables.open(at), MEASURES)
    return [[float(v) for v in r] for r in found[["estimate", "n", "n_missing", "n_people"]].to_numpy()]


def main() -> None:
    """Make the contacts, run both in turn, and print what each took."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--contacts", type=int, default=10_000_000)
    ask.add_argument("--who", choices=["by_hand", "toolkit"])
    ask.add_argument("--at")
    given = ask.parse_args()
    if given.who:
        duckdb.sql("SET threads = 1")
        seconds, found = [], []
        for _ in range(3):
            start = time.process_time()
            found = {"by_hand": by_hand, "toolkit": toolkit}[given.who](given.at)
            seconds.append(time.process_time() - start)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": min(seconds), "peak": peak, "found": [[float(v) for v in r] for r in found]}))
        return
    from hybrid_toolkit.data.tables.contracts import ACCESS_FLAGS

    flags = ", ".join(f"hash(i * {k}) % 5 > 0 AS {name}" for k, name in enumerate(ACCESS_FLAGS, 1))
    got = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, query in (("contact", CONTACTS), ("worker", WORKERS), ("access", ACCESS)):
            duckdb.sql(query.format(n=given.contacts, flags=flags)).write_parquet(str(Path(folder, f"{name}.parquet")))
        for who in ("by_hand", "toolkit"):
            command = [sys.executable, __file__, "--who", who, "--at", folder]
            done = subprocess.run(
                command, capture_output=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}, text=True
            )
            if done.returncode:
                raise SystemExit(done.stderr)
            got[who] = json.loads(done.stdout.splitlines()[-1])
    own, other = got["toolkit"], got["by_hand"]
    print(f"four measures together, {given.contacts:,} contacts")
    for who, g in got.items():
        print(f"  {who:8} {g['seconds']:7.2f} s, {g['peak']:6.0f} MB at the peak")
    print(f"  toolkit in {own['seconds'] / other['seconds']:.2f} of the time")
    apart = max(
        abs(a - b) / max(1.0, abs(b))
        for x, y in zip(own["found"], other["found"], strict=True)
        for a, b in zip(x, y, strict=True)
    )
    print(f"  share, units, missing and people apart by {apart:.1e} at most")


if __name__ == "__main__":
    main()
