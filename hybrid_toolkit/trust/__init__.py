"""Tests of the estimators on simulated data whose true values are known."""
