"""The pages of an authorization request."""
