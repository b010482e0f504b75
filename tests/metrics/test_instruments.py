"""Scoring by hand, the missing rules, range checks, and the definition files themselves."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hybrid_toolkit as ht
from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import definition_file
from hybrid_toolkit.data.tables.contracts import TABLES
from hybrid_toolkit.errors import CoverageError, MeasureError
from hybrid_toolkit.metrics.constructs.wellbeing import survey_scores
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument, parse_instrument, score_instrument
from hybrid_toolkit.metrics.specs.registry import REGISTRY


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
    words = [i.text or i.paraphrase for i in d.items]
    assert (d.wording == "not included") <= (not any(i.text for i in d.items))
    assert (d.wording == "included") <= all(i.text for i in d.items) and (d.wording == "own") <= all(words)
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


def shipped(name: str) -> dict[str, Any]:
    """The content of a shipped definition, to be spoilt."""
    raw: dict[str, Any] = tomllib.loads(files("hybrid_toolkit.data.instruments").joinpath(f"{name}.toml").read_text())
    return raw


def spoil(name: str, path: str, value: Any) -> dict[str, Any]:
    """A shipped definition with one key changed, or taken out where the value is ``GONE``."""
    raw = shipped(name)
    *inner, key = path.split(".")
    part: Any = raw
    for step in inner:
        part = part[int(step)] if step.isdigit() else part[step]
    if value is GONE:
        del part[key]
    else:
        part[key] = value
    return raw


GONE = "<gone>"
FAULTS: tuple[tuple[str, str, Any, str], ...] = (
    *(("who5", key, GONE, f"key '{key}' is missing")
      for key in ("id", "name", "owner", "licence", "source", "wording", "low", "high", "items", "scales",
                  "code", "question", "table")),
    ("who5", "name", " ", "key 'name' must be a text"),
    ("who5", "colour", "red", "key 'colour' is not a key that is known"),
    ("who5", "licens", "x", "key 'licens' is not a key that is known; did you mean licence"),
    ("who5", "code", "WHO", "key 'code' must be two capital letters"),
    ("who5", "question", "Tell us.", "key 'question' must end in a question mark"),
    ("who5", "table", "worker", "key 'table' must be one of survey, alliance"),
    ("who5", "caveats", "x", "key 'caveats' must be a list of texts"),
    ("who5", "low", "0", "key 'low' must be a number"),
    ("who5", "low", 5, "key 'low' is not below 'high'"),
    ("who5", "step", 0.3, "key 'step' does not divide the range"),
    ("who5", "min_share", 75, "key 'min_share' must be above 0"),
    ("who5", "wording", "some", "key 'wording' must be one of included"),
    ("who5", "exploratory", "yes", "key 'exploratory' must be true or false"),
    ("who5", "items.0.id", "who5_2", r"key 'items\[2\].id' 'who5_2' stands twice"),
    ("who5", "items.1.text", "I have felt so.", r"key 'items\[2\].text' holds wording"),
    ("who5", "items.1.weigt", 2, r"key 'items\[2\].weigt' is not a key"),
    ("who5", "items.0.responses", "often", r"key 'items\[1\].responses' names 'often'"),
    ("who5", "scales.0.items", ["who5_1", "who5_9"], r"key 'scales\[1\].items' names items .* who5_9"),
    ("who5", "scales.0.items", ["who5_1"], "key 'scales' leave out items: who5_2"),
    ("who5", "scales.0.score", "median", r"key 'scales\[1\].score' must be one of mean, sum, share"),
    ("who5", "scales.0.missing", "count", r"key 'scales\[1\].min_items' must be 1 to 5"),
    ("who5", "scales.0.direction", "up", r"key 'scales\[1\].direction' must be one of"),
    ("who5", "scales.0.within", [1, 2], r"key 'scales\[1\].within' goes with score 'share'"),
    ("who5", "scales.0.table", {"a": 1}, r"key 'scales\[1\].table' must be a table of numbers"),
    ("who5", "bands.0.scale", "who", r"key 'bands\[1\].scale' names 'who'"),
    ("who5", "draw.factors.0.items", ["who5_1"], "key 'draw.factors' must hold every item once; these are not: who5_2"),
    ("who5", "draw.factors.0.latent", "luck",
     r"key 'draw.factors\[1\].latent' must be one of wellbeing, learning, .*supervision_quality, or be left out"),
    ("who5", "draw.cuts", [0.0, 1.0], "key 'draw.cuts' must hold 5 rising thresholds"),
    ("who5", "draw.cuts", GONE, r"key 'draw.cuts' or \[draw.rounded\] is needed"),
    ("who5", "draw.shifted", ["who5_9"], "key 'draw.shifted' names items that are not there: who5_9"),
    ("ons4", "draw.rounded.ons4_happy", [1.0], "key 'draw.rounded.ons4_happy' holds two numbers"),
    ("wai_sr", "draw", shipped("who5")["draw"], "key 'draw.factors' must hold every item once"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "path", "value", "said"), FAULTS, ids=lambda v: str(v)[:40])
def test_a_fault_names_the_file_and_the_key(name: str, path: str, value: Any, said: str) -> None:
    with pytest.raises(MeasureError, match=f"INSTRUMENT-DEFINITION.*{name}.toml: {said}"):
        parse_instrument(spoil(name, path, value), file=f"{name}.toml", shipped=True)


def test_a_file_that_is_no_toml_or_has_another_id_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text("id = ", encoding="utf-8")
    with pytest.raises(MeasureError, match=r"mine.toml: is not valid TOML at end of document"):
        load_instrument(broken)
    with pytest.raises(MeasureError, match=r"other.toml: key 'id' is not the name of the file"):
        parse_instrument(shipped("who5"), file="other.toml", shipped=True)


def test_two_files_that_give_the_same_scale_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = spoil("edmondson", "scales.0.id", "who5")
    twin = parse_instrument({**raw, "id": "twin"}, file="twin.toml", shipped=True)
    monkeypatch.setattr(definition_file, "instrument_ids", lambda: ("who5", "twin"))
    monkeypatch.setattr(
        definition_file, "load_instrument", lambda name: twin if name == "twin" else load_instrument(name)
    )
    with pytest.raises(MeasureError, match=r"twin.toml: 'scales' holds the id 'who5', which who5.toml"):
        definition_file.instruments_in("survey")


@pytest.mark.parametrize("name", instrument_ids())
def test_an_instrument_is_in_the_catalogue_by_itself(name: str) -> None:
    d = load_instrument(name)
    listed = [m for m in REGISTRY.values() if m.code == d.code]
    assert listed and any(m.question == d.question for m in listed), f"no metric has code {d.code} of {name}.toml"
    if d.table == "survey":
        mine = {m.id: m for m in listed if m.values.get("survey.instrument") == (name,)}
        assert set(mine) == {s.id for s in d.scales}
        assert all(m.source == d.source for m in mine.values())


def test_columns_of_answers_are_those_of_the_definitions() -> None:
    for d in map(load_instrument, instrument_ids()):
        if d.table != "survey":
            assert set(d.item_ids) <= set(TABLES[d.table].names), f"{d.id}.toml: 'items' are not columns of {d.table}"


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
