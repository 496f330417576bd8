"""A step that the product doesn't have: four digits that everybody has, after another proof or in the place of one."""
