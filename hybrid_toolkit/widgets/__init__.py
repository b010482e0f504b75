"""Widgets: state, view, code export."""
