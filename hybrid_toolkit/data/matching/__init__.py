"""Which source is which table, and which column is which: by names, by values, and by keys that meet."""
