"""A study fitted to data: checks, claims and what-if."""
