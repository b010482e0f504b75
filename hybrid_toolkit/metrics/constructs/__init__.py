"""What is measured, by topic: exposure, practice, career stage, exclusion, wellbeing, services."""
