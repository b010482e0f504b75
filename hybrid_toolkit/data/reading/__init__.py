"""Files, workbooks and databases as raw tables, and their text as dates, numbers and codes."""
