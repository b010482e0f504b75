"""Areas of published statistics: codes, names, boundaries and statistical neighbours."""
