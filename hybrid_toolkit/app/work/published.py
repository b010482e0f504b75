"""Published statistics in the process that works for the pages: read once, and set beside the data that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hybrid_toolkit.app.worker import Bench
    from hybrid_toolkit.data.published import Published
    from hybrid_toolkit.metrics.beside_published import Beside
    from hybrid_toolkit.report.documents.blocks import ReportTable

_KEPT, _BESIDE = "published", "published-beside"


def read_published(bench: Bench, path: str, stamp: str = "") -> dict[str, Any]:
    """What published statistics hold, before they are set beside anything.

    Parameters
    ----------
    bench : Bench
        Where what was read is kept.
    path : str
        File or folder.
    stamp : str, optional
        What changes with the files, so that an answer about older ones is not shown again.

    Returns
    -------
    dict[str, Any]
        ``files``, ``levels`` (file, level, areas, rows), ``periods``, ``measures`` (our measures that they hold),
        ``authorities``, ``assumed`` and ``left_out`` (file and why).

    Raises
    ------
    PublishedError
        As ``load_published``: nothing of a file with one row a person is read.
    """
    from hybrid_toolkit.metrics.published_places import PUBLISHED
    from hybrid_toolkit.metrics.specs.registry import REGISTRY

    bench.progress(0, 1, "Reading published statistics")
    held = _read(bench, path, stamp)
    frame, counted = held.frame, held.rows_per_level()
    by_level = counted.groupby(["file", "geographic_level"], sort=False)[["areas", "rows"]].sum().reset_index()
    levels = [(f, n or "Not known", f"{a:,}", f"{r:,}") for f, n, a, r in by_level.itertuples(index=False)]
    local = frame.loc[frame["geographic_level"].eq("Local authority"), "area_name"]
    known = {REGISTRY[m].name for m, p in PUBLISHED.items() if p.rate in held.measures}
    return {
        "files": [s.file for s in held.sources],
        "levels": levels,
        "periods": [held.periods[0], held.periods[-1]] if held.periods else [],
        "measures": sorted(known),
        "authorities": sorted(set(local.dropna())),
        "assumed": list(held.assumptions),
        "left_out": list(held.left_out),
    }


def beside_of(bench: Bench, published: tuple[str, str, str]) -> Beside:
    """What may stand beside the measures of the open data.

    Parameters
    ----------
    bench : Bench
        Where what was read is kept.
    published : tuple[str, str, str]
        Place, authority and stamp; norms alone where the place is empty.

    Returns
    -------
    Beside
        With the files read; the same one until something else is asked for.
    """
    from hybrid_toolkit.metrics.beside_published import Beside

    path, area, stamp = published
    key, held = bench.kept.get(_BESIDE, (None, None))
    if key != published:
        held = Beside(_read(bench, path, stamp), area or None) if path else Beside()
        bench.kept[_BESIDE] = (published, held)
    found: Beside = held
    return found


def block_values(block: ReportTable) -> dict[str, Any]:
    """A table of published figures as plain values for a page.

    Parameters
    ----------
    block : ReportTable
        As ``published_block`` gives it.

    Returns
    -------
    dict[str, Any]
        ``caption``, ``heads`` and ``rows`` of words.
    """
    from hybrid_toolkit.report.documents.tables import make_grid

    grid = make_grid(block.release, columns=block.columns, caption=block.caption)
    rows = [[c.text for c in row] for row in grid.rows]
    return {"caption": block.caption, "heads": [h.text for h in grid.headings], "rows": rows}


def _read(bench: Bench, path: str, stamp: str) -> Published:
    from hybrid_toolkit.data.published import load_published

    key, held = bench.kept.get(_KEPT, (None, None))
    if key != (path, stamp):
        held = load_published(path)
        bench.kept[_KEPT] = ((path, stamp), held)
    found: Published = held
    return found
