"""What a release folder has shown, and what is held back because of it."""
