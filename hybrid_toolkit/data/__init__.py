"""What the evaluator brings: contracts, loading, validation, mappings, published statistics."""
