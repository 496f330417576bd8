"""Forms of the pages of this package, divided as its views are."""
