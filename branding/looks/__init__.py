"""What a look is made of: what is chosen, which branding it comes from, what can be read, and the style sheet."""
