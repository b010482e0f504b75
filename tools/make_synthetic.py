"""Write the committed synthetic data: ``python -m tools.make_synthetic`` (into ``data/synthetic``)."""

from __future__ import annotations

import sys
from pathlib import Path

from hybrid_toolkit.synth.committed import SCENARIO, SEED
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.scenarios import scenario
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.panel import N_NATIONAL, simulate_panel
from hybrid_toolkit.synth.write import write_authority

ROOT = Path(__file__).resolve().parents[1]


def make(out: Path) -> None:
    """Write ``small`` and ``national-panel`` under a folder, replacing those that stand there."""
    truth = scenario(SCENARIO)
    data = simulate_authority(truth, "small", SEED)
    write_authority(data, truth, out / "small", seed=SEED, size="small", replace=True)
    panel = Size("national-panel", N_NATIONAL, 24, 10.0, 12, 0)
    write_authority(simulate_panel(truth, SEED), truth, out / "national-panel", seed=SEED, size=panel, replace=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "data" / "synthetic")
