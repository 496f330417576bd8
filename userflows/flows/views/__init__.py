"""The portal's pages about user flows and the tenant's attributes."""
