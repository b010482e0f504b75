"""The page of guidance says what its file says, and the file was measured on the worlds that the tool names."""

from __future__ import annotations

import pandas as pd

from tools.which_design import BEGIN, CELLS, END, PAGE, WAYS, cell, table


def test_the_page_holds_the_measured_table() -> None:
    found, page = pd.read_csv(PAGE.with_suffix(".csv")), PAGE.read_text(encoding="utf-8")
    assert page.split(BEGIN)[1].split(END)[0].strip() == table(found).strip()
    assert list(found[["teams", "treated", "months"]].drop_duplicates().itertuples(index=False, name=None)) == list(
        CELLS
    )
    assert set(found["way"]) == set(WAYS)


def test_guidance_rests_on_the_table() -> None:
    f = pd.read_csv(PAGE.with_suffix(".csv")).set_index(["teams", "treated", "way"])
    one, two, six = f.xs((24, 1)), f.xs((24, 2)), f.xs((24, 6))
    assert (one.drop("synthetic control")["interval"] == 0).all() and one.loc["synthetic control", "held"] < 0.9
    assert two.loc["two-way, jackknife", "width"] > 1.5 and two.loc["two-way, sandwich", "said"] > 0.2
    safe = ["two-way, jackknife", "two-way, CR2", "two-by-two", "group-time"]
    assert (six.loc[safe, "held"] >= 0.93).all() and (six.loc[safe, "width"] < 0.8).all()


def test_a_cell_is_drawn_again_alike() -> None:
    once, again = (pd.DataFrame(cell(12, 3, 6, 2, 1)) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)
    assert once["draws"].eq(2).all() and once.set_index("way").loc["two-way, CR2", "interval"] == 1.0
