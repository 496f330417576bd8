"""What customers allow applications, in which words, and where they take it back."""
