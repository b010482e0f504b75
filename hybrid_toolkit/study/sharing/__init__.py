"""What may leave an authority, and the pooling of several authorities."""
