"""How long one move of the ``MetricExplorer`` takes without a browser: ``python benchmarks/widget_update.py``.

Every metric that the committed authority opens is visited in turn, split by three groups and by every period: each
view is made for the first time, measured, passed through the disclosure gate and drawn. What a metric needs once
(its units, their groups) is timed apart, as is coming back to a view.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.metric_page import answer_html, view_html
from hybrid_toolkit.widgets.metric_view import MetricViews
from hybrid_toolkit.widgets.state import ExplorerState

GROUPS = 3


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of processor time that one call takes: other work on the machine does not count."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def show(views: MetricViews, state: ExplorerState) -> None:
    """What the widget does on a move, up to the page."""
    try:
        view = views.view(state)
    except UsageError:  # too fine for this group; the widget says so
        return
    answer_html(view)
    view_html(view)


def main() -> None:
    """Print the median and the slowest of each kind of move."""
    data = ht.simulate_authority("helpful-hump", "small", seed=1)
    views = MetricViews(data)
    print(f"opening: {timed(views.metrics):,.0f} ms for {len(views.metrics())} metrics")
    times: dict[str, list[float]] = {
        "units, once a metric": [],
        "everyone": [],
        "group": [],
        "period": [],
        "group and period": [],
    }
    back: list[float] = []
    for metric in views.metrics():
        times["units, once a metric"].append(timed(lambda m=metric: views.groups(m)))
        for group in list(views.groups(metric))[: GROUPS + 1]:
            for period in views.periods(metric):
                state = ExplorerState(metric, group, period)
                split = [name for name, value in (("group", group), ("period", period)) if value != "all"]
                kind = " and ".join(split) or "everyone"
                times[kind].append(timed(lambda s=state: show(views, s)))
                back.append(timed(lambda s=state: show(views, s)))
    moves = [t for kind, found in times.items() if not kind.startswith("units") for t in found]
    for kind, found in {**times, "all moves": moves, "back to a view": back}.items():
        print(f"{kind:<22} median {statistics.median(found):6.1f} ms, slowest {max(found):6.1f} ms, {len(found)} moves")


if __name__ == "__main__":
    main()
