"""What identifies a person: found, refused or replaced by a pseudonym."""
