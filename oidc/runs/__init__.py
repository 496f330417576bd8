"""A user flow tried out from the portal, as an application would."""
