"""Forms of the portal's pages about app registrations."""
