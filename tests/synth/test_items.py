"""Answers are drawn as the definitions of the instruments say, and asking for more changes none of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.data.instruments import Instrument, instruments_in, load_instrument
from hybrid_toolkit.errors import MeasureError, UsageError
from hybrid_toolkit.synth.generate import simulate_authority
from hybrid_toolkit.synth.sizes import Size
from hybrid_toolkit.synth.tables.items import INSTRUMENTS, DrawnInstrument

SIZE = Size("some", 1, 40, 8.0, 12, 2)
DRAWN = [i for i in instruments_in("survey") if i.draw is not None]


@pytest.fixture(scope="module")
def everything() -> EvaluationData:
    return simulate_authority("null", SIZE, 2, tables=["survey"], instruments=[i.id for i in DRAWN])


def test_every_survey_instrument_can_be_drawn() -> None:
    bare = [f"{i.id}.toml" for i in instruments_in("survey") if i.draw is None]
    assert not bare, f"definitions in hybrid_toolkit/data/instruments without the table [draw]: {bare}"


def test_asking_for_more_changes_no_answer(everything: EvaluationData) -> None:
    usual = simulate_authority("null", SIZE, 2, tables=["survey"])["survey"]
    always = {i.name for i in INSTRUMENTS}
    assert set(usual["instrument"]) == always < set(everything["survey"]["instrument"])
    kept = everything["survey"][everything["survey"]["instrument"].isin(always)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, usual)


@pytest.mark.parametrize("instrument", DRAWN, ids=lambda i: i.id)
def test_answers_keep_to_the_definition(everything: EvaluationData, instrument: Instrument) -> None:
    assert instrument.draw is not None
    rows = everything["survey"][everything["survey"]["instrument"].eq(instrument.id)]
    assert set(rows["item"]) == set(instrument.item_ids)
    steps = (rows["value"] - instrument.low) / instrument.step
    assert steps.eq(steps.round()).all() and rows["value"].between(instrument.low, instrument.high).all()
    wide = rows.pivot(index=["worker_id", "wave"], columns="item", values="value")[list(instrument.item_ids)]
    answers = (instrument.high - instrument.low) / instrument.step + 1
    assert wide.nunique().ge(min(4, answers)).all(), "answers are spread over the scale"
    turned = set(instrument.reversed_ids) ^ set(instrument.draw.against)
    wide[list(turned)] = instrument.low + instrument.high - wide[list(turned)]
    for factor in instrument.draw.factors:
        if len(factor.items) > 1:
            between = wide[list(factor.items)].corr().to_numpy()[np.triu_indices(len(factor.items), 1)]
            assert between.min() > 0.1 and between.mean() > 0.25, (factor.id, between.mean())


def test_what_cannot_be_drawn_is_named() -> None:
    bare = replace(load_instrument("who5"), draw=None)
    with pytest.raises(UsageError, match=r"INSTRUMENT-DRAW.*'who5'.*Add \[draw\] to who5.toml"):
        DrawnInstrument.of(bare)
    with pytest.raises(MeasureError, match="INSTRUMENT-UNKNOWN"):
        simulate_authority("null", SIZE, 2, tables=["survey"], instruments=["no_such"])
