"""A step that the product doesn't have: after whatever has proved who signs in, four digits that everybody has."""
