"""Evaluate hybrid working in children's social work.

A study is declared once, tried on synthetic authorities whose truth is known, run unchanged on a local
authority's own data, and only what is safe and supported by the design is said.

Public names load on first use; importing the package loads no widget and no plot.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "EvaluationData": "hybrid_toolkit.data.evaluation_data",
    "load_data": "hybrid_toolkit.data.load",
    "validate_data": "hybrid_toolkit.data.validation.validate",
    "load_published": "hybrid_toolkit.data.published",
    "workforce_panel": "hybrid_toolkit.data.published",
    "recompute_rates": "hybrid_toolkit.data.published",
    "Beside": "hybrid_toolkit.metrics.beside_published",
    "compare": "hybrid_toolkit.metrics.compare",
    "comparators": "hybrid_toolkit.metrics.comparators",
    "Truth": "hybrid_toolkit.synth.truth",
    "Size": "hybrid_toolkit.synth.sizes",
    "scenario": "hybrid_toolkit.synth.scenarios",
    "simulate_authority": "hybrid_toolkit.synth.generate",
    "true_value": "hybrid_toolkit.synth.estimands",
    "load_synthetic": "hybrid_toolkit.synth.committed",
    "measure": "hybrid_toolkit.metrics.compute",
    "MetricSpec": "hybrid_toolkit.metrics.specs.registry",
    "declare_metric": "hybrid_toolkit.metrics.custom.custom_metric",
    "load_metric": "hybrid_toolkit.metrics.custom.custom_metric",
    "score_instrument": "hybrid_toolkit.metrics.instruments",
    "Study": "hybrid_toolkit.study.study",
    "pool": "hybrid_toolkit.study.sharing.pooling",
    "load_study": "hybrid_toolkit.study.study",
    "headline_studies": "hybrid_toolkit.study.shipped_studies",
    "declared_study": "hybrid_toolkit.study.shipped_studies",
    "study_for": "hybrid_toolkit.study.fitting_studies",
    "WedgeStudy": "hybrid_toolkit.study.diagnosis.wedge_study",
    "try_estimator": "hybrid_toolkit.trust.try_estimator",
    "slope_power": "hybrid_toolkit.models.planning.slope_power",
    "policy_studies": "hybrid_toolkit.study.shipped_studies",
    "CausalGraph": "hybrid_toolkit.study.graph.causal_graph",
    "shipped_graph": "hybrid_toolkit.study.graph.causal_graph",
    "load_graph": "hybrid_toolkit.study.graph.causal_graph",
    "check_study": "hybrid_toolkit.study.graph.identification",
    "check_lock": "hybrid_toolkit.study.lock",
    "Gate": "hybrid_toolkit.disclosure.gate",
    "Release": "hybrid_toolkit.disclosure.release",
    "remember_releases": "hybrid_toolkit.disclosure.ledger.sitting_ledger",
    "MetricExplorer": "hybrid_toolkit.widgets.explorer.metric_explorer",
    "MetricCatalogue": "hybrid_toolkit.widgets.explorer.metric_catalogue",
    "PracticeQuality": "hybrid_toolkit.widgets.lenses.lenses",
    "CareerStage": "hybrid_toolkit.widgets.lenses.lenses",
    "DigitalExclusion": "hybrid_toolkit.widgets.lenses.lenses",
    "Wellbeing": "hybrid_toolkit.widgets.lenses.lenses",
    "DataDesk": "hybrid_toolkit.widgets.desks.data_desk",
    "ReleaseDesk": "hybrid_toolkit.widgets.desks.release_desk",
    "StudyBuilder": "hybrid_toolkit.widgets.planning.study_builder",
    "PowerExplorer": "hybrid_toolkit.widgets.planning.power_explorer",
    "WhatIf": "hybrid_toolkit.widgets.planning.what_if",
    "SelfAssessment": "hybrid_toolkit.widgets.practice.self_assessment",
    "ImprovementPlan": "hybrid_toolkit.widgets.practice.improvement_plan",
    "Share": "hybrid_toolkit.widgets.practice.questionnaires",
    "ReturnTests": "hybrid_toolkit.widgets.practice.questionnaires",
    "RiskAssessment": "hybrid_toolkit.widgets.practice.questionnaires",
    "TeamAgreement": "hybrid_toolkit.widgets.practice.team_agreement",
    "DigitalPractice": "hybrid_toolkit.widgets.practice.questionnaires",
    "LeaderQuestions": "hybrid_toolkit.widgets.practice.questionnaires",
    "WellnessPlan": "hybrid_toolkit.widgets.practice.questionnaires",
    "SignsOfStruggle": "hybrid_toolkit.widgets.practice.questionnaires",
    "Benefits": "hybrid_toolkit.widgets.practice.benefits",
    "Challenges": "hybrid_toolkit.widgets.practice.benefits",
    "EmployerReview": "hybrid_toolkit.widgets.practice.benefits",
    "export": "hybrid_toolkit.report.export",
    "plot": "hybrid_toolkit.report.plots.draw",
    "drawable": "hybrid_toolkit.report.plots.draw",
}
_ROOMS = (
    "data",
    "synth",
    "metrics",
    "models",
    "designs",
    "study",
    "assess",
    "disclosure",
    "report",
    "widgets",
    "errors",
    "result",
)

__all__ = [*_PUBLIC, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _ROOMS:
        return import_module(f"hybrid_toolkit.{name}")
    raise AttributeError(f"module 'hybrid_toolkit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
