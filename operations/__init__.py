"""What touches several apps at once, each told once: onboarding a tenant, housekeeping, resealing, a tenant's figures.

Owns the order in which the floors below are called, and the transaction around them. The doors above call it: portal,
command line and worker alike.
"""
