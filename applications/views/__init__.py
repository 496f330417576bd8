"""The portal's pages about app registrations."""
