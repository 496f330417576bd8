"""What a look is made of: what is chosen, which part of a picture, what can be read, and the style sheet."""
