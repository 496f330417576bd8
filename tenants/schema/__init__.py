"""How schemas come to be and stay current: the walls around them, the template, its dump, and the upgrade."""
