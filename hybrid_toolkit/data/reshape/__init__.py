"""What a mapping can do to the rows of a source before its columns are named, and how parts become one table."""
