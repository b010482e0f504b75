"""How long one move of each widget takes without a browser: ``python benchmarks/widget_update.py``.

``MetricExplorer``: every metric that the simulated authority opens is visited in turn, split by three groups and by
every period: each view is made for the first time, measured, passed through the disclosure gate and drawn. What a
metric needs once (its units, their groups) is timed apart, as is coming back to a view. The lenses, ``WhatIf`` and
``PowerExplorer``: every list and slider is moved through all of its positions, each figure being new.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import hybrid_toolkit as ht
from hybrid_toolkit.errors import UsageError
from hybrid_toolkit.widgets.explorer.metric_page import answer_html, view_html
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.state import ExplorerState

GROUPS = 3
LENSES = ("PracticeQuality", "CareerStage", "DigitalExclusion", "Wellbeing", "PowerExplorer", "WhatIf")


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


def positions(control: Any) -> list[Any]:
    """Every position of a list or slider."""
    if hasattr(control, "options"):
        return [value for _, value in control.options]
    steps = round((control.max - control.min) / control.step)
    every = max(1, steps // 12)
    return [type(control.value)(control.min + k * control.step) for k in range(0, steps + 1, every)]


def moves_of(widget: Any) -> dict[str, list[float]]:
    """Control -> milliseconds of each of its moves, the others standing where they were."""
    times: dict[str, list[float]] = {}
    for name, control in widget._lists.items():
        before = control.value
        for value in positions(control):
            if value != control.value:
                times.setdefault(name, []).append(timed(lambda c=control, v=value: setattr(c, "value", v)))
        control.value = before
    return times


def report(title: str, found: list[float]) -> None:
    """One line: median and slowest."""
    print(f"{title:<34} median {statistics.median(found):6.1f} ms, slowest {max(found):6.1f} ms, {len(found)} moves")


def lenses(data: ht.EvaluationData) -> None:
    """Every lens, control by control."""
    for name in LENSES:
        given: dict[str, Any] = {}
        if name == "WhatIf":
            given["result"] = next(s for s in ht.headline_studies() if s.id == "career-stage").estimate(data)
        start = time.process_time()
        made = ht.PowerExplorer() if name == "PowerExplorer" else getattr(ht, name)(data, **given)
        opening = 1000 * (time.process_time() - start)
        times = moves_of(made)
        if name == "WhatIf":  # another study has to be estimated first
            times.pop("study", None)
        print(f"{name}: opening {opening:,.0f} ms")
        for control, found in times.items():
            report(f"  {control}", found)
        report("  all moves", [t for found in times.values() for t in found])


def explorer(data: ht.EvaluationData) -> None:
    """The ``MetricExplorer``, kind of move by kind of move."""
    views = MetricViews(data)
    print(f"MetricExplorer: opening {timed(views.metrics):,.0f} ms for {len(views.metrics())} metrics")
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
        report(f"  {kind}", found)


def main() -> None:
    """Print the median and the slowest of each kind of move."""
    data = ht.simulate_authority("helpful-hump", "small", seed=1)
    lenses(data)
    explorer(data)


if __name__ == "__main__":
    main()
