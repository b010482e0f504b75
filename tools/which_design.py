"""Measure how often intervals hold the truth by teams, treated teams and months: ``python -m tools.which_design``.

Writes docs/which_design.csv and the table of docs/which_design.md. The authorities are those of
``hybrid_toolkit/trust/dgps/authority.py``, written from a description of authorities and from no estimator; a policy
that changes nothing is piloted, so that every interval should hold 0 in 95 of 100 draws.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.errors import EstimationError
from hybrid_toolkit.models import (
    fit_cr2,
    fit_group_time,
    fit_linear,
    fit_synthetic_control,
    fit_two_by_two,
    randomisation_test,
)
from hybrid_toolkit.trust.dgps.authority import AuthorityWorld, by_team

CELLS = ((12, 2, 12), (24, 1, 12), (24, 2, 12), (24, 3, 12), (24, 6, 12), (40, 8, 12))
"""Teams, teams under the policy, and months; a giant of 45 workers is among the teams, the policy starts half-way."""
UNBOUNDED = 100.0
"""Standard deviations beyond which an interval that inverts a test has found no end."""
PAGE, BEGIN, END = Path("docs/which_design.md"), "<!-- table -->\n", "<!-- end of table -->"


def two_way(f: pd.DataFrame, variance: str) -> pd.Series:
    """Two-way fixed effects of the team-months."""
    model = {"outcome": "y", "terms": ["policy"], "cluster": "team_id", "fixed_effects": ["team_id", "month"]}
    fit = fit_cr2(f, **model) if variance == "cr2" else fit_linear(f, **model, variance=variance)
    return fit.tidy().iloc[0]


def halves(f: pd.DataFrame) -> pd.DataFrame:
    """Each team's mean before and after the start."""
    start = int(f["month"].max()) // 2 + 1
    late = (f["month"] >= start).astype(int)
    out = f.assign(late=late).groupby(["team_id", "late"], as_index=False)["y"].mean()
    out["start"] = out["team_id"].map(f.groupby("team_id")["first_treated"].first().notna()).astype(int)
    return out


def by_lot(f: pd.DataFrame) -> pd.Series:
    """Random assignment of the change of each team's mean: a p-value and no interval."""
    wide = halves(f).pivot(index="team_id", columns="late", values="y")
    change = pd.DataFrame({"team": wide.index, "y": wide[1] - wide[0]})
    change["on"] = halves(f).groupby("team_id")["start"].first().to_numpy()
    found = randomisation_test(change, outcome="y", treatment="on", cluster="team", draws=499).tidy().iloc[0]
    return pd.Series({"conf_low": np.nan, "conf_high": np.nan, "p_value": found["p_value"]})


def panel_of(f: pd.DataFrame) -> dict[str, object]:
    """Arguments of the roll-out estimators."""
    return {"frame": f, "outcome": "y", "panel_id": "team_id", "time": "month", "first_treated": "first_treated"}


WAYS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
    "two-way, sandwich": lambda f: two_way(f, "sandwich"),
    "two-way, jackknife": lambda f: two_way(f, "jackknife"),
    "two-way, CR2": lambda f: two_way(f, "cr2"),
    "two-by-two": lambda f: fit_two_by_two(
        halves(f), outcome="y", panel_id="team_id", time="late", first_treated="start"
    ).tidy().iloc[0],
    "group-time": lambda f: fit_group_time(**panel_of(f)).aggregate("simple").iloc[0],
    "random assignment": by_lot,
    "synthetic control": lambda f: fit_synthetic_control(**panel_of(f)).tidy().iloc[0],
}  # fmt: skip


def cell(teams: int, treated: int, months: int, n_sims: int, seed: int) -> list[dict[str, object]]:
    """Every way in draws of one kind of authority."""
    world = AuthorityWorld(teams=teams, pilot=treated, months=months)
    ways = {k: w for k, w in WAYS.items() if k != "synthetic control" or treated == 1}
    got: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
    for i in range(n_sims):
        f = by_team(world, np.random.default_rng([seed, teams, treated, months, i]))
        for name, way in ways.items():
            try:
                row = way(f)
                got[name].append((float(row["conf_low"]), float(row["conf_high"]), float(row["p_value"])))
            except EstimationError:  # a refusal is counted as no answer
                got[name].append((np.nan, np.nan, np.nan))
    out = []
    for name, found in got.items():
        low, high, p = np.array(found).T
        seen, tested = np.isfinite(low) & np.isfinite(high), np.isfinite(p)
        held = ((low <= 0) & (high >= 0))[seen]
        out.append(
            {
                "teams": teams,
                "treated": treated,
                "months": months,
                "way": name,
                "draws": n_sims,
                "interval": float(seen.mean()),
                "held": float(held.mean()) if seen.any() else np.nan,
                "width": float(np.median((high - low)[seen])) if seen.any() else np.nan,
                "said": float((p[tested] < 0.05).mean()) if tested.any() else np.nan,
            }
        )
    return out


def table(rows: pd.DataFrame) -> str:
    """The measured table in markdown."""
    lines = [
        "| teams | under the policy | months | way | has an interval | holds the truth | width, SD | false findings |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in rows.to_dict("records"):
        held, width, said = (
            "-" if np.isnan(r[k]) else form.format(r[k])
            for k, form in (("held", "{:.0%}"), ("width", "{:.2f}"), ("said", "{:.0%}"))
        )
        width = "no bound" if r["width"] > UNBOUNDED else width
        lines.append(
            f"| {r['teams']} | {r['treated']} | {r['months']} | {r['way']} | {r['interval']:.0%} | {held} | {width} "
            f"| {said} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure every cell and write the file and the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--sims", type=int, default=200)
    ask.add_argument("--seed", type=int, default=20_260_101)
    given = ask.parse_args()
    rows = []
    for teams, treated, months in CELLS:
        rows += cell(teams, treated, months, given.sims, given.seed)
        print(pd.DataFrame(rows[-len(WAYS) :]).round(2).to_string(index=False), flush=True)
    found = pd.DataFrame(rows)
    atomic_write_text(PAGE.with_suffix(".csv"), found.round(4).to_csv(index=False))
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    atomic_write_text(PAGE, f"{before}{BEGIN}\n{table(found)}\n{END}{after}")


if __name__ == "__main__":
    main()
