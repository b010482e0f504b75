"""Teams month by month: who is in post, who came and went, vacant posts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from hybrid_toolkit.synth.streams import Context, rounded
from hybrid_toolkit.synth.streams import table_frame as frame
from hybrid_toolkit.synth.tables.before import posts_of, team_sum
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote_share import Remote


def team_month_frame(ctx: Context, teams: Teams, w: Workers, remote: Remote) -> pd.DataFrame:
    """The table ``team_month``: one row a team and month; a worker who leaves does so on the last day."""
    n, months = ctx.teams, ctx.size.months
    clock = np.arange(months)
    stays = remote.active & (remote.leave_index[:, None] > clock)
    staff = stays & ~w.agency[:, None]
    fte = team_sum(staff * w.fte[:, None], w.team, n)
    came = (w.start_index[:, None] == clock) & (w.start[:, None] >= ctx.months)
    vacant = np.maximum(posts_of(ctx, teams, w)[:, None] - fte, 0.0)
    table = {
        "headcount": team_sum(staff.astype(np.float64), w.team, n),
        "fte": rounded(fte, 1),
        "vacancy_fte": rounded(vacant, 1),
        "agency_fte": rounded(team_sum((stays & w.agency[:, None]) * w.fte[:, None], w.team, n), 1),
        "starters": team_sum(came.astype(np.float64), w.team, n),
        "leavers": team_sum((remote.active & ~stays).astype(np.float64), w.team, n),
    }
    team, month = (v.ravel() for v in np.indices((n, months)))
    keys = {"team_id": teams.ids[team], "month": ctx.months[month]}
    return frame("team_month", {**keys, **{name: v.ravel() for name, v in table.items()}})
