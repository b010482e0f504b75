"""What each table of a synthetic authority holds, one module a topic."""
