"""Studies: declared once, diagnosed where the truth is known, run unchanged on real data, put into words."""
