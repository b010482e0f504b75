"""Published statistics: DfE, ONS and Ofsted files in one tidy form, told apart by what is in them."""

from __future__ import annotations

from hybrid_toolkit.data.published.load import load_published
from hybrid_toolkit.data.published.published_statistics import PUBLISHED_COLUMNS, FileSource, Published, national_gap
from hybrid_toolkit.data.published.workforce import RATES, RateCheck, RateFormula, recompute_rates, workforce_panel
from hybrid_toolkit.data.published.workforce_names import holds_workforce

__all__ = [
    "PUBLISHED_COLUMNS",
    "RATES",
    "FileSource",
    "Published",
    "RateCheck",
    "RateFormula",
    "holds_workforce",
    "load_published",
    "national_gap",
    "recompute_rates",
    "workforce_panel",
]
