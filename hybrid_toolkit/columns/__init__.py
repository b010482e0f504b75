"""Columns as they come: read as numbers or text, centred and scaled. Every room may use it."""
