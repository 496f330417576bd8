"""What administrators are told of a brand: what it sets, where each field comes from, and how two versions differ."""
