"""Customers of a tenant: finding them, and everything about one.

Who manages a tenant is an account of the home tenant, and whoever could change that account here would become them. So
the home tenant has no customers: none of these pages exists there.
"""
