"""The measure that a first look at data shows, and that look as figure and table."""

from __future__ import annotations

from collections.abc import Mapping

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.widgets.explorer.metric_page import answer_html, view_html
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.parts.state import ExplorerState

FIRST_MEASURES = (
    "choice_honoured",
    "contact_in_time_share",
    "remote_share_desk",
    "supervision_held_share",
    "sick_days",
)
"""What a first look shows: the first of these that the data open, else whatever they open."""
QUICK_MEASURE = "sick_days_per_month"
"""What a first look at the simulated service shows."""


def first_measure(offered: Mapping[str, str], *, own: bool) -> str:
    """The measure that a first look at data shows: one of contacts or hours where there is one; empty for none.

    Parameters
    ----------
    offered : Mapping[str, str]
        As ``MetricViews.metrics``.
    own : bool
        Whether the data are somebody's own: the contacts of the simulated service take minutes to hold apart.

    Examples
    --------
    >>> offered = {"skill": "Practice skill", "remote_share_desk": "Remote share of desk hours"}
    >>> first_measure(offered, own=True), first_measure(offered, own=False), first_measure({}, own=True)
    ('remote_share_desk', 'skill', '')
    """
    first = FIRST_MEASURES if own else (QUICK_MEASURE,)
    return next((m for m in first if m in offered), next(iter(offered), ""))


def first_look_html(data: EvaluationData) -> str:
    """One measure of data that were just loaded, as figure and table behind the gate; empty where they open none."""
    views = MetricViews(data)
    metric = first_measure(views.metrics(), own=not data.synthetic)
    if not metric:
        return ""
    view = views.view(ExplorerState(metric))
    return f"<h3>A first look</h3>{answer_html(view)}{view_html(view)}"
