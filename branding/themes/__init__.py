"""Brands of their own for chosen applications."""
