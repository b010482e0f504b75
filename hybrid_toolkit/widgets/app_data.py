"""How the app tells its page which data to open: the names of two environment variables."""

from __future__ import annotations

DATA = "HYBRID_TOOLKIT_APP_DATA"
MAPPING = "HYBRID_TOOLKIT_APP_MAPPING"
