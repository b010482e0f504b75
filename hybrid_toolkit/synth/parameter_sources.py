"""Where the parameters of a ``Truth`` come from: published, a direction that is published, or assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from hybrid_toolkit.synth.truth import Truth

ASSUMED = "assumed"
_WORKFORCE = "Children's social work workforce, England, to 2025: level, spread and correlation over years"
_DIRECTION = "direction alone, size assumed: "
_META = _DIRECTION + "Gajendran and Harrison 2007 (46 studies)"
_NEAR = _DIRECTION + "Emanuel, Harrington and Pallais 2026 (closing of offices, software engineers)"
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "calibration_year": _WORKFORCE,
        "leave_rs": "wide, with both signs: Bloom, Han and Liang 2024 (trial, two home days: a third fewer leavers); "
        "adults' services in England point the other way",
        "leave_commute": _DIRECTION + "Bloom, Han and Liang 2024 (fewer leavers among those with long commutes)",
        "wb_rs": _DIRECTION + "Angelici and Profeta 2024 (trial, one flexible day a week)",
        "wb_rs2": _DIRECTION + "Choudhury and others 2024 (trial, most at a middle number of office days)",
        "autonomy_rs": _META,
        "boundary_rs": _DIRECTION + "Gibbs, Mengel and Siemroth 2023 (more hours outside business hours)",
        "focus_rs": "assumed; Gibbs, Mengel and Siemroth 2023 found the other sign, in a lockdown",
        "supervision_rs": _DIRECTION + "Gibbs, Mengel and Siemroth 2023 (less time with supervisors)",
        "learning_co_presence": _NEAR,
        "learning_senior": _NEAR,
        "learning_asye": _NEAR,
        "learning_early": _NEAR,
    }
)
"""Parameter -> its source; a parameter that is not here is assumed."""


def parameter_sources() -> dict[str, str]:
    """Every parameter of a ``Truth`` with its source.

    Returns
    -------
    dict[str, str]
        Parameter -> source, or ``"assumed"``, in the order of ``Truth``.

    Examples
    --------
    >>> found = parameter_sources()
    >>> found["rs_mean"], found["leave_rs"].partition(":")[0]
    ('assumed', 'wide, with both signs')
    """
    return {f.name: SOURCES.get(f.name, ASSUMED) for f in fields(Truth) if f.name != "scenario"}
