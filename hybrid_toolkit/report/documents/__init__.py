"""Documents: HTML, Word, Excel and CSV."""
