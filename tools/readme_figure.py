"""Draw the README's figure from a run of the demonstration: ``python -m tools.readme_figure``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hybrid_toolkit.data.atomic_output import atomic_write_bytes
from hybrid_toolkit.demo import run_demo
from hybrid_toolkit.report.plots.estimate_plots import plot_headline
from hybrid_toolkit.report.plots.plot_style import png_bytes

PLACE = Path(__file__).resolve().parents[1] / "docs/img/headline.png"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        shown = run_demo(Path(folder) / "demo", n_sims=4).releases
    headline = next(r for r in shown if r.kind == "estimates" and "panel" in r.content)
    atomic_write_bytes(PLACE, png_bytes(plot_headline(headline, columns=2), dpi=130))
