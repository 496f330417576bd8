"""A recovery code in the place of the code of an app."""
