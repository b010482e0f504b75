"""The disclosure gate. Tables, figures and reports show only a Release."""
