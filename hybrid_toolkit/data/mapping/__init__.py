"""From the names and codes of an authority to those of the contracts."""
