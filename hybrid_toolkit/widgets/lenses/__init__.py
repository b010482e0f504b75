"""The lenses: practice, career stage, digital exclusion and wellbeing."""
