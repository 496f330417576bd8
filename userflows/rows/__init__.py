"""What the rows of journeys are made of beside their columns: who is meant by them, and which of them count."""
