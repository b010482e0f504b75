"""What is measured: specifications, measures, instruments, reliability.

Public names load on first use, but for a function whose module has its name: loaded later, the module would stand in
its place.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hybrid_toolkit.metrics.psychometrics.polychoric import polychoric

_PUBLIC = {
    "measure": "compute",
    "ContactTables": "contacts.contact_tables",
    "measure_differences": "intervals.differences",
    "metric_values": "compute",
    "MetricSpec": "specs.registry",
    "REGISTRY": "specs.registry",
    "catalogue": "specs.registry",
    "register": "specs.registry",
    "declare_metric": "custom.custom_metric",
    "load_metric": "custom.custom_metric",
    "worker_month_exposure": "unit_frames",
    "career_stage": "unit_frames",
    "contact_practice": "contacts.contact_tables",
    "continuity": "constructs.continuity",
    "household_access": "unit_frames",
    "contact_engagement": "constructs.exclusion",
    "worker_broadband": "constructs.exclusion",
    "survey_scores": "constructs.wellbeing",
    "stage_slopes": "constructs.stage_gap",
    "score_instrument": "instruments",
    "load_instrument": "instruments",
    "instrument_ids": "instruments",
    "flag_careless": "psychometrics.careless_answers",
    "cohen_kappa": "psychometrics.rater_agreement",
    "fleiss_kappa": "psychometrics.rater_agreement",
    "rating_counts": "psychometrics.rater_agreement",
    "ordinal_alpha": "psychometrics.polychoric",
    "impute_chained": "imputation",
    "pool_rubin": "rubin_rules",
    "not_at_random_shifts": "imputation",
    "concentration_index": "inequality.concentration",
    "concentration_curve": "inequality.concentration",
    "slope_index": "inequality.concentration",
    "gini": "inequality.inequality",
    "theil": "inequality.inequality",
    "digital_exclusion_risk": "constructs.digital_exclusion_risk",
    "kitagawa": "inequality.decomposition",
    "oaxaca_blinder": "inequality.oaxaca_blinder_split",
    "decompose_concentration": "inequality.concentration_parts",
    "fit_factor_model": "psychometrics.factor_fit",
    "measurement_invariance": "psychometrics.survey_invariance_checks",
    "survey_invariance": "psychometrics.survey_invariance_checks",
    "invariance_for": "psychometrics.survey_invariance_checks",
    "cronbach_alpha": "psychometrics.reliability",
    "omega_total": "psychometrics.reliability",
    "omega_of_model": "psychometrics.factor_omega",
    "group_icc": "psychometrics.intraclass",
    "rater_icc": "psychometrics.intraclass",
    "within_group_agreement": "psychometrics.intraclass",
}

__all__ = [*_PUBLIC, "polychoric"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
