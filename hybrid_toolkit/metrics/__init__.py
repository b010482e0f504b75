"""What is measured: specifications, measures, instruments, reliability."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "measure": "compute",
    "ContactTables": "contact_tables",
    "measure_differences": "differences",
    "metric_values": "compute",
    "MetricSpec": "spec",
    "REGISTRY": "spec",
    "catalogue": "spec",
    "register": "spec",
    "declare_metric": "own",
    "load_metric": "own",
    "worker_month_exposure": "exposure",
    "career_stage": "career",
    "contact_practice": "practice",
    "continuity": "practice",
    "household_access": "exclusion",
    "contact_engagement": "exclusion",
    "worker_broadband": "exclusion",
    "survey_scores": "wellbeing",
    "stage_slopes": "stage_gap",
    "score_instrument": "instruments",
    "load_instrument": "instruments",
    "instrument_ids": "instruments",
    "flag_careless": "careless",
    "cohen_kappa": "agreement",
    "fleiss_kappa": "agreement",
    "ordinal_alpha": "polychoric",
    "polychoric": "polychoric",
    "impute_chained": "imputation",
    "pool_rubin": "imputation",
    "not_at_random_shifts": "imputation",
    "concentration_index": "inequality",
    "concentration_curve": "inequality",
    "slope_index": "inequality",
    "gini": "inequality",
    "theil": "inequality",
    "digital_exclusion_risk": "deri",
    "kitagawa": "decomposition",
    "oaxaca_blinder": "decomposition",
    "fit_factor_model": "factor",
    "measurement_invariance": "invariance",
    "survey_invariance": "invariance",
    "invariance_for": "invariance",
    "cronbach_alpha": "reliability",
    "omega_total": "reliability",
    "group_icc": "reliability",
    "rater_icc": "reliability",
    "within_group_agreement": "reliability",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
