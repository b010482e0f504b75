"""An authority month by month: what a month brings depends on the months before it.

In each month, in this order: what the month before left (cases over the mean, vacant posts, colleagues' sickness);
remote share; who is there and with whom; travel, meetings, cover, unpaid hours, supervision; the latents that these
move, and wellbeing; sickness, and who leaves at the end; who is allocated to whom. Every arrow of the shipped graph
that runs between these is one term of one equation here or in ``remote``, ``work`` and ``latents``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hybrid_toolkit.arrays import Floats
from hybrid_toolkit.synth.streams import Context
from hybrid_toolkit.synth.tables import remote_share as far
from hybrid_toolkit.synth.tables.before import Before, posts_of
from hybrid_toolkit.synth.tables.families import FamilyPlaces, Slots
from hybrid_toolkit.synth.tables.latents import Latent, LatentLuck, latents_of_month
from hybrid_toolkit.synth.tables.people import Teams, Workers
from hybrid_toolkit.synth.tables.remote_share import Remote, to_date
from hybrid_toolkit.synth.tables.work import SickLuck, Work, WorkLuck, work_of_month


@dataclass(frozen=True)
class Months:
    """What the months brought. ``before`` is what each began with; ``latent`` holds wellbeing and what moves it."""

    remote: Remote
    work: Work
    slots: Slots
    before: Before
    latent: Latent
    sick: Floats


def live(ctx: Context, teams: Teams, w: Workers) -> Months:
    """Live through the months of one authority."""
    n, months = len(w.ids), ctx.size.months
    shape = (n, months)
    share = far.ShareLuck.draw(ctx, teams, w)
    leaving, factor = ctx.rng("leaving").random(shape), far.coordination(ctx, w, ctx.rng("co-presence"))
    places, working, mind = FamilyPlaces.draw(ctx, teams, w), WorkLuck.draw(ctx, w), LatentLuck.draw(ctx, teams, w)
    sickness = SickLuck.draw(ctx, w)
    posts, senior = posts_of(ctx, teams, w), far.experienced(ctx, w)
    rs, others, together, overlap, sick = (np.zeros(shape) for _ in range(5))
    active, leave_index = np.zeros(shape, dtype=np.bool_), np.full(n, months)
    before, work, latent = Before.empty(shape), Work.empty(shape), Latent.empty(shape)
    for m in range(months):
        before.fill(ctx, w, m, places.cases, sick, active, posts, leave_index)
        rs[:, m] = share.of_month(ctx, before, m)
        active[:, m] = (w.start_index <= m) & (leave_index >= m)
        others[:, m] = ctx.set("colleagues_remote", far.others_mean(rs[:, m], active[:, m], w.team, ctx.teams), m)
        together[:, m] = ctx.set("co_presence", far.together(rs[:, m], others[:, m], factor[:, m]), m)
        near = far.overlap(rs[:, m], factor[:, m], senior & active[:, m], w.team, ctx.teams)
        overlap[:, m] = ctx.set("senior_overlap", near, m)
        work_of_month(ctx, w, working, rs, others, work, m)
        so_far = slice(0, m + 1)
        rs_to_date = to_date(rs[:, so_far], active[:, so_far])[:, -1]
        together_to_date = to_date(together[:, so_far], active[:, so_far])[:, -1]
        latents_of_month(ctx, teams, w, mind, work, before, latent, m, rs_to_date, together_to_date, others[:, m])
        sick[:, m] = ctx.set("absence", sickness.of_month(ctx, w, latent.wellbeing[:, m], m), m)
        leaves = leaving[:, m] < far.leaving_chance(ctx, teams, w, latent.wellbeing[:, m], rs_to_date, m)
        leaves = ctx.set_yes("leaving", leaves & active[:, m], m)
        leave_index = np.where(leaves & (leave_index == months), m, leave_index)
        places.allocate(ctx, w, m, active[:, m])
    exposure = Remote(
        rs=rs,
        rs_to_date=to_date(rs, active),
        others=others,
        co_presence=together,
        co_presence_to_date=to_date(together, active),
        senior_overlap=overlap,
        senior_overlap_to_date=to_date(overlap, active),
        active=active,
        leave_index=leave_index,
    )
    return Months(exposure, work, places.slots, before, latent, sick)
