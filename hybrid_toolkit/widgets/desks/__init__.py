"""Desks: bring your own data in, take releases out."""
