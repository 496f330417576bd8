"""The customer's own account: what is kept of it, where it is signed in, and its end."""
