"""Rules that data are checked against, and the problems that they find."""
