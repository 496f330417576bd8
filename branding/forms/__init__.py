"""What is typed about a brand: colours and texts, choices of a look, crops of its pictures, and its CSS."""
