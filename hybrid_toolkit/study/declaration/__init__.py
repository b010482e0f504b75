"""What a study declares: fields, checks, TOML, columns and labels."""
