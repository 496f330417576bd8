"""Running a user flow from the portal, and looking at what came of it."""
