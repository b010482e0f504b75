"""Whether the scale that an outcome is measured with is reliable in these data."""

from __future__ import annotations

from hybrid_toolkit.data.evaluation_data import EvaluationData
from hybrid_toolkit.errors import HybridToolkitError
from hybrid_toolkit.metrics.constructs.wellbeing import survey_instrument
from hybrid_toolkit.metrics.instruments import instrument_ids, load_instrument
from hybrid_toolkit.metrics.psychometrics.reliability import RELIABLE, cronbach_alpha
from hybrid_toolkit.result import Check


def instruments_of(outcome: str) -> tuple[str, ...]:
    """The instrument that an outcome is a scale of; empty for any other outcome."""
    return tuple(i for i in instrument_ids() if any(scale.id == outcome for scale in load_instrument(i).scales))


def check_scale(data: EvaluationData, outcome: str) -> Check | None:
    """Internal consistency of an outcome that is a survey scale with several items; None for any other outcome."""
    for instrument in instrument_ids():
        for scale in load_instrument(instrument).scales:
            if scale.id == outcome and scale.reliability and data.has("survey"):
                return _alpha(data, instrument, scale.items)
    return None


def _alpha(data: EvaluationData, instrument: str, items: tuple[str, ...]) -> Check:
    try:
        answers = survey_instrument(data, instrument).answers
        value = cronbach_alpha(answers[list(items)]).estimate
    except HybridToolkitError as error:
        return Check("scale reliability", None, f"The scale's reliability could not be told ({error.code}).")
    good = value >= RELIABLE
    message = (
        f"Answers to the scale's items hang together (alpha {value:.2f})"
        if good
        else (f"Answers to the scale's items hang together too little (alpha {value:.2f}, under {RELIABLE:.2f})")
    )
    return Check("scale reliability", good, f"{message}.", value, RELIABLE)
