"""Estimators behind one face."""
