"""Single values and keys of people are refused wherever they stand: labels, texts, counts, facts, names of columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate, Release
from hybrid_toolkit.errors import DisclosureError


def _staff() -> pd.DataFrame:
    rng, n = np.random.default_rng(3), 200
    return pd.DataFrame(
        {
            "worker_id": [f"W{i:04}" for i in range(n)],
            "team_id": rng.choice([f"T{i}" for i in range(8)], n),
            "travel_h": np.round(rng.gamma(9, 4, n), 2),
        }
    )


STAFF = _staff()
GREATEST = STAFF.groupby("team_id")["travel_h"].max().to_numpy()
ROWS = pd.DataFrame(
    {
        "place": [f"place {c}" for c in "abcdefgh"],
        "n": STAFF.groupby("team_id").size().to_numpy(),
        "mean": STAFF.groupby("team_id")["travel_h"].mean().to_numpy(),
    }
)
TERMS = ROWS.rename(columns={"place": "term", "mean": "estimate"})
LIST = "; ".join(STAFF["travel_h"].map(str))


def _table(gate: Gate, rows: pd.DataFrame, **more: object) -> Release:
    told = {"title": "Travel", "dims": ["place"], "people": "n", "values": ["mean"], **more}
    return gate.table(rows, **told)  # type: ignore[arg-type]


def _estimates(gate: Gate, rows: pd.DataFrame, **more: object) -> Release:
    return gate.estimates(rows, **{"title": "Travel", "people": "n", **more})  # type: ignore[arg-type]


WAYS: dict[str, Callable[[Gate], Release]] = {
    "labels of a table": lambda g: _table(
        g, ROWS.assign(place=[f"{p} ({v})" for p, v in zip(ROWS["place"], GREATEST, strict=True)])
    ),
    "numbers as groups": lambda g: _table(g, ROWS.assign(place=GREATEST)),
    "further counts": lambda g: _table(g, ROWS.assign(v=(GREATEST * 100).astype(int)), other_counts=["v"]),
    "title of a table": lambda g: _table(g, ROWS, title=f"Travel of {LIST}"),
    "column of a person": lambda g: _table(
        g, ROWS.rename(columns={"mean": "hours of Alex Surname"}), values=["hours of Alex Surname"]
    ),
    "labels of estimates": lambda g: _estimates(g, TERMS.assign(more=GREATEST), labels=["more"]),
    "labels as text": lambda g: _estimates(g, TERMS.assign(more=[str(v) for v in GREATEST]), labels=["more"]),
    "unit of estimates": lambda g: _estimates(g, TERMS.assign(unit=[str(v) for v in GREATEST])),
    "clusters": lambda g: _estimates(g, TERMS.assign(teams=(GREATEST * 100).astype(int)), clusters="teams"),
    "one term is a key": lambda g: _estimates(g, TERMS.assign(term=["W0004", *TERMS["term"][1:]])),
    "facts as text": lambda g: g.facts(
        pd.DataFrame({"line": STAFF.index.map("line {}".format), "v": STAFF["travel_h"].map(str)}),
        title="Facts",
        basis="metadata",
    ),
    "facts in one text": lambda g: g.facts(pd.DataFrame({"v": [LIST]}), title="Facts", basis="metadata"),
    "facts as counts": lambda g: g.facts(
        pd.DataFrame({"line": STAFF.index.map("line {}".format), "v": (STAFF["travel_h"] * 100).astype(int)}),
        title="Facts",
        basis="metadata",
        counts=["v"],
    ),
    "a key names a column": lambda g: g.facts(pd.DataFrame({"W0001": ["x"]}), title="Facts", basis="metadata"),
    "text of values": lambda g: g.text(LIST, title="Travel", n=200),
    "text of a key": lambda g: g.text("W0001 has left.", title="Leavers", n=200),
    "title of a text": lambda g: g.text("All is well.", title="W0001", n=200),
}


@pytest.mark.parametrize("way", WAYS)
def test_it_is_refused_where_the_data_are_known_and_no_value_is_quoted(way: str) -> None:
    with pytest.raises(DisclosureError, match=r"TEXT-|COUNT-VALUES|DIM-") as refused:
        WAYS[way](Gate(source=ht.EvaluationData({"worker": STAFF})))
    said = str(refused.value)
    assert not [v for v in (*STAFF["travel_h"].map(str), *STAFF["worker_id"]) if v in said.replace("'W0001'", "")]


def test_honest_numbers_in_words_pass() -> None:
    gate = Gate(source=ht.EvaluationData({"worker": STAFF}))
    means = [f"{p}: {v:.2f}" for p, v in zip(ROWS["place"], ROWS["mean"], strict=True)]
    assert len(_table(gate, ROWS.assign(place=means)).content) == 8
    bins = pd.DataFrame({"hours": [f"{a:.2f} to {a + 12.5:.2f}" for a in (0.0, 12.5, 25.0, 37.5, 50.0)], "n": 40})
    assert len(gate.figure_data(bins, title="Hours", dims=["hours"], people="n").content) == 5
    text = "A day more goes with 0.31 hours less (0.12 to 0.54), over 200 workers in 8 teams in 2025."
    assert gate.text(text, title="Claim", n=200).text == text
    rows = _estimates(gate, TERMS.assign(teams=8, truth=0.123), clusters="teams", labels=["truth"])
    assert rows.content["estimate"].notna().sum() == 8
