"""Tables in files as people leave them: where the header stands, what is set aside, what is too large to open."""
