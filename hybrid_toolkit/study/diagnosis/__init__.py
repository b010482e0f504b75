"""A study tested on simulated data: bias, coverage, power and minimum effect."""
