"""Signed-in browsers, as django-allauth makes them for us and as the rest asks about them."""
