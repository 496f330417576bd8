"""What a look is made of: which branding each field is taken from, and its colours as a style sheet."""
