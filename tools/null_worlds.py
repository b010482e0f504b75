"""How often each declared design says a difference where there is none.

Run from the repository:

    python -m tools.null_worlds --sims 200

writes docs/null_worlds.csv and the table of docs/null_worlds.md. Every design of ``hybrid_toolkit.designs.DESIGNS`` is
fitted on draws of a world in which nothing has an effect and what it assumes is so. The worlds are those of
``hybrid_toolkit/trust/dgps/authority.py``, written from a description of an authority and from no estimator.
``--only rollout`` takes the designs whose name holds that word and leaves the other rows as they stand.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from hybrid_toolkit.data.atomic_output import atomic_write_text
from hybrid_toolkit.designs import DESIGNS, ModelColumns
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.trust.dgps import authority as a
from tools.check_designs import AREAS, HOMES, TEAMS, staff
from tools.check_worlds import counted, dosed, rollout, stayed, wedge

SEED = 20_265_000
MOST_SAID = 0.07
"""Largest share of draws in which a difference may be said: 5% and two points for the errors of 200 draws."""
PAGE, BEGIN, END = Path("docs/null_worlds.md"), "<!-- table -->\n", "<!-- end of table -->"
Make = Callable[[np.random.Generator], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class NullWorld:
    """A design's columns in a world without effects, in words and as code."""

    plan: ModelColumns
    words: str
    make: Make


def _by_team(outcome: str, exposure: str, **more: object) -> ModelColumns:
    return ModelColumns(outcome, exposure, "team_id", **more)  # type: ignore[arg-type]


_STARTS = {"panel_id": "team_id", "time": "month", "first_treated": "first_treated"}
_WAVES = "workers stay in their teams, teams change days at home, shocks last"
_DIFFER = "workers differ in days at home"
_THREE = "three groups of six teams start, months have a season"
_AREA = {"panel_id": "la_id", "time": "month", "first_treated": "first_treated", "settings": (("season", 12.0),)}
WORLDS: Mapping[str, NullWorld] = {
    **{h.design: NullWorld(h.plan, *h.null) for h in HOMES if not h.of},
    "adjusted-interaction": NullWorld(_by_team("y", "x", moderator="senior"), _DIFFER, staff),
    "binary-random-intercept": NullWorld(_by_team("yes", "x"), _DIFFER, staff),
    "count-random-intercept": NullWorld(_by_team("count", "x"), _DIFFER, staff),
    "ordinal-outcome": NullWorld(_by_team("answer", "x"), _DIFFER, staff),
    "ordinal-random-intercept": NullWorld(_by_team("answer", "x"), _DIFFER, staff),
    "decomposition": NullWorld(_by_team("y", "senior", confounders=("age",)), _DIFFER, staff),
    "mediation": NullWorld(
        _by_team("y", "x", mediators=("autonomy",), confounders=("age",)), f"{_DIFFER}, autonomy goes with it", staff
    ),
    "partial-pooling": NullWorld(_by_team("y", "x", groups="service"), f"{_DIFFER}; eight services", staff),
    "propensity-weights": NullWorld(_by_team("y", "at_home", confounders=("age",)), _DIFFER, staff),
    "doubly-robust": NullWorld(_by_team("y", "at_home", confounders=("age",)), _DIFFER, staff),
    "within-between": NullWorld(_by_team("y", "x", panel_id="worker_id", time="month"), _WAVES, stayed),
    "two-way-panel": NullWorld(_by_team("y", "x", panel_id="worker_id", time="month"), _WAVES, stayed),
    "two-way-rollout": NullWorld(TEAMS, _THREE, rollout()),
    "sun-abraham": NullWorld(TEAMS, _THREE, rollout()),
    "imputation": NullWorld(TEAMS, _THREE, rollout()),
    "random-order": NullWorld(
        _by_team("y", "policy", settings=(("order", "randomised"),), **_STARTS), "all teams start, by lot", wedge
    ),
    "stepped-wedge": NullWorld(TEAMS, "all teams start, by lot", wedge),
    "dose": NullWorld(_by_team("y", "dose", **_STARTS), "8 of 24 teams pilot, on 20% to 60% of days", dosed),
    "retention-by-period": NullWorld(
        _by_team("left", "x", duration="months"), _DIFFER, partial(a.staying, a.AuthorityWorld(exposure="worker"))
    ),
    "interrupted-counts": NullWorld(
        ModelColumns("events", "policy", "la_id", **_AREA),  # type: ignore[arg-type]
        "48 months of counts with school holidays",
        counted,
    ),
    "controlled-series": NullWorld(
        ModelColumns("y", "policy", "la_id", **_AREA),  # type: ignore[arg-type]
        "one of 10 authorities that share trend and season",
        a.neighbours,
    ),
    "synthetic-did": NullWorld(AREAS, "one of 25 authorities that follow common waves", a.authorities),
}


def rate(design: str, *, n_sims: int, seed: int) -> dict[str, object]:
    """One row: how often a design said a difference, gave no interval, and refused."""
    world, said, open_ended = WORLDS[design], 0, 0
    refused: list[str] = []
    for i in range(n_sims):
        try:
            low, high = DESIGNS[design].fit(world.make(np.random.default_rng([seed, i])), world.plan).interval
        except HybridToolkitError as error:
            refused.append(str(error.code))
            continue
        said += bool(low > 0 or high < 0)
        open_ended += not (np.isfinite(low) and np.isfinite(high))
    return {
        "design": design,
        "world": world.words,
        "n_sims": n_sims,
        "said": said,
        "without_interval": open_ended,
        "refused": len(refused),
        "codes": " ".join(sorted(set(refused))),
    }


def table(frame: pd.DataFrame) -> str:
    """The rates as a table for readers."""
    lines = ["| design | world | draws | says a difference | no interval | refused |", "|---|---|---|---|---|---|"]
    for r in frame.itertuples():
        share = r.said / max(1, r.n_sims - r.refused)
        over = " (too often)" if share > MOST_SAID else ""
        lines.append(
            f"| `{r.design}` | {r.world} | {r.n_sims} | {share:.1%}{over} | {r.without_interval} | {r.refused} |"
        )
    left = [f"`{d}`" for d in WORLDS if not frame["design"].eq(d).any()]
    lines += ["", f"Not run yet: {', '.join(left)}."] if left else []
    return "\n".join(lines) + "\n"


def write(frame: pd.DataFrame) -> None:
    """The rates as a file, and as the table of the page."""
    atomic_write_text(PAGE.with_suffix(".csv"), frame.to_csv(index=False, lineterminator="\n"))
    text = PAGE.read_text(encoding="utf-8")
    head, tail = text.split(BEGIN)[0], text.split(END)[1]
    atomic_write_text(PAGE, f"{head}{BEGIN}\n{table(frame)}\n{END}{tail}")


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sims", dest="n_sims", type=int, default=200)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="", help="a word that the design's name holds")
    args = parser.parse_args()
    designs = [d for d in WORLDS if args.only in d]
    if not designs:
        sys.exit(f"No design holds that word. Designs: {', '.join(WORLDS)}.")
    path = PAGE.with_suffix(".csv")
    kept = pd.read_csv(path, keep_default_na=False).to_dict("records") if path.exists() else []
    rows = {str(r["design"]): r for r in kept}
    for design in designs:
        start = time.process_time()
        rows[design] = rate(design, n_sims=args.n_sims, seed=args.seed)
        print(f"{design}: {rows[design]}, {time.process_time() - start:.0f} s", flush=True)
        write(pd.DataFrame([rows[d] for d in WORLDS if d in rows]))


if __name__ == "__main__":
    main()
