"""Figures of England that the synthetic authority is held to, with their source.

CSWW is "Children's social work workforce" (Department for Education, year to 30 September, Open Government
Licence v3). Rates: turnover = leavers / in post, agency = agency / (agency + in post), vacancy = vacancies /
(vacancies + in post), absence = days lost / (253 x in post), all in full-time equivalents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rates:
    """Workforce rates of one area in one year.

    Parameters
    ----------
    inpost : float
        Full-time equivalents in post.
    starters : float
        Starters, per cent.
    turnover : float
        Turnover, per cent.
    agency : float
        Agency workers, per cent.
    vacancy : float
        Vacancies, per cent.
    caseload : float
        Cases a case-holder full-time equivalent.
    absence : float
        Absence, per cent.
    """

    inpost: float
    starters: float
    turnover: float
    agency: float
    vacancy: float
    caseload: float
    absence: float


ENGLAND_RATES: Mapping[int, Rates] = MappingProxyType(
    {
        2017: Rates(28482.6, 19.3, 13.4, 15.8, 17.0, 17.7, 3.1),
        2018: Rates(29464.9, 17.7, 15.1, 15.4, 16.5, 17.4, 3.2),
        2019: Rates(30683.8, 19.3, 15.0, 15.8, 16.4, 16.9, 3.1),
        2020: Rates(31852.3, 16.3, 13.5, 15.4, 16.1, 16.3, 2.9),
        2021: Rates(32502.0, 17.0, 15.4, 15.5, 16.7, 16.3, 3.1),
        2022: Rates(31634.1, 15.3, 17.2, 17.6, 20.0, 16.6, 3.5),
        2023: Rates(33119.1, 18.2, 15.9, 17.9, 18.9, 16.0, 3.3),
        2024: Rates(34328.2, 16.4, 13.9, 16.2, 17.3, 15.4, 3.4),
        2025: Rates(36186.3, 16.1, 11.8, 13.0, 14.2, 15.2, 3.5),
    }
)
"""England by year (CSWW 2017 to 2025)."""

YEARS = tuple(ENGLAND_RATES)

LA_SD: Mapping[str, float] = MappingProxyType(
    {"turnover": 5.5, "agency": 9.2, "vacancy": 9.2, "caseload": 2.1, "absence": 1.3}
)
"""Spread between authorities in 2025 (CSWW, Isles of Scilly left out)."""

LA_ICC: Mapping[str, float] = MappingProxyType(
    {"turnover": 0.27, "agency": 0.61, "vacancy": 0.57, "caseload": 0.52, "absence": 0.37}
)
"""Share of an indicator's variance that lies between authorities, 2017 to 2025 (computed from CSWW)."""

WORKING_DAYS = 253
CASE_HOLDER_SHARE = 0.583
"""Case holders over in post, full-time equivalents (CSWW 2025: 21,105 of 36,186)."""

ROLE_SHARES: Mapping[int, float] = MappingProxyType({1: 0.021, 2: 0.050, 3: 0.159, 4: 0.179, 5: 0.405, 6: 0.186})
"""In post by role (CSWW 2024; senior practitioners are the remainder)."""
MIDDLE_MANAGER, FIRST_LINE_MANAGER, SENIOR_PRACTITIONER, CASE_HOLDER, WITHOUT_CASES = 2, 3, 4, 5, 6
"""Roles as the census numbers them; 1 are senior managers, and a smaller number is a higher role."""

AGE_SHARES: Mapping[str, float] = MappingProxyType(
    {"20-29": 0.153, "30-39": 0.301, "40-49": 0.263, "50-59": 0.206, "60+": 0.077}
)
"""In post by age band (CSWW 2024)."""

FEMALE_SHARE = 0.87
"""CSWW 2022."""
ETHNICITY_KNOWN = 0.82
"""CSWW 2025."""
REREFERRAL_SHARE = 0.226
"""Referrals within 12 months of an earlier one (children in need 2025)."""
REPEAT_PLAN_SHARE = 0.245
"""Child protection plans that are a second or later one (children in need 2025)."""
ASSESSMENT_DAYS = ((0.0, 1.0), (0.25, 17.0), (0.50, 33.0), (0.75, 43.0), (0.857, 45.0), (0.95, 65.0), (1.0, 110.0))
"""Working days of an assessment: (share, days); median 33, quartiles 17 and 43, 85.7% within 45 (2025)."""
ICPC_DAYS = ((0.0, 4.0), (0.50, 12.0), (0.784, 15.0), (0.95, 24.0), (1.0, 45.0))
"""Working days from section 47 enquiry to initial conference: 78.4% within 15 (2023); the rest is assumed."""
CLA_THREE_WORKERS = 0.27
"""Children looked after with three or more social workers in the year (2024)."""
LEAVING_SHARES: Mapping[str, float] = MappingProxyType(
    {"1": 0.66, "2": 0.01, "3": 0.01, "4": 0.02, "5": 0.08, "6": 0.01, "7": 0.08, "8": 0.09, "9": 0.04}
)
"""Why staff leave, by code of the census; resignation leads in the return, the shares are assumed."""
