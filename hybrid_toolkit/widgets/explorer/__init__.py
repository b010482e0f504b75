"""The explorer of metrics and the catalogue."""
