"""What the rows of journeys are made of beside their columns, and rows that lie beside them: layouts, mailed links."""
