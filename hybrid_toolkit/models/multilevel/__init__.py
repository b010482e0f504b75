"""Random intercepts and slopes: mixed models, linear and generalised."""
