"""Plan a study: declare it, see its power, ask what another rota would mean."""
