"""Where customers are signed out, and where administrators see who was told."""
