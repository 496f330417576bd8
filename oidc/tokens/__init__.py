"""A token request, the tokens that come of it, and what they tell."""
