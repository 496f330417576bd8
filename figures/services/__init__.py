"""Counting. Everything here is about the tenant in force, and exact however often it is done or broken off."""
