"""What the fields of the portal's forms are made of."""
