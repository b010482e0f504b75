"""The causal graph, and what it says of a study."""
