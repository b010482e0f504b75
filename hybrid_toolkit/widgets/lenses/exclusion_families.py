"""Families by how many of ten digital needs are met: how they engage, in person and remotely."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.disclosure.combined_cells import release_together
from hybrid_toolkit.disclosure.gate import Gate
from hybrid_toolkit.disclosure.release import Release
from hybrid_toolkit.metrics.constructs.exclusion import contact_engagement
from hybrid_toolkit.metrics.inequality.concentration import concentration_index
from hybrid_toolkit.metrics.intervals.interval import MeanOf, clustered_interval
from hybrid_toolkit.metrics.intervals.statistics import DifferenceInDifferences
from hybrid_toolkit.metrics.people_and_groups import People
from hybrid_toolkit.metrics.unit_frames import household_access, look_up
from hybrid_toolkit.widgets.explorer.bands import Bands, make_bands
from hybrid_toolkit.widgets.explorer.cell_counts import Coded
from hybrid_toolkit.widgets.lenses.lens_view import FigurePanel, gap_sentence, share_sentence
from hybrid_toolkit.widgets.lenses.shared_panels import concentration_panel, interval_panel

CUTS = tuple(float(k) for k in range(1, 11))
LEAST_CONTACTS = 100
"""Contacts that each of the four cells needs before the gap is taken seriously (metric MC3)."""
_DIFFERENCE = (
    "Difference (remote minus in person) for families with too little access, minus the same difference for other "
    "families"
)
_VALUES = ("estimate", "conf_low", "conf_high")


class FamilyAccess:
    """Views of families over data and gate.

    Raises
    ------
    CoverageError
        The data have no ``access``, or no ``contact`` with ``engaged`` and ``mode``.
    """

    def __init__(self, data: EvaluationData, gate: Gate) -> None:
        self._data, self._gate = data, gate
        self.homes = household_access(data).dropna(subset=["count"]).reset_index(drop=True)
        contacts = contact_engagement(data).dropna(subset=["remote", "engaged"])
        rows = look_up(contacts, self.homes, "family_id", ["count"]).dropna(subset=["count"])
        self.contacts = rows.astype({"remote": "bool"}).reset_index(drop=True)
        self.missing: tuple[str, ...] = ()
        self.home_bands, self.bands = self._bands()

    def _bands(self) -> tuple[Bands, Bands]:
        """Bands over households and over contacts, cut at the same places."""
        rows, homes, least = self.contacts, self.homes, self._gate.policy.threshold
        cell = (rows["remote"].astype(int) * 2 + rows["engaged"].astype(int)).to_numpy(dtype=np.int64)
        people = [Coded.of(rows[k].astype("str").where(rows[k].notna())).code for k in ("family_id", "worker_id")]
        first = make_bands(rows["count"].to_numpy(dtype=float), CUTS, splits=[(cell, people)], threshold=least)
        own = [np.arange(len(homes), dtype=np.int64)]
        split = self._rural.code if self._rural is not None else np.zeros(len(homes), dtype=np.int64)
        counts = homes["count"].to_numpy(dtype=float)
        second = make_bands(counts, first.cuts, splits=[(split, own)], threshold=least)
        again = make_bands(rows["count"].to_numpy(dtype=float), second.cuts, splits=[(cell, people)], threshold=least)
        return second, again

    @cached_property
    def _rural(self) -> Coded | None:
        if "rural" not in self.homes or self.homes["rural"].nunique() < 2:
            return None
        words = self.homes["rural"].astype("boolean").map({True: "Rural", False: "Urban"})
        return Coded.of(words.astype("str").where(self.homes["rural"].notna()))

    @property
    def steps(self) -> dict[str, str]:
        """Steps of the slider."""
        return {f"{c:g}": "all ten needs met" if c == CUTS[-1] else f"{c:g} or more of ten" for c in self.bands.cuts}

    @property
    def usual(self) -> str:
        """The step to begin with: all ten where it is offered (the Minimum Digital Living Standard)."""
        return list(self.steps)[-1] if self.steps else ""

    @property
    def notes(self) -> list[str]:
        """What to mind."""
        return [
            "Digital access is not recorded for everyone, and not at random. These figures describe families with a "
            "record, not all families.",
            "Mode of contact goes with risk and need: the study 'exclusion-gap' adjusts for them; this does not.",
            f"The gap is shown only if there are at least {LEAST_CONTACTS} contacts in each of the 4 groups.",
        ]

    def view(self, threshold: float) -> tuple[str, tuple[FigurePanel, ...]]:
        """The answer and the panels for one step of the slider."""
        low = ~self.bands.at_least(threshold)
        above = f"{threshold:g} or more digital needs met" if threshold < CUTS[-1] else "all ten digital needs met"
        below = f"fewer than {threshold:g} digital needs met"
        cells = interval_panel(
            self._engaged(low, above, below), "Share of contacts where the family engaged", unit="share of contacts",
            labels=["access", "mode"], counted="contacts",
        )  # fmt: skip
        penalty = self._gap(low)
        homes = interval_panel(self._homes(threshold, above), f"Families with {above}", unit="share of families",
                               labels=["place"], counted="families")  # fmt: skip
        said = gap_sentence(penalty.content.to_dict("records")[0], "percentage points", scale=100)
        have = share_sentence(homes.release.content.to_dict("records")[0], f"of families with a record have {above}")
        text = (
            f"{have}. The difference in engagement between remote and "
            f"in-person contact, for families with {below} compared with other families: {said}."
        )
        extra = interval_panel(penalty, "Exclusion gap in engagement (unadjusted)", unit="difference of shares",
                               labels=["term"], counted="families")  # fmt: skip
        return text, (cells, extra, homes, self._curve)

    def _engaged(self, low: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], above: str, below: str) -> Release:
        rows, found = self.contacts, []
        for access, inside in ((below, low), (above, ~low)):
            for mode, remote in (("in person", False), ("remote", True)):
                part = rows[inside & (rows["remote"].to_numpy() == remote)]
                made = MeanOf("engaged")(part)
                i = clustered_interval(made, part["team_id"].fillna(part["worker_id"]))
                people = People.named(part, "contact").count(np.ones(len(part), dtype=bool)).n_people
                found.append((access, mode, len(part), people, made.value, i.conf_low, i.conf_high))
        frame = pd.DataFrame(found, columns=["access", "mode", "n", "people", *_VALUES])
        return self._gate.figure_data(frame, title="Engagement by access and mode", dims=["access", "mode"],
                                      values=_VALUES, people="people", shares=["estimate"],
                                      source=self._data)  # fmt: skip

    def _gap(self, low: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Release:
        rows = self.contacts.assign(low=low)
        made = DifferenceInDifferences("engaged", "remote", "low", min_cell=LEAST_CONTACTS)(rows)
        i = clustered_interval(made, rows["team_id"].fillna(rows["worker_id"]))
        few = min(rows.groupby(["remote", "low"])["family_id"].nunique().reindex(
            pd.MultiIndex.from_product([[False, True], [False, True]]), fill_value=0))  # fmt: skip
        enough = made.reason == ""
        frame = pd.DataFrame({
            "term": [_DIFFERENCE], "n": [few],
            "estimate": [made.value if enough else np.nan], "conf_low": [i.conf_low if enough else np.nan],
            "conf_high": [i.conf_high if enough else np.nan], "n_clusters": [i.n_clusters], "unit": ["difference"],
        })  # fmt: skip
        return self._gate.estimates(frame, title="Exclusion gap", clusters="n_clusters", people="n",
                                    source=self._data)  # fmt: skip

    def _homes(self, threshold: float, above: str) -> Release:
        rows = self.homes.assign(met=self.home_bands.at_least(threshold).astype("float64"), place="Everyone")
        parts = [rows]
        if self._rural is not None:
            words = np.array([*self._rural.names, ""])[self._rural.code]
            parts.append(rows.assign(place=words)[words != ""])
        found, cells = [], []
        for part in parts:
            for place, here in part.groupby("place", sort=True):
                made = MeanOf("met")(here)
                i = clustered_interval(made, here["lsoa"] if "lsoa" in here else here["family_id"])
                found.append((place, len(here), made.value, i.conf_low, i.conf_high))
                cells.append(rows.index.isin(here.index))
        frame = pd.DataFrame(found, columns=["place", "n", *_VALUES])
        family = (np.arange(len(rows)), pd.factorize(rows["family_id"])[0].astype(np.intp))
        return release_together(
            self._gate, frame, cells, {"family": family}, dims=["place"], whole="Everyone",
            yes=rows["met"].eq(1).fillna(False).to_numpy(dtype=bool), people_column="n", title=f"Families with {above}",
            values=_VALUES, shares=["estimate"], source=self._data,
        )  # fmt: skip

    @cached_property
    def _curve(self) -> FigurePanel:
        """Engaged contacts over contacts, families with least access first; points at the ends of the bands."""
        rows = self.contacts.assign(band=self.bands.code)
        index = concentration_index(rows, outcome="engaged", rank_by="count", kind="erreygers", cluster="team_id")
        labels = [f"{self.bands.label(b)} needs met" for b in range(self.bands.size)]
        labels = [label.replace("10 or more needs met", "all ten needs met") for label in labels]
        held = rows.groupby("band").agg(n=("engaged", "size"), held=("engaged", "sum"), people=("family_id", "nunique"))
        return concentration_panel(
            self._gate, held, labels, index, title="Engagement, from least access to most", source=self._data,
            x_axis="share of contacts, least access first", y_axis="share of engaged contacts", counted="contacts",
            people=int(rows["family_id"].nunique()),
        )  # fmt: skip
