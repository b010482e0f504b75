"""Scoring by hand, the missing rules, range checks, and the definition files themselves."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import CoverageError, MeasureError
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument, parse_instrument, score_instrument


def wide(instrument: str, *answers: float, **only: float) -> pd.DataFrame:
    """One row: the same answer to all items, some items changed."""
    row = dict.fromkeys(load_instrument(instrument).item_ids, answers[0]) | only
    return pd.DataFrame([row])


def hse(**answers: float) -> pd.DataFrame:
    return wide("hse_msit", 3, **answers)


def test_the_instruments_of_the_specification_ship() -> None:
    wanted = {
        "hse_msit", "swemwbs", "who5", "ons4", "cbi", "carlson_wfc", "netemeyer_wfc", "edmondson", "wai_sr",
        "practice_skill", "secure_base", "sword_remote", "informal_learning", "family_access",
    }  # fmt: skip
    assert wanted <= set(instrument_ids())


@pytest.mark.parametrize("name", instrument_ids())
def test_definition_is_consistent(name: str) -> None:
    d = load_instrument(name)
    assert d.id == name and d.licence and d.source and d.owner
    assert set(d.item_ids) == {i for s in d.scales for i in s.items}, "every item counts in a scale"
    for answer, turned in ((d.low, d.high), (d.high, d.low)):
        row = {i.id: turned if i.reverse else answer for i in d.items}
        scores = score_instrument(pd.DataFrame([row]), d).frame.iloc[0]
        for s in d.scales:
            if s.score != "share":
                assert scores[s.id] == pytest.approx(s.low if answer == d.low else s.high)


@pytest.mark.parametrize("name", instrument_ids())
def test_wording_ships_only_where_it_may(name: str) -> None:
    d = load_instrument(name)
    shipped = {i.id for i in d.items if i.text}
    assert (name in ("ons4", "informal_learning", "secure_base")) == bool(shipped)
    assert d.template()["item"].tolist() == list(d.item_ids)


def test_wording_that_the_user_holds_is_put_in() -> None:
    blank = load_instrument("cbi")
    filled = blank.template().assign(text=[f"Held {n}" for n in range(len(blank.items))])
    assert [i.text for i in blank.with_wording(filled).items][:2] == ["Held 0", "Held 1"]
    part = blank.with_wording(filled.iloc[::-1].head(1))
    assert [bool(i.text) for i in part.items].count(True) == 1 and not any(i.text for i in blank.items)
    for bad in (filled.drop(columns="text"), filled.assign(item="x"), pd.concat([filled, filled])):
        with pytest.raises(MeasureError, match="INSTRUMENT-WORDING") as caught:
            blank.with_wording(bad)
        assert "Held" not in str(caught.value)


def test_hse_scales_by_hand() -> None:
    d = load_instrument("hse_msit")
    assert len(d.items) == 35 and len(d.scales) == 7
    assert sum(len(s.items) for s in d.scales) == 35
    numbers = [int(i.split("_")[1]) for i in d.reversed_ids]
    assert numbers == [3, 5, 6, 9, 12, 14, 16, 18, 20, 21, 22, 34]
    got = score_instrument(hse(hse_03=5, hse_06=4, hse_02=5, hse_26=1, hse_28=2, hse_32=4), d).frame.iloc[0]
    assert got["hse_demands"] == pytest.approx((1 + 2 + 6 * 3) / 8)
    assert got["hse_control"] == pytest.approx((5 + 5 * 3) / 6)
    assert got["hse_change"] == pytest.approx(7 / 3)
    assert got["hse_relationships"] == 3


def test_swemwbs_is_converted_and_complete_only() -> None:
    table = {7: 7.0, 8: 9.51, 21: 19.25, 28: 25.03, 34: 32.55, 35: 35.0}
    for raw, metric in table.items():
        answers = np.full(7, raw // 7) + (np.arange(7) < raw % 7)
        frame = pd.DataFrame([dict(zip(load_instrument("swemwbs").item_ids, answers, strict=True))])
        assert score_instrument(frame, "swemwbs").frame["swemwbs"].item() == metric
    gap = score_instrument(wide("swemwbs", 3, swemwbs_4=np.nan), "swemwbs")
    assert np.isnan(gap.frame["swemwbs"].item())
    assert gap.report.iloc[0][["n", "n_scored", "n_dropped"]].tolist() == [1, 0, 1]
    assert "all items are needed" in gap.report["reason"].item()


def test_other_scorings_by_hand() -> None:
    assert score_instrument(wide("who5", 2, who5_1=4), "who5").frame["who5"].item() == 4 * 12
    cbi = score_instrument(wide("cbi", 25, cbi_13=100), "cbi").frame.iloc[0]
    assert cbi["cbi_work"] == pytest.approx((6 * 25 + 0) / 7) and cbi["cbi_personal"] == 25
    safety = score_instrument(wide("edmondson", 6), "edmondson").frame["safety"].item()
    assert safety == pytest.approx((3 * 2 + 4 * 6) / 7)
    carlson = score_instrument(wide("carlson_wfc", 1, wfc_07=4, wfc_08=4, wfc_09=4), "carlson_wfc").frame.iloc[0]
    assert carlson["wfc_strain_wif"] == 4 and carlson["wfc_time_wif"] == 1
    sword = score_instrument(wide("sword_remote", 6, sword_sg1=4, sword_sg2=1, sword_sg3=2), "sword_remote").frame.iloc[
        0
    ]
    assert sword.tolist() == pytest.approx([12 / 15, 1 / 15, 2 / 15])


def test_ons4_is_never_summed() -> None:
    d = load_instrument("ons4")
    assert all(len(s.items) == 1 for s in d.scales)
    assert {s.id: s.direction for s in d.scales}["ons4_anxious"] == "lower"
    bands = score_instrument(wide("ons4", 7), "ons4").bands()
    assert bands.loc[(bands["scale"] == "ons4_satisfied") & (bands["band"] == "high"), "share"].item() == 1.0
    assert bands[["source", "date"]].ne("").all(axis=None)


def test_prorating_at_three_quarters() -> None:
    d = load_instrument("hse_msit")
    two = score_instrument(hse(hse_03=np.nan, hse_06=np.nan, hse_09=1), d)
    assert two.frame["hse_demands"].item() == pytest.approx((5 + 5 * 3) / 6)
    assert two.report.set_index("scale").loc["hse_demands", "n_prorated"] == 1
    three = score_instrument(hse(hse_03=np.nan, hse_06=np.nan, hse_09=np.nan), d)
    assert np.isnan(three.frame["hse_demands"].item())
    cbi = score_instrument(wide("cbi", 50, cbi_01=np.nan, cbi_02=np.nan, cbi_03=np.nan), "cbi").frame
    assert cbi["cbi_personal"].item() == 50, "three answers are enough for the personal scale"


def test_long_and_wide_agree() -> None:
    rng = np.random.default_rng(5)
    items = list(load_instrument("hse_msit").item_ids)
    table = pd.DataFrame(rng.integers(1, 6, (20, 35)), columns=items).astype(float)
    table = table.mask(rng.random(table.shape) < 0.1)
    table.insert(0, "worker_id", [f"w{i:02d}" for i in range(20)])
    one = score_instrument(table, "hse_msit").frame
    long = table.melt(id_vars="worker_id", var_name="item", value_name="value").dropna()
    two = score_instrument(long.sample(frac=1, random_state=1).assign(instrument="hse_msit"), "hse_msit").frame
    two = two.sort_values("worker_id").reset_index(drop=True)
    pd.testing.assert_frame_equal(one, two, check_dtype=False)


def test_bad_answers_are_named_and_never_shown() -> None:
    with pytest.raises(MeasureError, match=r"ITEM-RANGE.*1 answer.*rows 1") as caught:
        score_instrument(hse(hse_03=613), "hse_msit")
    assert "613" not in str(caught.value)
    with pytest.raises(MeasureError, match="ITEM-RANGE"):
        score_instrument(hse(hse_03=2.5), "hse_msit")
    text = hse().astype({"hse_03": "object"})
    text.loc[0, "hse_03"] = "often"
    with pytest.raises(MeasureError, match="ITEM-TYPE") as caught:
        score_instrument(text, "hse_msit")
    assert "often" not in str(caught.value)
    with pytest.raises(MeasureError, match="ITEM-UNKNOWN"):
        score_instrument(hse().assign(hse_36=1), "hse_msit")
    with pytest.raises(MeasureError, match=r"ITEM-MISSING.*hse_demands"):
        score_instrument(hse().drop(columns="hse_03"), "hse_msit")
    with pytest.raises(MeasureError, match="ITEM-NONE"):
        score_instrument(pd.DataFrame({"x": [1]}), "hse_msit")
    with pytest.raises(MeasureError, match="INSTRUMENT-UNKNOWN"):
        score_instrument(hse(), "no_such")


def test_bad_long_answers() -> None:
    rows = pd.DataFrame({"worker_id": "a", "instrument": "informal_learning",
                         "item": [f"il_{i}" for i in range(1, 5)], "value": [1.0, 2, 3, 4]})  # fmt: skip
    assert score_instrument(rows, "informal_learning").frame["informal_learning"].item() == 2.5
    with pytest.raises(MeasureError, match="ITEM-TWICE"):
        score_instrument(pd.concat([rows, rows.iloc[:1]]), "informal_learning")
    with pytest.raises(MeasureError, match=r"ITEM-UNKNOWN.*rows 2"):
        score_instrument(rows.assign(item=["il_1", "il_9", "il_3", "il_4"]), "informal_learning")
    with pytest.raises(MeasureError, match="KEY-NONE"):
        score_instrument(rows[["item", "value"]], "informal_learning")
    with pytest.raises(CoverageError, match="INSTRUMENT-MISSING"):
        survey_scores(EvaluationData({"survey": rows.assign(wave=1)}), ["swemwbs"])


def test_a_scale_that_was_not_asked_is_left_out() -> None:
    d = load_instrument("hse_msit")
    only = hse()[["hse_26", "hse_28", "hse_32"]]
    scored = score_instrument(only, d)
    assert scored.frame.columns.tolist() == ["hse_change"]
    assert "7 scale" not in scored.summary() and scored.tidy()["scale"].unique().tolist() == ["hse_change"]


def test_definitions_are_strict(tmp_path: Path) -> None:
    raw = tomllib.loads(
        files("hybrid_toolkit.metrics.instruments").joinpath("informal_learning.toml").read_text("utf-8")
    )
    with pytest.raises(MeasureError, match="unknown key colour"):
        parse_instrument({**raw, "colour": "red"})
    with pytest.raises(MeasureError, match="unknown key weigt"):
        parse_instrument({**raw, "items": [{**raw["items"][0], "weigt": 2}, *raw["items"][1:]]})
    with pytest.raises(MeasureError, match="items that are not there"):
        parse_instrument({**raw, "items": raw["items"][1:]})
    with pytest.raises(MeasureError, match="no key owner"):
        parse_instrument({k: v for k, v in raw.items() if k != "owner"})
    broken = tmp_path / "mine.toml"
    broken.write_text("id = ", encoding="utf-8")
    with pytest.raises(MeasureError, match="not valid TOML"):
        load_instrument(broken)


def test_ones_own_instrument_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'id = "mine"\nname = "Mine"\nowner = "us"\nlicence = "ours"\nsource = "local"\nwording = "own"\n'
        "low = 1\nhigh = 3\n"
        '[[items]]\nid = "m_1"\n[[items]]\nid = "m_2"\nreverse = true\n'
        '[[scales]]\nid = "mine"\nname = "Mine"\nitems = ["m_1", "m_2"]\ndirection = "higher"\n',
        encoding="utf-8",
    )
    assert ht.score_instrument(pd.DataFrame({"m_1": [3], "m_2": [1]}), path).frame["mine"].item() == 3.0
