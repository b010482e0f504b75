"""What an intruder reads off a difference: the figure of the group that the others are compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.tables.family_tables import ACCESS_FLAGS
from hybrid_toolkit.disclosure import Gate
from hybrid_toolkit.errors import DisclosureError
from hybrid_toolkit.metrics.intervals.differences import measure_differences
from hybrid_toolkit.report.measured_differences import release_differences
from hybrid_toolkit.widgets.lenses.lens_exclusion import view_digital_exclusion

MONTH = pd.Timestamp("2025-01-01")


def council(managers: int, *, caring_managers: int = 0) -> ht.EvaluationData:
    """A hundred and twenty workers in twenty teams, of whom the first few are managers."""
    rng, n = np.random.default_rng(4), 120
    share = rng.uniform(0.05, 0.9, n)
    worker = pd.DataFrame({"worker_id": [f"w{i:03}" for i in range(n)], "team_id": [f"t{i % 20:02}" for i in range(n)],
                           "role": np.where(np.arange(n) < managers, "1", np.where(np.arange(n) % 2, "5", "4")),
                           "caring": np.arange(n) < caring_managers})  # fmt: skip
    month = worker[["worker_id"]].assign(month=MONTH, h_home=100 * share, h_office=100 * (1 - share))
    return ht.EvaluationData({"worker": worker, "worker_month": month})


def shown(data: ht.EvaluationData, metric: str, **asked: Any) -> pd.Series:
    """The differences as they are released beside their groups."""
    return release_differences(data, metric, by="role", **asked).differences.content.set_index("group")["estimate"]


def test_three_managers_with_whom_all_are_compared_are_not_shown() -> None:
    """The groups' own figures are shown elsewhere: a difference less one is the three managers' mean."""
    assert shown(council(3), "remote_share_desk", reference="1").isna().all()
    assert shown(council(30), "remote_share_desk", reference="1").notna().all()


@pytest.mark.parametrize("drop", ["rests_on", "n_people"])
def test_the_gate_counts_the_people_of_the_other_side_by_themselves(drop: str) -> None:
    data = council(3)
    groups = release_differences(council(30), "remote_share_desk", by="role").groups.table
    rows = measure_differences(data, "remote_share_desk", by="role", reference="1").drop(columns=drop)
    told = Gate(source=data).estimates(rows.assign(term=rows["group"]), title="x", groups=groups)
    assert told.content["estimate"].isna().all()


def test_a_share_of_one_in_the_reference_is_not_shown() -> None:
    """Of thirty managers one met a family by video: who it was is known."""
    data, n = council(30), 1200
    worker = [f"w{i % 120:03}" for i in range(n)]
    mode = np.where(np.arange(n) % 120 < 30, "home", np.where(np.arange(n) % 3, "video", "home"))
    mode[0] = "video"
    contact = pd.DataFrame({"contact_id": [f"c{i:04}" for i in range(n)], "worker_id": worker, "mode": mode,
                            "family_id": [f"f{i // 3:03}" for i in range(n)],
                            "due_date": MONTH, "held_date": MONTH})  # fmt: skip
    both = ht.EvaluationData({"worker": data["worker"], "contact": contact})
    rows = measure_differences(both, "remote_contact_share", by="role", reference="1")
    assert rows["n_people_reference"].min() == 30 and rows["rests_on"].max() == 1
    assert shown(both, "remote_contact_share", reference="1").isna().all()


def test_an_adjusted_difference_rests_on_the_people_who_tell_it() -> None:
    """Held by a column that only two of the thirty leave anything of, the difference is theirs."""
    data = council(30)
    worker = data["worker"]
    alone = worker["role"].eq("1") & ~worker["worker_id"].isin(["w000", "w001"])
    held = ht.EvaluationData({"worker": worker.assign(caring=alone), "worker_month": data["worker_month"]})
    plain = measure_differences(held, "remote_share_desk", by="role", reference="5")
    adjusted = measure_differences(held, "remote_share_desk", by="role", reference="5", adjust=["caring"])
    managers = plain["group"].eq("1")
    assert plain.loc[managers, "rests_on"].item() == 30 and adjusted.loc[managers, "rests_on"].item() == 2
    told = shown(held, "remote_share_desk", reference="5", adjust=["caring"])
    assert np.isnan(told["1"]) and told.drop("1").notna().all()


def test_a_contrast_of_four_means_rests_on_the_people_of_the_smallest() -> None:
    """Two hundred contacts with two families tell one of the four means; the other three are known from tables."""
    rng, n = np.random.default_rng(2), 200
    sizes = {(True, True): 2, (True, False): 40, (False, True): 40, (False, False): 40}
    contact = pd.concat(
        [pd.DataFrame({"family_id": [f"{low:d}{face:d}{i % few:02}" for i in range(n)],
                       "mode": "home" if face else "video", "low": low}) for (low, face), few in sizes.items()],
        ignore_index=True)  # fmt: skip
    contact = contact.assign(contact_id=[f"c{i}" for i in range(4 * n)],
                             worker_id=[f"w{i % 50:02}" for i in range(4 * n)],
                             held_date=MONTH, due_date=MONTH, engaged=rng.random(4 * n) < 0.7)  # fmt: skip
    access = contact[["family_id", "low"]].drop_duplicates().reset_index(drop=True)
    access = pd.DataFrame({"family_id": access["family_id"], "date": MONTH,
                           **dict.fromkeys(ACCESS_FLAGS, ~access["low"])})  # fmt: skip
    data = ht.EvaluationData({"access": access, "contact": contact.drop(columns="low")})
    row = ht.measure(data, "exclusion_penalty_raw").iloc[0]
    assert row["n"] == 4 * n and row["n_people"] == 2


def test_a_group_that_is_hidden_for_a_small_one_is_not_brought_back_by_its_difference() -> None:
    """All less two groups are the five managers; the table hides one of the two, whose difference told its figure."""
    data = council(5)
    made = release_differences(data, "remote_share_desk", by="role", reference="4")
    table = made.groups.table.content.set_index("group")
    assert table.loc["all", "estimate"] > 0 and table["suppressed"].sum() == 2
    told = made.differences.content.set_index("group")
    assert told["estimate"].isna().all() and told["n"].isna().all()


@pytest.mark.parametrize("way", ["table", "estimates"])
def test_differences_do_not_leave_without_their_groups(way: str) -> None:
    data = council(30)
    rows, gate = measure_differences(data, "remote_share_desk", by="role", reference="4"), Gate(source=data)
    with pytest.raises(DisclosureError, match="DIFFERENCES-ALONE"):
        if way == "table":
            gate.table(rows, title="x", dims=["group"], values=["estimate"])
        else:
            gate.estimates(rows.assign(term=rows["group"]), title="x")
    everyone = gate.table(ht.measure(data, "remote_share_desk"), title="x", dims=["metric"], values=["estimate"])
    with pytest.raises(DisclosureError, match="DIFFERENCES-GROUPS"):
        gate.estimates(rows.assign(term=rows["group"]), title="x", groups=everyone)


def test_staff_whose_role_leaves_them_no_comparison_tell_nothing_of_an_adjusted_gap() -> None:
    """Thirty without broadband, of whom twenty-eight alone have their role: the other two tell the gap within roles."""
    rng, n = np.random.default_rng(5), 200
    slow = np.arange(n) < 30
    worker = pd.DataFrame({"worker_id": [f"w{i:03}" for i in range(n)], "team_id": [f"t{i % 20:02}" for i in range(n)],
                           "role": np.where(np.arange(n) < 28, "1", "5"),
                           "broadband_mbps": np.where(slow, 5.0, 80.0)})  # fmt: skip
    month = worker[["worker_id"]].assign(month=MONTH, h_home=50.0, h_office=50.0, h_commute=10.0,
                                           h_visit_travel=rng.uniform(1, 20, n))  # fmt: skip
    data = ht.EvaluationData({"worker": worker, "worker_month": month})
    panels = {p.release.title: p.release.content for p in view_digital_exclusion(data, who="staff").panels}
    assert not panels["Travel by broadband"]["suppressed"].any() and panels["Extra travel"]["suppressed"].all()
    mixed = ht.EvaluationData({"worker": worker.assign(role=rng.choice(["1", "5"], n)), "worker_month": month})
    panels = {p.release.title: p.release.content for p in view_digital_exclusion(mixed, who="staff").panels}
    assert not panels["Extra travel"]["suppressed"].any()
