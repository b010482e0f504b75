"""Self-assessment, improvement plan, checklists and agreements."""
