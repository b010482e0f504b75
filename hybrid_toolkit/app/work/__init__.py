"""What the app's pages ask other processes for: each function takes a ``Bench`` and plain values, and gives those."""
