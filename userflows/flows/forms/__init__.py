"""Forms of the portal's pages about user flows."""
