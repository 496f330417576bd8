"""The tokens: what they tell, how they are signed and kept, and what becomes of them once they are out."""
