"""Metrics of contacts, computed where the tables are."""
