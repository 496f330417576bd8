"""The verbs of `manage.py tenant` about what a tenant has of its own."""
