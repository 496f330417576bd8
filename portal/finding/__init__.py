"""Finding anything of the portal from anywhere: pages, things, settings and documentation, each from its own source.

A source finds at most a handful, by an index or in memory, and only what whoever asks may open; `search` asks them all.
"""
