"""A door of many views: tables, views and periods of one metric from one release folder, over two versions of the data.

The reader adds up and subtracts all of them together, and knows who stands behind each and who left in between.
"""

from __future__ import annotations

import tempfile
import warnings

import numpy as np
from numpy.typing import NDArray

import hybrid_toolkit as ht
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.disclosure.ledger.release_ledger import VersionLedger
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.report.measured import measure_released
from hybrid_toolkit.widgets.explorer.metric_units import Units
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.state import ALL_LEVELS, ExplorerState
from tools.attacks.sittings import METRIC, months
from tools.attacks.solve import people_fixed

Cells = list[NDArray[np.bool_]]
GROUPS = ("role", "ethnicity", "sex", "age_band")


def _cells_of(
    data: ht.EvaluationData, units: Units, ledger: VersionLedger | None, *, group: str, period: str, table: bool
) -> Cells:
    """The cells that one table or view shows, as rows of its own units."""
    gate = Gate(source=data, ledger=ledger)
    try:
        if table:
            content = measure_released(data, METRIC, by=group, gate=gate)[0].table.content
            content = content.assign(period=ALL_LEVELS)
        else:
            content = MetricViews(data, gate=gate).view(ExplorerState(METRIC, group, period)).estimates.content
    except HybridToolkitError:
        return []
    shown = content.loc[~content["suppressed"], ["group", "period"]].astype(str)
    level = {label: name for name in units.nested() for label in units.period_names(name)}
    return [
        units.cell(group, str(g), level.get(str(p), ALL_LEVELS), str(p))
        for g, p in shown.itertuples(index=False, name=None)
    ]


def many_views(rng: np.random.Generator, *, ungated: bool = True) -> tuple[int, int, int]:
    """Four to six tables and views of one metric, by groups and by periods, before and after one to three left."""
    data = months(rng)
    worker, month = data.table("worker"), data.table("worker_month")
    gone = set(rng.choice(worker["worker_id"].to_numpy(), int(rng.integers(1, 4)), replace=False))
    stays = ~month["worker_id"].isin(gone).to_numpy()
    later = ht.EvaluationData({
        "worker": worker[~worker["worker_id"].isin(gone)].reset_index(drop=True),
        "worker_month": month[stays].reset_index(drop=True)})  # fmt: skip
    asked = [
        (i % 2 == 0, str(rng.choice(GROUPS)), str(rng.choice([ALL_LEVELS, "month", "quarter"])),
         bool(rng.random() < 0.4)) for i in range(int(rng.integers(4, 7)))
    ]  # fmt: skip
    y = (month["h_home"] / (month["h_home"] + month["h_office"])).to_numpy()
    people = np.unique(month["worker_id"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    out, seen = [], 0
    for remembers in (True, False)[: 1 + ungated]:
        cells: Cells = []
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for first, group, period, table in sorted(asked, key=lambda a: not a[0]):
                version, rows = (data, np.arange(len(month))) if first else (later, np.flatnonzero(stays))
                units = Units.of(version, ht.metrics.REGISTRY[METRIC])
                ledger = VersionLedger(folder) if remembers else None
                for cell in _cells_of(version, units, ledger, group=group, period=period, table=table):
                    whole = np.zeros(len(month), dtype=bool)
                    whole[rows[cell]] = True
                    cells.append(whole)
        cells = list({c.tobytes(): c for c in cells}.values())
        out.append(people_fixed(cells, y, people, low=0, high=1, sought=[~stays] if (~stays).any() else []))
        seen = len(cells) if remembers else seen
    return out[0], out[-1], seen
