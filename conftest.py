"""What every run of pytest needs, that of the notebooks with nbval among them."""

from __future__ import annotations

from typing import Any

PICTURE = r"data:image/png;base64,[\w+/=]+"


def pytest_collectstart(collector: Any) -> None:
    """Figures in the notebooks are compared by their words: their bytes differ between systems."""
    patterns = getattr(collector, "sanitize_patterns", None)
    if patterns is not None:
        patterns[PICTURE] = "picture"
