"""What a contributor runs: set-up, demo, tests, generated files."""
