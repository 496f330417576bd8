"""Every write about user flows and journeys, by what is done; import from the modules."""
