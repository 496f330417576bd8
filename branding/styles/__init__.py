"""A brand's own CSS: read by a parser, kept as far as it is on a list of what pages allow, and written anew.

Nothing that was typed is passed on: what reaches a browser is written from the tree that was read, of names and values
that stand in this room. What isn't on the list is left out and told, line by line.
"""
