"""Definitions of instruments and their scoring."""
