"""Tables, plots, prose and documents, made from Releases only."""
