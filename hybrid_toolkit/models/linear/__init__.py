"""Linear regression with fixed effects, instruments and clustered standard errors."""
