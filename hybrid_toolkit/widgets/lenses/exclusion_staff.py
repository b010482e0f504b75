"""Staff by the speed of their broadband at home: who can work there, who pays for it and who travels (E1, E2)."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.errors import CoverageError, HybridToolkitError
from hybrid_toolkit.metrics.constructs.exclusion import worker_broadband
from hybrid_toolkit.metrics.inequality.concentration import concentration_index
from hybrid_toolkit.metrics.intervals.interval import MeanOf, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import Slope
from hybrid_toolkit.metrics.people_and_groups import People
from hybrid_toolkit.metrics.people_telling import people_telling
from hybrid_toolkit.metrics.unit_frames import look_up, number_values
from hybrid_toolkit.widgets.explorer.bands import make_bands
from hybrid_toolkit.widgets.explorer.metric_view import MetricViews
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, gap_sentence, share_sentence
from hybrid_toolkit.widgets.lenses.shared_panels import concentration_panel, interval_panel
from hybrid_toolkit.widgets.parts.state import ExplorerState

_CUTS = (10.0, 20.0, 24.0, 30.0, 50.0, 80.0, 100.0, 300.0)
"""Mbit/s; 24 and 30 are the usual lines for superfast, 10 for decent broadband."""
USUAL = "30"
_VALUES = ("estimate", "conf_low", "conf_high")


class StaffBroadband:
    """Views of staff over data and gate.

    Raises
    ------
    CoverageError
        The data have no speed at home, or no hours.
    """

    def __init__(self, data: EvaluationData, gate: Gate) -> None:
        self._data, self._gate = data, gate
        rows = look_up(worker_broadband(data), data.table("worker"), "worker_id", ["broadband_mbps", "net_pay_band"])
        rows["mbps"] = number_values(rows, "broadband_mbps")
        self.rows = rows.dropna(subset=["mbps", "travel_h"]).reset_index(drop=True)
        if self.rows.empty:
            raise CoverageError("No worker has a speed at home and hours.", code="COLUMN-MISSING")
        everyone = np.zeros(len(self.rows), dtype=np.int64)
        own = [np.arange(len(self.rows), dtype=np.int64)]
        self.bands = make_bands(self.rows["mbps"].to_numpy(dtype=float), _CUTS, splits=[(everyone, own)],
                                threshold=gate.policy.threshold)  # fmt: skip
        self._metrics = MetricViews(data, gate=gate)

    @property
    def steps(self) -> dict[str, str]:
        """Steps of the slider."""
        return {f"{c:g}": f"{c:g} Mbit/s or more" for c in self.bands.cuts}

    @property
    def usual(self) -> str:
        """The step to begin with."""
        return USUAL if USUAL in self.steps else next(iter(self.steps), "")

    @property
    def missing(self) -> tuple[str, ...]:
        """What these data do not open."""
        if "area_broadband_slope" in self._metrics.metrics() and len(self._data.table("la")) > 1:
            return ()
        return ("Pathway E2 (does poor broadband in an area hold remote work back?) needs several authorities with "
                "la.no30mbit_pct; these data have too few.",)  # fmt: skip

    @property
    def notes(self) -> list[str]:
        """What to mind."""
        return [
            "Pathway E1: the cost that a worker bears and the broadband that a worker lacks are two things.",
            "Net pay is taken from the band, by assumption. Travel is adjusted for commute and role: an association.",
        ]

    def view(self, threshold: float) -> tuple[str, tuple[FigurePanel, ...]]:
        """The answer and the panels for one step of the slider."""
        low = ~self.bands.at_least(threshold)
        words = (f"under {threshold:g} Mbit/s", f"{threshold:g} Mbit/s or more")
        share, travel = self._share(low, words[1]), self._travel(low, words)
        gap = self._gap(low, words)
        first = share_sentence(share.content.to_dict("records")[0], f"of staff have broadband of {words[1]} at home")
        more = gap_sentence(gap.content.to_dict("records")[0], "hours a month")
        more = more.replace(" higher", " more").replace(" lower", " less")
        known = more[:1].isdigit()
        told = f"Staff without it travel {more}" if known else f"How much more staff without it travel: {more}"
        text = f"{first}. {told}: an association, adjusted for commute and role."
        panels = [
            interval_panel(share, f"Staff with {words[1]}", unit="share of workers", labels=["who"], counted="workers"),
            interval_panel(travel, "Travel by broadband at home", unit="hours a month", labels=["speed"],
                           counted="workers"),
            interval_panel(gap, "Extra travel without it, adjusted (E1)", unit="hours a month", labels=["term"],
                           counted="workers"),
        ]  # fmt: skip
        return text, (*panels, *([self._burden] if self._burden is not None else []), *self._area)

    def _share(self, low: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], words: str) -> Release:
        rows = self.rows.assign(enough=(~low).astype("float64"))
        return self._means(rows, "enough", [("Everyone", np.ones(len(rows), dtype=bool))], "who",
                           f"Staff with {words}", shares=True)  # fmt: skip

    def _travel(self, low: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], words: tuple[str, str]) -> Release:
        return self._means(self.rows, "travel_h", [(words[0], low), (words[1], ~low)], "speed", "Travel by broadband")

    def _means(
        self, rows: pd.DataFrame, column: str, parts: list[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]],
        dim: str, title: str, *, shares: bool = False,
    ) -> Release:  # fmt: skip
        found = []
        for label, inside in parts:
            part = rows[inside]
            made = MeanOf(column)(part)
            i = clustered_interval(made, part["team_id"].fillna(part["worker_id"]))
            found.append((label, len(part), made.value, i.conf_low, i.conf_high))
        frame = pd.DataFrame(found, columns=[dim, "n", *_VALUES])
        return self._gate.figure_data(frame, title=title, dims=[dim], values=_VALUES, people="n",
                                      shares=["estimate"] if shares else [], source=self._data)  # fmt: skip

    def _gap(self, low: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], words: tuple[str, str]) -> Release:
        rows = self.rows.assign(low=low.astype("float64"))
        adjust = tuple(c for c in ("commute_min", "role") if c in rows and rows[c].notna().any())
        made = Slope("travel_h", "low", adjust)(rows)
        i = clustered_interval(made, rows["team_id"].fillna(rows["worker_id"]))
        people = People.named(rows, "worker")
        sides = (people.count(made.used & side).n_people or 0 for side in (low, ~low))
        few = min(*sides, people_telling(made, np.ones(len(rows), dtype=bool), people).n_people or 0)
        frame = pd.DataFrame({
            "term": [f"{words[0]} rather than {words[1]}"], "n": [few], "estimate": [made.value],
            "conf_low": [i.conf_low], "conf_high": [i.conf_high], "n_clusters": [i.n_clusters], "unit": ["hours"],
        })  # fmt: skip
        return self._gate.estimates(frame, title="Extra travel", clusters="n_clusters", people="n",
                                    source=self._data)  # fmt: skip

    @cached_property
    def _burden(self) -> FigurePanel | None:
        """The cost of broadband borne, lowest pay first; points at the ends of the pay bands."""
        rows = self.rows.dropna(subset=["burden", "net_pay_band"]).reset_index(drop=True)
        pay = rows["net_pay_band"].astype("float64").to_numpy(dtype=np.float64) if len(rows) else np.array([])
        everyone, own = np.zeros(len(rows), dtype=np.int64), [np.arange(len(rows), dtype=np.int64)]
        if len(rows) < 3 * self._gate.policy.threshold or rows["burden"].sum() <= 0:
            return None
        bands = make_bands(
            np.asarray(pay, dtype=np.float64),
            [2.0, 3.0, 4.0, 5.0],
            splits=[(everyone, own)],
            threshold=self._gate.policy.threshold,
        )
        rows = rows.assign(pay=pay, band=bands.code)
        index = concentration_index(rows, outcome="burden", rank_by="pay", cluster="team_id")
        held = rows.groupby("band").agg(n=("burden", "size"), held=("burden", "sum"), people=("worker_id", "nunique"))
        labels = [f"pay band {bands.label(b)}" for b in range(bands.size)]
        return concentration_panel(
            self._gate, held, labels, index, title="Cost of home broadband borne, lowest pay first (E1)",
            source=self._data, x_axis="share of workers, lowest pay first", y_axis="share of the burden",
            counted="workers", people=len(rows),
        )  # fmt: skip

    @cached_property
    def _area(self) -> tuple[FigurePanel, ...]:
        """Pathway E2, where there are several authorities."""
        if self.missing:
            return ()
        try:
            view = self._metrics.view(ExplorerState("area_broadband_slope"))
        except HybridToolkitError:
            return ()
        return (interval_panel(view.estimates, f"{view.title} (E2)", unit=view.unit, labels=["group"],
                               counted=view.counted),)  # fmt: skip
