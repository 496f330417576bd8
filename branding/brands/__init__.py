"""The brandings of tenant and themes: how they are kept, which are published, and where each field comes from."""
